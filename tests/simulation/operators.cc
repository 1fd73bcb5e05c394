// Operators: they roll out and back, and look after what waits for a person.
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

class Operators {
 public:
  explicit Operators(World& world)
      : world_(world),
        baton_(world.baton),
        process_(world, "operators", Process::Kind::kSturdy),
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
      for (const Component component : kComponents) Lead(component);
      if (baton_.Roll(20)) TakeBackByHand();
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

  // Some days v2 is broken, and nobody has noticed yet.
  void Weather() {
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
    if (baton_.Roll(100)) request.ladder = *FindLadder("bundler");
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

  // `clambake cutover rollback executor`, on a bad afternoon.
  void TakeBackByHand() {
    const Component component = kComponents[baton_.Below(3)];
    Say(fmt::format("roll back {}", Name(component)),
        rollouts_.RollBack(component, {"ada", "smoke"}).status());
    if (component == Component::kExecutor) process_.store().MoveToSafeQueue(kScope).IgnoreError();
  }

  // A snapshot comes back: what was in progress waits in the safe queue.
  void Restore() {
    const absl::StatusOr<std::string> snapshot = process_.store().TakeSnapshot(kScope);
    if (!snapshot.ok()) return;
    Pause(absl::Minutes(baton_.Below(180)));
    world_.acting_for_restore = true;
    const absl::Status restored = process_.store().RestoreSnapshot(kScope, *snapshot, "ada");
    world_.acting_for_restore = false;
    Say("restore a snapshot", restored);
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
  std::unique_ptr<Rng> rng_;
  Rollouts rollouts_;
  std::map<std::string, int> looks_;
};

}  // namespace

void RunOperators(World& world) { Operators(world).Run(); }

}  // namespace clambake::simulation
