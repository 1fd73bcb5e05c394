// The agents that have capacity left, by group, the least busy first.
#ifndef CLAMBAKE_PLANNER_AGENT_POOL_H_
#define CLAMBAKE_PLANNER_AGENT_POOL_H_

#include <cstdint>

#include "planner/problem.h"
#include "planner/rank_set.h"

namespace clambake::planner {

class AgentPool {
 public:
  explicit AgentPool(const Problem& problem);

  // Everybody idle, but for the issues that agents hold already.
  void Reset();

  // True if some agent with capacity left may take this skill class.
  [[nodiscard]] bool CanServe(std::int32_t skill) const { return idle_groups_of_[skill] > 0; }

  // An agent for it; CanServe must hold. Where supply is scarce (the waiting
  // issues may want all agents) the agent that can take the least else is used up first.
  // Otherwise the least busy one is, which spreads the work.
  enum class Supply { kScarce, kAmple };
  std::int32_t Take(std::int32_t skill, std::int64_t minutes, Supply supply);

  void GiveBack(std::int32_t agent);

  [[nodiscard]] std::int64_t idle_slots() const { return idle_slots_; }

 private:
  [[nodiscard]] bool LessBusy(std::int32_t a, std::int32_t b) const;
  [[nodiscard]] std::int32_t PickGroup(std::int32_t skill, Supply supply) const;
  void Enter(std::int32_t agent);
  void Leave(std::int32_t group);
  void Announce(std::int32_t group, std::int32_t change);

  const Problem& problem_;
  Column<std::int64_t> load_;          // by agent, minutes
  Column<std::int32_t> free_;          // by agent: capacity left; negative if it holds too much
  Column<Column<std::int32_t>> idle_;  // by group: heap of agents with capacity left
  RankSet idle_groups_;
  Column<std::int32_t> idle_groups_of_;  // by skill class
  Column<RankSet> may_take_;             // by skill class: groups
  std::int64_t idle_slots_ = 0;
};

}  // namespace clambake::planner

#endif  // CLAMBAKE_PLANNER_AGENT_POOL_H_
