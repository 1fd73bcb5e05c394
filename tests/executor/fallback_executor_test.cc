// D14: what becomes of a run whose executor breaks.
#include "factory/fallback_executor.h"

#include <new>

#include "clambake/factory.h"
#include "tests/executor/executor_world.h"
#include "tests/support/ear.h"

namespace clambake {
namespace {

// Prepares and applies as v2 does, unless it is told to break.
class BreakableExecutor : public Executor {
 public:
  enum class Break { kNowhere, kInPrepare, kAtApply } at = Break::kNowhere;
  explicit BreakableExecutor(Break where) : at(where) {}
  [[nodiscard]] std::string_view name() const override { return v2_->name(); }
  [[nodiscard]] absl::StatusOr<Preparation> Prepare(const PrepareRequest& request) const override {
    if (at == Break::kInPrepare) throw std::bad_alloc();
    return v2_->Prepare(request);
  }
  absl::StatusOr<RunOutcome> Apply(const Preparation& preparation, const WritePermit& permit,
                                   const ApplyContext& context) override {
    if (at == Break::kAtApply) return absl::InternalError("broken\x1b[2J");
    return v2_->Apply(preparation, permit, context);
  }

 private:
  std::unique_ptr<Executor> v2_ = NewV2Executor();
};

using Break = BreakableExecutor::Break;

struct Fallen {
  explicit Fallen(Break where = Break::kNowhere, ModelGithub::Script script = {})
      : store(world.Open()),
        github(log, world.clock, std::move(script)),
        executor(NewFallbackExecutor(std::make_unique<BreakableExecutor>(where), Legacy(), Listening(ear))) {}

  static std::unique_ptr<Executor> Legacy() {
    auto legacy = NewExecutor(Generation::kLegacy);
    return legacy.ok() ? *std::move(legacy) : nullptr;
  }

  absl::StatusOr<Preparation> Prepare(const Scene& scene) {
    PrepareRequest request{.backlog = &scene.backlog, .plan = &scene.plan, .bundles = &scene.bundles};
    request.pending = *store->PendingOperations(kScope);
    request.assignee = "octo";
    return executor->Prepare(request);
  }

  absl::StatusOr<RunOutcome> Apply(const Preparation& preparation,
                                   std::function<void(const RunProgress&)> progress = {}) {
    auto permit = Guard::Admit(FeatureFlags(), *store,
                               {.generation = Generation::kV2, .scope = std::string(kScope), .owner = "one"});
    return executor->Apply(
        preparation, **permit,
        {.github = &github, .store = store.get(), .clock = &world.clock, .progress = std::move(progress)});
  }

  // One degraded call: a metric and a line of the log.
  [[nodiscard]] bool Told() const {
    return ear->samples == std::vector<std::string>{"clambake_fallbacks_total executor"} &&
           ear->events == std::vector<std::string>{"component.fell_back"};
  }

  std::shared_ptr<Ear> ear = std::make_shared<Ear>();
  StoreWorld world{Engine::kSqlite};
  WriteLog log;
  std::unique_ptr<StateStore> store;
  ModelGithub github;
  std::unique_ptr<Executor> executor;
};

}  // namespace

TEST_CASE("D14: broken at its k-th request, for every k: what is left waits for a person, and finishes") {
  const Scene scene(2, 2);
  Fallen calm;
  REQUIRE(Succeeded(*calm.Apply(*calm.Prepare(scene))));
  const std::int64_t requests = calm.github.performed;
  REQUIRE(requests > 10);
  for (std::int64_t k = 1; k <= requests; ++k) {
    INFO("broken at request " << k);
    std::int64_t sent = 0;
    Fallen fallen(Break::kNowhere, [&](const GithubWrite&) -> ModelGithub::Fault {
      if (++sent == k) throw std::bad_alloc();
      return {};
    });
    const Preparation preparation = *fallen.Prepare(scene);
    const auto outcome = fallen.Apply(preparation);
    REQUIRE(outcome.ok());
    CHECK(outcome->fault == "the v2 executor failed (std::bad_alloc)");
    CHECK_FALSE(Succeeded(*outcome));
    CHECK(fallen.github.performed == k);  // legacy added nothing
    CHECK(fallen.Told());
    CHECK(outcome->manual_queue.size() == static_cast<std::size_t>(requests - k + 1));
    for (const JournalEntry& entry : outcome->manual_queue) {
      CHECK(entry.state == OperationState::kManual);
      CHECK(entry.detail == outcome->fault);
      CHECK_THAT(entry.next_step, ContainsSubstring("/repos/octo/repo/"));
      CHECK_THAT(entry.next_step, ContainsSubstring("clambake state queue retry " + entry.id));
      REQUIRE(fallen.store->ResolveManual(kScope, entry.id, OperationState::kIntent).ok());
    }
    ModelGithub healthy(fallen.log, fallen.world.clock);
    REQUIRE(Succeeded(*RunOnce(Scene(0), *fallen.store, healthy, fallen.world.clock)));
    GithubState found = healthy.Now();
    CHECK(found.comments.size() == calm.github.Now().comments.size());
    found.comments = calm.github.Now().comments;  // their order may differ
    CHECK(found == calm.github.Now());
  }
}

TEST_CASE("D14: an error that the state is to blame for degrades nothing") {
  Fallen fallen;
  const Preparation preparation = *fallen.Prepare(Scene(1));
  auto permit = Guard::Admit(FeatureFlags(), *fallen.store,
                             {.generation = Generation::kV2, .scope = std::string(kScope), .owner = "one"});
  fallen.world.clock.Advance(absl::Hours(1));
  auto other = Guard::Admit(FeatureFlags(), *fallen.store,
                            {.generation = Generation::kV2, .scope = std::string(kScope), .owner = "two"});
  REQUIRE(other.ok());
  const auto outcome = fallen.executor->Apply(
      preparation, **permit,
      {.github = &fallen.github, .store = fallen.store.get(), .clock = &fallen.world.clock});
  CHECK(outcome.status().code() == absl::StatusCode::kAborted);
  CHECK(fallen.github.performed == 0);
  CHECK(fallen.ear->samples.empty());
}

#if CLAMBAKE_HAS_LEGACY
TEST_CASE("D14: broken before anything was sent, legacy performs what v2 prepared") {
  const Scene scene(2);
  SECTION("before the journal") {
    Fallen fallen(Break::kAtApply);
    const auto outcome = fallen.Apply(*fallen.Prepare(scene));
    REQUIRE(outcome.ok());
    CHECK(outcome->fault == "the v2 executor failed (broken [2J)");
    CHECK(fallen.Told());
    CHECK(Succeeded(*outcome));
    CHECK(fallen.github.Now().labels.at(2).contains("agent002"));
    CHECK(fallen.github.Now().refs.contains("refs/heads/agent001/1"));
  }
  SECTION("with its intents in the journal") {
    Fallen fallen;
    const auto outcome = fallen.Apply(*fallen.Prepare(scene), [used = false](const RunProgress&) mutable {
      if (!std::exchange(used, true)) throw std::bad_alloc();
    });
    REQUIRE(outcome.ok());
    CHECK(Succeeded(*outcome));
    CHECK(fallen.github.Now().assignees.at(1).contains("octo"));
    CHECK(fallen.github.Now().comments.empty());
    CHECK(fallen.store->PendingOperations(kScope)->empty());
    const auto work = *fallen.store->ListWork(kScope);
    REQUIRE(work.size() == 2);
    CHECK(work[1].state == WorkState::kClaimed);
    CHECK(work[1].owner == "agent002");
    CHECK(fallen.store->CompareGenerations(kScope)->empty());
  }
}

TEST_CASE("D14: where v2 cannot prepare, legacy does, and the preview says so") {
  Fallen fallen(Break::kInPrepare);
  const auto preparation = fallen.Prepare(Scene(1, 2));
  REQUIRE(preparation.ok());
  CHECK(preparation->executor == "legacy");
  REQUIRE(preparation->notes.size() == 1);
  CHECK(preparation->notes[0] == "the v2 executor failed (std::bad_alloc): these are legacy's operations");
  CHECK(fallen.Told());  // also where it stays a preview
  const auto outcome = fallen.Apply(*preparation);
  REQUIRE(outcome.ok());
  CHECK(fallen.Told());
  CHECK(outcome->fault == preparation->fault);
  CHECK(fallen.github.Now().refs.contains("refs/heads/agent001/1-issue"));
  CHECK(fallen.github.Now().pulls.size() == 1);
}

TEST_CASE("D14: legacy does not open a bundle that it cannot verify") {
  Scene scene(1, 2);
  scene.bundles.bundles[0].tree = Sha(7);
  Fallen fallen(Break::kAtApply);
  REQUIRE(Succeeded(*fallen.Apply(*fallen.Prepare(scene))));
  CHECK(fallen.github.Now().labels.at(1).contains("agent001"));
  CHECK(fallen.github.Now().pulls.empty());
  CHECK_FALSE(fallen.github.Now().labels.contains(2));
}
#endif

TEST_CASE(
    "D14: an operation in the journal that v2 cannot read goes to a person, and holds up no later run") {
  Fallen fallen;
  {
    auto permit = Guard::Admit(FeatureFlags(), *fallen.store,
                               {.generation = Generation::kV2, .scope = std::string(kScope), .owner = "old"});
    JournalEntry entry{.id = "0123", .lane = "issue-1", .issue = 1, .kind = "paint_issue", .payload = "{}"};
    REQUIRE(fallen.store->RecordIntents((*permit)->lease(), {entry}, {}).ok());
  }
  const auto preparation = fallen.Prepare(Scene(1));
  REQUIRE(preparation.ok());
  CHECK(preparation->operations.empty());
  const auto outcome = fallen.Apply(*preparation);
  REQUIRE(outcome.ok());
  REQUIRE(outcome->manual_queue.size() == 1);
  CHECK_THAT(outcome->manual_queue[0].detail, ContainsSubstring("paint_issue"));
  CHECK_THAT(outcome->manual_queue[0].next_step, ContainsSubstring("state queue show 0123"));
  CHECK(fallen.github.performed == 0);
  CHECK_FALSE(Succeeded(*RunOnce(Scene(1, 2), *fallen.store, fallen.github, fallen.world.clock)));
  CHECK(fallen.github.Now().pulls.size() == 1);
}

TEST_CASE("D14: what is wrong with the request is not hidden by a fallback") {
  Scene scene(1);
  scene.plan.assignments[0].agent = 5;
  CHECK(Fallen().Prepare(scene).status().code() == absl::StatusCode::kInvalidArgument);
}

}  // namespace clambake
