// Around a roll-back: what came to rest, and what GitHub says.
#include <string>

#include "absl/strings/str_join.h"
#include "base/json_writer.h"
#include "base/safe_text.h"
#include "clambake/report.h"
#include "fmt/format.h"
#include "report/table.h"

namespace clambake {
namespace {

std::string OrNobody(const std::string& agent) { return agent.empty() ? "nobody" : SafeText(agent); }
std::string Joined(const std::vector<std::string>& texts) {
  return texts.empty() ? "-" : SafeText(absl::StrJoin(texts, ", "));
}

std::string Headed(std::string_view head, const Table& table, std::string_view what, const TextStyle& style) {
  return table.empty() ? "" : "\n" + Colored(head, Ink::kBold, style) + "\n" + table.Render(what);
}

std::string Holders(const std::vector<HolderDifference>& holders, const TextStyle& style) {
  if (holders.empty()) return "labels: GitHub and the state name the same agents\n";
  Table table({">ISSUE", "ON GITHUB", "IN THE STATE"}, style);
  for (const HolderDifference& difference : holders) {
    table.AddRow({{fmt::format("#{}", difference.issue), Ink::kBold},
                  {OrNobody(difference.on_github), Ink::kYellow},
                  {OrNobody(difference.in_state), Ink::kYellow}});
  }
  return Headed("Held by another on GitHub than here", table, "issues", style);
}

std::string Since(const std::vector<GithubChange>& changes, const TextStyle& style) {
  Table table({">ISSUE", "GONE", "~ADDED"}, style);
  for (const GithubChange& change : changes) {
    table.AddRow(
        {{fmt::format("#{}", change.issue), Ink::kBold}, {Joined(change.gone)}, {Joined(change.added)}});
  }
  return Headed("Changed on GitHub since it was last seen here", table, "issues", style);
}

}  // namespace

std::string ReconciliationText(const Reconciliation& reconciliation, const TextStyle& style) {
  const std::string moved = Counted(static_cast<std::size_t>(reconciliation.moved), "issue") +
                            " in progress moved to the safe queue; their agents keep them\n";
  if (!reconciliation.holders) return moved + "labels: skipped, no backlog to compare with (--from FILE)\n";
  return moved + Holders(*reconciliation.holders, style) + Since(reconciliation.since, style);
}

std::string ReconciliationJson(std::string_view scope, const Reconciliation& reconciliation) {
  JsonWriter json;
  json.Object([&] {
    json.Member("schema", "clambake.reconciliation/1");
    json.Member("scope", scope);
    json.Member("moved", reconciliation.moved);
    json.Member("compared", reconciliation.holders.has_value());
    json.Key("holders");
    json.Array([&] {
      for (const HolderDifference& each : reconciliation.holders.value_or(std::vector<HolderDifference>{})) {
        json.Object([&] {
          json.Member("issue", each.issue);
          json.Member("on_github", each.on_github);
          json.Member("in_state", each.in_state);
        });
      }
    });
    json.Key("changed");
    json.Array([&] {
      for (const GithubChange& change : reconciliation.since) {
        json.Object([&] {
          json.Member("issue", change.issue);
          json.Values("gone", change.gone);
          json.Values("added", change.added);
        });
      }
    });
  });
  return json.Take() + "\n";
}

}  // namespace clambake
