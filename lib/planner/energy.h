// Lower bounds for the core by contradiction: suppose that all is done by a
// deadline; each job then has a window, and each interval of time needs at
// least the work that cannot be moved out of it (energetic reasoning, of which
// Fernandez and Bussell's bound is the simplest use). More than the capacity
// refutes the deadline; nearly as much narrows windows.
#ifndef CLAMBAKE_PLANNER_ENERGY_H_
#define CLAMBAKE_PLANNER_ENERGY_H_

#include <cstdint>

#include "planner/bounds.h"
#include "planner/project.h"

namespace clambake::planner {

// Critical path, load and energy. `steps`: budget, about a nanosecond each.
// `makespan`: of a known schedule; there is nothing to gain above it.
Bound ProjectBound(const Project& project, std::int32_t makespan, std::int64_t steps);

}  // namespace clambake::planner

#endif  // CLAMBAKE_PLANNER_ENERGY_H_
