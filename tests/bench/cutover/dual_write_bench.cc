// What writing both generations costs: a claim and its landing on a state with
// the legacy table, beside the same on a state that was cleaned up, in turns.
//   dual_write_bench [PAIRS]
#include <algorithm>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "clambake/clock.h"
#include "clambake/state_store.h"
#include "fmt/format.h"

namespace {

using namespace clambake;  // NOLINT(google-build-using-namespace): a program

constexpr std::string_view kScope = "octo/repo";

std::unique_ptr<StateStore> Open(const std::string& location, Clock& clock, int issues) {
  auto store = *OpenStateStore({.location = location, .clock = &clock});
  std::vector<ReadyIssue> ready;
  for (int i = 1; i <= issues; ++i) ready.push_back({i, i % 5});
  store->Enqueue(kScope, ready).IgnoreError();
  return store;
}

absl::Duration TimeOne(StateStore& store, Clock& clock) {
  const absl::Duration start = clock.Monotonic();
  const auto claim = store.ClaimNext(kScope, "agent001", absl::Hours(1));
  if (claim.ok() && claim->has_value()) store.Land(kScope, **claim, "agent001/1").IgnoreError();
  return clock.Monotonic() - start;
}

absl::Duration At(std::vector<absl::Duration> times, std::size_t percent) {
  std::sort(times.begin(), times.end());
  return times[times.size() * percent / 100];
}

}  // namespace

int main(int argc, char* argv[]) {
  int pairs = 1'000;
  if (argc > 1) {
    const std::string_view text = argv[1];
    std::from_chars(text.data(), text.data() + text.size(), pairs);
  }
  // Not in memory: a state is a file on a disk.
  std::string folder = (std::filesystem::current_path() / "dual-write-XXXXXX").string();
  if (pairs < 1 || mkdtemp(folder.data()) == nullptr) return 1;
  {
    const std::unique_ptr<Clock> clock = NewSystemClock();
    const auto both = Open(folder + "/both.db", *clock, pairs);
    const auto alone = Open(folder + "/alone.db", *clock, pairs);
    if (!alone->CleanUp(kScope, "bench", CleanupMode::kConfirm).ok()) return 1;
    std::vector<absl::Duration> with;
    std::vector<absl::Duration> without;
    for (int i = 0; i < pairs; ++i) {
      with.push_back(TimeOne(*both, *clock));
      without.push_back(TimeOne(*alone, *clock));
    }
    for (const std::size_t percent : {50U, 95U}) {
      fmt::print("claim and land, P{}: {:.3f} ms with the legacy table, {:.3f} ms without, ratio {:.3f}\n",
                 percent, absl::ToDoubleMilliseconds(At(with, percent)),
                 absl::ToDoubleMilliseconds(At(without, percent)),
                 absl::FDivDuration(At(with, percent), At(without, percent)));
    }
  }
  std::filesystem::remove_all(folder);
  return 0;
}
