// Threads that take turns by the roll of seeded dice, on a clock that moves
// only while all of them sleep: real concurrent code, one seed one story.
#ifndef CLAMBAKE_TESTS_SIMULATION_BATON_H_
#define CLAMBAKE_TESTS_SIMULATION_BATON_H_

#include <condition_variable>
#include <functional>
#include <mutex>
#include <random>
#include <thread>
#include <vector>

#include "clambake/clock.h"

namespace clambake {

class Baton : public Clock {
 public:
  explicit Baton(unsigned seed) : dice(seed) {}

  // Runs all bodies to their ends.
  void Run(const std::vector<std::function<void()>>& bodies);

  // To be called by bodies: somebody else may go on now.
  void Yield() { Pause(absl::ZeroDuration()); }
  void Pause(absl::Duration duration);

  absl::Time Now() override { return now_; }
  absl::Duration Monotonic() override { return now_ - absl::UnixEpoch(); }
  void Sleep(absl::Duration duration) override { Pause(duration); }

  // True with a probability of `per_mille`.
  bool Roll(unsigned per_mille) { return dice() % 1000 < per_mille; }
  std::mt19937 dice;

 private:
  void PassOn(std::unique_lock<std::mutex>& lock);

  std::mutex mutex_;
  std::condition_variable turn_;
  absl::Time now_ = absl::FromUnixSeconds(1'767'323'045);
  std::vector<absl::Time> wake_;  // of each body; InfiniteFuture: it has ended
  std::size_t current_ = 0;
};

}  // namespace clambake

#endif  // CLAMBAKE_TESTS_SIMULATION_BATON_H_
