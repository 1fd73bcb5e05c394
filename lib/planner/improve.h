// Takes a list schedule nearer to the bound, within a budget of iterations.
#ifndef CLAMBAKE_PLANNER_IMPROVE_H_
#define CLAMBAKE_PLANNER_IMPROVE_H_

#include "planner/bounds.h"
#include "planner/problem.h"

namespace clambake::planner {

// `schedule` becomes no longer, `bound` no lower. What is done depends on the
// problem, because the best method does:
//  - independent issues that any agent can take: exchanges and exact search;
//  - one tier, any agent: the core's genetic search;
//  - otherwise the list scheduler with varied ranks inside each tier.
// Nothing is done for effort 0, or once the gap is at most 0.1 %. Not meant for
// more than some 20,000 jobs, at which it would take too long.
// `weights`: the urgencies that the list schedule came from.
void Improve(const Problem& problem, int effort, const Column<std::int64_t>& weights, Schedule& schedule,
             Bound& bound);

}  // namespace clambake::planner

#endif  // CLAMBAKE_PLANNER_IMPROVE_H_
