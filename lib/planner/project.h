// The scheduling core's problem: jobs with durations and precedence that share
// renewable resources. m equal agents are one resource of capacity m, a file
// area is a resource of capacity 1.
#ifndef CLAMBAKE_PLANNER_PROJECT_H_
#define CLAMBAKE_PLANNER_PROJECT_H_

#include <cstdint>

#include "planner/rows.h"

namespace clambake::planner {

inline constexpr std::int32_t kMaxResources = 4;  // of the core; they share a machine word
inline constexpr std::int32_t kMaxAmount = 0x7fff;

struct Project {
  Column<std::int32_t> duration;  // by job, ≥ 1
  Rows before;
  Rows after;
  std::int32_t resources = 1;     // ≤ kMaxResources
  Column<std::int32_t> capacity;  // by resource, ≤ kMaxAmount
  Column<std::int32_t> demand;    // by job × resources + resource, ≤ capacity

  [[nodiscard]] std::int32_t jobs() const { return duration.count(); }
  [[nodiscard]] std::int32_t Demand(std::int32_t job, std::int32_t resource) const {
    return demand[job * resources + resource];
  }
};

struct ProjectSchedule {
  Column<std::int32_t> start;  // by job
  std::int32_t makespan = 0;
};

}  // namespace clambake::planner

#endif  // CLAMBAKE_PLANNER_PROJECT_H_
