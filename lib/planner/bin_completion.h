// Exact search for independent jobs on equal agents: can they finish by a
// deadline? Agent after agent is filled around the longest job that is left
// (Korf's bin completion); idle time may not exceed what the deadline spares.
#ifndef CLAMBAKE_PLANNER_BIN_COMPLETION_H_
#define CLAMBAKE_PLANNER_BIN_COMPLETION_H_

#include <cstdint>
#include <span>
#include <vector>

namespace clambake::planner {

enum class Answer { kYes, kNo, kUnknown };

struct Completion {
  Answer answer = Answer::kUnknown;
  std::vector<std::int32_t> agent;  // by job, where the answer is yes
  std::int64_t nodes = 0;           // looked at
};

// `minutes` descending, of one job at least. Gives up (kUnknown) after
// `max_nodes`; does not answer no once an agent could be filled in more than
// `max_sets` ways, of which the rest was not tried.
Completion FinishBy(std::span<const std::int64_t> minutes, std::int32_t agents, std::int64_t deadline,
                    std::int64_t max_nodes, std::size_t max_sets = 20'000);

}  // namespace clambake::planner

#endif  // CLAMBAKE_PLANNER_BIN_COMPLETION_H_
