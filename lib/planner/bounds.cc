#include "planner/bounds.h"

#include <algorithm>
#include <functional>
#include <vector>

namespace clambake::planner {
namespace {

std::int64_t DivideUp(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

std::int64_t CriticalPath(const Column<std::int64_t>& heads, const Column<std::int64_t>& tails) {
  std::int64_t longest = 0;
  for (std::int32_t job = 0; job < tails.count(); ++job) longest = std::max(longest, heads[job] + tails[job]);
  return longest;
}

// Work that each group of agents holds already. Where an agent holds more than
// its capacity, what exceeds it takes no capacity from anybody else.
Column<std::int64_t> HeldWork(const Problem& problem) {
  std::vector<Pair> held;
  for (std::int32_t job = 0; job < problem.jobs(); ++job) {
    if (problem.held_by[job] != kNone) held.emplace_back(problem.held_by[job], job);
  }
  Column<std::int64_t> work(static_cast<std::size_t>(problem.group_count), 0);
  if (held.empty()) return work;
  const Rows by_agent = RowsOf(held, problem.agents());
  std::vector<std::int64_t> minutes;
  for (std::int32_t agent = 0; agent < problem.agents(); ++agent) {
    minutes.clear();
    for (const std::int32_t job : by_agent[agent]) minutes.push_back(problem.minutes[job]);
    std::sort(minutes.begin(), minutes.end(), std::greater<>());
    for (std::size_t i = 0; i < minutes.size() && i < static_cast<std::size_t>(problem.capacity[agent]);
         ++i) {
      work[problem.group[agent]] += minutes[i];
    }
  }
  return work;
}

// Load of sets of skill classes against all agents that can take one of them.
class SkillLoads {
 public:
  explicit SkillLoads(const Problem& problem)
      : problem_(problem),
        held_(HeldWork(problem)),
        capacity_(static_cast<std::size_t>(problem.group_count), 0),
        work_(static_cast<std::size_t>(problem.skill_groups.size()), 0),
        in_(static_cast<std::size_t>(problem.group_count), 0) {
    for (std::int32_t agent = 0; agent < problem.agents(); ++agent) {
      capacity_[problem.group[agent]] += problem.capacity[agent];
    }
    for (std::int32_t job = 0; job < problem.jobs(); ++job) {
      if (problem.held_by[job] == kNone) work_[problem.skill[job]] += problem.minutes[job];
    }
  }

  std::int64_t All() {
    std::fill(in_.begin(), in_.end(), 1);
    return Load();
  }

  // All classes that those agents alone can take who can take this one.
  std::int64_t Around(std::int32_t skill) {
    std::fill(in_.begin(), in_.end(), 0);
    for (const std::int32_t group : problem_.skill_groups[skill]) in_[group] = 1;
    return Load();
  }

  std::int64_t Around(std::int32_t skill, std::int32_t other) {
    std::fill(in_.begin(), in_.end(), 0);
    for (const std::int32_t group : problem_.skill_groups[skill]) in_[group] = 1;
    for (const std::int32_t group : problem_.skill_groups[other]) in_[group] = 1;
    return Load();
  }

 private:
  // The work that only the chosen groups can do, over their capacity.
  std::int64_t Load() {
    std::int64_t work = 0;
    std::int64_t capacity = 0;
    for (std::int32_t group = 0; group < problem_.group_count; ++group) {
      if (in_[group] == 0) continue;
      work += held_[group];
      capacity += capacity_[group];
    }
    for (std::int32_t skill = 0; skill < work_.count(); ++skill) {
      const auto groups = problem_.skill_groups[skill];
      const bool inside =
          std::all_of(groups.begin(), groups.end(), [&](std::int32_t group) { return in_[group] != 0; });
      if (inside) work += work_[skill];
    }
    return capacity == 0 ? 0 : DivideUp(work, capacity);
  }

  const Problem& problem_;
  Column<std::int64_t> held_, capacity_;  // by group
  Column<std::int64_t> work_;             // by skill class
  Column<std::uint8_t> in_;               // by group: chosen
};

void RaiseByLoad(const Problem& problem, Bound& bound) {
  constexpr std::int64_t kMaxEffort = 20'000'000;  // steps for all sets together
  SkillLoads loads(problem);
  bound.Raise(loads.All(), "load: all work shared evenly by all agents");
  const auto skills = static_cast<std::int64_t>(problem.skill_groups.size());
  const std::int64_t effort =
      static_cast<std::int64_t>(problem.skill_groups.items.size()) + problem.group_count;
  if (skills == 1 || skills * effort > kMaxEffort) return;
  constexpr std::string_view kProof = "skill load: work that only some agents can do, shared evenly by them";
  for (std::int32_t skill = 0; skill < skills; ++skill) bound.Raise(loads.Around(skill), kProof);
  if (skills * skills * effort > kMaxEffort) return;
  for (std::int32_t skill = 0; skill < skills; ++skill) {
    for (std::int32_t other = 0; other < skill; ++other) bound.Raise(loads.Around(skill, other), kProof);
  }
}

// Work on one area is done one after another, and apart from work below it.
std::int64_t AreaLoad(const Problem& problem) {
  Column<std::int64_t> whole(static_cast<std::size_t>(problem.area_count), 0);
  Column<std::int64_t> below(static_cast<std::size_t>(problem.area_count), 0);
  for (std::int32_t job = 0; job < problem.jobs(); ++job) {
    if (problem.held_by[job] != kNone) continue;  // may overlap with other held ones
    for (const std::int32_t use : problem.area_sets[problem.area_set[job]]) {
      std::int64_t& load = IsBelow(use) ? below[AreaOf(use)] : whole[AreaOf(use)];
      load = IsBelow(use) ? std::max(load, problem.minutes[job]) : load + problem.minutes[job];
    }
  }
  std::int64_t largest = 0;
  for (std::int32_t area = 0; area < problem.area_count; ++area) {
    largest = std::max(largest, whole[area] + below[area]);
  }
  return largest;
}

}  // namespace

Bound QuickBound(const Problem& problem, const Column<std::int64_t>& heads,
                 const Column<std::int64_t>& tails) {
  Bound bound;
  bound.Raise(CriticalPath(heads, tails),
              "critical path: the longest chain of issues that wait for each other");
  RaiseByLoad(problem, bound);
  bound.Raise(AreaLoad(problem), "file area: work on one area is done one after another");
  return bound;
}

std::int64_t WorkloadBound(const Problem& problem) {
  Bound bound;
  RaiseByLoad(problem, bound);
  Column<std::int64_t> held(problem.capacity.size(), 0);
  for (std::int32_t job = 0; job < problem.jobs(); ++job) {
    if (problem.held_by[job] != kNone) held[problem.held_by[job]] += problem.minutes[job];
  }
  for (std::int32_t agent = 0; agent < problem.agents(); ++agent) {
    bound.Raise(DivideUp(held[agent], problem.capacity[agent]), "held");
  }
  return bound.minutes;
}

}  // namespace clambake::planner
