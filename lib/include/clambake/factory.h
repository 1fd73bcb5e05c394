// START HERE. The factory is the only place that knows every implementation:
// give it the flags, and it returns the generation that they ask for.
//
//   auto flags = clambake::FeatureFlags::FromEnvironment();
//   auto backlog = clambake::ReadBacklogFile("backlog.json");
//   auto planner = clambake::NewWorkPlanner(*flags);
//   auto plan = planner->planner->MakePlan({.backlog = &*backlog, .agents = agents});
//
// All functions here are thread-safe and keep no state.
#ifndef CLAMBAKE_FACTORY_H_
#define CLAMBAKE_FACTORY_H_

#include <functional>
#include <memory>

#include "absl/status/statusor.h"
#include "clambake/bundler.h"
#include "clambake/clock.h"
#include "clambake/cutover.h"
#include "clambake/executor.h"
#include "clambake/feature_flags.h"
#include "clambake/git_repo.h"
#include "clambake/model.h"
#include "clambake/telemetry.h"
#include "clambake/telemetry_sinks.h"
#include "clambake/work_planner.h"

namespace clambake {

struct ChosenPlanner {
  std::unique_ptr<WorkPlanner> planner;
  Decision decision;
};

// The planner that the flags ask for; where v2 fails, its plan for that call is
// legacy's, and says so. `telemetry` hears of each fall-back, here and below.
// FailedPrecondition where that is legacy and there is none.
absl::StatusOr<ChosenPlanner> NewWorkPlanner(const FeatureFlags& flags, const RolloutState& rollout = {},
                                             const Telemetry& telemetry = {});

// A generation by name, for comparisons and tests; FailedPrecondition as above.
absl::StatusOr<std::unique_ptr<WorkPlanner>> NewWorkPlanner(Generation generation);

struct ChosenBundler {
  std::unique_ptr<Bundler> bundler;
  Decision decision;
};

// The same for the bundler; where it fails, each head goes by itself. `repo` is
// not owned and outlives it.
absl::StatusOr<ChosenBundler> NewBundler(const FeatureFlags& flags, GitRepo* repo,
                                         const RolloutState& rollout = {}, const Telemetry& telemetry = {});
absl::StatusOr<std::unique_ptr<Bundler>> NewBundler(Generation generation, GitRepo* repo);

struct ChosenExecutor {
  std::unique_ptr<Executor> executor;
  Decision decision;
};

// The same for the executor; where v2 fails before anything was sent, legacy
// acts, afterwards a person: see RunOutcome::fault.
absl::StatusOr<ChosenExecutor> NewExecutor(const FeatureFlags& flags, const RolloutState& rollout = {},
                                           const Telemetry& telemetry = {});

// During a rollout: each issue is executed by the generation that `draw` gives
// for it (Rollouts::DrawFor). `draw` is asked while preparing, and for issue 0
// now; without a rollout that decides for all.
using DrawForIssue = std::function<RolloutState(IssueNumber)>;
absl::StatusOr<ChosenExecutor> NewSplitExecutor(const FeatureFlags& flags, const DrawForIssue& draw,
                                                const Telemetry& telemetry = {});
absl::StatusOr<std::unique_ptr<Executor>> NewExecutor(Generation generation);

// Sends traces with the library's own HTTP client. Thread-compatible; the
// answer's body is ignored.
OtlpTransport NewOtlpTransport();

}  // namespace clambake

#endif  // CLAMBAKE_FACTORY_H_
