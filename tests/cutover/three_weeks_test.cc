// The whole migration, day by day on a virtual clock, with agents at work and
// two bad days. What counts: every issue is there at the end of every day.
#include <map>

#include "clambake/observations.h"
#include "clambake/rollouts.h"
#include "clambake/run_figures.h"
#include "clambake/state_audit.h"
#include "fmt/format.h"
#include "tests/support/catch.h"
#include "tests/support/store_world.h"

namespace clambake {
namespace {

constexpr std::string_view kScope = "octo/repo";
constexpr int kIssues = 60;
const Change kWho{"ada", "the calendar"};

class Migration {
 public:
  Migration() : store_(world_.Open()), rng_(NewSeededRng(1)), rollouts_(*store_, std::string(kScope), *rng_) {
    std::vector<ReadyIssue> issues;
    for (int i = 1; i <= kIssues; ++i) issues.push_back({i, i});
    REQUIRE(store_->Enqueue(kScope, issues).ok());
  }

  Rollouts& rollouts() { return rollouts_; }
  StateStore& store() { return *store_; }
  RolloutRecord Read(Component component) { return *rollouts_.Read(component); }

  void Start(Component component, std::string_view ladder) {
    const absl::Status started =
        rollouts_.Start(component, {.ladder = *FindLadder(ladder), .policy = {}, .change = kWho}).status();
    INFO(started);
    REQUIRE(started.ok());
  }

  // A day: agents claim and land, cycles run, steps are left when the judge allows it.
  void Pass(int fail_percent = 0) {
    ++day_;
    REQUIRE(AddRunFigures(*store_, kScope,
                          {.at = world_.clock.Now(),
                           .busiest_minutes = 250,
                           .optimal_minutes = 240,
                           .assignments = {Tally{4, 0}, Tally{4, 0}},
                           .bundles = {Tally{4, 0}, Tally{4, 0}}})
                .ok());
    constexpr int kCycles = 96;
    for (int i = 0; i < kCycles; ++i) {
      for (const Component component : kComponents)
        Cycle(component, fmt::format("{}-{}", day_, i), fail_percent);
      world_.clock.Advance(absl::Minutes(15));
      REQUIRE(KeepObservedRun(*store_, kScope, {.generation = "v2", .spans = 1, .spans_exported = 1}).ok());
      if (i % 8 == 0) Advance();
    }
    Work();
    CheckDay();
  }

  std::map<int, std::string> days;

 private:
  void Cycle(Component component, const std::string& unit, int fail_percent) {
    // Several cycles at once, as many instances would run.
    for (int instance = 0; instance < 4; ++instance) {
      const Draw draw = rollouts_.DrawFor(component, fmt::format("{}-{}", unit, instance));
      if (!draw.state.in_share || draw.state.latched) return;
      if (Read(component).status == RolloutStatus::kComplete) return;
      const Arm arm = *draw.state.in_share ? Arm::kCandidate : Arm::kControl;
      const bool fails = arm == Arm::kCandidate && static_cast<int>(rng_->Below(100)) < fail_percent;
      REQUIRE(rollouts_
                  .Record(draw, WriteMode::kReadWrite,
                          {arm, fails ? SampleResult::kFallback : SampleResult::kSuccess,
                           absl::Milliseconds(static_cast<std::int64_t>(100 + rng_->Below(50)))})
                  .ok());
    }
  }

  void Advance() {
    for (const Component component : kComponents) {
      if (Read(component).status == RolloutStatus::kRunning) rollouts_.Advance(component, kWho).IgnoreError();
    }
  }

  void Work() {
    const std::string agent = fmt::format("agent{:03}", day_);
    for (int i = 0; i < 2; ++i) {
      const auto claim = store_->ClaimNext(kScope, agent, absl::Hours(72));
      REQUIRE(claim.ok());
      if (claim->has_value() && i == 0) REQUIRE(store_->Land(kScope, **claim, agent + "/work").ok());
    }
  }

  void CheckDay() {
    INFO("day " << day_);
    CHECK(AuditState(*store_, kScope)->clean());
    CHECK(store_->ListWork(kScope)->size() == kIssues);
    std::string& line = days[day_];
    for (const Component component : kComponents) {
      const RolloutRecord record = Read(component);
      line += fmt::format(
          "{}{} {}", line.empty() ? "" : ", ", Name(component),
          record.latch.holds ? "latched" : fmt::format("{} {}", Name(record.status), record.share() / 100));
    }
  }

  StoreWorld world_{Engine::kSqlite};
  std::unique_ptr<StateStore> store_;
  std::unique_ptr<Rng> rng_;
  Rollouts rollouts_;
  int day_ = 0;
};

TEST_CASE("three weeks: from legacy to v2 with two bad days, and every issue is preserved") {
  Migration migration;
  Rollouts& rollouts = migration.rollouts();
  migration.Pass();  // day 1: read-only comparisons, nothing runs v2
  migration.Start(Component::kPlanner, "planner");
  migration.Pass();
  CHECK(migration.days[2] == "planner running 10, bundler none 0, executor none 0");
  migration.Pass(60);  // day 3: v2 is broken, and nobody watches
  CHECK(migration.days[3] == "planner latched, bundler none 0, executor none 0");
  REQUIRE(rollouts.Clear(Component::kPlanner, {"ada", "mended"}).ok());
  migration.Start(Component::kPlanner, "planner");
  while (migration.Read(Component::kPlanner).status != RolloutStatus::kComplete) {
    REQUIRE(migration.days.size() < 10);
    migration.Pass();
  }
  CHECK_FALSE(
      rollouts.Start(Component::kBundler, {.ladder = *FindLadder("bundler"), .policy = {}, .change = kWho})
          .ok());
  migration.Pass();
  migration.Pass();
  migration.Start(Component::kBundler, "bundler");
  migration.Pass();
  migration.Start(Component::kExecutor, "bundler");
  // A bad afternoon: everything back by hand, work in progress to the safe queue.
  REQUIRE(rollouts.RollBack(Component::kExecutor, {"ada", "smoke"}).ok());
  const std::int64_t moved = *migration.store().MoveToSafeQueue(kScope);
  CHECK(moved > 0);
  migration.Pass();
  CHECK(static_cast<std::int64_t>(migration.store().ReturnFromSafeQueue(kScope, absl::Hours(72))->size()) ==
        moved);
  REQUIRE(rollouts.Clear(Component::kExecutor, {"ada", "it was the toaster"}).ok());
  migration.Start(Component::kExecutor, "bundler");
  while (migration.days.size() < 21) migration.Pass();
  CHECK(migration.days[21] == "planner complete 100, bundler complete 100, executor complete 100");
}

}  // namespace
}  // namespace clambake
