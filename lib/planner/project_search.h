// Improves schedules of the core within a budget of iterations: a population
// of lists, crossed and justified (Hartmann's genetic algorithm with the double
// justification of Valls et al.), then a search around the best.
#ifndef CLAMBAKE_PLANNER_PROJECT_SEARCH_H_
#define CLAMBAKE_PLANNER_PROJECT_SEARCH_H_

#include <cstdint>

#include "planner/project.h"

namespace clambake::planner {

struct SearchLimits {
  std::int64_t decodes = 10'000;  // schedules to make
  std::int32_t target = 0;        // stop at this makespan: a lower bound
};

ProjectSchedule SearchProject(const Project& project, const SearchLimits& limits);

}  // namespace clambake::planner

#endif  // CLAMBAKE_PLANNER_PROJECT_SEARCH_H_
