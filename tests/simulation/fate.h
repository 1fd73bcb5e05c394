// What befalls a process at its seams.
#ifndef CLAMBAKE_TESTS_SIMULATION_FATE_H_
#define CLAMBAKE_TESTS_SIMULATION_FATE_H_

#include <string_view>

#include "absl/status/status.h"

namespace clambake {

// Thrown through the library: the process is gone, and what it held in memory.
struct Crash {};

class Fate {
 public:
  virtual ~Fate() = default;

  // Around each call of a seam. May let others go on, sleep, or throw Crash. An
  // error before: the call has no effect; after: it had, and its answer is lost.
  virtual absl::Status Before(std::string_view call) = 0;
  virtual absl::Status After(std::string_view call) = 0;

  // True once Crash was thrown: what destructors still do has no effect.
  [[nodiscard]] virtual bool IsDead() const = 0;
};

}  // namespace clambake

#endif  // CLAMBAKE_TESTS_SIMULATION_FATE_H_
