// Independent jobs on equal agents: the case without blockers, skills and
// file areas, where agents can nearly always be filled to the minute.
#ifndef CLAMBAKE_PLANNER_PARTITION_H_
#define CLAMBAKE_PLANNER_PARTITION_H_

#include <cstdint>
#include <span>

#include "planner/bounds.h"
#include "planner/rows.h"

namespace clambake::planner {

// What the search may take.
struct PartitionLimits {
  std::int64_t exchanges = 0;  // tried between pairs of agents
  std::int64_t nodes = 0;      // of the exact search
  std::int64_t filling = 0;    // of agents to the brim, about a nanosecond each
};

// `effort`: multiples of the default.
constexpr PartitionLimits LimitsFor(int effort) {
  return {.exchanges = std::int64_t{150'000} * effort,
          .nodes = std::int64_t{300'000} * effort,
          .filling = std::int64_t{40'000'000} * effort};
}

struct PartitionPlan {
  Column<std::int32_t> agent;  // by job
  std::int64_t makespan = 0;
  Bound bound;
};

// Longest first to the least busy agent, then exact search for a deadline that
// meets the bound, then exchanges between pairs of agents. Without `limits` it
// is the first step alone.
PartitionPlan SolvePartition(std::span<const std::int64_t> minutes, std::int32_t agents,
                             const PartitionLimits& limits);

}  // namespace clambake::planner

#endif  // CLAMBAKE_PLANNER_PARTITION_H_
