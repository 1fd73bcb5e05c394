// Doing it: every operation once, whatever GitHub answers.
#include "tests/executor/executor_world.h"

namespace clambake {
namespace {

using Fault = ModelGithub::Fault;

struct Instance {
  explicit Instance(ModelGithub::Script script = {})
      : world(Engine::kSqlite), store(world.Open()), github(log, world.clock, std::move(script)) {}
  absl::StatusOr<RunOutcome> Run(const Scene& scene) { return RunOnce(scene, *store, github, world.clock); }
  StoreWorld world;
  WriteLog log;
  std::unique_ptr<StateStore> store;
  ModelGithub github;
};

template <typename Write>
ModelGithub::Script FirstOf(Fault fault) {
  return [fault, used = false](const GithubWrite& write) mutable {
    if (used || !std::holds_alternative<Write>(write)) return Fault{};
    used = true;
    return fault;
  };
}

GithubState Undisturbed(const Scene& scene) {
  Instance instance;
  REQUIRE(Succeeded(*instance.Run(scene)));
  return instance.github.Now();
}

}  // namespace

TEST_CASE("a run assigns, builds bundles, opens pull requests and moves labels") {
  const Scene scene(1, 2);
  Instance instance;
  auto outcome = instance.Run(scene);
  REQUIRE(outcome.ok());
  CHECK(Succeeded(*outcome));
  const GithubState github = instance.github.Now();
  CHECK(github.refs.at("refs/heads/agent001/1") == Sha(0xbeef));
  CHECK(github.labels.at(1).contains("agent001"));
  CHECK(github.assignees.at(1).contains("octo"));
  CHECK(github.merged.at("bundle/20260102_0300__2") == std::vector{Sha(2), Sha(3)});
  REQUIRE(github.pulls.size() == 1);
  CHECK_THAT(github.pulls[0].body, ContainsSubstring("Fixes #2\nFixes #3\n"));
  CHECK(github.labels.at(2).contains("route:ready_to_merge"));
  CHECK(github.comments.size() == 3);
  const auto work = *instance.store->ListWork(kScope);
  REQUIRE(work.size() == 3);
  CHECK(work[0].state == WorkState::kClaimed);
  CHECK(work[1].state == WorkState::kBundled);
  CHECK(instance.store->CompareGenerations(kScope)->empty());
}

TEST_CASE("an answer that is lost, late or never sent ends in the same state") {
  const Scene scene(2, 2);
  const GithubState expected = Undisturbed(scene);
  const absl::Status lost = absl::UnknownError("timeout");
  const std::vector<Fault> faults = {{lost, Fault::Effect::kNow, {}},
                                     {lost, Fault::Effect::kNever, {}},
                                     {lost, Fault::Effect::kLate, absl::Seconds(30)},
                                     {absl::UnavailableError("502"), Fault::Effect::kNever, {}},
                                     {absl::ResourceExhaustedError("limit"), Fault::Effect::kNever, {}}};
  for (std::size_t i = 0; i < faults.size(); ++i) {
    for (const auto& script :
         {FirstOf<CreateRef>(faults[i]), FirstOf<AddLabels>(faults[i]), FirstOf<AddAssignees>(faults[i]),
          FirstOf<MergeBranch>(faults[i]), FirstOf<CreatePull>(faults[i]), FirstOf<CreateComment>(faults[i]),
          FirstOf<RemoveLabel>(faults[i])}) {
      INFO("fault " << i);
      Instance instance(script);
      auto outcome = instance.Run(scene);
      REQUIRE(outcome.ok());
      CHECK(Succeeded(*outcome));
      GithubState github = instance.github.Now();
      // Comments may come in another order; there is one for each issue all the same.
      CHECK(github.comments.size() == expected.comments.size());
      github.comments = expected.comments;
      CHECK(github == expected);
    }
  }
}

TEST_CASE("a look that nobody answers decides nothing: it is looked again") {
  class SlowToShow : public ModelGithub {
   public:
    using ModelGithub::ModelGithub;
    absl::StatusOr<ProbeResult> Probe(const GithubWrite& write) override {
      if (++looks == 1) return absl::DeadlineExceededError("timeout");
      return ModelGithub::Probe(write);
    }
    int looks = 0;
  };
  StoreWorld world(Engine::kSqlite);
  const auto store = world.Open();
  WriteLog log;
  SlowToShow github(log, world.clock,
                    FirstOf<CreateComment>({absl::UnknownError("timeout"), Fault::Effect::kNow, {}}));
  const auto outcome = RunOnce(Scene(1), *store, github, world.clock);
  REQUIRE(outcome.ok());
  CHECK(github.looks == 2);
  CHECK(github.Now().comments.size() == 1);
  for (const Outcome& each : outcome->outcomes) CHECK(each.state == OperationState::kConfirmed);
}

TEST_CASE("an issue that fails does not hold up others, and says what a person should do") {
  const Scene scene(3);
  Instance instance([](const GithubWrite& write) {
    const auto* add = std::get_if<AddLabels>(&write);
    if (add == nullptr || add->issue != 2) return Fault{};
    return Fault{absl::NotFoundError("Not Found"), Fault::Effect::kNever, {}};
  });
  auto outcome = instance.Run(scene);
  REQUIRE(outcome.ok());
  CHECK_FALSE(Succeeded(*outcome));
  REQUIRE(outcome->manual_queue.size() == 1);
  CHECK(outcome->manual_queue[0].issue == 2);
  CHECK(outcome->manual_queue[0].detail == "Not Found");
  CHECK_THAT(outcome->manual_queue[0].next_step,
             ContainsSubstring("clambake state queue retry " + outcome->manual_queue[0].id));
  const GithubState github = instance.github.Now();
  CHECK(github.labels.at(1).contains("agent001"));
  CHECK(github.labels.at(3).contains("agent003"));
  CHECK_FALSE(github.assignees.contains(2));

  SECTION("the next run leaves it alone") {
    const std::int64_t before = instance.github.performed;
    Scene later(3);
    later.plan.assignments = {later.plan.assignments[1]};
    later.backlog.issues[0].labels.push_back("agent001");  // 1 and 3 are handed out by now
    later.backlog.issues[2].labels.push_back("agent003");
    REQUIRE(instance.Run(later).ok());
    CHECK(instance.github.performed == before);
  }
  SECTION("retried, it is finished") {
    REQUIRE(instance.store->ResolveManual(kScope, outcome->manual_queue[0].id, OperationState::kIntent).ok());
    ModelGithub healthy(instance.log, instance.world.clock);
    auto again = RunOnce(Scene(0), *instance.store, healthy, instance.world.clock);
    REQUIRE(again.ok());
    CHECK(Succeeded(*again));
    CHECK(healthy.Now().labels.at(2).contains("agent002"));
    CHECK(healthy.Now().assignees.at(2).contains("octo"));
  }
}

TEST_CASE("what GitHub refuses and nothing depends on is reported, and the lane goes on") {
  Instance instance(FirstOf<AddAssignees>(
      {absl::FailedPreconditionError("GitHub did not assign octo"), Fault::Effect::kNever, {}}));
  auto outcome = instance.Run(Scene(1));
  REQUIRE(outcome.ok());
  CHECK(Succeeded(*outcome));
  CHECK(outcome->outcomes.at(2).state == OperationState::kRefused);
  CHECK(instance.github.Now().comments.size() == 1);
}

TEST_CASE("refused credentials stop the run at once, and the next one goes on") {
  const Scene scene(2);
  Instance instance(
      FirstOf<AddLabels>({absl::UnauthenticatedError("Bad credentials"), Fault::Effect::kNever, {}}));
  auto outcome = instance.Run(scene);
  REQUIRE(outcome.ok());
  CHECK(outcome->stopped.code() == absl::StatusCode::kUnauthenticated);
  CHECK(outcome->unfinished == 7);
  CHECK(instance.github.performed == 2);
  auto again = instance.Run(scene);
  REQUIRE(again.ok());
  CHECK(Succeeded(*again));
  CHECK(instance.github.Now() == Undisturbed(scene));
}

TEST_CASE("a cancelled run stops between requests, and the next one finishes it") {
  const Scene scene(2);
  StoreWorld world(Engine::kSqlite);
  auto store = world.Open();
  WriteLog log;
  std::atomic<bool> cancelled = false;
  ModelGithub github(log, world.clock, [&](const GithubWrite&) {
    cancelled = true;
    return Fault{};
  });
  auto executor = NewV2Executor();
  {
    auto permit = Guard::Admit(FeatureFlags(), *store,
                               {.generation = Generation::kV2, .scope = std::string(kScope), .owner = "one"});
    PrepareRequest request{.backlog = &scene.backlog, .plan = &scene.plan, .assignee = "octo"};
    auto preparation = executor->Prepare(request);
    auto outcome = executor->Apply(
        *preparation, **permit,
        {.github = &github, .store = store.get(), .clock = &world.clock, .cancelled = &cancelled});
    REQUIRE(outcome.ok());
    CHECK(outcome->stopped.code() == absl::StatusCode::kCancelled);
    CHECK(github.performed == 1);
    CHECK(outcome->unfinished == 7);
  }
  ModelGithub calm(log, world.clock);
  CHECK(Succeeded(*RunOnce(scene, *store, calm, world.clock)));
  CHECK(calm.Now() == Undisturbed(scene));
}

TEST_CASE("writing needs a permit, and read-only, a latch, and legacy after the cleanup are refused it") {
  StoreWorld world(Engine::kSqlite);
  auto store = world.Open();
  const Guard::Request request{.generation = Generation::kV2, .scope = std::string(kScope), .owner = "one"};
  CHECK(Guard::Admit(FeatureFlags().WithReadOnly(), *store, request).status().code() ==
        absl::StatusCode::kFailedPrecondition);
  CHECK(Guard::Admit(FeatureFlags::FailSafe(), *store, request).status().code() ==
        absl::StatusCode::kFailedPrecondition);
  Guard::Request latched = request;
  latched.rollout.latched = true;
  CHECK(Guard::Admit(FeatureFlags(), *store, latched).status().code() ==
        absl::StatusCode::kFailedPrecondition);
  auto permit = Guard::Admit(FeatureFlags(), *store, request);
  REQUIRE(permit.ok());
  CHECK(Guard::Admit(FeatureFlags(), *store, request).status().code() == absl::StatusCode::kAlreadyExists);
  permit->reset();
  CHECK(Guard::Admit(FeatureFlags(), *store, request).ok());
  Guard::Request legacy = request;
  legacy.generation = Generation::kLegacy;
  CHECK(Guard::Admit(FeatureFlags(), *store, legacy).ok());
  // Whoever chose legacy did so before the cleanup: the lease it was refused is free again.
  REQUIRE(store->CleanUp(kScope, "ada", CleanupMode::kConfirm).ok());
  CHECK(Guard::Admit(FeatureFlags(), *store, legacy).status().code() ==
        absl::StatusCode::kFailedPrecondition);
  CHECK(Guard::Admit(FeatureFlags(), *store, request).ok());
  STATIC_REQUIRE_FALSE(std::is_default_constructible_v<WritePermit>);
  STATIC_REQUIRE_FALSE(std::is_copy_constructible_v<WritePermit>);
  STATIC_REQUIRE_FALSE(std::is_aggregate_v<WritePermit>);
}

TEST_CASE("a second run has nothing to do, and writes nothing") {
  Scene scene(2);
  Instance instance;
  REQUIRE(instance.Run(scene).ok());
  const std::int64_t before = instance.github.performed;
  // GitHub shows by now what was done.
  for (std::size_t i = 0; i < 2; ++i) {
    scene.backlog.issues[i].labels.push_back(scene.plan.agents[i].id);
    scene.plan.assignments[i].running = true;
  }
  auto again = instance.Run(scene);
  REQUIRE(again.ok());
  CHECK(again->outcomes.empty());
  CHECK(instance.github.performed == before);
}

}  // namespace clambake
