#include "planner/agent_pool.h"

#include <algorithm>

namespace clambake::planner {

AgentPool::AgentPool(const Problem& problem)
    : problem_(problem),
      load_(problem.capacity.size()),
      free_(problem.capacity.size()),
      idle_(static_cast<std::size_t>(problem.group_count)),
      idle_groups_(problem.group_count),
      idle_groups_of_(static_cast<std::size_t>(problem.skill_groups.size())) {
  may_take_.reserve(static_cast<std::size_t>(problem.skill_groups.size()));
  for (std::int32_t skill = 0; skill < problem.skill_groups.size(); ++skill) {
    RankSet& groups = may_take_.emplace_back(problem.group_count);
    for (const std::int32_t group : problem.skill_groups[skill]) groups.Insert(group);
  }
  Reset();
}

void AgentPool::Reset() {
  std::fill(load_.begin(), load_.end(), 0);
  free_ = problem_.capacity;
  for (std::int32_t job = 0; job < problem_.jobs(); ++job) {
    const std::int32_t holder = problem_.held_by[job];
    if (holder == kNone) continue;
    load_[holder] += problem_.minutes[job];
    --free_[holder];
  }
  std::fill(idle_groups_of_.begin(), idle_groups_of_.end(), 0);
  idle_groups_.Clear();
  for (auto& heap : idle_) heap.clear();
  idle_slots_ = 0;
  for (std::int32_t agent = 0; agent < problem_.agents(); ++agent) {
    if (free_[agent] <= 0) continue;
    idle_slots_ += free_[agent];
    Enter(agent);
  }
}

bool AgentPool::LessBusy(std::int32_t a, std::int32_t b) const {
  const std::int64_t share_a = load_[a] * problem_.capacity[b];
  const std::int64_t share_b = load_[b] * problem_.capacity[a];
  return share_a != share_b ? share_a < share_b : a < b;
}

std::int32_t AgentPool::PickGroup(std::int32_t skill, Supply supply) const {
  // Groups are numbered by how much they can take, the least first.
  if (supply == Supply::kScarce) return idle_groups_.FirstIn(may_take_[skill]);
  constexpr int kMaxLooks = 64;  // enough choice, and no scan over thousands of groups
  std::int32_t best = kNone;
  int looks = 0;
  for (std::int32_t group = idle_groups_.First(0, problem_.group_count);
       group < problem_.group_count && (best == kNone || looks < kMaxLooks);
       group = idle_groups_.First(group + 1, problem_.group_count)) {
    ++looks;
    if (!may_take_[skill].Has(group)) continue;
    if (best == kNone || LessBusy(idle_[group].front(), idle_[best].front())) best = group;
  }
  return best;
}

std::int32_t AgentPool::Take(std::int32_t skill, std::int64_t minutes, Supply supply) {
  const std::int32_t group = PickGroup(skill, supply);
  const std::int32_t agent = idle_[group].front();
  Leave(group);
  load_[agent] += minutes;
  --idle_slots_;
  if (--free_[agent] > 0) Enter(agent);
  return agent;
}

void AgentPool::GiveBack(std::int32_t agent) {
  if (++free_[agent] > 0) ++idle_slots_;
  if (free_[agent] == 1) Enter(agent);
}

void AgentPool::Enter(std::int32_t agent) {
  const std::int32_t group = problem_.group[agent];
  auto& heap = idle_[group];
  heap.push_back(agent);
  std::push_heap(heap.begin(), heap.end(), [this](std::int32_t x, std::int32_t y) { return LessBusy(y, x); });
  if (heap.size() == 1) Announce(group, 1);
}

void AgentPool::Leave(std::int32_t group) {
  auto& heap = idle_[group];
  std::pop_heap(heap.begin(), heap.end(), [this](std::int32_t a, std::int32_t b) { return LessBusy(b, a); });
  heap.pop_back();
  if (heap.empty()) Announce(group, -1);
}

void AgentPool::Announce(std::int32_t group, std::int32_t change) {
  if (change > 0) {
    idle_groups_.Insert(group);
  } else {
    idle_groups_.Erase(group);
  }
  for (const std::int32_t skill : problem_.group_skills[group]) idle_groups_of_[skill] += change;
}

}  // namespace clambake::planner
