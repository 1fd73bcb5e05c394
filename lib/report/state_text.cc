// The shared state for a terminal: claims, what waits for a person, what an
// audit found, who did what.
#include <map>
#include <string>
#include <utility>

#include "base/json_view.h"
#include "base/json_writer.h"
#include "base/safe_text.h"
#include "clambake/report.h"
#include "fmt/format.h"
#include "report/table.h"

namespace clambake {
namespace {

std::string IssueText(IssueNumber issue) { return issue == 0 ? "-" : fmt::format("#{}", issue); }
std::string OrDash(const std::string& text) { return text.empty() ? "-" : SafeText(text); }

std::string Until(const Work& work) {
  return work.lease_until == absl::InfinitePast() ? "-" : FormatTimestamp(work.lease_until);
}

// Operations of the lane that cannot go on.
std::size_t WaitingFor(const JournalEntry& entry, const std::vector<JournalEntry>& pending) {
  std::size_t waiting = 0;
  for (const JournalEntry& other : pending) {
    if (other.lane == entry.lane && IsUnfinished(other.state)) ++waiting;
  }
  return waiting;
}

std::string Field(std::string_view name, const std::string& value, const TextStyle& style) {
  return fmt::format("  {}  {}\n", Colored(fmt::format("{:<8}", name), Ink::kDim, style), OrDash(value));
}

std::string Side(const std::string& row) { return row.empty() ? "no row" : SafeText(row); }

}  // namespace

std::string ClaimsText(const std::vector<Work>& work, const TextStyle& style) {
  if (work.empty()) return "no work is known\n";
  Table table({">ISSUE", "STATE", "HOLDER", "UNTIL", "BRANCH"}, style);
  std::map<WorkState, int> counts;
  for (const Work& row : work) {
    ++counts[row.state];
    table.AddRow({{IssueText(row.issue), Ink::kBold},
                  {std::string(Name(row.state)), row.owner.empty() ? Ink::kDim : Ink::kGreen},
                  {OrDash(row.owner)},
                  {Until(row)},
                  {OrDash(row.branch)}});
  }
  std::string summary;
  for (const auto& [state, count] : counts) {
    summary += fmt::format("{}{} {}", summary.empty() ? "" : ", ", count, Name(state));
  }
  return table.Render("issues") + fmt::format("\n{}.\n", summary);
}

std::string QueueText(const std::vector<JournalEntry>& pending, const TextStyle& style) {
  Table table({"OPERATION", "LANE", "WHAT"}, style);
  for (const JournalEntry& entry : pending) {
    if (entry.state != OperationState::kManual) continue;
    std::vector<std::string> details = {"reason: " + OrDash(entry.detail),
                                        "next: " + OrDash(entry.next_step)};
    if (const std::size_t waiting = WaitingFor(entry, pending); waiting > 0) {
      details.push_back(fmt::format("{} more of {} wait for it", waiting, SafeText(entry.lane)));
    }
    table.AddRow(
        {{SafeText(entry.id), Ink::kBold}, {SafeText(entry.lane)}, {SafeText(entry.kind), Ink::kYellow}},
        std::move(details));
  }
  return table.empty() ? "nothing waits for a person\n" : table.Render("operations");
}

std::string OperationText(const JournalEntry& entry, const TextStyle& style) {
  const std::string head = fmt::format("Operation {}", SafeText(entry.id));
  return Colored(head, Ink::kBold, style) + "\n\n" + Field("kind", entry.kind, style) +
         Field("lane", entry.lane, style) +
         Field("state", fmt::format("{}, attempts: {}", Name(entry.state), entry.attempts), style) +
         Field("reason", entry.detail, style) + Field("next", entry.next_step, style) +
         Field("requests", entry.requests, style) + Field("payload", entry.payload, style);
}

std::string StateAuditText(const StateAudit& audit, const TextStyle& style) {
  if (audit.clean()) return "the generations agree, no invariant is broken\n";
  Table table({">ISSUE", "WHAT"}, style);
  for (const RowDifference& row : audit.rows) {
    table.AddRow({{IssueText(row.issue), Ink::kBold}, {"the generations differ", Ink::kYellow}},
                 {"legacy: " + Side(row.legacy), "v2: " + Side(row.v2)});
  }
  for (const BrokenInvariant& broken : audit.broken) {
    table.AddRow({{IssueText(broken.issue), Ink::kBold}, {"broken: " + broken.rule, Ink::kRed}},
                 {SafeText(broken.text)});
  }
  return table.Render("findings") +
         fmt::format("\n{} differ{} between the generations, {} broken.\n", Counted(audit.rows.size(), "row"),
                     audit.rows.size() == 1 ? "s" : "", Counted(audit.broken.size(), "invariant"));
}

namespace {

void WriteFindings(JsonWriter& json, const StateAudit& audit) {
  json.Key("differences");
  json.Array([&] {
    for (const RowDifference& row : audit.rows) {
      json.Object([&] {
        json.Member("issue", row.issue);
        json.Member("legacy", SafeText(row.legacy));
        json.Member("v2", SafeText(row.v2));
      });
    }
  });
  json.Key("broken");
  json.Array([&] {
    for (const BrokenInvariant& broken : audit.broken) {
      json.Object([&] {
        json.Member("rule", broken.rule);
        if (broken.issue != 0) json.Member("issue", broken.issue);
        json.Member("text", SafeText(broken.text));
      });
    }
  });
}

}  // namespace

std::string StateAuditJson(std::string_view scope, const StateAudit& audit, const StateRepair* repair) {
  JsonWriter json;
  json.Object([&] {
    json.Member("schema", "clambake.state_audit/1");
    json.Member("scope", scope);
    json.Member("clean", audit.clean());
    json.Member("repaired", repair == nullptr ? 0 : repair->rows);
    WriteFindings(json, audit);
    if (repair == nullptr) return;
    json.Key("after_repair");
    json.Object([&] {
      json.Member("clean", repair->after.clean());
      WriteFindings(json, repair->after);
    });
  });
  return json.Take();
}

std::string StateRepairText(const StateRepair& repair, const TextStyle& style) {
  const std::string done = fmt::format(
      "repaired {} from {}; audited again: ", Counted(static_cast<std::size_t>(repair.rows), "row"),
      repair.authority == Authority::kV2 ? "v2" : "legacy");
  if (repair.after.clean()) return done + StateAuditText(repair.after, style);
  return done + "not clean\n\n" + StateAuditText(repair.after, style) +
         "What has no other side to be mended from stays: `clambake state restore` brings the journal back "
         "from "
         "a snapshot,\n`clambake cutover clear` makes a rollout anew; a line of the audit log stays as it "
         "is, for "
         "those who look into it.\n";
}

std::string StateChangeJson(std::string_view did, std::string_view scope,
                            const std::vector<StateFact>& facts) {
  JsonWriter json;
  json.Object([&] {
    json.Member("schema", "clambake.state/1");
    json.Member("scope", scope);
    json.Member("did", did);
    for (const StateFact& fact : facts) {
      std::visit([&](const auto& value) { json.Member(fact.name, value); }, fact.value);
    }
  });
  return json.Take();
}

std::string CleanupJson(const CleanupReport& report, bool rehearsed) {
  JsonWriter json;
  json.Object([&] {
    json.Member("schema", "clambake.cleanup/1");
    json.Member("rehearsed", rehearsed);
    json.Member("rows", report.rows);
    json.Member("digest", report.digest);
    json.Values("dropped", report.dropped);
  });
  return json.Take();
}

std::string AuditLogText(const std::vector<AuditRecord>& log, const TextStyle& style) {
  if (log.empty()) return "the audit log has no line yet\n";
  Table table({"TIME", "ACTOR", "EVENT", "~DETAIL"}, style);
  for (const AuditRecord& record : log) {
    table.AddRow({{FormatTimestamp(record.at), Ink::kDim},
                  {SafeText(record.actor)},
                  {SafeText(record.event), Ink::kBold},
                  {SafeText(record.detail)}});
  }
  return table.Render("lines");
}

}  // namespace clambake
