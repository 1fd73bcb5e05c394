#include "planner/agent_pool.h"

#include <algorithm>
#include <limits>

namespace clambake::planner {

AgentPool::AgentPool(const Problem& problem)
    : problem_(problem),
      load_(problem.capacity.size()),
      free_(problem.capacity.size()),
      idle_(static_cast<std::size_t>(problem.group_count)),
      idle_groups_(problem.group_count),
      idle_groups_of_(static_cast<std::size_t>(problem.skill_groups.size())) {
  if (problem.group_count > 1) {
    may_take_.resize(static_cast<std::size_t>(problem.skill_groups.size()) *
                     static_cast<std::size_t>(problem.group_count));
    for (std::int32_t skill = 0; skill < problem.skill_groups.size(); ++skill) {
      for (const std::int32_t group : problem.skill_groups[skill]) {
        may_take_[static_cast<std::size_t>(skill) * static_cast<std::size_t>(problem.group_count) +
                  static_cast<std::size_t>(group)] = true;
      }
    }
  }
  OrderKeptJobs();
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
  begun_.assign(problem_.keep_at.size(), 0);
  next_kept_.assign(problem_.keep_at.empty() ? 0 : problem_.capacity.size(), 0);
  place_.assign(next_kept_.size(), 0);
  idle_slots_ = 0;
  for (std::int32_t agent = 0; agent < problem_.agents(); ++agent) {
    if (free_[agent] <= 0) continue;
    idle_slots_ += free_[agent];
    Enter(agent);
  }
}

bool AgentPool::MayTake(std::int32_t skill, std::int32_t group) const {
  if (problem_.group_count == 1) return !problem_.skill_groups[skill].empty();
  return may_take_[static_cast<std::size_t>(skill) * static_cast<std::size_t>(problem_.group_count) +
                   static_cast<std::size_t>(group)];
}

bool AgentPool::LessBusy(std::int32_t a, std::int32_t b) const {
  const std::int64_t share_a = load_[a] * problem_.capacity[b];
  const std::int64_t share_b = load_[b] * problem_.capacity[a];
  return share_a != share_b ? share_a < share_b : a < b;
}

std::int32_t AgentPool::PickGroup(std::int32_t skill, Supply supply) const {
  constexpr int kMaxLooks = 64;  // enough choice, and no scan over thousands of groups
  std::int32_t best = kNone;
  int looks = 0;
  for (std::int32_t group = idle_groups_.First(0, problem_.group_count);
       group < problem_.group_count && (best == kNone || looks < kMaxLooks);
       group = idle_groups_.First(group + 1, problem_.group_count)) {
    ++looks;
    if (!MayTake(skill, group)) continue;
    // Groups are numbered by how much they can take, the least first.
    if (supply == Supply::kScarce) return group;
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

void AgentPool::OrderKeptJobs() {
  std::vector<Pair> pairs;
  for (std::int32_t job = 0; job < problem_.keep_at.count(); ++job) {
    if (problem_.keep_at[job] != kNone) pairs.emplace_back(problem_.keep_at[job], job);
  }
  std::stable_sort(pairs.begin(), pairs.end(), [&](const Pair& a, const Pair& b) {
    return problem_.keep_start[a.second] < problem_.keep_start[b.second];
  });
  kept_jobs_ = RowsOf(pairs, problem_.agents());
}

std::int32_t AgentPool::NextKept(std::int32_t agent) {
  const auto row = kept_jobs_[agent];
  std::int32_t& next = next_kept_[agent];
  while (static_cast<std::size_t>(next) < row.size() && begun_[row[static_cast<std::size_t>(next)]] != 0)
    ++next;
  return static_cast<std::size_t>(next) == row.size() ? kNone : row[static_cast<std::size_t>(next)];
}

std::int64_t AgentPool::NextDue(std::int32_t agent) {
  const std::int32_t next = NextKept(agent);
  return next == kNone ? std::numeric_limits<std::int64_t>::max() : problem_.keep_start[next];
}

std::int32_t AgentPool::TakeAsBefore(std::int32_t job) {
  const std::int32_t skill = problem_.skill[job];
  begun_[job] = 1;
  std::int32_t best = problem_.keep_at[job];
  if (best == kNone || free_[best] <= 0 || !MayTake(skill, problem_.group[best])) {
    best = kNone;
    std::int64_t latest = -1;
    for (const std::int32_t group : problem_.skill_groups[skill]) {
      for (const std::int32_t agent : idle_[group]) {
        const std::int64_t due = NextDue(agent);
        if (due < latest || (due == latest && best < agent)) continue;
        best = agent;
        latest = due;
      }
    }
  }
  TakeThis(best, problem_.minutes[job]);
  return best;
}

// The groups are no heaps with a previous plan: who comes first is settled by
// that plan, and any agent can leave at once.
void AgentPool::TakeThis(std::int32_t agent, std::int64_t minutes) {
  auto& idle = idle_[problem_.group[agent]];
  const std::int32_t last = idle.back();
  idle[place_[agent]] = last;
  place_[last] = place_[agent];
  idle.pop_back();
  if (idle.empty()) Announce(problem_.group[agent], -1);
  load_[agent] += minutes;
  --idle_slots_;
  if (--free_[agent] > 0) Enter(agent);
}

void AgentPool::GiveBack(std::int32_t agent) {
  if (++free_[agent] > 0) ++idle_slots_;
  if (free_[agent] == 1) Enter(agent);
}

void AgentPool::Enter(std::int32_t agent) {
  const std::int32_t group = problem_.group[agent];
  auto& heap = idle_[group];
  heap.push_back(agent);
  if (place_.empty()) {
    std::push_heap(heap.begin(), heap.end(),
                   [this](std::int32_t x, std::int32_t y) { return LessBusy(y, x); });
  } else {
    place_[agent] = heap.count() - 1;
  }
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
