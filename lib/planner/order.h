// Orders of jobs: by precedence, and by urgency for the list scheduler.
#ifndef CLAMBAKE_PLANNER_ORDER_H_
#define CLAMBAKE_PLANNER_ORDER_H_

#include <cstdint>

#include "planner/problem.h"

namespace clambake::planner {

// Jobs so that each follows those it waits for. Shorter than the number of
// jobs if there is a cycle.
Column<std::int32_t> TopologicalOrder(const Problem& problem);

// The minutes from the start of each job to the end of the longest chain of
// work that begins with it.
Column<std::int64_t> Tails(const Problem& problem, const Column<std::int32_t>& topological);

// The same from the other end: no job can start before its head.
Column<std::int64_t> Heads(const Problem& problem, const Column<std::int32_t>& topological);

// Jobs by tier, then by weight (heaviest first), then by number. Linear where
// weights are small, else a sort.
Column<std::int32_t> UrgencyOrder(const Problem& problem, const Column<std::int64_t>& weights);

// The same without tiers.
Column<std::int32_t> OrderByWeight(const Column<std::int64_t>& weights);

// By start, then agent, then number.
Column<std::int32_t> OrderByTime(const Schedule& schedule, std::int32_t agents);

// Tails that also count the queue at a file area: of the jobs that touch one,
// the work on it that is not more urgent follows one after another as well.
Column<std::int64_t> TailsWithQueues(const Problem& problem, const Column<std::int64_t>& tails);

}  // namespace clambake::planner

#endif  // CLAMBAKE_PLANNER_ORDER_H_
