// Agents that come and go, in groups of equal skills. A PlanRepair numbers
// agents as they come and keeps the numbers of those that have gone.
#ifndef CLAMBAKE_PLANNER_LIVE_AGENTS_H_
#define CLAMBAKE_PLANNER_LIVE_AGENTS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "clambake/model.h"
#include "planner/problem.h"

namespace clambake::planner {

class LiveAgents {
 public:
  explicit LiveAgents(std::vector<Agent> agents);

  [[nodiscard]] const std::vector<Agent>& get() const { return agents_; }  // by id

  // Groups and numbers as in a problem made of these agents.
  void Adopt(const Problem& problem);

  // Each returns the agent's group. kNone of one whose skills no group has: it
  // is here, but without a number until all are adopted anew.
  std::int32_t Add(const Agent& agent);
  std::int32_t Remove(std::string_view id);  // of one that is here

  // Its last agent has gone: to be adopted anew.
  [[nodiscard]] bool Empty(std::int32_t group) const {
    return groups_[static_cast<std::size_t>(group)].agents == 0;
  }
  [[nodiscard]] const std::string& IdOf(std::int32_t number) const {
    return id_of_[static_cast<std::size_t>(number)];
  }
  [[nodiscard]] std::int32_t NumberOf(std::string_view id) const;
  // Among get().
  [[nodiscard]] std::int32_t PlaceOf(std::int32_t number) const;
  [[nodiscard]] bool SkillsNameRoutes() const;

  // An agent for each group, in the order of groups.
  [[nodiscard]] std::vector<Agent> OneOfEachGroup() const;
  // Of `classes`, groups by skill class, the one that those groups are whose
  // agent of OneOfEachGroup can take the only job of `alone`; or kNone.
  [[nodiscard]] std::int32_t ClassOf(const Problem& alone, const Rows& classes) const;

 private:
  struct Group {
    std::vector<std::string> skills;  // ascending
    std::int32_t agents = 0;
  };

  [[nodiscard]] std::int32_t GroupOf(const Agent& agent) const;

  std::vector<Agent> agents_;
  std::vector<Group> groups_;
  std::vector<std::string> id_of_;  // by number; empty: gone
};

}  // namespace clambake::planner

#endif  // CLAMBAKE_PLANNER_LIVE_AGENTS_H_
