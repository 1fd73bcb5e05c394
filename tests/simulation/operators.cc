// Operators: they roll out and back, clean up in the end, and look after what
// waits for a person.
#include <algorithm>
#include <map>

#include "clambake/executor.h"
#include "clambake/rollouts.h"
#include "clambake/state_audit.h"
#include "fmt/format.h"
#include "model/operations.h"
#include "tests/simulation/actors.h"
#include "tests/simulation/invariants.h"
#include "tests/simulation/process.h"

namespace clambake::simulation {
namespace {

const Change kWho{"ada", "the calendar"};
constexpr int kFleet = 12;  // units of work between two looks of the operators

class Operators {
 public:
  explicit Operators(World& world)
      : world_(world),
        baton_(world.baton),
        process_(world, "operators", Process::Kind::kSturdy),
        cleanup_(world, "cleanup", Process::Kind::kFragile),
        rng_(NewSeededRng(world.scenario.seed)),
        rollouts_(process_.store(), std::string(kScope), *rng_) {}

  void Run() {
    if (world_.scenario.operators == 0) world_.enabled = {true, true, true};
    while (!world_.over) {
      Pause(absl::Hours(1) + absl::Minutes(baton_.Below(240)));
      LookAfterQueue();
      if (world_.calm) Finish();
      if (world_.scenario.operators == 0 || world_.calm) continue;
      Weather();
      for (const Component component : kComponents) {
        if (Straight()) CountFleet(component);
        Lead(component);
      }
      if (baton_.Roll(Straight() ? 300 : 30)) CleanUp();
      if (!Straight() && baton_.Roll(20)) TakeBackByHand();
      if (baton_.Roll(250)) process_.store().ReturnFromSafeQueue(kScope, absl::Hours(24)).IgnoreError();
      if (baton_.Roll(15)) Restore();
    }
  }

 private:
  void Pause(absl::Duration duration) {
    baton_.Pause(duration);
    world_.MayGoOn();
  }

  void Say(std::string_view what, const absl::Status& status) {
    world_.trace.Add(baton_.Now(), "operators", fmt::format("{}: {}", what, status.ToString()));
  }

  [[nodiscard]] bool Straight() const { return world_.scenario.cleanup != 0; }

  // Some days v2 is broken, and nobody has noticed yet.
  void Weather() {
    if (Straight() && !world_.cleaned_up) return;
    for (int& bad : world_.bad) {
      if (baton_.Roll(bad > 0 ? 200 : 8)) bad = bad > 0 ? 0 : 500;
    }
  }

  // --- Rollouts ---

  void Lead(Component component) {
    const absl::StatusOr<RolloutRecord> record = rollouts_.Read(component);
    if (!record.ok()) return;
    const auto index = static_cast<std::size_t>(component);
    if (record->latch.holds) {
      // Mended after a while.
      if (world_.bad[index] == 0 && baton_.Roll(150)) {
        Say("clear", rollouts_.Clear(component, kWho).status());
      }
    } else if (record->status == RolloutStatus::kNone) {
      if (world_.Age() > absl::Hours(24) && baton_.Roll(500)) Start(component);
    } else if (record->status == RolloutStatus::kHeld) {
      if (baton_.Roll(300)) rollouts_.Resume(component, kWho).IgnoreError();
    } else if (record->status == RolloutStatus::kRunning) {
      rollouts_.JudgeNow(component, kWho).IgnoreError();
      if (baton_.Roll(30)) rollouts_.Hold(component, kWho).IgnoreError();
      Say(fmt::format("advance {}", Name(component)), rollouts_.Advance(component, kWho).status());
    }
  }

  void Start(Component component) {
    StartRequest request{.ladder = *MakeLadder({5'000, 10'000}), .change = kWho};
    if (!Straight() && baton_.Roll(100)) request.ladder = *FindLadder("bundler");
    request.policy.promote_margin = 1'000;
    if (world_.scenario.plant == Plant::kPromotion) {
      request.policy.min_items = 1;
      request.policy.dwell = absl::ZeroDuration();
      request.policy.promote_margin = 10'000;
    }
    const absl::Status started = rollouts_.Start(component, request).status();
    Say(fmt::format("start {}", Name(component)), started);
    // Only then may the flag be set: without a rollout it would mean everything.
    if (started.ok()) world_.enabled[static_cast<std::size_t>(component)] = true;
  }

  // Of the instances of a larger fleet nothing is simulated but the samples that
  // they count: without them no rollout of so few would ever be complete.
  void CountFleet(Component component) {
    const unsigned spread = component == Component::kExecutor ? 6'000 : 50;  // of what a run takes, in ms
    for (int unit = 0; unit < kFleet; ++unit) {
      const clambake::Draw draw = rollouts_.DrawFor(component, RandomId(*rng_));
      if (!draw.state.in_share) return;
      const Arm arm = *draw.state.in_share ? Arm::kCandidate : Arm::kControl;
      const absl::Duration took = absl::Milliseconds(100 + baton_.Below(spread));
      const bool bad = arm == Arm::kCandidate && world_.bad[static_cast<std::size_t>(component)] > 0;
      const SampleResult result = bad && baton_.Roll(500) ? SampleResult::kFallback : SampleResult::kSuccess;
      world_.invariants->CountSample(component, draw.rollout, draw.step, arm);
      rollouts_.Record(draw, WriteMode::kReadWrite, {arm, result, took}).IgnoreError();
    }
  }

  // `clambake cutover rollback executor`, on a bad afternoon.
  void TakeBackByHand() {
    const Component component = kComponents[baton_.Below(3)];
    const absl::Status back = rollouts_.RollBack(component, {"ada", "smoke"}).status();
    Say(fmt::format("roll back {}", Name(component)), back);
    if (component == Component::kExecutor) process_.store().MoveToSafeQueue(kScope).IgnoreError();
  }

  // --- The cleanup ---

  // `clambake cutover cleanup`, tried all along: it is refused until it may be.
  // It can be killed anywhere, and its answer can be lost.
  void CleanUp() {
    cleanup_.Restart();
    Rollouts rollouts(cleanup_.store(), std::string(kScope), *rng_);
    const bool all = std::all_of(world_.enabled.begin(), world_.enabled.end(), [](bool on) { return on; });
    const Phase phase = all ? Phase::kPhase3 : Phase::kPhase2;
    try {
      const absl::Status rehearsed = rollouts.CleanUp(phase, CleanupMode::kRehearse, kWho).status();
      Say("rehearse the cleanup", rehearsed);
      if (world_.scenario.plant == Plant::kEarlyCleanup) {
        cleanup_.store().CleanUp(kScope, "ada", CleanupMode::kConfirm).IgnoreError();
      }
      if (rehearsed.ok()) Say("clean up", rollouts.CleanUp(phase, CleanupMode::kConfirm, kWho).status());
    } catch (const Crash&) {
    }
  }

  // A snapshot comes back: what was in progress waits in the safe queue.
  void Restore() {
    absl::StatusOr<std::string> snapshot = process_.store().TakeSnapshot(kScope);
    if (!snapshot.ok()) return;
    const absl::StatusOr<Document> kept = process_.store().ReadDocument(kScope, "snapshot/cleanup");
    if (kept.ok() && kept->version != 0) snapshot = kept->value;  // from when there was legacy
    Pause(absl::Minutes(baton_.Below(180)));
    world_.acting_for_restore = true;
    const absl::Status restored = process_.store().RestoreSnapshot(kScope, *snapshot, "ada");
    world_.acting_for_restore = false;
    Say("restore a snapshot", restored);
    if (restored.ok() || absl::IsUnavailable(restored)) return;
    world_.Break(Invariant::kWorkLost, fmt::format("a snapshot cannot be restored: {}", restored.ToString()));
  }

  // --- What waits for a person ---

  void LookAfterQueue() {
    const absl::StatusOr<std::vector<JournalEntry>> pending = process_.store().PendingOperations(kScope);
    if (!pending.ok()) return;
    for (const JournalEntry& entry : *pending) {
      if (entry.state != OperationState::kManual) continue;
      const bool again = ++looks_[entry.id] < 3;
      if (!again) DoByHand(entry);
      process_.store()
          .ResolveManual(kScope, entry.id, again ? OperationState::kIntent : OperationState::kDropped)
          .IgnoreError();
      Say(fmt::format("{} {} {} ({})", again ? "retry" : "do by hand", entry.kind, entry.lane, entry.detail),
          absl::OkStatus());
      if (!again) looks_.erase(entry.id);
    }
  }

  // As `next_step` says.
  void DoByHand(const JournalEntry& entry) {
    const absl::StatusOr<Operation> operation = FromJournalEntry(entry);
    if (!operation.ok()) return;
    if (const auto* merge = std::get_if<MergeBranch>(&operation->write)) {
      const auto base = world_.git->FindRef("refs/heads/" + merge->base);
      if (!base || world_.git->IsAncestor(merge->head, *base)) return;
      const std::string tree = world_.git->FindCommit(merge->head)->tree;
      world_.git->SetRef(
          "refs/heads/" + merge->base,
          world_.git->WriteCommit({.message = "By hand", .tree = tree, .parents = {*base, merge->head}}));
    }
  }

  // The last days: v2 everywhere, and nothing is held back any more.
  void Finish() {
    for (const Component component : kComponents) {
      const absl::StatusOr<RolloutRecord> record = rollouts_.Read(component);
      if (!record.ok()) continue;
      const bool active = record->status == RolloutStatus::kRunning || record->status == RolloutStatus::kHeld;
      if (active && !record->latch.holds) rollouts_.RollBack(component, kWho).IgnoreError();
      if (active || record->latch.holds) rollouts_.Clear(component, {"ada", "mended"}).IgnoreError();
    }
    process_.store().ReturnFromSafeQueue(kScope, absl::Hours(24)).IgnoreError();
  }

  World& world_;
  Baton& baton_;
  Process process_;
  Process cleanup_;
  std::unique_ptr<Rng> rng_;
  Rollouts rollouts_;
  std::map<std::string, int> looks_;
};

}  // namespace

void RunOperators(World& world) { Operators(world).Run(); }

}  // namespace clambake::simulation
