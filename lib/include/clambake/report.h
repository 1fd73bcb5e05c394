// What people read: the text of each command, ready for a terminal or a log.
//
// All functions are pure and thread-safe. Texts from outside (titles, labels)
// are made safe: they cannot move the cursor or reorder a line. Every result
// ends with a newline.
#ifndef CLAMBAKE_REPORT_H_
#define CLAMBAKE_REPORT_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "clambake/bundler.h"
#include "clambake/compare_operations.h"
#include "clambake/cutover.h"
#include "clambake/feature_flags.h"
#include "clambake/health.h"
#include "clambake/incidents.h"
#include "clambake/model.h"
#include "clambake/pipeline.h"
#include "clambake/rollouts.h"
#include "clambake/shadow.h"
#include "clambake/state_audit.h"
#include "clambake/state_store.h"
#include "clambake/work_planner.h"

namespace clambake {

struct TextStyle {
  enum class Color { kNever, kAlways } color = Color::kNever;
  std::size_t width = 0;      // columns of the terminal; 0: lines may be as long as they get
  std::size_t max_rows = 50;  // of each table; what is left out is counted; 0: no limit
  enum class Explain { kNo, kYes } explain = Explain::kNo;  // says why, below each row
};

// "45m" "1h30m" "2d4h": a day is 24 hours.
std::string FormatMinutes(std::int64_t minutes);
// "1 issue", "2 issues".
std::string Counted(std::size_t count, std::string_view noun);

// The plan as tables with a summary line. With `explain`: why this agent at
// this time, why not that issue, and which bound proves the gap.
std::string PlanText(const Backlog& backlog, const Plan& plan, const Decision& decision,
                     const TextStyle& style);

// The bundles as tables with a summary line. With `explain`: the heads of each
// bundle in merge order, and every conflict with its lines. `backlog` lends
// its titles and may be empty.
std::string BundlesText(const Backlog& backlog, const BundleSet& bundles, const Decision& decision,
                        const TextStyle& style);

// One row for each variable and each component, then warnings.
std::string FlagsText(const FeatureFlags& flags, const TextStyle& style);
std::string FlagsJson(const FeatureFlags& flags);  // `clambake.flags/1`

// Both plans side by side: counts by class, then the differences.
struct PlanComparisonReport {
  const Backlog* backlog = nullptr;  // none of these is owned
  const Plan* control = nullptr;
  const Plan* candidate = nullptr;
  const PlanComparison* comparison = nullptr;
  const PlanComparison* noise = nullptr;  // control against itself
};
std::string ComparisonText(const PlanComparisonReport& report, const TextStyle& style);
std::string ComparisonJson(const PlanComparisonReport& report);  // `clambake.comparison/1`

// Two sets of bundles likewise, with the share of mergeable heads that ride.
struct BundleComparisonReport {
  const BundleSet* control = nullptr;  // none of these is owned
  const BundleSet* candidate = nullptr;
  const BundleComparison* comparison = nullptr;
  const BundleComparison* noise = nullptr;  // control against itself
};
std::string BundleComparisonText(const BundleComparisonReport& report, const TextStyle& style);
std::string BundleComparisonJson(const BundleComparisonReport& report);  // `clambake.comparison/1`

// What two executors would do on GitHub, likewise.
struct OperationComparisonReport {
  const Preparation* control = nullptr;  // none of these is owned
  const Preparation* candidate = nullptr;
  const OperationComparison* comparison = nullptr;
  const OperationComparison* noise = nullptr;  // control against itself
};
std::string OperationComparisonText(const OperationComparisonReport& report, const TextStyle& style);
std::string OperationComparisonJson(const OperationComparisonReport& report);  // `clambake.comparison/1`

// One row for each comparison that was kept, then the counts by outcome.
std::string ShadowHistoryText(const std::vector<ShadowRecord>& records, const TextStyle& style);
std::string ShadowHistoryJson(std::string_view scope,
                              const std::vector<ShadowRecord>& records);  // `clambake.comparisons/1`

// One row for each rollout, with what its latch saw, or why it is held.
std::string RolloutsText(const std::vector<RolloutRecord>& records, const TextStyle& style);

// The verdict, what it was reached by, and a row for each metric.
std::string VerdictText(const JudgedRollout& judged, const TextStyle& style);

// One row for each issue that is known, then the counts.
std::string ClaimsText(const std::vector<Work>& work, const TextStyle& style);

// Of the operations that are pending, those that wait for a person: why, what
// to do, and how many others of the lane wait for it.
std::string QueueText(const std::vector<JournalEntry>& pending, const TextStyle& style);
// One operation in full; nothing is cut.
std::string OperationText(const JournalEntry& entry, const TextStyle& style);

// One row for each difference and each broken invariant.
std::string StateAuditText(const StateAudit& audit, const TextStyle& style);
// What a repair has done, and what an audit after it finds.
struct StateRepair {
  std::int64_t rows = 0;
  Authority authority = Authority::kLegacy;
  StateAudit after;
};
std::string StateRepairText(const StateRepair& repair, const TextStyle& style);
// `clambake.state_audit/1`; `repair` is null where none was made.
std::string StateAuditJson(std::string_view scope, const StateAudit& audit, const StateRepair* repair);

// What a change to the state was made of: `clambake.state/1`.
struct StateFact {
  std::string_view name;
  std::variant<std::string_view, std::int64_t> value;
};
// `did`: "init" "snapshot" "restore".
std::string StateChangeJson(std::string_view did, std::string_view scope,
                            const std::vector<StateFact>& facts);

// `clambake.cleanup/1`; `rehearsed`: nothing was changed.
std::string CleanupJson(const CleanupReport& report, bool rehearsed);

// What came to rest, who holds what in the state's and in GitHub's eyes, and
// what changed on GitHub.
std::string ReconciliationText(const Reconciliation& reconciliation, const TextStyle& style);
std::string ReconciliationJson(std::string_view scope,
                               const Reconciliation& reconciliation);  // `clambake.reconciliation/1`

// One row for each line of the audit log.
std::string AuditLogText(const std::vector<AuditRecord>& log, const TextStyle& style);
// One table for each incident, then their number.
std::string IncidentsText(const std::vector<Incident>& incidents, const TextStyle& style);

// What a run does, an operation each, and what came of it. `outcome` is null
// where nothing was executed. Every operation is shown, whatever `max_rows`.
std::string RunText(const Decided& decided, const RunOutcome* outcome, const TextStyle& style);

// One row for each check, then the counts.
std::string HealthText(const std::vector<HealthCheck>& checks, const TextStyle& style);

}  // namespace clambake

#endif  // CLAMBAKE_REPORT_H_
