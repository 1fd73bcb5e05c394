// A schedule as the plan that callers get.
#ifndef CLAMBAKE_PLANNER_WRITE_PLAN_H_
#define CLAMBAKE_PLANNER_WRITE_PLAN_H_

#include <string>

#include "planner/assemble.h"
#include "planner/bounds.h"

namespace clambake::planner {

Plan WritePlan(const std::string& repository, const Assembly& assembly, const Schedule& schedule,
               const Bound& bound);

}  // namespace clambake::planner

#endif  // CLAMBAKE_PLANNER_WRITE_PLAN_H_
