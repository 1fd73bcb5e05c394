// Restoring a snapshot. The input is one without its seal, so that content
// comes through; as it stands it must be refused.
#include "base/sealed_text.h"
#include "clambake/state_store.h"
#include "tests/fakes/manual_clock.h"
#include "tests/fuzz/fuzz.h"

namespace clambake {
namespace {

using absl::StatusCode;

constexpr std::string_view kScope = "o/n";

// A state in memory with an issue, so that there is something to lose.
std::unique_ptr<StateStore> NewState(Clock& clock) {
  StoreOptions options;
  options.location = ":memory:";
  options.sqlite_vfs = "unix";
  options.clock = &clock;
  auto store = OpenStateStore(options);
  FUZZ_CHECK(store.ok());
  FUZZ_CHECK((*store)->Enqueue(kScope, {{.issue = 3, .rank = 1}}).ok());
  FUZZ_CHECK((*store)->ClaimNext(kScope, "agent001", absl::Hours(1)).ok());
  return *std::move(store);
}

// Everything that can be asked of the state has an answer, and both generations agree.
void CheckState(StateStore& store) {
  const auto all = store.ListWork(kScope);
  FUZZ_CHECK(all.ok());
  FUZZ_CHECK(store.PendingOperations(kScope).ok());
  const auto differences = store.CompareGenerations(kScope);
  FUZZ_CHECK(differences.ok() && differences->empty());
  for (const Work& work : *all) {
    FUZZ_CHECK(work.issue > 0);
    FUZZ_CHECK(work.state != WorkState::kClaimed && work.state != WorkState::kSettling);
  }
}

// What was restored is taken and restored again without a difference.
void CheckAgain(StateStore& store) {
  const auto taken = store.TakeSnapshot(kScope);
  FUZZ_CHECK(taken.ok());
  const absl::Status restored = store.RestoreSnapshot(kScope, *taken, "fuzz");
  if (!restored.ok()) std::fprintf(stderr, "%s\n", restored.ToString().c_str());
  FUZZ_CHECK(restored.ok());
  CheckState(store);
}

FUZZ_TARGET(input) {
  ManualClock clock;
  const std::unique_ptr<StateStore> store = NewState(clock);
  const auto before = store->TakeSnapshot(kScope);
  FUZZ_CHECK(before.ok());
  const bool sealed = !SealOf(input, Digest).empty();
  const absl::Status raw = store->RestoreSnapshot(kScope, input, "fuzz");
  FUZZ_CHECK(sealed || absl::IsInvalidArgument(raw));
  if (sealed || input.empty() || input.back() != '}') return;
  const absl::Status restored = store->RestoreSnapshot(kScope, Seal(input, Digest), "fuzz");
  fuzz::CheckCode(restored, {StatusCode::kInvalidArgument});
  if (restored.ok()) {
    CheckState(*store);
    return CheckAgain(*store);
  }
  const auto after = store->TakeSnapshot(kScope);
  FUZZ_CHECK(after.ok() && *after == *before);
}

}  // namespace
}  // namespace clambake
