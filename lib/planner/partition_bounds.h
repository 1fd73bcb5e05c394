// Lower bounds for independent jobs on equal agents.
#ifndef CLAMBAKE_PLANNER_PARTITION_BOUNDS_H_
#define CLAMBAKE_PLANNER_PARTITION_BOUNDS_H_

#include <cstdint>
#include <span>

#include "planner/bounds.h"

namespace clambake::planner {

// `minutes` descending, one at least, all ≥ 1; `agents` ≥ 1. Every bound on the way is tried:
//  - the longest job; all work shared evenly;
//  - of the l longest jobs, some k agents do at least λ of them together, so
//    the λ shortest of these spread over k agents are a bound (Haouari et al.);
//  - dual feasible functions: at a deadline that is too short the jobs, rounded
//    so that what fits keeps fitting, need more than the agents there are.
Bound PartitionBound(std::span<const std::int64_t> minutes, std::int32_t agents);

// Whether rounding shows that `agents` cannot finish by `deadline`.
bool RoundingRefutes(std::span<const std::int64_t> minutes, std::int32_t agents, std::int64_t deadline);

}  // namespace clambake::planner

#endif  // CLAMBAKE_PLANNER_PARTITION_BOUNDS_H_
