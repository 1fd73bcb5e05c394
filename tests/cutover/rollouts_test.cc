#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>
#include <thread>

#include "absl/time/clock.h"
#include "clambake/observations.h"
#include "clambake/rollouts.h"
#include "clambake/run_figures.h"
#include "clambake/state_audit.h"
#include "cutover/rollout_json.h"
#include "tests/support/catch.h"
#include "tests/support/store_world.h"

namespace clambake {
namespace {

constexpr Component kPlanner = Component::kPlanner;
constexpr std::string_view kScope = "octo/repo";
const Change kWho{"ada", "because"};

// One instance: a connection and rollouts of its own.
struct Instance {
  explicit Instance(StoreWorld& world, std::uint64_t seed = 1)
      : store(world.Open()), rng(NewSeededRng(seed)), rollouts(*store, std::string(kScope), *rng) {}

  std::unique_ptr<StateStore> store;
  std::unique_ptr<Rng> rng;
  Rollouts rollouts;
};

RolloutRecord StartPlanner(Rollouts& rollouts) {
  const absl::StatusOr<RolloutRecord> record =
      rollouts.Start(kPlanner, {.ladder = *FindLadder("standard"), .policy = {}, .change = kWho});
  INFO(record.status());
  REQUIRE(record.ok());
  return *record;
}

// Units until one falls into the arm.
Draw DrawArm(Rollouts& rollouts, Component component, Arm arm) {
  for (int unit = 0; unit < 10'000; ++unit) {
    const Draw draw = rollouts.DrawFor(component, std::to_string(unit));
    if (draw.state.in_share && *draw.state.in_share == (arm == Arm::kCandidate)) return draw;
  }
  FAIL("no unit of this arm");
  return {};
}

void Send(Rollouts& rollouts, Component component, Arm arm, SampleResult result, int items) {
  const Draw draw = DrawArm(rollouts, component, arm);
  for (int i = 0; i < items; ++i) {
    REQUIRE(rollouts.Record(draw, WriteMode::kReadWrite, {arm, result, absl::Milliseconds(100)}).ok());
  }
}

void SendHealthy(Rollouts& rollouts, Component component, std::int64_t share) {
  if (share < 10'000) Send(rollouts, component, Arm::kControl, SampleResult::kSuccess, 100);
  Send(rollouts, component, Arm::kCandidate, SampleResult::kSuccess, 100);
}

// What an observed run without any trouble leaves.
const RunFigures kGoodRun{.busiest_minutes = 250,
                          .optimal_minutes = 240,
                          .assignments = {Tally{10, 0}, Tally{10, 0}},
                          .bundles = {Tally{10, 0}, Tally{10, 0}}};

const ObservedRun kObserved{
    .trace = "4bf92f3577b34da6a3ce929d0e0e4736", .generation = "v2", .spans = 9, .spans_exported = 9};

// All the way to completion, as an operator would.
void Complete(StoreWorld& world, Rollouts& rollouts, Component component) {
  REQUIRE(AddRunFigures(*world.Open(), kScope, kGoodRun).ok());
  for (int guard = 0; guard < 10; ++guard) {
    const RolloutRecord record = *rollouts.Read(component);
    if (record.status == RolloutStatus::kComplete) return;
    SendHealthy(rollouts, component, record.share());
    REQUIRE(KeepObservedRun(*world.Open(), kScope, kObserved).ok());
    world.clock.Advance(absl::Hours(2));
    const absl::StatusOr<RolloutRecord> advanced = rollouts.Advance(component, kWho);
    INFO(advanced.status());
    REQUIRE(advanced.ok());
  }
}

TEST_CASE("without a rollout the flags alone decide: nothing is latched, nobody is in a share") {
  StoreWorld world(Engine::kSqlite);
  Instance one(world);
  const Draw draw = one.rollouts.DrawFor(kPlanner, "cycle-1");
  CHECK_FALSE(draw.state.latched);
  CHECK_FALSE(draw.state.in_share.has_value());
}

TEST_CASE("a rollout starts at the first step of its ladder, with a snapshot and a line in the log") {
  for (const Engine engine : EnginesHere()) {
    StoreWorld world(engine);
    Instance one(world);
    const RolloutRecord record = StartPlanner(one.rollouts);
    CHECK(record.status == RolloutStatus::kRunning);
    CHECK(record.share() == 1'000);
    CHECK(record.snapshot.substr(0, 7) == "sha256:");
    const std::vector<AuditRecord> log = *one.store->ReadAudit(kScope, 10);
    REQUIRE(log.size() == 1);
    CHECK(log[0].actor == "ada");
    CHECK(log[0].event == "cutover.start");
    CHECK(log[0].detail == "planner: none -> running at 10.00 %: because");
    CHECK(one.rollouts.Start(kPlanner, {.ladder = *FindLadder("standard"), .policy = {}, .change = kWho})
              .status()
              .code() == absl::StatusCode::kFailedPrecondition);
  }
}

TEST_CASE("D12: a roll-back reaches another instance at its next decision, without restart") {
  for (const Engine engine : EnginesHere()) {
    StoreWorld world(engine);
    Instance one(world);
    Instance other(world, 2);
    StartPlanner(one.rollouts);
    CHECK_FALSE(other.rollouts.DrawFor(kPlanner, "x").state.latched);
    REQUIRE(one.rollouts.RollBack(kPlanner, kWho).ok());
    CHECK(other.rollouts.DrawFor(kPlanner, "x").state.latched);
    const RolloutRecord first = *other.rollouts.Read(kPlanner);
    REQUIRE(other.rollouts.RollBack(kPlanner, {"bob", "again"}).ok());
    CHECK(other.rollouts.Read(kPlanner)->latch.actor == first.latch.actor);
  }
}

// A process that rolls back and says so; killed `after` its start.
bool RollBackAndKill(StoreWorld& world, absl::Duration after) {
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  const pid_t child = fork();
  if (child == 0) {
    {
      Instance mine(world, 9);
      if (mine.rollouts.RollBack(kPlanner, {"ada", "killed"}).ok()) {
        [[maybe_unused]] const ssize_t told = write(ends[1], "d", 1);
      }
    }
    for (;;) pause();
  }
  close(ends[1]);
  absl::SleepFor(after);
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  char word = 0;
  const bool told = read(ends[0], &word, 1) == 1;
  close(ends[0]);
  return told;
}

TEST_CASE("D12: the latch survives SIGKILL at any point: what was told holds, and nothing is half done") {
  int held = 0;
  int not_yet = 0;
  for (int i = 0; i < 60; ++i) {
    StoreWorld world(Engine::kSqlite);
    {
      Instance one(world);
      StartPlanner(one.rollouts);
    }
    const bool told = RollBackAndKill(world, absl::Microseconds(400) * i);
    Instance after(world, 2);
    const absl::StatusOr<RolloutRecord> record = after.rollouts.Read(kPlanner);
    REQUIRE(record.ok());
    if (told) CHECK(record->latch.holds);
    CHECK(after.rollouts.DrawFor(kPlanner, "x").state.latched == record->latch.holds);
    CHECK((after.store->ReadAudit(kScope, 1)->back().event == "cutover.rollback") == record->latch.holds);
    (record->latch.holds ? held : not_yet) += 1;
    REQUIRE(after.rollouts.RollBack(kPlanner, kWho).ok());  // the file is sound
    CHECK(AuditState(*after.store, kScope)->clean());
  }
  CHECK(held > 0);
  CHECK(not_yet > 0);
}

TEST_CASE(
    "D12: the drill by hand: two minutes later all of twelve instances have gone back, and work is safe") {
  StoreWorld world(Engine::kSqlite);
  Instance operators(world);
  REQUIRE(operators.rollouts
              .Start(kPlanner, {.ladder = *MakeLadder({9'999, 10'000}), .policy = {}, .change = kWho})
              .ok());
  REQUIRE(operators.store->Enqueue(kScope, {{7, 1}}).ok());
  const Claim claim = **operators.store->ClaimNext(kScope, "agent001", absl::Hours(1));
  std::vector<std::unique_ptr<Instance>> instances;
  for (std::uint64_t i = 0; i < 12; ++i) instances.push_back(std::make_unique<Instance>(world, i));
  const absl::Time told = world.clock.Now() + absl::Seconds(61);
  absl::Time last_v2 = absl::InfinitePast();
  std::set<std::size_t> back;
  // Each instance plans every minute, at a second of its own.
  for (int second = 0; second < 61 + 120; ++second, world.clock.Advance(absl::Seconds(1))) {
    if (world.clock.Now() == told) {
      REQUIRE(operators.rollouts.RollBack(kPlanner, kWho).ok());
      REQUIRE(operators.store->MoveToSafeQueue(kScope).ok());
    }
    for (std::size_t i = 0; i < instances.size(); ++i) {
      if (second % 60 != static_cast<int>(5 * i)) continue;
      const bool legacy = instances[i]->rollouts.DrawFor(kPlanner, std::to_string(second)).state.latched;
      if (!legacy) last_v2 = world.clock.Now();
      if (legacy) back.insert(i);
    }
  }
  CHECK(last_v2 > told - absl::Minutes(1));  // they were on v2
  CHECK(last_v2 < told);
  CHECK(back.size() == instances.size());
  CHECK(operators.store->ListWork(kScope)->at(0).state == WorkState::kSafe);
  CHECK(absl::IsAborted(operators.store->Land(kScope, claim, "agent001/7")));
}

TEST_CASE("D12: failures of v2 trip the latch by themselves: it says what was observed") {
  StoreWorld world(Engine::kSqlite);
  Instance one(world);
  StartPlanner(one.rollouts);
  Send(one.rollouts, kPlanner, Arm::kControl, SampleResult::kSuccess, 30);
  const Draw draw = DrawArm(one.rollouts, kPlanner, Arm::kCandidate);
  int sent = 0;
  while (!one.rollouts.Read(kPlanner)->latch.holds && sent < 50) {
    ++sent;
    REQUIRE(one.rollouts.Record(draw, WriteMode::kReadWrite, {Arm::kCandidate, SampleResult::kFallback, {}})
                .ok());
  }
  CHECK(sent <= 6);
  const Latch latch = one.rollouts.Read(kPlanner)->latch;
  CHECK(latch.holds);
  CHECK(latch.actor == "judge");
  CHECK(latch.items == sent);
  CHECK(latch.at == world.clock.Now());
  CHECK(latch.observed.find(" items)") != std::string::npos);
  CHECK(one.store->ReadAudit(kScope, 1)->back().event == "cutover.rollback");
}

TEST_CASE("D12: only clear lifts the latch, with a reason, and the next start is at the first step") {
  StoreWorld world(Engine::kSqlite);
  Instance one(world);
  StartPlanner(one.rollouts);
  SendHealthy(one.rollouts, kPlanner, 1'000);
  REQUIRE(AddRunFigures(*one.store, kScope, kGoodRun).ok());
  world.clock.Advance(absl::Hours(2));
  REQUIRE(one.rollouts.Advance(kPlanner, kWho).ok());
  REQUIRE(one.rollouts.RollBack(kPlanner, kWho).ok());
  for (int i = 0; i < 2; ++i) {
    CHECK_FALSE(one.rollouts.Advance(kPlanner, kWho).ok());
    CHECK_FALSE(one.rollouts.Resume(kPlanner, kWho).ok());
    CHECK_FALSE(
        one.rollouts.Start(kPlanner, {.ladder = *FindLadder("standard"), .policy = {}, .change = kWho}).ok());
    CHECK_FALSE(one.rollouts.Clear(kPlanner, {"ada", ""}).ok());
    CHECK(one.rollouts.DrawFor(kPlanner, "x").state.latched);
  }
  REQUIRE(one.rollouts.Clear(kPlanner, kWho).ok());
  const RolloutRecord record = StartPlanner(one.rollouts);
  CHECK(record.step == 0);
  CHECK(record.evidence.total.candidate.items == 0);
  CHECK_FALSE(one.rollouts.Clear(kPlanner, kWho).ok());
}

TEST_CASE("what cannot be read is legacy: a damaged record, any byte of it, latches every decision") {
  StoreWorld world(Engine::kSqlite);
  Instance one(world);
  StartPlanner(one.rollouts);
  const Document good = *one.store->ReadDocument(kScope, "rollout/planner");
  std::int64_t version = good.version;
  for (std::size_t at = 0; at < good.value.size(); at += 7) {
    std::string bad = good.value;
    bad[at] = static_cast<char>(bad[at] ^ 1);
    version = *one.store->WriteDocument(kScope, "rollout/planner", bad, version);
    INFO("byte " << at);
    CHECK(one.rollouts.DrawFor(kPlanner, "x").state.latched);
  }
  CHECK(one.rollouts.Read(kPlanner).status().code() == absl::StatusCode::kFailedPrecondition);
  REQUIRE(one.rollouts.RollBack(kPlanner, kWho).ok());
  CHECK(one.rollouts.Read(kPlanner)->latch.holds);
  REQUIRE(one.rollouts.Clear(kPlanner, kWho).ok());
  CHECK_FALSE(one.rollouts.DrawFor(kPlanner, "x").state.latched);
}

TEST_CASE("D7: a read-only run leaves no sample") {
  StoreWorld world(Engine::kSqlite);
  Instance one(world);
  StartPlanner(one.rollouts);
  const Draw draw = DrawArm(one.rollouts, kPlanner, Arm::kCandidate);
  for (int i = 0; i < 50; ++i) {
    REQUIRE(
        one.rollouts.Record(draw, WriteMode::kReadOnly, {Arm::kCandidate, SampleResult::kError, {}}).ok());
  }
  CHECK(one.rollouts.Read(kPlanner)->evidence.total.candidate.items == 0);
  CHECK_FALSE(one.rollouts.Read(kPlanner)->latch.holds);
}

TEST_CASE("a sample that was drawn at an earlier step is not counted at a later one") {
  StoreWorld world(Engine::kSqlite);
  Instance one(world);
  StartPlanner(one.rollouts);
  const Draw early = DrawArm(one.rollouts, kPlanner, Arm::kCandidate);
  SendHealthy(one.rollouts, kPlanner, 1'000);
  REQUIRE(AddRunFigures(*one.store, kScope, kGoodRun).ok());
  world.clock.Advance(absl::Hours(2));
  REQUIRE(one.rollouts.Advance(kPlanner, kWho).ok());
  REQUIRE(
      one.rollouts.Record(early, WriteMode::kReadWrite, {Arm::kCandidate, SampleResult::kSuccess, {}}).ok());
  CHECK(one.rollouts.Read(kPlanner)->evidence.step.candidate.items == 0);
}

TEST_CASE("what a process remembers of its own samples is what every other process reads") {
  StoreWorld world(Engine::kSqlite);
  Instance one(world, 1);
  Instance other(world, 2);
  StartPlanner(one.rollouts);
  const auto agree = [&] {
    const absl::StatusOr<RolloutRecord> mine = one.rollouts.Read(kPlanner);
    const absl::StatusOr<RolloutRecord> theirs = other.rollouts.Read(kPlanner);
    REQUIRE(mine.ok());
    REQUIRE(theirs.ok());
    CHECK(mine->generation == theirs->generation);
    CHECK(cutover::RecordToJson(*mine) == cutover::RecordToJson(*theirs));
  };
  for (const SampleResult result :
       {SampleResult::kSuccess, SampleResult::kUnavailable, SampleResult::kWorkFailed}) {
    Send(one.rollouts, kPlanner, Arm::kCandidate, result, 1);
    agree();
    Send(other.rollouts, kPlanner, Arm::kControl, result, 1);
    agree();
  }
  CHECK(one.rollouts.Read(kPlanner)->evidence.total.candidate.items == 3);
  CHECK(one.rollouts.Read(kPlanner)->evidence.total.control.items == 3);
}

TEST_CASE("two instances count into one rollout at once, and no sample is lost") {
  StoreWorld world(Engine::kSqlite);
  Instance one(world);
  StartPlanner(one.rollouts);
  constexpr int kItems = 40;
  std::vector<std::thread> threads;
  for (std::uint64_t t = 0; t < 2; ++t) {
    threads.emplace_back([&world, t] {
      Instance mine(world, t + 10);
      const Draw draw = mine.rollouts.DrawFor(kPlanner, "same");
      for (int i = 0; i < kItems; ++i) {
        mine.rollouts.Record(draw, WriteMode::kReadWrite, {Arm::kControl, SampleResult::kSuccess, {}})
            .IgnoreError();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(one.rollouts.Read(kPlanner)->evidence.total.control.items == 2 * kItems);
}

TEST_CASE("advance refuses with the list of what is missing, and changes nothing") {
  StoreWorld world(Engine::kSqlite);
  Instance one(world);
  StartPlanner(one.rollouts);
  REQUIRE(one.rollouts.Hold(kPlanner, {"ada", "lunch"}).ok());
  const absl::Status refused = one.rollouts.Advance(kPlanner, kWho).status();
  CHECK(refused.code() == absl::StatusCode::kFailedPrecondition);
  const std::string text(refused.message());
  CHECK(text.find("held: lunch") != std::string::npos);
  CHECK(text.find("not enough items") != std::string::npos);
  CHECK(text.find("no run of the v2 planner has left its workload yet") != std::string::npos);
  CHECK(text.find("no assignment of a v2 plan was executed yet") != std::string::npos);
  CHECK(one.rollouts.Read(kPlanner)->step == 0);
  CHECK(one.store->ReadAudit(kScope, 10)->size() == 2);
}

TEST_CASE("the bundler waits until the planner was stable for 48 hours, whatever the calendar says") {
  StoreWorld world(Engine::kSqlite);
  Instance one(world);
  const StartRequest request{.ladder = *FindLadder("bundler"), .policy = {}, .change = kWho};
  CHECK(std::string(one.rollouts.Start(Component::kBundler, request).status().message())
            .find("the planner's rollout is not complete") != std::string::npos);
  StartPlanner(one.rollouts);
  Complete(world, one.rollouts, kPlanner);
  world.clock.Advance(absl::Hours(47));
  CHECK(std::string(one.rollouts.Start(Component::kBundler, request).status().message())
            .find("stable for 47h only, 48h are wanted") != std::string::npos);
  world.clock.Advance(absl::Hours(1));
  CHECK(one.rollouts.Start(Component::kBundler, request).ok());
}

// The planner complete and stable; `run` is what the runs since its start left.
absl::Status StartBundler(StoreWorld& world, Instance& one, const RunFigures& run) {
  StartPlanner(one.rollouts);
  Complete(world, one.rollouts, kPlanner);
  REQUIRE(ForgetRunFigures(*one.store, kScope, kPlanner).ok());
  REQUIRE(AddRunFigures(*one.store, kScope, run).ok());
  world.clock.Advance(absl::Hours(48));
  return one.rollouts
      .Start(Component::kBundler, {.ladder = *FindLadder("bundler"), .policy = {}, .change = kWho})
      .status();
}

TEST_CASE("phase 2 begins only if each success criterion of phase 1 is met: what is missing is named") {
  const auto refused = [](const RunFigures& run, std::string_view why) {
    StoreWorld world(Engine::kSqlite);
    Instance one(world);
    const absl::Status status = StartBundler(world, one, run);
    INFO(status);
    CHECK(std::string(status.message()).find(why) != std::string::npos);
    CHECK(status.code() == absl::StatusCode::kFailedPrecondition);
  };
  RunFigures uneven = kGoodRun;
  uneven.busiest_minutes = 265;
  refused(uneven, "the busiest agent has 265 minutes, 240 is optimal");
  RunFigures failing = kGoodRun;
  failing.assignments = {Tally{100, 1}, Tally{100, 12}};
  refused(failing, "failed assignments: 12 of 100 with v2, 1");
  refused({}, "no run of the v2 planner has left its workload yet");
  StoreWorld world(Engine::kSqlite);
  Instance one(world);
  CHECK(StartBundler(world, one, kGoodRun).ok());
}

TEST_CASE("a slow planner, an unsuccessful bundler and an unobserved executor do not advance") {
  StoreWorld world(Engine::kSqlite);
  Instance one(world);
  const auto missing = [&](Component component) {
    std::string text;
    const auto sentences = one.rollouts.MissingForAdvance(component);
    for (const std::string& sentence : *sentences) text += sentence + "\n";
    return text;
  };
  StartPlanner(one.rollouts);
  REQUIRE(AddRunFigures(*one.store, kScope, kGoodRun).ok());
  const Draw draw = DrawArm(one.rollouts, kPlanner, Arm::kCandidate);
  REQUIRE(
      one.rollouts
          .Record(draw, WriteMode::kReadWrite, {Arm::kCandidate, SampleResult::kSuccess, absl::Seconds(3)})
          .ok());
  CHECK(missing(kPlanner).find("less than 2s is wanted") != std::string::npos);
  REQUIRE(one.rollouts.RollBack(kPlanner, kWho).ok());
  REQUIRE(one.rollouts.Clear(kPlanner, kWho).ok());
  REQUIRE(StartBundler(world, one, kGoodRun).ok());
  CHECK(missing(Component::kBundler).find("no bundle of v2 was executed yet") != std::string::npos);
  RunFigures torn = kGoodRun;
  torn.bundles[1] = {20, 2};
  REQUIRE(AddRunFigures(*one.store, kScope, torn).ok());
  CHECK(missing(Component::kBundler) == "bundle success: 18 of 20, 95 % is wanted\n");
  REQUIRE(one.rollouts
              .Start(Component::kExecutor, {.ladder = *FindLadder("bundler"), .policy = {}, .change = kWho})
              .ok());
  CHECK(missing(Component::kExecutor).find("no observability data") != std::string::npos);
  ObservedRun unseen = kObserved;
  unseen.spans_exported = 0;
  REQUIRE(KeepObservedRun(*one.store, kScope, unseen).ok());
  CHECK(missing(Component::kExecutor).find("no observability data") != std::string::npos);
  REQUIRE(KeepObservedRun(*one.store, kScope, kObserved).ok());
  CHECK(missing(Component::kExecutor).empty());
}

TEST_CASE("nothing advances on a damaged state, or after its snapshot was lost") {
  StoreWorld world(Engine::kSqlite);
  Instance one(world);
  REQUIRE(one.store->Enqueue(kScope, {{7, 1}}).ok());
  StartPlanner(one.rollouts);
  REQUIRE(AddRunFigures(*one.store, kScope, kGoodRun).ok());
  CHECK(one.rollouts.MissingForAdvance(kPlanner)->empty());
  world.Execute("UPDATE work SET rank = 2");
  CHECK(one.rollouts.MissingForAdvance(kPlanner)->at(0).find("work octo/repo 7") != std::string::npos);
  world.Execute("UPDATE work SET rank = 1; DELETE FROM documents WHERE key = 'snapshot/planner'");
  CHECK(one.rollouts.MissingForAdvance(kPlanner)->at(0).find("snapshot") != std::string::npos);
}

// --- The cleanup ---

void CompleteAll(StoreWorld& world, Instance& one) {
  REQUIRE(one.store->Enqueue(kScope, {{1, 1}, {2, 2}}).ok());
  StartPlanner(one.rollouts);
  Complete(world, one.rollouts, kPlanner);
  world.clock.Advance(absl::Hours(48));
  for (const Component component : {Component::kBundler, Component::kExecutor}) {
    const absl::Status started =
        one.rollouts.Start(component, {.ladder = *FindLadder("bundler"), .policy = {}, .change = kWho})
            .status();
    INFO(started);
    REQUIRE(started.ok());
    Complete(world, one.rollouts, component);
  }
}

TEST_CASE(
    "D20: the cleanup waits for phase3 at 100 % for 48 hours in every scope, and names what is missing") {
  for (const Engine engine : EnginesHere()) {
    StoreWorld world(engine);
    Instance one(world);
    CHECK(one.rollouts.MissingForCleanup(Phase::kPhase2)->size() == 4);
    CompleteAll(world, one);
    CHECK(one.rollouts.MissingForCleanup(Phase::kPhase3)->at(0).find("stable for") != std::string::npos);
    world.clock.Advance(absl::Hours(48));
    CHECK(one.rollouts.MissingForCleanup(Phase::kPhase3)->empty());
    REQUIRE(one.store->Enqueue("other/repo", {{1, 1}}).ok());
    CHECK(one.rollouts.MissingForCleanup(Phase::kPhase3)->at(0) ==
          "other/repo: the planner's rollout is not complete: it is none");
    CHECK_FALSE(one.rollouts.CleanUp(Phase::kPhase3, CleanupMode::kConfirm, kWho).ok());
    CHECK_FALSE(*one.store->IsCleanedUp());
  }
}

TEST_CASE("D20: after the cleanup legacy is refused, in every process, and nothing rolls back to it") {
  for (const Engine engine : EnginesHere()) {
    StoreWorld world(engine);
    Instance one(world);
    Instance other(world, 2);
    CompleteAll(world, one);
    world.clock.Advance(absl::Hours(48));
    REQUIRE(one.rollouts.CleanUp(Phase::kPhase3, CleanupMode::kRehearse, kWho).ok());
    CHECK_FALSE(other.rollouts.DrawFor(kPlanner, "x").state.cleaned_up);
    CHECK_FALSE(one.rollouts.CleanUp(Phase::kPhase3, CleanupMode::kConfirm, {"ada", ""}).ok());
    REQUIRE(one.rollouts.CleanUp(Phase::kPhase3, CleanupMode::kConfirm, kWho).ok());
    CHECK(one.store->ReadDocument(kScope, "snapshot/cleanup")->version == 1);
    const RolloutState state = other.rollouts.DrawFor(kPlanner, "x").state;
    CHECK(state.cleaned_up);
    const auto decide = [&](const char* value) {
      return FeatureFlags::FromLookup([value](std::string_view variable) {
               return variable == "CLAMBAKE_NEW_PLANNER" && value != nullptr
                          ? std::optional<std::string>(value)
                          : std::nullopt;
             })
          ->Decide(kPlanner, state);
    };
    CHECK(decide("true")->generation == Generation::kV2);
    CHECK(decide(nullptr)->generation == Generation::kV2);
    if (LegacyIsBuilt()) CHECK(decide(nullptr)->detail == "cleaned_up");
    CHECK(std::string(decide("false").status().message()).find("the cleanup has taken legacy away") !=
          std::string::npos);
    CHECK(other.rollouts.RollBack(kPlanner, kWho).status().code() == absl::StatusCode::kFailedPrecondition);
    CHECK_FALSE(one.rollouts.CleanUp(Phase::kPhase3, CleanupMode::kRehearse, kWho).ok());
  }
}

TEST_CASE("no rollout starts while the tables of the generations differ") {
  StoreWorld world(Engine::kSqlite);
  Instance one(world);
  REQUIRE(one.store->Enqueue(kScope, {{7, 1}}).ok());
  world.Execute("UPDATE legacy_work SET state = 'landed'");
  const absl::Status refused =
      one.rollouts.Start(kPlanner, {.ladder = *FindLadder("standard"), .policy = {}, .change = kWho})
          .status();
  CHECK(std::string(refused.message()).find("differ in 1 row, the first is issue 7") != std::string::npos);
}

TEST_CASE("corruption latches at once, even a component without a rollout") {
  StoreWorld world(Engine::kSqlite);
  Instance one(world);
  REQUIRE(one.rollouts.ReportCorruption(Component::kExecutor, "operation 12 has another digest").ok());
  const RolloutRecord record = *one.rollouts.Read(Component::kExecutor);
  CHECK(record.latch.trigger == "corruption");
  CHECK(record.latch.observed.find("operation 12 has another digest") != std::string::npos);
}

TEST_CASE("whatever a person types as a reason, the record can be read again") {
  StoreWorld world(Engine::kSqlite);
  Instance one(world);
  StartPlanner(one.rollouts);
  const Change typed = {"ada\xff", "lunch \xff \x1b[31m"};
  const std::string kept = "lunch \xef\xbf\xbd  [31m";
  CHECK(one.rollouts.Hold(kPlanner, typed)->hold_reason == kept);
  CHECK(one.rollouts.Read(kPlanner)->hold_reason == kept);
  CHECK(one.store->ReadAudit(kScope, 1)->at(0).detail.ends_with(kept));
  REQUIRE(one.rollouts.RollBack(kPlanner, typed).ok());
  CHECK(one.rollouts.Read(kPlanner)->latch.observed == kept);
  CHECK(one.rollouts.Read(kPlanner)->latch.actor == "ada\xef\xbf\xbd");
}

TEST_CASE("a stored verdict replays to the byte") {
  StoreWorld world(Engine::kSqlite);
  Instance one(world);
  StartPlanner(one.rollouts);
  SendHealthy(one.rollouts, kPlanner, 1'000);
  world.clock.Advance(absl::Milliseconds(7'654'321));
  const JudgedRollout judged = *one.rollouts.JudgeNow(kPlanner, kWho);
  CHECK(judged.verdict.judgement == Judgement::kPromote);
  const std::string stored = one.store->ReadDocument(kScope, "verdict/planner")->value;
  CHECK(*ReplayVerdict(stored, "stored") == stored);
}

// --- The EnvironmentFile ---

TEST_CASE("D21: a roll-back switches its flags off in the environment file and keeps the rest") {
  const std::string before = "# mine\nCLAMBAKE_NEW_PLANNER=true\nCLAMBAKE_BUNDLER_V2=true\nHTTPS_PROXY=x\n";
  CHECK(RolledBackEnvironment(before, {Component::kPlanner}, WriteMode::kReadWrite) ==
        "# mine\nCLAMBAKE_BUNDLER_V2=true\nHTTPS_PROXY=x\nCLAMBAKE_NEW_PLANNER=false\n");
  const std::string all = RolledBackEnvironment(
      before, {Component::kPlanner, Component::kBundler, Component::kExecutor}, WriteMode::kReadOnly);
  CHECK(all ==
        "# mine\nHTTPS_PROXY=x\nCLAMBAKE_BUNDLER_V2=false\nCLAMBAKE_MIGRATION_PHASE=legacy\n"
        "CLAMBAKE_NEW_EXECUTOR=false\nCLAMBAKE_NEW_PLANNER=false\nCLAMBAKE_READONLY=true\n");
  CHECK(RolledBackEnvironment(all, {Component::kPlanner, Component::kBundler, Component::kExecutor},
                              WriteMode::kReadOnly) == all);
}

std::string PlannerOff(std::string_view before) {
  return RolledBackEnvironment(before, {Component::kPlanner}, WriteMode::kReadWrite);
}
std::string AndOff(std::string_view kept) { return std::string(kept) + "CLAMBAKE_NEW_PLANNER=false\n"; }

TEST_CASE("D21: a flag that is set over several lines is switched off as a whole") {
  const std::string_view continued = "A=1\nCLAMBAKE_NEW_PLANNER=tr\\\nue\nB=2\n";
  CHECK(PlannerOff(continued) == AndOff("A=1\nB=2\n"));
  const std::string_view quoted = "A=1\n CLAMBAKE_NEW_PLANNER = 'tr'\"ue\n\"\nB=2\n";
  CHECK(PlannerOff(quoted) == AndOff("A=1\nB=2\n"));
}

TEST_CASE("D21: what only looks like the flag is part of another value and stays") {
  for (const std::string_view before :
       {"NOTE='first\nCLAMBAKE_NEW_PLANNER=true\n'\n", "NOTE=\"first\\\"\nCLAMBAKE_NEW_PLANNER=true\"\n",
        "NOTE=first\\\nCLAMBAKE_NEW_PLANNER=true\n", "# CLAMBAKE_NEW_PLANNER=true\n",
        "; CLAMBAKE_NEW_PLANNER=true\n", "CLAMBAKE_NEW_PLANNER\\\n=true\n",
        "NOTE=a#b # no comment\n\nB=2\r\n"}) {
    CHECK(PlannerOff(before) == AndOff(before));
  }
}

TEST_CASE("D21: what the file's end cuts off does not swallow the flag") {
  CHECK(PlannerOff("A=1") == AndOff("A=1\n"));
  CHECK(PlannerOff("A='1") == AndOff("A='1'\n"));
  CHECK(PlannerOff("A=\"1") == AndOff("A=\"1\"\n"));
  CHECK(PlannerOff("A=\"1\\") == AndOff("A=\"1\\\n\"\n"));
  CHECK(PlannerOff("A=1\\") == AndOff("A=1\\\n\n"));
  CHECK(PlannerOff("A=1\\\n") == AndOff("A=1\\\n\n"));
  CHECK(PlannerOff("# a\\\n") == AndOff("# a\\\n\n"));
  CHECK(PlannerOff(std::string_view("A=1\0\n", 5)) == AndOff("A=1\n"));
}

TEST_CASE("D21: what versions of systemd read differently hides the flag from none") {
  // Until 253 the comment goes on, since 254 it does not.
  CHECK(PlannerOff("# a \\\nCLAMBAKE_NEW_PLANNER=true\nB=2\n") == AndOff("B=2\n"));
  CHECK(PlannerOff("# a \\\nB='\nCLAMBAKE_NEW_PLANNER=true\n'\nC=3\n") == AndOff("C=3\n"));
  // Once the second quote was part of the value, and the third ended it.
  CHECK(PlannerOff("A='\\'\nCLAMBAKE_NEW_PLANNER=true\n'\nB=2\n") == AndOff("B=2\n"));
  CHECK(PlannerOff("# a \\\nB=2\n") == AndOff("# a \\\nB=2\n"));
}

TEST_CASE("the environment file is replaced as a whole, readable by its owner alone") {
  char folder[] = "/tmp/clambake-env-XXXXXX";
  REQUIRE(mkdtemp(folder) != nullptr);
  const std::string path = std::string(folder) + "/flags.env";
  REQUIRE(WriteFileAtomically(path, "A=1\n").ok());
  REQUIRE(WriteFileAtomically(path, "B=2\n").ok());
  std::ifstream file(path);
  CHECK(std::string((std::istreambuf_iterator<char>(file)), {}) == "B=2\n");
  struct stat status = {};
  REQUIRE(stat(path.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
  const absl::Status missing = WriteFileAtomically(std::string(folder) + "/none/flags.env", "x");
  CHECK(missing.code() == absl::StatusCode::kUnavailable);
  CHECK(missing.message() ==
        std::string(folder) + "/none/flags.env: cannot be made: No such file or directory");
  CHECK(std::system(("rm -r " + std::string(folder)).c_str()) == 0);
}

}  // namespace
}  // namespace clambake
