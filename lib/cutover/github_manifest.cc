// The labels and assignees seen on GitHub, for snapshots.
#include <algorithm>
#include <iterator>
#include <limits>
#include <map>
#include <utility>

#include "base/json_view.h"
#include "base/json_writer.h"
#include "base/status_macros.h"
#include "clambake/state_audit.h"
#include "cutover/evidence_json.h"

namespace clambake {
namespace {

constexpr std::string_view kKey = "github/seen";
constexpr std::string_view kSchema = "clambake.github-seen/1";
constexpr auto kRequired = JsonView::Presence::kRequired;

struct Seen {
  std::vector<std::string> labels;
  std::vector<std::string> assignees;
  bool operator==(const Seen&) const = default;
};
using Manifest = std::map<IssueNumber, Seen>;

bool IsOurs(std::string_view label) { return IsAgentLabel(label) || label.starts_with("route:"); }

// Issues that clambake has to do with; labels of other tools are not its business.
Manifest ManifestOf(const Backlog& backlog) {
  Manifest manifest;
  for (const Issue& issue : backlog.issues) {
    if (issue.state != State::kOpen) continue;
    Seen seen;
    std::copy_if(issue.labels.begin(), issue.labels.end(), std::back_inserter(seen.labels), IsOurs);
    seen.assignees = issue.assignees;
    if (seen.labels.empty() && seen.assignees.empty()) continue;
    std::sort(seen.labels.begin(), seen.labels.end());
    std::sort(seen.assignees.begin(), seen.assignees.end());
    manifest[issue.number] = std::move(seen);
  }
  return manifest;
}

std::string ToJson(const Manifest& manifest) {
  JsonWriter json;
  json.Object([&] {
    json.Member("schema", kSchema);
    json.Key("issues");
    json.Array([&] {
      for (const auto& entry : manifest) {  // clang 14 lets no lambda capture its parts
        json.Object([&] {
          json.Member("issue", entry.first);
          json.Values("labels", entry.second.labels);
          json.Values("assignees", entry.second.assignees);
        });
      }
    });
  });
  return json.Take();
}

absl::Status ReadSeen(const JsonView& view, Manifest& manifest) {
  IssueNumber issue = 0;
  CLAMBAKE_RETURN_IF_ERROR(view.Read("issue", kRequired, 1, std::numeric_limits<IssueNumber>::max(), issue));
  Seen& seen = manifest[issue];
  CLAMBAKE_RETURN_IF_ERROR(view.ForEach(
      "labels", kRequired, [&](const JsonView& label) { return label.As(seen.labels.emplace_back()); }));
  return view.ForEach("assignees", kRequired,
                      [&](const JsonView& login) { return login.As(seen.assignees.emplace_back()); });
}

std::vector<std::string> Told(const Seen& seen) {
  std::vector<std::string> told = seen.labels;
  for (const std::string& login : seen.assignees) told.push_back("@" + login);
  std::sort(told.begin(), told.end());
  return told;
}

GithubChange ChangeOf(IssueNumber issue, const Seen& before, const Seen& after) {
  const std::vector<std::string> then = Told(before);
  const std::vector<std::string> now = Told(after);
  GithubChange change{.issue = issue};
  std::set_difference(then.begin(), then.end(), now.begin(), now.end(), std::back_inserter(change.gone));
  std::set_difference(now.begin(), now.end(), then.begin(), then.end(), std::back_inserter(change.added));
  return change;
}

}  // namespace

absl::Status KeepGithubManifest(StateStore& store, std::string_view scope, const Backlog& backlog) {
  return ChangeDocument(store, scope, kKey,
                        [text = ToJson(ManifestOf(backlog))](const std::string&) { return text; });
}

absl::StatusOr<std::vector<GithubChange>> CompareGithubManifest(StateStore& store, std::string_view scope,
                                                                const Backlog& backlog) {
  CLAMBAKE_ASSIGN_OR_RETURN(const Document document, store.ReadDocument(scope, kKey));
  if (document.version == 0) return absl::NotFoundError("no run has kept what GitHub showed");
  rapidjson::Document parsed;
  CLAMBAKE_RETURN_IF_ERROR(cutover::ParseDocument(document.value, kKey, kSchema, parsed));
  Manifest then;
  CLAMBAKE_RETURN_IF_ERROR(
      JsonView(parsed, "github/seen: ").ForEach("issues", kRequired, [&](const JsonView& issue) {
        return ReadSeen(issue, then);
      }));
  const Manifest now = ManifestOf(backlog);
  Manifest all = then;
  all.insert(now.begin(), now.end());
  std::vector<GithubChange> changes;
  for (const auto& [issue, any] : all) {
    const auto before = then.find(issue);
    const auto after = now.find(issue);
    const Seen a = before == then.end() ? Seen{} : before->second;
    const Seen b = after == now.end() ? Seen{} : after->second;
    if (!(a == b)) changes.push_back(ChangeOf(issue, a, b));
  }
  return changes;
}

}  // namespace clambake
