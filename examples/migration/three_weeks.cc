// The whole migration, from legacy to cleanup, day by day on a virtual clock:
// the library's own rollouts, planners and state; agents that claim and land;
// and bad days. Prints the state after each day.
//   three_weeks [SEED]      the seed decides when something goes wrong
// Exit code 1 if an issue was lost, the audit is not clean at the end of a day,
// or legacy is not gone at the end.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "clambake/factory.h"
#include "clambake/observations.h"
#include "clambake/rollouts.h"
#include "clambake/run_figures.h"
#include "clambake/shadow.h"
#include "clambake/state_audit.h"

namespace {

using namespace clambake;  // NOLINT(google-build-using-namespace): a program

const std::string kScope = "octo/repo";
constexpr int kIssues = 60;
constexpr int kDays = 21;

// The calendar of the specification: the first day on which a component starts,
// and on which it may leave each step. Gates beat it.
struct Calendar {
  Component component;
  int start;
  std::vector<int> leave;
};
const std::vector<Calendar> kCalendar = {{Component::kPlanner, 2, {4, 7, 8}},  // 10, 75, 100 %
                                         {Component::kBundler, 10, {14, 15}},  // 25, 100 %
                                         {Component::kExecutor, 12, {14, 15}}};
constexpr int kCleanupDay = 17;

class VirtualClock : public Clock {
 public:
  absl::Time Now() override { return now_; }
  absl::Duration Monotonic() override { return now_ - absl::UnixEpoch(); }
  void Sleep(absl::Duration duration) override { now_ += duration; }

 private:
  absl::Time now_ = absl::FromUnixSeconds(1'767'600'000);  // 2026-01-05, a Monday
};

// The example has no use for an error that it could go on after.
void Check(const absl::Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "three_weeks: %s\n", std::string(status.message()).c_str());
  std::exit(1);
}
template <typename T>
T Check(absl::StatusOr<T> result) {
  Check(result.status());
  return *std::move(result);
}

class Migration {
 public:
  Migration(const std::string& location, std::uint64_t seed)
      : store_(Check(OpenStateStore({.location = location, .clock = &clock_}))),
        rng_(NewSeededRng(seed)),
        rollouts_(*store_, kScope, *rng_) {
    bad_day_ = 3 + static_cast<int>(rng_->Below(3));
    alarm_day_ = 13 + static_cast<int>(rng_->Below(3));
    strange_hand_day_ = 2 + static_cast<int>(rng_->Below(10));
    std::vector<ReadyIssue> issues;
    for (int i = 1; i <= kIssues; ++i) {
      issues.push_back({i, i});
      Issue issue;
      issue.number = i;
      issue.title = "Issue " + std::to_string(i);
      issue.labels = {"route:ready"};
      backlog_.issues.push_back(issue);
    }
    backlog_.repository = kScope;
    Check(store_->Enqueue(kScope, issues));
  }

  bool Go() {
    for (day_ = 1; day_ <= kDays; ++day_) Pass();
    std::printf("%s\n", sound_ && Check(store_->IsCleanedUp()) ? "Done: legacy is gone, and nothing was lost."
                                                               : "Not done.");
    return sound_ && Check(store_->IsCleanedUp());
  }

 private:
  Change Who(const std::string& why) const { return {"ada", why}; }
  RolloutRecord Read(Component component) { return Check(rollouts_.Read(component)); }

  void Pass() {
    note_.clear();
    Morning();
    constexpr int kCycles = 24;
    for (int cycle = 0; cycle < kCycles; ++cycle) {
      for (const Component component : kComponents) Cycle(component, cycle);
      clock_.Sleep(absl::Hours(1));
      if (cycle % 2 == 1) Advance();
    }
    Work();
    Evening();
  }

  // What an operator does, as far as the gates allow it.
  void Morning() {
    if (day_ == 1) return Compare();
    for (const Calendar& plan : kCalendar) {
      const RolloutRecord record = Read(plan.component);
      if (record.latch.holds && day_ > latched_on_ + 1) {
        Check(rollouts_.Clear(plan.component, Who("mended")).status());
        Note(std::string(Name(plan.component)) + " mended");
      }
      const bool active = record.status != RolloutStatus::kNone && !record.latch.holds;
      if (active || day_ < plan.start || (record.latch.holds && day_ <= latched_on_ + 1)) continue;
      const std::string ladder = plan.component == Component::kPlanner ? "planner" : "bundler";
      const auto started = rollouts_.Start(
          plan.component, {.ladder = Check(FindLadder(ladder)), .policy = {}, .change = Who("the calendar")});
      if (started.ok()) Note(std::string(Name(plan.component)) + " started");
    }
    if (day_ == strange_hand_day_) StrangeHand();
    if (day_ == alarm_day_) Alarm();
    if (day_ < kCleanupDay || Check(store_->IsCleanedUp()) ||
        !rollouts_.CleanUp(Phase::kPhase3, CleanupMode::kRehearse, Who("rehearsed")).ok())
      return;
    Note(rehearsed_ ? "cleaned up" : "cleanup rehearsed");
    if (rehearsed_) Check(rollouts_.CleanUp(Phase::kPhase3, CleanupMode::kConfirm, Who("week 3")).status());
    rehearsed_ = true;
  }

  // Day 1: both planners on one input, and nothing is switched.
  void Compare() {
    const PlanRequest request{.backlog = &backlog_, .agents = Check(MakeAgents(12))};
    const Plan legacy = Check(Check(NewWorkPlanner(Generation::kLegacy))->MakePlan(request));
    const Plan v2 = Check(Check(NewWorkPlanner(Generation::kV2))->MakePlan(request));
    ShadowRecord record = Summarize(ComparePlans(backlog_, legacy, v2));
    record.at = clock_.Now();
    Check(KeepShadowRecord(*store_, kScope, record));
    Note("plans compared: " + record.outcome);
  }

  // Somebody restores yesterday's state by mistake: work comes back, decisions stay.
  void StrangeHand() {
    if (!snapshot_.empty()) Check(store_->RestoreSnapshot(kScope, snapshot_, "ada"));
    Check(store_->ReturnFromSafeQueue(kScope, absl::Hours(72)).status());
    Note("a snapshot was restored");
  }

  // An afternoon of alarm: everything back by hand, work to the safe queue and out of it.
  void Alarm() {
    if (Check(store_->IsCleanedUp())) return;
    Check(rollouts_.RollBack(Component::kExecutor, Who("smoke")).status());
    const std::int64_t moved = Check(store_->MoveToSafeQueue(kScope));
    const auto back = Check(store_->ReturnFromSafeQueue(kScope, absl::Hours(72)));
    if (moved != static_cast<std::int64_t>(back.size())) sound_ = false;
    latched_on_ = day_ - 1;  // mended by tomorrow
    Note("executor rolled back by hand");
  }

  // One cycle of twelve instances. v2 fails half the time on its bad day.
  void Cycle(Component component, int cycle) {
    const RolloutRecord before = Read(component);
    if (before.status != RolloutStatus::kRunning || before.latch.holds) return;
    for (int instance = 0; instance < 12; ++instance) {
      const std::string unit =
          std::to_string(day_) + "-" + std::to_string(cycle) + "-" + std::to_string(instance);
      const Draw draw = rollouts_.DrawFor(component, unit);
      if (draw.state.latched || !draw.state.in_share) return;
      const Arm arm = *draw.state.in_share ? Arm::kCandidate : Arm::kControl;
      const bool fails = arm == Arm::kCandidate && component == Component::kPlanner && day_ == bad_day_ &&
                         rng_->Below(2) == 0;
      const auto took = absl::Milliseconds(static_cast<std::int64_t>(100 + rng_->Below(50)));
      const RolloutRecord after =
          Check(rollouts_.Record(draw, WriteMode::kReadWrite,
                                 {arm, fails ? SampleResult::kFallback : SampleResult::kSuccess, took}));
      if (!after.latch.holds) continue;
      latched_on_ = day_;
      Note(std::string(Name(component)) + " latched: " + after.latch.trigger);
      return;
    }
  }

  void Advance() {
    Check(KeepObservedRun(*store_, kScope, {.generation = "v2", .spans = 9, .spans_exported = 9}));
    Check(AddRunFigures(*store_, kScope,
                        {.at = clock_.Now(),
                         .busiest_minutes = 310,
                         .optimal_minutes = 300,
                         .assignments = {Tally{2, 0}, Tally{2, 0}},
                         .bundles = {Tally{1, 0}, Tally{1, 0}}}));
    for (const Calendar& plan : kCalendar) {
      const RolloutRecord record = Read(plan.component);
      if (record.status != RolloutStatus::kRunning) continue;
      if (day_ < plan.leave[static_cast<std::size_t>(record.step)]) continue;
      rollouts_.Advance(plan.component, Who("the judge says promote")).IgnoreError();
    }
  }

  // Agents: two issues are claimed, one of them is finished.
  void Work() {
    const std::string agent = "agent" + std::to_string(100 + day_);
    for (int i = 0; i < 2; ++i) {
      const auto claim = Check(store_->ClaimNext(kScope, agent, absl::Hours(72)));
      if (claim && i == 0) Check(store_->Land(kScope, *claim, agent + "/work"));
    }
  }

  void Evening() {
    const std::vector<clambake::Work> work = Check(store_->ListWork(kScope));
    const bool clean = Check(AuditState(*store_, kScope)).clean();
    sound_ = sound_ && clean && work.size() == kIssues;
    int landed = 0;
    int held = 0;
    for (const clambake::Work& row : work) {
      landed += row.state == WorkState::kLanded ? 1 : 0;
      held += row.owner.empty() ? 0 : 1;
    }
    std::string line;
    for (const Component component : kComponents) {
      const RolloutRecord record = Read(component);
      const std::string how =
          record.latch.holds ? "latched"
          : record.status == RolloutStatus::kNone
              ? "legacy"
              : std::string(Name(record.status)) + " " + std::to_string(record.share() / 100) + " %";
      line +=
          std::string(Name(component)) + " " + how + std::string(how.size() < 16 ? 16 - how.size() : 1, ' ');
    }
    std::printf("day %2d  %s  %zu issues, %d held, %2d landed, audit %s%s\n", day_, line.c_str(), work.size(),
                held, landed, clean ? "clean" : "NOT CLEAN", note_.c_str());
    if (!Check(store_->IsCleanedUp())) snapshot_ = Check(store_->TakeSnapshot(kScope));
  }

  void Note(const std::string& what) { note_ += "; " + what; }

  VirtualClock clock_;
  std::unique_ptr<StateStore> store_;
  std::unique_ptr<Rng> rng_;
  Rollouts rollouts_;
  Backlog backlog_;
  std::string snapshot_;
  std::string note_;
  int day_ = 0;
  int bad_day_ = 0;
  int alarm_day_ = 0;
  int strange_hand_day_ = 0;
  int latched_on_ = 0;
  bool rehearsed_ = false;
  bool sound_ = true;
};

}  // namespace

int main(int argc, char* argv[]) {
  const std::uint64_t seed = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1;
  std::string folder = (std::filesystem::temp_directory_path() / "clambake-migration-XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr) return 1;
  const bool done = Migration(folder + "/state.db", seed).Go();
  std::filesystem::remove_all(folder);
  return done ? 0 : 1;
}
