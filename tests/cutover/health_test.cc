#include "clambake/health.h"

#include "clambake/rng.h"
#include "clambake/rollouts.h"
#include "tests/support/catch.h"
#include "tests/support/store_world.h"

namespace clambake {
namespace {

FeatureFlags Flags(std::string_view on) {
  return *FeatureFlags::FromLookup([on](std::string_view variable) -> std::optional<std::string> {
    return variable == on ? std::optional<std::string>("true") : std::nullopt;
  });
}

HealthCheck Find(const std::vector<HealthCheck>& checks, std::string_view name) {
  for (const HealthCheck& check : checks) {
    if (check.name == name) return check;
  }
  FAIL("no such check");
  return {};
}

HealthSubject SubjectOf(StateStore& store, ManualClock& clock, std::string_view on = "") {
  return {.flags = Flags(on),
          .scope = "octo/repo",
          .store = &store,
          .github_status = absl::FailedPreconditionError("offline"),
          .clock = &clock,
          .free_bytes = std::int64_t{1} << 40U};
}

TEST_CASE("D24: in pure legacy operation consistency is skipped, not passed: with v2 it is checked") {
  StoreWorld world(Engine::kSqlite);
  const std::unique_ptr<StateStore> store = world.Open();
#if CLAMBAKE_HAS_LEGACY
  CHECK(Find(CheckHealth(SubjectOf(*store, world.clock)), "consistency").state ==
        HealthCheck::State::kSkipped);
#endif
  const auto with_v2 = [&] { return CheckHealth(SubjectOf(*store, world.clock, "CLAMBAKE_NEW_PLANNER")); };
  CHECK(Find(with_v2(), "consistency").state == HealthCheck::State::kPass);
  REQUIRE(store->Enqueue("octo/repo", {{1, 1}}).ok());
  world.Execute("UPDATE legacy_work SET state = 'merged'");
  CHECK(Find(with_v2(), "consistency").state == HealthCheck::State::kFail);
  CHECK(Gravest(with_v2()) == HealthCheck::State::kFail);
}

TEST_CASE("a latch is a warning: a damaged record a failure") {
  StoreWorld world(Engine::kSqlite);
  const std::unique_ptr<StateStore> store = world.Open();
  const std::unique_ptr<Rng> rng = NewSeededRng(1);
  Rollouts rollouts(*store, "octo/repo", *rng);
  CHECK(Find(CheckHealth(SubjectOf(*store, world.clock)), "latch").state == HealthCheck::State::kPass);
  REQUIRE(rollouts.RollBack(Component::kBundler, {"ada", "smoke"}).ok());
  CHECK(Find(CheckHealth(SubjectOf(*store, world.clock)), "latch").text == "rolled back: bundler (operator)");
  REQUIRE(store->WriteDocument("octo/repo", "rollout/bundler", "{}", 1).ok());
  CHECK(Find(CheckHealth(SubjectOf(*store, world.clock)), "latch").state == HealthCheck::State::kFail);
}

TEST_CASE("what cannot be checked says so, and does not count as health") {
  ManualClock clock;
  HealthSubject subject{.clock = &clock};
  subject.store_status = absl::NotFoundError("missing");
  subject.github_status = absl::UnauthenticatedError("no token");
  const std::vector<HealthCheck> checks = CheckHealth(subject);
  CHECK(checks.size() == 13);
  CHECK(Find(checks, "github").state == HealthCheck::State::kSkipped);
  CHECK(Find(checks, "github").text == "no token");
  for (const char* name : {"token", "rate_budget", "labels"}) {
    CHECK(Find(checks, name).state == HealthCheck::State::kSkipped);
    CHECK(Find(checks, name).text == "see github");  // the reason is said once
  }
  CHECK(Find(checks, "state").state == HealthCheck::State::kSkipped);
  CHECK(Gravest(checks) == HealthCheck::State::kPass);  // of the flags, which were checked
  subject.store_status = absl::FailedPreconditionError("damaged");
  CHECK(Gravest(CheckHealth(subject)) == HealthCheck::State::kFail);
}

TEST_CASE("a row that something else changed is a failure of integrity") {
  StoreWorld world(Engine::kSqlite);
  const std::unique_ptr<StateStore> store = world.Open();
  REQUIRE(store->Enqueue("octo/repo", {{1, 1}}).ok());
  const auto integrity = [&] { return Find(CheckHealth(SubjectOf(*store, world.clock)), "integrity"); };
  CHECK(integrity().state == HealthCheck::State::kPass);
  world.Execute("UPDATE work SET rank = 9");
  CHECK(integrity().state == HealthCheck::State::kFail);
  CHECK(integrity().text.find("work octo/repo 1") != std::string::npos);
}

TEST_CASE("a rollout that the flags keep at legacy is a warning") {
  StoreWorld world(Engine::kSqlite);
  const std::unique_ptr<StateStore> store = world.Open();
  const std::unique_ptr<Rng> rng = NewSeededRng(1);
  Rollouts rollouts(*store, "octo/repo", *rng);
  const auto check = [&](std::string_view on) {
    return Find(CheckHealth(SubjectOf(*store, world.clock, on)), "rollouts");
  };
  CHECK(check("").state == HealthCheck::State::kPass);
  REQUIRE(rollouts
              .Start(Component::kPlanner,
                     {.ladder = *FindLadder("standard"), .policy = {}, .change = {"ada", "phase 1"}})
              .ok());
  if (LegacyIsBuilt()) CHECK(check("").state == HealthCheck::State::kWarn);
  CHECK(check("CLAMBAKE_NEW_PLANNER").text == "planner running at 10 %");
}

TEST_CASE("a full disk is noticed before the state is damaged") {
  StoreWorld world(Engine::kSqlite);
  const std::unique_ptr<StateStore> store = world.Open();
  HealthSubject subject = SubjectOf(*store, world.clock);
  subject.free_bytes = 100 << 20;
  CHECK(Find(CheckHealth(subject), "disk").state == HealthCheck::State::kWarn);
  subject.free_bytes = 1 << 20;
  CHECK(Find(CheckHealth(subject), "disk").state == HealthCheck::State::kFail);
}

}  // namespace
}  // namespace clambake
