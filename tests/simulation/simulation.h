// One scenario from its first day to its last.
#ifndef CLAMBAKE_TESTS_SIMULATION_SIMULATION_H_
#define CLAMBAKE_TESTS_SIMULATION_SIMULATION_H_

#include <cstdint>
#include <cstdio>
#include <functional>
#include <optional>
#include <set>
#include <string>

#include "tests/simulation/scenario.h"
#include "tests/simulation/world.h"

namespace clambake::simulation {

struct Report {
  std::optional<Violation> violation;
  std::uint64_t digest = 0;  // of all that happened
  std::uint64_t events = 0;
  std::uint64_t faults = 0;
  std::uint64_t cycles = 0;
  std::uint64_t landed = 0;
  std::uint64_t pulls = 0;
  std::uint64_t merges = 0;
  std::uint64_t legacy_twins = 0;
  std::uint64_t rollbacks = 0;
  std::uint64_t promotions = 0;
  std::uint64_t cleanups = 0;
  std::set<std::string, std::less<>> seams;  // calls at which an instance can be killed
  std::set<std::string> kill_points;         // "before …" and "after …" them: where one was
};

inline constexpr unsigned kShrinkTries = 200;

// Equal scenarios give equal reports. `paper`: every event as a line; null: none.
Report Simulate(const Scenario& scenario, std::FILE* paper = nullptr);

// How far shrinking has come, told after each simulation.
struct ShrinkProgress {
  unsigned tries = 0;       // simulations so far
  bool is_smaller = false;  // this one broke the invariant, too: it is the new `best`
  const Scenario& best;
  std::uint64_t events = 0;  // of `best`
};

// A smaller scenario that breaks the same invariant, at most `most_tries`
// simulations later. `report` is what the scenario came to, with its violation.
Scenario Shrink(
    const Scenario& scenario, const Report& report, unsigned most_tries = kShrinkTries,
    const std::function<void(const ShrinkProgress&)>& tell = [](const ShrinkProgress&) {});

}  // namespace clambake::simulation

#endif  // CLAMBAKE_TESTS_SIMULATION_SIMULATION_H_
