// The migration as people look at it: gathered from the shared state, ready to
// be drawn. Reads only, and judges without acting.
#ifndef CLAMBAKE_MIGRATION_REPORT_H_
#define CLAMBAKE_MIGRATION_REPORT_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "clambake/feature_flags.h"
#include "clambake/observations.h"
#include "clambake/rollouts.h"
#include "clambake/shadow.h"
#include "clambake/state_store.h"

namespace clambake {

// A confidence sequence at 95 %: it holds at every look, not only at the last.
struct Bounds {
  double low = 0;
  double high = 1;
};

// Of a rate, after `hits` of `items`: those rates p against which a bet, spread
// evenly over all rates, has not yet won 20 times its stake (Robbins' mixture).
Bounds RateBounds(std::int64_t hits, std::int64_t items);

// Of the 95th percentile, in seconds: the values whose rank the same bet cannot
// rule out. `high` is infinite while the sample is too small for an upper bound.
Bounds P95Bounds(const LatencyHistogram& latency);

// One arm of a rollout, since its start.
struct ReportArm {
  std::string component;
  std::string generation;  // "legacy" is the control, "v2" the candidate
  std::int64_t calls = 0;
  std::int64_t errors = 0;  // fallbacks and what nobody served among them
  std::int64_t fallbacks = 0;
  Bounds error;
  double p95_seconds = 0;
  Bounds p95;
};

struct ReportRollout {
  std::string component;
  std::string status;                // "none" "running" "held" "complete"
  std::vector<int> ladder;           // percent, ascending
  std::size_t step = 0;              // index into ladder
  std::string verdict;               // "promote" "hold" "roll_back" "inconclusive"; "" without a rollout
  std::vector<std::string> reasons;  // sentences
  std::string latch;                 // a sentence where the latch holds: when, who, why
};

struct ReportIncident {
  absl::Time time;
  std::string component;
  std::string what;
};

struct ReportMigration {
  std::string phase;
  std::vector<ReportRollout> rollouts;
  std::vector<ReportArm> arms;
  std::vector<ReportIncident> incidents;  // newest first: roll-backs, corruption, holds, what was cleared
  std::vector<ShadowRecord> shadow;       // oldest first
  std::vector<ObservedRun> observed;      // oldest first
};

// A component whose record is damaged is shown as latched, as it runs. Errors
// are the store's.
absl::StatusOr<ReportMigration> ReadMigration(StateStore& store, std::string_view scope, Rollouts& rollouts,
                                              const FeatureFlags& flags);

// How often each outcome occurred, with its code: {"expected: L1_blocked", 12}, most first.
std::vector<std::pair<std::string, std::int64_t>> ShadowReasons(const std::vector<ShadowRecord>& records);

}  // namespace clambake

#endif  // CLAMBAKE_MIGRATION_REPORT_H_
