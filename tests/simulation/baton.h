// Coroutines that take turns by the roll of seeded dice, on a clock that moves
// only while all of them sleep: real concurrent code in one thread, one seed
// one story. Deterministic simulation as FoundationDB and TigerBeetle do it.
#ifndef CLAMBAKE_TESTS_SIMULATION_BATON_H_
#define CLAMBAKE_TESTS_SIMULATION_BATON_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <random>
#include <vector>

#include "clambake/clock.h"

namespace clambake {

// Thread-compatible. Bodies must not hold a lock, and not be inside a catch
// block or a destructor, when they pause.
class Baton : public Clock {
 public:
  explicit Baton(unsigned seed);
  ~Baton() override;

  // Runs all bodies to their ends. They may throw nothing out.
  void Run(std::vector<std::function<void()>> bodies);

  // To be called by bodies: somebody else may go on now.
  void Yield() { Pause(absl::ZeroDuration()); }
  void Pause(absl::Duration duration);

  absl::Time Now() override { return now_; }
  absl::Duration Monotonic() override { return now_ - absl::UnixEpoch(); }
  void Sleep(absl::Duration duration) override { Pause(duration); }

  // True with a probability of `per_mille`.
  bool Roll(unsigned per_mille) { return dice() % 1000 < per_mille; }
  // Uniform below `bound`, which is positive.
  unsigned Below(unsigned bound) { return static_cast<unsigned>(dice() % bound); }
  std::mt19937 dice;

 private:
  struct Coroutine;

  static void Enter();
  [[nodiscard]] Coroutine* Next();
  void SwitchTo(Coroutine& next);

  absl::Time now_ = absl::FromUnixSeconds(1'767'323'045);
  std::vector<std::unique_ptr<Coroutine>> coroutines_;
  std::unique_ptr<Coroutine> main_;
  Coroutine* current_ = nullptr;
};

}  // namespace clambake

#endif  // CLAMBAKE_TESTS_SIMULATION_BATON_H_
