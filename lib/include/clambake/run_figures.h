// What real runs leave for the success criteria of the phases: a small document
// beside the state, added to by every run that may write.
#ifndef CLAMBAKE_RUN_FIGURES_H_
#define CLAMBAKE_RUN_FIGURES_H_

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "clambake/bundler.h"
#include "clambake/executor.h"
#include "clambake/feature_flags.h"
#include "clambake/state_store.h"
#include "clambake/work_planner.h"

namespace clambake {

struct Tally {
  std::int64_t tried = 0;
  std::int64_t failed = 0;
};

struct RunFigures {
  absl::Time at = absl::InfinitePast();  // of the last run
  std::int64_t busiest_minutes = 0;      // of the last v2 plan: see Workload
  std::int64_t optimal_minutes = 0;      // 0: v2 has planned nothing yet
  std::array<Tally, 2> assignments;      // by the Generation that planned them
  std::array<Tally, 2> bundles;          // by the Generation that made them
};

// Of one run: a lane counts as failed where GitHub refused, or a person has to
// decide. What is left for the next run is not counted.
RunFigures FiguresOf(const Plan& plan, const BundleSet& bundles, const Preparation& preparation,
                     const RunOutcome& outcome);

// Adds a run to the document: tallies add up, the rest is the last run's.
absl::Status AddRunFigures(StateStore& store, std::string_view scope, const RunFigures& run);
// All zero where no run has left any. FailedPrecondition: damaged.
absl::StatusOr<RunFigures> ReadRunFigures(StateStore& store, std::string_view scope);
// Before a component's rollout starts: what v2 did before does not count.
absl::Status ForgetRunFigures(StateStore& store, std::string_view scope, Component component);

}  // namespace clambake

#endif  // CLAMBAKE_RUN_FIGURES_H_
