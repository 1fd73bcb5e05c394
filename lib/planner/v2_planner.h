// WorkPlanner v2: a schedule over all plannable issues, with a certificate.
#ifndef CLAMBAKE_PLANNER_V2_PLANNER_H_
#define CLAMBAKE_PLANNER_V2_PLANNER_H_

#include <memory>

#include "clambake/work_planner.h"

namespace clambake {

std::unique_ptr<WorkPlanner> NewV2Planner();

}  // namespace clambake

#endif  // CLAMBAKE_PLANNER_V2_PLANNER_H_
