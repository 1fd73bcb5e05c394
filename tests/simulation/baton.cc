#include "tests/simulation/baton.h"

#include <algorithm>

namespace clambake {
namespace {

thread_local std::size_t self = 0;

}  // namespace

// Picks who is next: anybody who is awake, else whoever wakes first.
void Baton::PassOn(std::unique_lock<std::mutex>& /*lock*/) {
  const absl::Time first = *std::min_element(wake_.begin(), wake_.end());
  if (first == absl::InfiniteFuture()) return;
  now_ = std::max(now_, first);
  std::vector<std::size_t> awake;
  for (std::size_t i = 0; i < wake_.size(); ++i) {
    if (wake_[i] <= now_) awake.push_back(i);
  }
  current_ = awake[dice() % awake.size()];
  turn_.notify_all();
}

void Baton::Pause(absl::Duration duration) {
  std::unique_lock lock(mutex_);
  wake_[self] = now_ + std::max(duration, absl::ZeroDuration());
  PassOn(lock);
  turn_.wait(lock, [this] { return current_ == self; });
}

void Baton::Run(const std::vector<std::function<void()>>& bodies) {
  wake_.assign(bodies.size(), now_);
  std::vector<std::thread> threads;
  std::unique_lock start(mutex_);
  for (std::size_t i = 0; i < bodies.size(); ++i) {
    threads.emplace_back([this, i, &bodies] {
      self = i;
      {
        std::unique_lock lock(mutex_);
        turn_.wait(lock, [this] { return current_ == self; });
      }
      bodies[i]();
      std::unique_lock lock(mutex_);
      wake_[i] = absl::InfiniteFuture();
      PassOn(lock);
    });
  }
  PassOn(start);
  start.unlock();
  for (std::thread& thread : threads) thread.join();
}

}  // namespace clambake
