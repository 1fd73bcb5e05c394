// 10,000 queued writes from 32 clients on one token: the hourly allowance is
// used up, and never overrun.
//   queue_bench [WRITES [CLIENTS]]
// Every client is the real one, with a thread and a gate of its own on the
// shared file; the clock is virtual and moves when all of them sleep.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "clambake/github_client.h"
#include "fmt/format.h"
#include "tests/fakes/simulated_github.h"
#include "tests/fakes/simulated_transport.h"

namespace clambake {
namespace {

// Time for a crowd of threads: it stands still while any of them works, and
// jumps to the earliest waking time when all sleep.
class CrowdClock : public Clock {
 public:
  explicit CrowdClock(int crowd) : crowd_(crowd) {}

  absl::Time Now() override {
    absl::MutexLock lock(&mutex_);
    return now_;
  }
  absl::Duration Monotonic() override { return Now() - absl::UnixEpoch(); }

  void Sleep(absl::Duration duration) override {
    if (duration <= absl::ZeroDuration()) return;
    absl::MutexLock lock(&mutex_);
    absl::CondVar alarm;
    const auto sleeper = sleepers_.emplace(now_ + duration, &alarm);
    ++asleep_;
    MoveOn();
    while (now_ < sleeper->first) alarm.Wait(&mutex_);
    sleepers_.erase(sleeper);
    --asleep_;
  }

  // A thread has nothing more to do.
  void Retire() {
    absl::MutexLock lock(&mutex_);
    --crowd_;
    MoveOn();
  }

 private:
  void MoveOn() {
    if (asleep_ < crowd_ || sleepers_.empty() || sleepers_.begin()->first <= now_) return;
    now_ = sleepers_.begin()->first;
    for (auto at = sleepers_.begin(); at != sleepers_.end() && at->first == now_; ++at) at->second->Signal();
  }

  absl::Mutex mutex_;
  std::multimap<absl::Time, absl::CondVar*> sleepers_;
  absl::Time now_ = absl::FromUnixSeconds(1'767'323'045);
  int crowd_;
  int asleep_ = 0;
};

int Perform(GithubClient& client, int from, int to) {
  constexpr int kCommentEvery = 10;
  int failed = 0;
  for (int i = from; i < to; ++i) {
    const GithubWrite write = i % kCommentEvery == 0
                                  ? GithubWrite(CreateComment{1, Marker(std::to_string(i))})
                                  : GithubWrite(AddLabels{1, {"bug"}});
    failed += client.Perform(write).ok() ? 0 : 1;
  }
  return failed;
}

int Main(int writes, int clients) {
  CrowdClock clock(clients);
  SimulatedGithub github(clock);
  github.AddIssue("a");
  std::string folder = (std::filesystem::temp_directory_path() / "clambake-queue-XXXXXX").string();
  GithubOptions options;
  options.cache_dir = mkdtemp(folder.data());
  options.api_url = "https://api.github.test";
  options.repository = "octo/hello";
  options.token = Secret(std::string(SimulatedGithub::kToken));
  options.max_limit_wait = absl::Hours(48);
  std::vector<std::thread> threads;
  std::vector<int> failed(static_cast<std::size_t>(clients));
  const absl::Time start = clock.Now();
  for (int i = 0; i < clients; ++i) {
    threads.emplace_back([&, i] {
      auto client = NewGithubClient(options, clock, NewSimulatedTransport(github, clock));
      failed[static_cast<std::size_t>(i)] =
          Perform(**client, writes * i / clients, writes * (i + 1) / clients);
      clock.Retire();
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::filesystem::remove_all(folder);
  const double hours = absl::ToDoubleHours(clock.Now() - start);
  const Traffic& traffic = github.limits().traffic();
  int failures = 0;
  for (const int count : failed) failures += count;
  fmt::print("{} writes from {} clients in {:.2f} virtual hours: {:.1f} % of 500 an hour\n", traffic.writes,
             clients, hours, 100.0 * writes / (hours * 500.0));
  fmt::print(
      "most in an hour {} (bound 500), in a minute {} (bound 80), shortest gap {} (bound 1 s), between "
      "comments {} (bound 3 s)\n",
      traffic.most_writes_in_an_hour, traffic.most_writes_in_a_minute,
      absl::FormatDuration(traffic.shortest_write_gap), absl::FormatDuration(traffic.shortest_notify_gap));
  fmt::print("limits overrun {}, sent while blocked {}, failed {}\n", traffic.breaches,
             traffic.sent_while_blocked, failures);
  return failures == 0 && traffic.breaches == 0 ? 0 : 1;
}

}  // namespace
}  // namespace clambake

int main(int argc, char* argv[]) {
  return clambake::Main(argc > 1 ? std::atoi(argv[1]) : 10'000, argc > 2 ? std::atoi(argv[2]) : 32);
}
