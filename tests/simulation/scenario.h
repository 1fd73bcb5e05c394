// What a simulation is made of: everything follows from these numbers.
#ifndef CLAMBAKE_TESTS_SIMULATION_SCENARIO_H_
#define CLAMBAKE_TESTS_SIMULATION_SCENARIO_H_

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace clambake::simulation {

// What must never be. Each is checked after every event that can break it.
enum class Invariant {
  kHeldTwice,      // an issue goes to another holder without having been free; a run writes in another's time
  kWorkLost,       // a landed commit is on no branch, or its issue was closed without it
  kDuplicate,      // two pull requests or two status comments for one thing, made by v2
  kReadonlyWrite,  // a process in read-only mode sent a write
  kPromotion,      // a rollout's share grew without the evidence its policy asks for
  kRowsDiffer,     // the legacy table and v2's tell different stories
  kRollbackIgnored,   // v2 was chosen while the latch held
  kStarved,           // in the end, something that could be done was not
  kUnexpected,        // a write that was not in the operations a person had approved
  kBlockedHandedOut,  // v2 handed out an issue that waits for another, or for what cannot be read
  kCleanup,           // legacy went too early, not wholly, or without a copy; or was chosen afterwards
};
std::string_view Name(Invariant invariant);

// A bug planted in the seam between the library and the simulation: the test of
// the test. Mutants take a guard away, canaries break an invariant directly.
enum class Plant {
  kNone,
  kNoFence,        // a run goes on under the lease of another
  kNoSettle,       // lost requests are looked for at once
  kNoProbe,        // and are never found
  kNoPermit,       // read-only is not told to the guard
  kNoLatchRead,    // rollouts are read once, when the process starts
  kNoDigestCheck,  // the expected digest is not passed on
  kNoBlockers,     // blockers that cannot be read are left out
  kTwoHolders,     // claims settle at once, and end early
  kLostMerge,      // merges into a bundle are confirmed and not done
  kTwinPull,       // a second pull request for the same head
  kTwinComment,    // each comment is made twice
  kReadonlyWrite,  // a read-only run labels an issue
  kPromotion,      // the operator's policy asks for no evidence, and says it did
  kLegacyRow,      // a legacy row is changed past the store
  kLatchIgnored,   // a decision is kept for the process's life
  kForgotten,      // one issue is never in the backlog
  kEarlyCleanup,   // the operators clean up past the gates, and without a snapshot
  kLostArchive,    // the cleanup archives a row less
  kNoCleanupRead,  // nobody is told that the cleanup has been
};
struct PlantFacts {
  Plant plant;
  std::string_view name;
  std::vector<Invariant> breaks;  // any of these finds it
};
const std::vector<PlantFacts>& AllPlants();
std::string_view Name(Plant plant);

struct Scenario {
  unsigned seed = 1;
  unsigned days = 21;
  unsigned instances = 3;
  unsigned agents = 4;
  unsigned issues = 30;
  // Per mille of the calls at which it can happen.
  unsigned crash = 2;
  unsigned pause = 2;
  unsigned store = 4;
  unsigned network = 60;
  unsigned trouble = 60;            // agents stall and die; per mille of their steps
  unsigned people = 1;              // 0: nobody relabels, blocks or closes
  unsigned operators = 1;           // 0: no rollout, everything v2 from the start
  unsigned flags = 1;               // 0: instances restart with the flags they had
  unsigned cleanup = 0;             // 1: nothing is taken back by hand, so that the cleanup can be reached
  unsigned wire = 30;               // per mille of backlogs read by the real client
  unsigned faults = 1'000'000'000;  // at most so many, of any kind
  Plant plant = Plant::kNone;
};

// A scenario of moderate size, drawn from the seed.
Scenario Draw(unsigned seed);

// A migration that goes straight on to the cleanup: nothing is taken back by
// hand, GitHub is kinder, and there is work to the end.
void GoStraight(Scenario& scenario);

// "--seed 7 --days 21 …", all of it: what `replay` takes.
std::string ToArguments(const Scenario& scenario);
// The reverse; what is not named stays as in `start`. InvalidArgument names it.
absl::StatusOr<Scenario> FromArguments(const std::vector<std::string>& arguments, const Scenario& start);

// The numbers by name, for reading and shrinking.
struct Knob {
  std::string_view name;
  unsigned Scenario::*value;
  unsigned least;
};
const std::vector<Knob>& Knobs();

}  // namespace clambake::simulation

#endif  // CLAMBAKE_TESTS_SIMULATION_SCENARIO_H_
