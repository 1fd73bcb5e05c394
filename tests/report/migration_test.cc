#include <cmath>
#include <random>

#include "clambake/html_report.h"
#include "clambake/migration_report.h"
#include "fmt/format.h"
#include "tests/support/catch.h"
#include "tests/support/store_world.h"

using namespace clambake;

namespace {

constexpr const char* kScope = "o/r";

// A state with one rollout in progress.
struct World {
  StoreWorld engine{Engine::kSqlite};
  std::unique_ptr<StateStore> store = engine.Open();
  std::unique_ptr<Rng> rng = NewSeededRng(7);
  Rollouts rollouts{*store, kScope, *rng};

  ReportMigration Read() {
    auto read = ReadMigration(*store, kScope, rollouts, *FeatureFlags::FromLookup([](std::string_view name) {
      return name == "CLAMBAKE_NEW_PLANNER" ? std::optional<std::string>("true") : std::nullopt;
    }));
    REQUIRE(read.ok());
    return *std::move(read);
  }

  std::string Html() {
    const ReportMigration migration = Read();
    const Backlog backlog{.repository = kScope};
    const Plan plan{.planner = "v2", .repository = kScope};
    return ReportHtml({.backlog = &backlog, .plan = &plan, .migration = &migration});
  }

  void Sample(int count, SampleResult result) {
    for (int i = 0; i < count; ++i) {
      const Draw draw = rollouts.DrawFor(Component::kPlanner, fmt::format("cycle {}", cycle++));
      REQUIRE(draw.state.in_share.has_value());
      const Arm arm = *draw.state.in_share ? Arm::kCandidate : Arm::kControl;
      REQUIRE(rollouts.Record(draw, WriteMode::kReadWrite, {arm, result, absl::Milliseconds(40)}).ok());
    }
  }
  int cycle = 0;
};

}  // namespace

TEST_CASE("A rate's confidence sequence holds at every look in 95 of 100 sequences, and closes in") {
  for (const double rate : {0.01, 0.05, 0.3}) {
    std::mt19937 random(1);
    int ever_wrong = 0;
    for (int sequence = 0; sequence < 400; ++sequence) {
      bool wrong = false;
      std::int64_t hits = 0;
      for (std::int64_t n = 1; n <= 500; ++n) {
        hits += static_cast<double>(random()) < rate * 4294967296.0 ? 1 : 0;
        const Bounds bounds = RateBounds(hits, n);
        wrong = wrong || bounds.low > rate || bounds.high < rate;
      }
      ever_wrong += wrong ? 1 : 0;
    }
    CHECK(ever_wrong <= 20);  // 5 %; Ville's inequality leaves slack
  }
  const Bounds many = RateBounds(500, 10'000);
  CHECK(many.low > 0.04);
  CHECK(many.high < 0.06);
  CHECK(RateBounds(0, 0).high == 1);
  CHECK(RateBounds(0, 5).low == 0);
  CHECK(RateBounds(5, 5).high == 1);
}

TEST_CASE("A percentile has no upper bound before the sample can carry one, and holds the truth after") {
  LatencyHistogram few;
  for (int i = 0; i < 5; ++i) few.Add(1'000);
  CHECK(std::isinf(P95Bounds(few).high));
  LatencyHistogram equal;  // all in one bucket: what is told of it lies within
  for (int i = 0; i < 1'000; ++i) equal.Add(86'500);
  CHECK(static_cast<double>(equal.Percentile(95)) / 1e6 <= P95Bounds(equal).high);
  std::mt19937 random(2);
  int wrong = 0;
  for (int round = 0; round < 200; ++round) {
    LatencyHistogram many;
    for (int i = 0; i < 1'000; ++i) many.Add(static_cast<std::int64_t>(random() % 1'000'000));
    const Bounds bounds = P95Bounds(many);
    wrong += bounds.low > 0.95 * 1.016 || bounds.high < 0.95 ? 1 : 0;
    CHECK(bounds.high < 1);
    CHECK(static_cast<double>(many.Percentile(95)) / 1e6 <= bounds.high);
    CHECK(bounds.low > 0.85);
  }
  CHECK(wrong <= 10);
}

TEST_CASE("The report shows phase, steps, arms, verdicts with their reasons, latch and incidents") {
  World world;
  REQUIRE(world.rollouts.Start(Component::kPlanner, {*FindLadder("standard"), {}, {"ann", "phase 1"}}).ok());
  world.Sample(300, SampleResult::kSuccess);
  world.Sample(3, SampleResult::kFallback);
  const ReportMigration running = world.Read();
  CHECK(running.phase == "phase1");
  REQUIRE(running.rollouts.size() == 3);
  CHECK(running.rollouts[0].status == "running");
  CHECK(running.rollouts[0].ladder == std::vector<int>{10, 25, 50, 75, 100});
  CHECK(running.rollouts[0].verdict == "inconclusive");
  REQUIRE_FALSE(running.rollouts[0].reasons.empty());
  CHECK(running.rollouts[0].latch.empty());
  REQUIRE(running.arms.size() == 2);
  CHECK(running.arms[0].calls + running.arms[1].calls == 303);
  CHECK(running.arms[0].errors + running.arms[1].errors == 3);
  CHECK(running.arms[0].p95_seconds > 0.039);
  CHECK(running.incidents.empty());
  CHECK_THAT(world.Html(), ContainsSubstring("verdict: inconclusive"));
  REQUIRE(world.rollouts.RollBack(Component::kPlanner, {"bob", "3 a.m."}).ok());
  const ReportMigration latched = world.Read();
  CHECK_THAT(latched.rollouts[0].latch, ContainsSubstring("by bob (operator): 3 a.m."));
  REQUIRE(latched.incidents.size() == 1);
  CHECK(latched.incidents[0].component == "planner");
  CHECK_THAT(latched.incidents[0].what, ContainsSubstring("rollback by bob"));
  const std::string html = world.Html();
  for (const char* text : {"latched: legacy runs", "Step 1 of 5: 10 %", "(candidate)",
                           "Incidents, newest first", "Phase <strong>phase1"}) {
    CHECK_THAT(html, ContainsSubstring(text));
  }
}

TEST_CASE("Reading the migration for a report changes nothing") {
  World world;
  REQUIRE(world.rollouts.Start(Component::kPlanner, {*FindLadder("standard"), {}, {"ann", "phase 1"}}).ok());
  const std::string before = *world.store->TakeSnapshot(kScope);
  world.Read();
  CHECK(*world.store->TakeSnapshot(kScope) == before);
}

TEST_CASE("A damaged rollout is shown as what it is: latched, and legacy runs") {
  World world;
  REQUIRE(world.rollouts.Start(Component::kPlanner, {*FindLadder("standard"), {}, {"ann", "phase 1"}}).ok());
  world.engine.Execute("UPDATE documents SET value = 'x' WHERE key LIKE 'rollout%'");
  CHECK_THAT(world.Read().rollouts[0].latch, ContainsSubstring("damaged"));
}

TEST_CASE("Shadow differences are added up by reason, most first") {
  World world;
  for (const auto& [outcome, detail] : std::vector<std::pair<std::string, std::string>>{
           {"expected", "3 L1_blocked, 1 tie_order"}, {"same", ""}, {"failed", "killed after 30s, twice"}}) {
    REQUIRE(
        KeepShadowRecord(*world.store, kScope, {world.engine.clock.Now(), "planner", outcome, detail}).ok());
  }
  const auto reasons = ShadowReasons(world.Read().shadow);
  REQUIRE(reasons.size() == 3);
  CHECK(reasons[0] == std::pair<std::string, std::int64_t>{"L1_blocked", 3});
  CHECK_THAT(world.Html(), ContainsSubstring("1 failed"));
}

TEST_CASE("Without a state the report says why there is no migration to show") {
  const Backlog backlog;
  const Plan plan{.planner = "v2"};
  CHECK_THAT(ReportHtml({.backlog = &backlog, .plan = &plan, .migration_absent = "there is no state yet"}),
             ContainsSubstring("Not shown: there is no state yet."));
}
