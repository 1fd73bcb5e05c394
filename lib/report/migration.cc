// The migration, gathered from the shared state.
#include <algorithm>
#include <map>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "base/json_view.h"
#include "base/status_macros.h"
#include "clambake/migration_report.h"
#include "fmt/format.h"

namespace clambake {
namespace {

constexpr std::int64_t kMaxAudit = 2'000;  // lines of the log that are looked through

std::string LatchText(const Latch& latch) {
  return fmt::format("{} by {} ({}): {}", FormatTimestamp(latch.at), latch.actor, latch.trigger,
                     latch.observed);
}

ReportRollout RolloutOf(const RolloutRecord& record, absl::Time now) {
  ReportRollout rollout{.component = std::string(Name(record.component)),
                        .status = std::string(Name(record.status)),
                        .step = static_cast<std::size_t>(record.step)};
  for (const std::int64_t share : record.ladder.steps)
    rollout.ladder.push_back(static_cast<int>(share / 100));
  if (record.latch.holds) rollout.latch = LatchText(record.latch);
  if (record.status == RolloutStatus::kNone) return rollout;
  const Verdict verdict = Judge(JudgeInputOf(record, now));
  rollout.verdict = Name(verdict.judgement);
  rollout.reasons = verdict.reasons;
  if (record.status == RolloutStatus::kHeld) rollout.reasons.push_back("held: " + record.hold_reason);
  return rollout;
}

ReportArm ArmOf(Component component, Generation generation, const ArmCounters& counters) {
  return {.component = std::string(Name(component)),
          .generation = std::string(Name(generation)),
          .calls = counters.items,
          .errors = counters.errors,
          .fallbacks = counters.fallbacks,
          .error = RateBounds(counters.errors, counters.items),
          .p95_seconds = static_cast<double>(counters.latency.Percentile(95)) / 1e6,
          .p95 = P95Bounds(counters.latency)};
}

absl::Status AddRollout(Rollouts& rollouts, Component component, absl::Time now, ReportMigration& report) {
  const absl::StatusOr<RolloutRecord> record = rollouts.Read(component);
  if (absl::IsFailedPrecondition(record.status())) {
    report.rollouts.push_back(
        {.component = std::string(Name(component)),
         .status = "none",
         .latch = "the record is damaged, so legacy runs: " + std::string(record.status().message())});
    return absl::OkStatus();
  }
  CLAMBAKE_RETURN_IF_ERROR(record.status());
  report.rollouts.push_back(RolloutOf(*record, now));
  const Arms& arms = record->evidence.total;
  if (arms.control.items + arms.candidate.items == 0) return absl::OkStatus();
  report.arms.push_back(ArmOf(component, Generation::kLegacy, arms.control));
  report.arms.push_back(ArmOf(component, Generation::kV2, arms.candidate));
  return absl::OkStatus();
}

// "planner: running 10 % -> latched (operator): why", after "cutover.rollback".
std::vector<ReportIncident> Incidents(const std::vector<AuditRecord>& log) {
  std::vector<ReportIncident> incidents;
  for (auto record = log.rbegin(); record != log.rend(); ++record) {
    const bool matters = record->event == "cutover.rollback" || record->event == "cutover.corruption" ||
                         record->event == "cutover.hold" || record->event == "cutover.clear" ||
                         record->event == "state.restore";
    if (!matters) continue;
    const std::size_t colon = record->detail.find(": ");
    const bool of_component = record->event.starts_with("cutover.") && colon != std::string::npos;
    incidents.push_back(
        {record->at, of_component ? record->detail.substr(0, colon) : "state",
         fmt::format("{} by {}: {}", record->event.substr(record->event.find('.') + 1), record->actor,
                     of_component ? record->detail.substr(colon + 2) : record->detail)});
  }
  return incidents;
}

// "12 L1_blocked"
bool AddCode(std::string_view part, std::map<std::string, std::int64_t>& counts) {
  const std::size_t blank = part.find(' ');
  std::int64_t count = 0;
  if (blank == std::string_view::npos || !absl::SimpleAtoi(absl::string_view(part.data(), blank), &count)) {
    return false;
  }
  counts[std::string(part.substr(blank + 1))] += count;
  return true;
}

}  // namespace

absl::StatusOr<ReportMigration> ReadMigration(StateStore& store, std::string_view scope, Rollouts& rollouts,
                                              const FeatureFlags& flags) {
  ReportMigration report{.phase = std::string(Name(flags.phase()))};
  CLAMBAKE_ASSIGN_OR_RETURN(const absl::Time now, store.Now());
  for (const Component component : kComponents) {
    CLAMBAKE_RETURN_IF_ERROR(AddRollout(rollouts, component, now, report));
  }
  CLAMBAKE_ASSIGN_OR_RETURN(const std::vector<AuditRecord> log, store.ReadAudit(scope, kMaxAudit));
  report.incidents = Incidents(log);
  CLAMBAKE_ASSIGN_OR_RETURN(report.shadow, ReadShadowRecords(store, scope));
  CLAMBAKE_ASSIGN_OR_RETURN(report.observed, ReadObservedRuns(store, scope));
  return report;
}

std::vector<std::pair<std::string, std::int64_t>> ShadowReasons(const std::vector<ShadowRecord>& records) {
  std::map<std::string, std::int64_t> counts;
  for (const ShadowRecord& record : records) {
    bool coded = record.outcome != "failed" && !record.detail.empty();
    const std::vector<std::string> parts = absl::StrSplit(record.detail, ", ");
    for (std::size_t i = 0; coded && i < parts.size(); ++i) coded = AddCode(parts[i], counts);
    if (record.outcome == "failed") ++counts["failed"];
  }
  std::vector<std::pair<std::string, std::int64_t>> reasons(counts.begin(), counts.end());
  std::stable_sort(reasons.begin(), reasons.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  return reasons;
}

}  // namespace clambake
