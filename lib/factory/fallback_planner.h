// Degradation of planning: where v2 fails, this call gets the legacy plan.
#ifndef CLAMBAKE_FACTORY_FALLBACK_PLANNER_H_
#define CLAMBAKE_FACTORY_FALLBACK_PLANNER_H_

#include <memory>

#include "clambake/work_planner.h"

namespace clambake {

// Plans with `v2`. If that fails or throws, the plan is legacy's: it says so in
// its `planner` and notes, so that the failure is counted against v2 all the
// same. What is wrong with the request itself (InvalidArgument) is returned.
std::unique_ptr<WorkPlanner> NewFallbackPlanner(std::unique_ptr<WorkPlanner> v2,
                                                std::unique_ptr<WorkPlanner> legacy);

}  // namespace clambake

#endif  // CLAMBAKE_FACTORY_FALLBACK_PLANNER_H_
