// Plan, bundle, prepare, apply: how the parts work together.
#include "clambake/pipeline.h"

#include "clambake/factory.h"
#include "factory/fallback.h"
#include "tests/executor/executor_world.h"

namespace clambake {
namespace {

class BrokenBundler : public Bundler {
 public:
  explicit BrokenBundler(absl::Status why) : why_(std::move(why)) {}
  [[nodiscard]] std::string_view name() const override { return "v2"; }
  absl::StatusOr<BundleSet> MakeBundles(const BundleRequest& /*request*/) override { return why_; }

 private:
  absl::Status why_;
};

struct Parts {
  std::unique_ptr<WorkPlanner> planner = *NewWorkPlanner(Generation::kV2);
  std::unique_ptr<Executor> executor = *NewExecutor(Generation::kV2);
  [[nodiscard]] PipelineParts With(Bundler* bundler) const {
    return {planner.get(), bundler, executor.get()};
  }
};

PipelineInput InputOf(const Backlog& backlog, int agents) {
  PipelineInput input;
  input.backlog = &backlog;
  input.agents = *MakeAgents(agents);
  return input;
}

}  // namespace

TEST_CASE("a bundler that fails costs the bundling, and not the branches") {
  const Scene scene(1, 2);
  const auto bundler =
      NewFallbackBundler(std::make_unique<BrokenBundler>(absl::UnavailableError("git is gone")), Telemetry());
  const auto decided = Decide(Parts().With(bundler.get()), InputOf(scene.backlog, 1));
  REQUIRE(decided.ok());
  CHECK(decided->bundles.individual.size() == 2);
  int pulls = 0;
  for (const Operation& operation : decided->preparation.operations) {
    pulls += std::holds_alternative<CreatePull>(operation.write) ? 1 : 0;
  }
  CHECK(pulls == 2);
  CHECK_THAT(decided->preparation.notes.back(), ContainsSubstring("git is gone"));
  const auto wrong = NewFallbackBundler(
      std::make_unique<BrokenBundler>(absl::InvalidArgumentError("the base does not resolve")), Telemetry());
  CHECK(Decide(Parts().With(wrong.get()), InputOf(scene.backlog, 1)).status().code() ==
        absl::StatusCode::kInvalidArgument);
}

TEST_CASE("of an issue's branches the one it was finished on is bundled, where the state knows it") {
  Scene scene(0, 1);
  scene.backlog.branches.push_back({"agent007/1", Sha(7), 1});
  const auto bundler = NewFallbackBundler(
      std::make_unique<BrokenBundler>(absl::UnavailableError("each by itself, then")), Telemetry());
  PipelineInput input = InputOf(scene.backlog, 1);
  // Whoever does not know asks for both; the issue gets one status comment all the same.
  const auto both = Decide(Parts().With(bundler.get()), input);
  REQUIRE(both.ok());
  CHECK(both->bundles.individual.size() == 2);
  int comments = 0;
  for (const Operation& operation : both->preparation.operations) {
    comments += std::holds_alternative<CreateComment>(operation.write) ? 1 : 0;
  }
  CHECK(comments == 1);
  input.work = {{.issue = 1, .state = WorkState::kLanded, .branch = "agent007/1"}};
  const auto one = Decide(Parts().With(bundler.get()), input);
  REQUIRE(one.ok());
  REQUIRE(one->bundles.individual.size() == 1);
  CHECK(one->bundles.individual[0].head == Sha(7));
}

TEST_CASE("what is planned for later can be claimed, unless it waits for another issue") {
  Scene scene(3);
  scene.backlog.blocked_by.push_back({3, {1}, {}});
  const auto decided = Decide(Parts().With(nullptr), InputOf(scene.backlog, 1));
  REQUIRE(decided.ok());
  REQUIRE(decided->ready.size() == 1);
  CHECK(decided->ready[0].issue != 3);
}

TEST_CASE("operations that are not those expected are not performed") {
  const Scene scene(1);
  StoreWorld world(Engine::kSqlite);
  auto store = world.Open();
  WriteLog log;
  ModelGithub github(log, world.clock);
  const Parts parts;
  const auto decided = Decide(parts.With(nullptr), InputOf(scene.backlog, 1));
  auto permit = Guard::Admit(FeatureFlags(), *store, {.scope = std::string(kScope), .owner = "one"});
  const ApplyContext context{.github = &github, .store = store.get(), .clock = &world.clock};
  const auto refused = Act(parts.With(nullptr), *decided, "sha256:0", **permit, context);
  CHECK(refused.status().code() == absl::StatusCode::kFailedPrecondition);
  CHECK(github.performed == 0);
  CHECK(store->PendingOperations(kScope)->empty());
  const std::string digest = OperationsDigest(decided->preparation);
  const auto done = Act(parts.With(nullptr), *decided, digest, **permit, context);
  REQUIRE(done.ok());
  CHECK(Succeeded(*done));
  CHECK(github.performed > 0);
}

}  // namespace clambake
