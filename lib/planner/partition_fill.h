// Fills equal agents to the brim, at random: where a deadline leaves hardly a
// minute to spare, distributions that meet it are too few for exchanges to come
// upon, and too many sets fill one agent for an exact search to list.
#ifndef CLAMBAKE_PLANNER_PARTITION_FILL_H_
#define CLAMBAKE_PLANNER_PARTITION_FILL_H_

#include <cstdint>
#include <span>
#include <vector>

namespace clambake::planner {

// By job: its agent, so that none works longer than `deadline`; empty if none
// was found. `minutes` descending, all within the deadline. `steps`: budget,
// about a nanosecond each.
std::vector<std::int32_t> FillToTheBrim(std::span<const std::int64_t> minutes, std::int32_t agents,
                                        std::int64_t deadline, std::int64_t steps);

}  // namespace clambake::planner

#endif  // CLAMBAKE_PLANNER_PARTITION_FILL_H_
