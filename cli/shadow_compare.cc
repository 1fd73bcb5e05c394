#include "cli/shadow_compare.h"

#include <functional>
#include <memory>

#include "clambake/factory.h"
#include "clambake/shadow.h"
#include "cli/messages.h"
#include "fmt/format.h"

namespace clambake::cli {
namespace {

const ShadowLimits kLimits{.time = absl::Seconds(10)};

using Started = absl::StatusOr<std::unique_ptr<IsolatedRun>>;

constexpr std::string_view kControl = "legacy";

void Keep(const Globals& globals, const ShadowInput& shadow, Component component, const Started& run,
          const std::function<ShadowRecord(IsolatedRun&)>& compare) {
  ShadowRecord record;
  if (run.ok()) {
    record = compare(**run);
  } else {
    record = {.component = std::string(Name(component)),
              .outcome = "failed",
              .detail = std::string(run.status().message())};
  }
  globals.observer.telemetry.Count(metrics::kShadowComparisons,
                                   {{"component", Name(component)}, {"outcome", record.outcome}});
  const absl::StatusOr<absl::Time> now = shadow.store->Now();
  if (now.ok()) record.at = *now;
  const absl::Status kept = KeepShadowRecord(*shadow.store, shadow.scope, record);
  if (!kept.ok()) Warn(globals, fmt::format("a comparison is not kept: {}", std::string(kept.message())));
}

void ComparePlanners(const Globals& globals, const ShadowInput& shadow) {
  const Plan& plan = shadow.decided->plan;
  const auto candidate = NewWorkPlanner(Generation::kV2);
  if (plan.planner != kControl || !candidate.ok()) return;
  const PlanRequest request{
      .backlog = shadow.input->backlog, .agents = shadow.input->agents, .options = shadow.input->plan};
  const Started run = StartShadowPlan(**candidate, request, kLimits);
  Keep(globals, shadow, Component::kPlanner, run,
       [&](IsolatedRun& started) { return CompareShadowPlan(started, *shadow.input->backlog, plan); });
}

void CompareBundlers(const Globals& globals, const ShadowInput& shadow) {
  const BundleSet& set = shadow.decided->bundles;
  if (!shadow.bundled || set.bundler != kControl) return;
  const std::string folder = globals.git_dir.empty() ? "." : globals.git_dir;
  const BundleRequest request{
      .base = set.base, .heads = FinishedHeads(*shadow.input->backlog), .options = shadow.input->bundle};
  // Its own git: the caller's is out of reach there.
  const auto make = [&]() -> absl::StatusOr<BundleSet> {
    absl::StatusOr<std::unique_ptr<GitRepo>> repo = OpenGitRepo(folder);
    if (!repo.ok()) return repo.status();
    absl::StatusOr<std::unique_ptr<Bundler>> candidate = NewBundler(Generation::kV2, repo->get());
    if (!candidate.ok()) return candidate.status();
    return (*candidate)->MakeBundles(request);
  };
  Keep(globals, shadow, Component::kBundler, StartShadowBundles(make, kLimits),
       [&](IsolatedRun& started) { return CompareShadowBundles(started, set); });
}

void CompareExecutors(const Globals& globals, const ShadowInput& shadow) {
  const Preparation& preparation = shadow.decided->preparation;
  const auto candidate = NewExecutor(Generation::kV2);
  if (preparation.executor != kControl || !candidate.ok()) return;
  const PrepareRequest request{.backlog = shadow.input->backlog,
                               .plan = &shadow.decided->plan,
                               .bundles = &shadow.decided->bundles,
                               .work = shadow.input->work,
                               .pending = shadow.input->pending,
                               .comments = shadow.input->comments,
                               .base_sha = shadow.input->base_sha,
                               .assignee = shadow.input->assignee};
  Keep(globals, shadow, Component::kExecutor, StartShadowOperations(**candidate, request, kLimits),
       [&](IsolatedRun& started) { return CompareShadowOperations(started, preparation); });
}

}  // namespace

void CompareInShadow(const Globals& globals, const ShadowInput& shadow) {
  if (shadow.store == nullptr || !IsSampled(shadow.unit, shadow.rate)) return;
  ComparePlanners(globals, shadow);
  CompareBundlers(globals, shadow);
  CompareExecutors(globals, shadow);
}

}  // namespace clambake::cli
