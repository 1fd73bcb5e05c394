#include "clambake/factory.h"

#include <utility>

#include "absl/status/status.h"
#include "base/status_macros.h"
#include "bundler/v2_bundler.h"
#include "executor/v2_executor.h"
#include "factory/fallback.h"
#include "factory/fallback_executor.h"
#include "factory/split_executor.h"
#include "planner/v2_planner.h"
#if CLAMBAKE_HAS_LEGACY
#include "legacy/legacy_bundler.h"
#include "legacy/legacy_executor.h"
#include "legacy/legacy_planner.h"
#endif

namespace clambake {

absl::StatusOr<std::unique_ptr<WorkPlanner>> NewWorkPlanner(Generation generation) {
  if (generation == Generation::kV2) return NewV2Planner();
#if CLAMBAKE_HAS_LEGACY
  return NewLegacyPlanner();
#else
  return absl::FailedPreconditionError("this build has no legacy planner (CLAMBAKE_WITH_LEGACY=OFF)");
#endif
}

absl::StatusOr<ChosenPlanner> NewWorkPlanner(const FeatureFlags& flags, const RolloutState& rollout,
                                             const Telemetry& telemetry) {
  CLAMBAKE_ASSIGN_OR_RETURN(Decision decision, flags.Decide(Component::kPlanner, rollout));
  CLAMBAKE_ASSIGN_OR_RETURN(std::unique_ptr<WorkPlanner> planner, NewWorkPlanner(decision.generation));
  absl::StatusOr<std::unique_ptr<WorkPlanner>> legacy = NewWorkPlanner(Generation::kLegacy);
  if (decision.generation == Generation::kV2 && legacy.ok()) {
    planner = NewFallbackPlanner(std::move(planner), *std::move(legacy), telemetry);
  }
  return ChosenPlanner{std::move(planner), std::move(decision)};
}

absl::StatusOr<std::unique_ptr<Bundler>> NewBundler(Generation generation, GitRepo* repo) {
  if (generation == Generation::kV2) return NewV2Bundler(repo);
#if CLAMBAKE_HAS_LEGACY
  return NewLegacyBundler(repo);
#else
  return absl::FailedPreconditionError("this build has no legacy bundler (CLAMBAKE_WITH_LEGACY=OFF)");
#endif
}

absl::StatusOr<ChosenBundler> NewBundler(const FeatureFlags& flags, GitRepo* repo,
                                         const RolloutState& rollout, const Telemetry& telemetry) {
  CLAMBAKE_ASSIGN_OR_RETURN(Decision decision, flags.Decide(Component::kBundler, rollout));
  CLAMBAKE_ASSIGN_OR_RETURN(std::unique_ptr<Bundler> bundler, NewBundler(decision.generation, repo));
  return ChosenBundler{NewFallbackBundler(std::move(bundler), telemetry), std::move(decision)};
}

absl::StatusOr<std::unique_ptr<Executor>> NewExecutor(Generation generation) {
  if (generation == Generation::kV2) return NewV2Executor();
#if CLAMBAKE_HAS_LEGACY
  return NewLegacyExecutor();
#else
  return absl::FailedPreconditionError("this build has no legacy executor (CLAMBAKE_WITH_LEGACY=OFF)");
#endif
}

absl::StatusOr<ChosenExecutor> NewExecutor(const FeatureFlags& flags, const RolloutState& rollout,
                                           const Telemetry& telemetry) {
  CLAMBAKE_ASSIGN_OR_RETURN(Decision decision, flags.Decide(Component::kExecutor, rollout));
  CLAMBAKE_ASSIGN_OR_RETURN(std::unique_ptr<Executor> executor, NewExecutor(decision.generation));
  if (decision.generation == Generation::kV2) {
    absl::StatusOr<std::unique_ptr<Executor>> legacy = NewExecutor(Generation::kLegacy);
    executor =
        NewFallbackExecutor(std::move(executor), legacy.ok() ? *std::move(legacy) : nullptr, telemetry);
  }
  return ChosenExecutor{std::move(executor), std::move(decision)};
}

absl::StatusOr<ChosenExecutor> NewSplitExecutor(const FeatureFlags& flags, const DrawForIssue& draw,
                                                const Telemetry& telemetry) {
  const RolloutState all = draw(0);
  CLAMBAKE_ASSIGN_OR_RETURN(Decision decision, flags.Decide(Component::kExecutor, all));
  absl::StatusOr<std::unique_ptr<Executor>> legacy = NewExecutor(Generation::kLegacy);
  if (decision.reason != Reason::kSplit || !legacy.ok()) return NewExecutor(flags, all, telemetry);
  RolloutState within = all;
  within.in_share = true;
  CLAMBAKE_ASSIGN_OR_RETURN(ChosenExecutor v2, NewExecutor(flags, within, telemetry));
  v2.executor = NewSplitExecutor(
      std::move(v2.executor), *std::move(legacy),
      [flags, draw](IssueNumber issue) { return flags.Decide(Component::kExecutor, draw(issue)); });
  return v2;
}

}  // namespace clambake
