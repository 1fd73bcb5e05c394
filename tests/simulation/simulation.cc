#include "tests/simulation/simulation.h"

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

#include "tests/simulation/actors.h"
#include "tests/simulation/invariants.h"

namespace clambake::simulation {
namespace {

// So long without misfortune, and everything must have come to its end.
constexpr int kCalmDays = 14;

// Ends a body with the simulation.
std::function<void()> UntilOver(std::function<void()> body) {
  return [body = std::move(body)] {
    try {
      body();
    } catch (const Over&) {
    }
  };
}

void Calendar(World& world) {
  world.baton.Pause(absl::Hours(24) * world.scenario.days);
  world.MayGoOn();
  world.calm = true;
  world.trace.Add(world.baton.Now(), "calendar", "all is calm from here on");
  std::string undone;
  for (int day = 0; day < kCalmDays; ++day) {
    world.baton.Pause(absl::Hours(24));
    world.MayGoOn();
    world.invariants->CheckLanded();
    undone = world.invariants->Undone();
    if (undone.empty()) break;
  }
  if (!undone.empty()) world.Break(Invariant::kStarved, undone);
  world.over = true;
}

Report Summarize(const World& world) {
  std::set<std::string, std::less<>> seams;
  for (const auto& [name, calls] : world.seams) seams.insert(name);
  return {.violation = world.violation,
          .digest = world.trace.digest(),
          .events = world.trace.events(),
          .faults = world.faults,
          .cycles = world.cycles,
          .landed = world.landed.size(),
          .pulls = world.pulls,
          .merges = world.merges,
          .legacy_twins = world.legacy_twins,
          .rollbacks = world.rollbacks,
          .promotions = world.promotions,
          .cleanups = world.cleanups,
          .seams = std::move(seams),
          .kill_points = world.kill_points};
}

}  // namespace

Report Simulate(const Scenario& scenario, std::FILE* paper) {
  World world(scenario, paper);
  std::vector<std::function<void()>> bodies = {UntilOver([&] { Calendar(world); }),
                                               UntilOver([&] { RunPeople(world); }),
                                               UntilOver([&] { RunOperators(world); })};
  for (unsigned i = 0; i < scenario.instances; ++i)
    bodies.push_back(UntilOver([&, i] { RunInstance(world, i); }));
  for (unsigned i = 0; i < scenario.agents; ++i) bodies.push_back(UntilOver([&, i] { RunAgent(world, i); }));
  world.baton.Run(std::move(bodies));
  return Summarize(world);
}

Scenario Shrink(const Scenario& scenario, const Report& report, unsigned most_tries,
                const std::function<void(const ShrinkProgress&)>& tell) {
  Scenario best = scenario;
  // All that happened is all that is needed.
  best.faults = static_cast<unsigned>(std::min<std::uint64_t>(best.faults, report.faults));
  std::uint64_t events = report.events;
  unsigned tries = 0;
  const auto still_breaks = [&](const Scenario& candidate) {
    if (tries == most_tries) return false;
    ++tries;
    const Report now = Simulate(candidate);
    const bool breaks = now.violation && now.violation->invariant == report.violation->invariant;
    if (breaks) best = candidate, events = now.events;
    tell({.tries = tries, .is_smaller = breaks, .best = best, .events = events});
    return breaks;
  };
  bool smaller = true;
  while (smaller) {
    smaller = false;
    for (const Knob& knob : Knobs()) {
      if (knob.value == &Scenario::seed) continue;
      // All of it away, else half of it, else one less.
      const unsigned now = best.*knob.value;
      for (const unsigned next : {knob.least, now / 2, now - 1}) {
        if (now <= knob.least || next < knob.least || next >= now) continue;
        Scenario candidate = best;
        candidate.*knob.value = next;
        if (!still_breaks(candidate)) continue;
        smaller = true;
        break;
      }
    }
  }
  return best;
}

}  // namespace clambake::simulation
