// Independent jobs on equal agents: the case without blockers, skills and
// file areas, where agents can nearly always be filled to the minute.
#ifndef CLAMBAKE_PLANNER_PARTITION_H_
#define CLAMBAKE_PLANNER_PARTITION_H_

#include <cstdint>
#include <span>

#include "planner/bounds.h"
#include "planner/rows.h"

namespace clambake::planner {

struct PartitionPlan {
  Column<std::int32_t> agent;  // by job
  std::int64_t makespan = 0;
  Bound bound;
};

// Longest first to the least busy agent, then exact search for a deadline that
// meets the bound, then exchanges between pairs of agents. `effort`: multiples
// of the default number of iterations; 0 for the first step alone.
PartitionPlan SolvePartition(std::span<const std::int64_t> minutes, std::int32_t agents, int effort);

}  // namespace clambake::planner

#endif  // CLAMBAKE_PLANNER_PARTITION_H_
