// Replanning: what a previous plan says is taken as advice, issue by issue.
#ifndef CLAMBAKE_PLANNER_REPLAN_H_
#define CLAMBAKE_PLANNER_REPLAN_H_

#include <optional>

#include "planner/assemble.h"

namespace clambake::planner {

// The previous plan as a schedule of this problem: issues are matched by
// number, agents by id; kNone is the agent of what it does not know.
Schedule ReadAdvice(const Assembly& assembly, const Plan& previous);

// Keeps agent and start of all that the change of the backlog lets be, and
// places the rest anew. Nullopt if that cannot be done.
std::optional<Schedule> KeepSchedule(const Assembly& assembly, const Plan& previous);

}  // namespace clambake::planner

#endif  // CLAMBAKE_PLANNER_REPLAN_H_
