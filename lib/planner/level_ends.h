// The last minutes of a list schedule: agents end up to one issue apart.
#ifndef CLAMBAKE_PLANNER_LEVEL_ENDS_H_
#define CLAMBAKE_PLANNER_LEVEL_ENDS_H_

#include "planner/problem.h"

namespace clambake::planner {

// Swaps issues between agents that finish late and agents that finish early,
// so that the makespan comes nearer to the average; it never grows. Only
// issues of the lowest tier move, once no higher one waits any more, and
// only those that nothing ties to a time: ready by then, file areas of their
// own, nobody waiting. Feasible and valid schedules stay so. O(n + agents log agents).
void LevelEnds(const Problem& problem, Schedule& schedule);

}  // namespace clambake::planner

#endif  // CLAMBAKE_PLANNER_LEVEL_ENDS_H_
