// The planning problem as the core sees it.
#ifndef CLAMBAKE_PLANNER_RELAX_H_
#define CLAMBAKE_PLANNER_RELAX_H_

#include <optional>

#include "planner/problem.h"
#include "planner/project.h"

namespace clambake::planner {

struct Relaxation {
  Project project;
  std::int64_t unit = 1;  // minutes per unit of the project's time
  bool exact = false;     // every schedule of the project is one of the problem
};

// All agents as one resource, and the most contended file areas as others.
// Tiers, skills and what runs already are left out, so that a bound for the
// project is one for the problem, too. Nullopt where the core cannot take it:
// too long in units of time, or an agent that holds more than its capacity.
std::optional<Relaxation> Relax(const Problem& problem);

// Gives the issues of an exact relaxation's schedule to agents.
Schedule Distribute(const Problem& problem, const Relaxation& relaxation, const ProjectSchedule& found);

}  // namespace clambake::planner

#endif  // CLAMBAKE_PLANNER_RELAX_H_
