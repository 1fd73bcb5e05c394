// Exact search of the core for equal agents: can all jobs be done by a
// deadline? Jobs start in the order of time, each as early as it can, without
// leaving room for another before it (Giffler and Thompson's active
// schedules); a state that is no better than one that has failed is not tried.
// One half of the budget goes forward, the other backward in time.
#ifndef CLAMBAKE_PLANNER_PROJECT_EXACT_H_
#define CLAMBAKE_PLANNER_PROJECT_EXACT_H_

#include <cstdint>

#include "planner/bin_completion.h"
#include "planner/bounds.h"
#include "planner/project.h"

namespace clambake::planner {

struct ProjectAnswer {
  Answer answer = Answer::kUnknown;
  ProjectSchedule schedule;  // where the answer is yes
};

// kUnknown after `nodes` states, and for what it is not made for: more than
// one resource, demands other than 1, more than 128 jobs or 16 agents.
ProjectAnswer FinishProjectBy(const Project& project, std::int32_t deadline, std::int64_t nodes);

// Shortens the schedule, or proves that it cannot be shortened, minute by
// minute, with `nodes` states in each.
void CloseExactly(const Project& project, std::int64_t nodes, ProjectSchedule& schedule, Bound& bound);

}  // namespace clambake::planner

#endif  // CLAMBAKE_PLANNER_PROJECT_EXACT_H_
