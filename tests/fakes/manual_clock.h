// A clock that stands still until it is told to move. Sleeping moves it.
#ifndef CLAMBAKE_TESTS_FAKES_MANUAL_CLOCK_H_
#define CLAMBAKE_TESTS_FAKES_MANUAL_CLOCK_H_

#include <mutex>

#include "clambake/clock.h"

namespace clambake {

class ManualClock : public Clock {
 public:
  explicit ManualClock(absl::Time start = absl::FromUnixSeconds(1'767'323'045))
      : start_(start), now_(start) {}

  absl::Time Now() override {
    const std::lock_guard lock(mutex_);
    return now_;
  }
  absl::Duration Monotonic() override {
    const std::lock_guard lock(mutex_);
    return now_ - start_;
  }
  void Sleep(absl::Duration duration) override { Advance(duration); }

  void Advance(absl::Duration duration) {
    const std::lock_guard lock(mutex_);
    if (duration > absl::ZeroDuration()) now_ += duration;
  }

 private:
  std::mutex mutex_;
  const absl::Time start_;
  absl::Time now_;
};

}  // namespace clambake

#endif  // CLAMBAKE_TESTS_FAKES_MANUAL_CLOCK_H_
