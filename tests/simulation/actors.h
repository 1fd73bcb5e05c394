// Who acts in the world. Each is the body of a coroutine.
#ifndef CLAMBAKE_TESTS_SIMULATION_ACTORS_H_
#define CLAMBAKE_TESTS_SIMULATION_ACTORS_H_

#include "tests/simulation/world.h"

namespace clambake::simulation {

// `clambake run` on a timer, with the real library inside.
void RunInstance(World& world, unsigned number);

// An agent: finds or claims an issue, commits, lands; or stalls, or dies.
void RunAgent(World& world, unsigned number);

// People: new issues, blockers, labels, merges, unwanted issues, the clean-up of branches.
void RunPeople(World& world);

// Operators: rollouts, roll-backs, the safe queue, the manual queue, snapshots.
void RunOperators(World& world);

// GitHub's issues as clambake reads them, without the way there.
Backlog BacklogOf(World& world);

}  // namespace clambake::simulation

#endif  // CLAMBAKE_TESTS_SIMULATION_ACTORS_H_
