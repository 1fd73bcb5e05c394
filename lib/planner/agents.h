// Looking up agents by id.
#ifndef CLAMBAKE_PLANNER_AGENTS_H_
#define CLAMBAKE_PLANNER_AGENTS_H_

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <vector>

#include "clambake/model.h"
#include "planner/problem.h"

namespace clambake::planner {

// Of agents sorted by id: where one with this id is, or would be.
inline std::int32_t PlaceOfAgent(const std::vector<Agent>& agents, std::string_view id) {
  const auto at =
      std::lower_bound(agents.begin(), agents.end(), id,
                       [](const Agent& agent, std::string_view other) { return agent.id < other; });
  return static_cast<std::int32_t>(at - agents.begin());
}

// kNone: there is no such agent.
inline std::int32_t FindAgent(const std::vector<Agent>& agents, std::string_view id) {
  const std::int32_t place = PlaceOfAgent(agents, id);
  const auto at = static_cast<std::size_t>(place);
  return at < agents.size() && agents[at].id == id ? place : kNone;
}

}  // namespace clambake::planner

#endif  // CLAMBAKE_PLANNER_AGENTS_H_
