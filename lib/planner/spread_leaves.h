// Room for later changes in a schedule.
#ifndef CLAMBAKE_PLANNER_SPREAD_LEAVES_H_
#define CLAMBAKE_PLANNER_SPREAD_LEAVES_H_

#include <cstdint>

#include "planner/problem.h"

namespace clambake::planner {

// `urgency`, an UrgencyOrder, with half of the leaves of each tier earlier: jobs
// that nobody waits for and that share no file area. A sixth of them, the
// longest, begins the tier, a third goes evenly among the others. By urgency
// alone a tier begins with nothing but chains, each link of which starts the
// minute that the one before it ends: whoever has to make room there for
// something of a higher tier puts off all that follow, and each of those others
// in turn. With a leaf at nearly every minute, and nothing else where a tier
// begins, a change (PlanRepair) moves some ten issues instead of thousands.
// Chains begin a little later, which costs time only where they are nearly as
// long as what is left of the schedule. O(n).
Column<std::int32_t> SpreadLeaves(const Problem& problem, const Column<std::int32_t>& urgency);

}  // namespace clambake::planner

#endif  // CLAMBAKE_PLANNER_SPREAD_LEAVES_H_
