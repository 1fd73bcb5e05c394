// Replanning: what a previous plan says is taken as advice, issue by issue.
#ifndef CLAMBAKE_PLANNER_REPLAN_H_
#define CLAMBAKE_PLANNER_REPLAN_H_

#include "planner/assemble.h"

namespace clambake::planner {

struct Advice {
  Column<std::int64_t> start;  // by job: minutes in the previous plan, or kNone
  Column<std::int32_t> agent;  // by job: index in the assembly's agents, or kNone
};

// Matches issues by number and agents by id.
Advice ReadAdvice(const Assembly& assembly, const Plan& previous);

// Jobs by tier, then in the order of the previous plan. Within its tier a new
// job comes before those that weigh less than it does.
Column<std::int32_t> AdvisedOrder(const Problem& problem, const Advice& advice,
                                  const Column<std::int64_t>& weights);

}  // namespace clambake::planner

#endif  // CLAMBAKE_PLANNER_REPLAN_H_
