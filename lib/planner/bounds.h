// Lower bounds: what no feasible plan can beat, whoever makes it.
#ifndef CLAMBAKE_PLANNER_BOUNDS_H_
#define CLAMBAKE_PLANNER_BOUNDS_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "planner/problem.h"

namespace clambake::planner {

struct Bound {
  std::int64_t minutes = 0;
  std::string proof;  // which bound it is, for people

  void Raise(std::int64_t candidate, std::string_view candidate_proof) {
    if (candidate <= minutes) return;
    minutes = candidate;
    proof = candidate_proof;
  }
};

// The best of the bounds that cost no more than a list schedule: critical
// path, load of all agents, of each set of skills, of each file area.
Bound QuickBound(const Problem& problem, const Column<std::int64_t>& heads,
                 const Column<std::int64_t>& tails);

// No distribution of the work, however long it takes, has a busiest agent with
// fewer minutes per unit of capacity.
std::int64_t WorkloadBound(const Problem& problem);

}  // namespace clambake::planner

#endif  // CLAMBAKE_PLANNER_BOUNDS_H_
