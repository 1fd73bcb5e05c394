// The seam for time. Nothing in the library reads a clock except through this,
// so that simulations and tests decide what time it is.
#ifndef CLAMBAKE_CLOCK_H_
#define CLAMBAKE_CLOCK_H_

#include <memory>

#include "absl/time/time.h"

namespace clambake {

// Thread-safe: all methods may be called from any thread.
class Clock {
 public:
  virtual ~Clock() = default;

  // Wall-clock time, as GitHub and log lines want it. May jump.
  virtual absl::Time Now() = 0;

  // Time since an arbitrary start; never goes back. For durations.
  virtual absl::Duration Monotonic() = 0;

  // Returns after `duration` has passed on this clock; at once if ≤ 0.
  virtual void Sleep(absl::Duration duration) = 0;
};

// The machine's own clock.
std::unique_ptr<Clock> NewSystemClock();

}  // namespace clambake

#endif  // CLAMBAKE_CLOCK_H_
