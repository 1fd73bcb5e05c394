// How long it takes from a latch to legacy: in the latching process, and across
// twelve processes that share a SQLite state and decide every millisecond.
//   latch_bench [TRIPS]
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "clambake/clock.h"
#include "clambake/rng.h"
#include "clambake/rollouts.h"
#include "clambake/state_store.h"
#include "fmt/format.h"

namespace {

using namespace clambake;  // NOLINT(google-build-using-namespace): a program

constexpr int kProcesses = 12;
const Change kWho{"bench", "measured"};

struct Instance {
  explicit Instance(const std::string& location)
      : store(*OpenStateStore({.location = location, .clock = clock.get()})),
        rollouts(*store, "octo/repo", *rng) {}
  std::unique_ptr<Clock> clock = NewSystemClock();
  std::unique_ptr<Rng> rng = NewSystemRng();
  std::unique_ptr<StateStore> store;
  Rollouts rollouts;
};

void Restart(Rollouts& rollouts) {
  rollouts.Clear(Component::kPlanner, kWho).IgnoreError();
  rollouts.Start(Component::kPlanner, {.ladder = *FindLadder("standard"), .policy = {}, .change = kWho})
      .IgnoreError();
}

// From the latch being kept until the next decision is legacy, in one process;
// `keeping` is how long keeping it took, with its line in the audit log.
absl::Duration TripOnce(Instance& one, absl::Duration& keeping) {
  Restart(one.rollouts);
  const absl::Duration before = one.clock->Monotonic();
  one.rollouts.ReportCorruption(Component::kPlanner, "measured").IgnoreError();
  const absl::Duration start = one.clock->Monotonic();
  keeping = start - before;
  while (!one.rollouts.DrawFor(Component::kPlanner, "cycle").state.latched) {
  }
  return one.clock->Monotonic() - start;
}

// A child decides every millisecond, and leaves when it finds itself latched.
[[noreturn]] void Follow(const std::string& location) {
  Instance mine(location);
  while (!mine.rollouts.DrawFor(Component::kPlanner, "cycle").state.latched) {
    mine.clock->Sleep(absl::Milliseconds(1));
  }
  _exit(0);
}

absl::Duration TripAll(Instance& one, const std::string& location) {
  Restart(one.rollouts);
  std::vector<pid_t> children;
  for (int i = 0; i < kProcesses; ++i) {
    const pid_t child = fork();
    if (child == 0) Follow(location);
    if (child > 0) children.push_back(child);
  }
  one.clock->Sleep(absl::Milliseconds(200));  // all are at work
  const absl::Duration start = one.clock->Monotonic();
  one.rollouts.ReportCorruption(Component::kPlanner, "measured").IgnoreError();
  for (const pid_t child : children) waitpid(child, nullptr, 0);
  return one.clock->Monotonic() - start;
}

void Report(std::string_view what, std::vector<absl::Duration> times, absl::Duration bound) {
  std::sort(times.begin(), times.end());
  const absl::Duration p99 = times[(times.size() * 99 + 99) / 100 - 1];
  fmt::print("{:<28} median {:>8.2f} ms  p99 {:>8.2f} ms  bound {:>5.0f} ms  ratio {:.3f}\n", what,
             absl::ToDoubleMilliseconds(times[times.size() / 2]), absl::ToDoubleMilliseconds(p99),
             absl::ToDoubleMilliseconds(bound), absl::FDivDuration(p99, bound));
}

}  // namespace

int main(int argc, char* argv[]) {
  int trips = 200;
  if (argc > 1) {
    const std::string_view text = argv[1];
    std::from_chars(text.data(), text.data() + text.size(), trips);
  }
  std::string folder = (std::filesystem::temp_directory_path() / "clambake-latch-XXXXXX").string();
  if (trips < 1 || mkdtemp(folder.data()) == nullptr) return 1;
  const std::string location = folder + "/state.db";
  {
    Instance one(location);
    std::vector<absl::Duration> alone;
    std::vector<absl::Duration> keeping(static_cast<std::size_t>(trips));
    for (absl::Duration& kept : keeping) alone.push_back(TripOnce(one, kept));
    Report("keeping the latch (disk)", keeping, absl::Seconds(1));
    Report("latch to legacy, one process", alone, absl::Milliseconds(10));
  }
  std::vector<absl::Duration> all;
  for (int i = 0; i < std::max(1, trips / 10); ++i) {
    Instance one(location);
    all.push_back(TripAll(one, location));
  }
  Report("report to legacy, all of 12", all, absl::Seconds(1));
  std::filesystem::remove_all(folder);
  return 0;
}
