// D9: during a rollout each issue is executed by the generation drawn for it.
#include "factory/split_executor.h"

#include <set>

#include "clambake/factory.h"
#include "clambake/run_figures.h"
#include "tests/executor/executor_world.h"

namespace clambake {
namespace {

#if CLAMBAKE_HAS_LEGACY

absl::StatusOr<Decision> OddIsV2(IssueNumber issue) {
  return Decision{issue % 2 == 1 ? Generation::kV2 : Generation::kLegacy, Reason::kSplit, "rollout_share"};
}

std::unique_ptr<Executor> NewSplit() {
  return NewSplitExecutor(*NewExecutor(Generation::kV2), *NewExecutor(Generation::kLegacy), OddIsV2);
}

PrepareRequest RequestOf(const Scene& scene) {
  PrepareRequest request;
  request.backlog = &scene.backlog;
  request.plan = &scene.plan;
  request.bundles = &scene.bundles;
  request.assignee = "octo";
  return request;
}

TEST_CASE("D9: the unit of the executor is the issue: each operation is its generation's own") {
  const Scene scene(4, 4);  // bundles of 5 and 6, 7 and 8: they go with their first issue
  const Preparation preparation = *NewSplit()->Prepare(RequestOf(scene));
  std::set<IssueNumber> legacy;
  std::set<IssueNumber> v2;
  for (const Operation& operation : preparation.operations) {
    const bool is_legacy =
        std::binary_search(preparation.legacy.begin(), preparation.legacy.end(), operation.id);
    if (operation.issue != 0) (is_legacy ? legacy : v2).insert(operation.issue);
  }
  CHECK(legacy == std::set<IssueNumber>{2, 4});
  CHECK(v2 == std::set<IssueNumber>{1, 3, 5, 6, 7, 8});
  CHECK(preparation.changes.size() == 4);
}

TEST_CASE("D9: both generations perform their share in one run, v2's through the journal alone") {
  const Scene scene(4);
  StoreWorld world(Engine::kSqlite);
  const auto store = world.Open();
  WriteLog log;
  ModelGithub github(log, world.clock);
  const auto executor = NewSplit();
  const Preparation preparation = *executor->Prepare(RequestOf(scene));
  const auto permit = Guard::Admit(FeatureFlags(), *store, {.scope = std::string(kScope), .owner = "one"});
  const auto outcome = executor->Apply(preparation, **permit,
                                       {.github = &github, .store = store.get(), .clock = &world.clock});
  REQUIRE(outcome.ok());
  CHECK(Succeeded(*outcome));
  CHECK(outcome->outcomes.size() == preparation.operations.size());
  for (const Operation& operation : preparation.operations) {
    const bool is_legacy =
        std::binary_search(preparation.legacy.begin(), preparation.legacy.end(), operation.id);
    CHECK(store->ReadOperation(kScope, operation.id).ok() != is_legacy);
  }
  const std::vector<Work> work = *store->ListWork(kScope);
  REQUIRE(work.size() == 4);
  for (const Work& row : work) CHECK(row.state == WorkState::kClaimed);
  CHECK(store->CompareGenerations(kScope)->empty());
  const RunFigures figures = FiguresOf(scene.plan, scene.bundles, preparation, *outcome);
  CHECK(figures.assignments[1].tried == 4);
  CHECK(figures.assignments[1].failed == 0);
}

TEST_CASE("what an earlier run left in the journal is v2's to finish, whatever is drawn now") {
  const Scene scene(2);
  PrepareRequest request = RequestOf(scene);
  const Preparation v2 = *(*NewExecutor(Generation::kV2))->Prepare(request);
  StoreWorld world(Engine::kSqlite);
  const auto store = world.Open();
  {
    const auto permit = Guard::Admit(FeatureFlags(), *store, {.scope = std::string(kScope), .owner = "one"});
    std::atomic<bool> cancelled = true;
    WriteLog log;
    ModelGithub github(log, world.clock);
    REQUIRE(
        (*NewExecutor(Generation::kV2))
            ->Apply(v2, **permit,
                    {.github = &github, .store = store.get(), .clock = &world.clock, .cancelled = &cancelled})
            .ok());
  }
  request.pending = *store->PendingOperations(kScope);
  REQUIRE_FALSE(request.pending.empty());
  const Preparation preparation = *NewSplit()->Prepare(request);
  CHECK(preparation.legacy.empty());
}

TEST_CASE("without a rollout one executor does all: during one the decision says so") {
  const auto flags = FeatureFlags::FromLookup([](std::string_view variable) -> std::optional<std::string> {
    return variable == "CLAMBAKE_NEW_EXECUTOR" ? std::optional<std::string>("1") : std::nullopt;
  });
  const auto with = [&](RolloutState state) {
    return NewSplitExecutor(*flags, [state](IssueNumber) { return state; });
  };
  CHECK(with({})->decision.reason == Reason::kStatic);
  CHECK(with({.latched = true})->executor->name() == "legacy");
  const auto split = with({.in_share = false});
  CHECK(split->decision.reason == Reason::kSplit);
  const Scene scene(2);
  CHECK(split->executor->Prepare(RequestOf(scene))->legacy.size() ==
        (*NewExecutor(Generation::kLegacy))->Prepare(RequestOf(scene))->operations.size());
}

#endif

}  // namespace
}  // namespace clambake
