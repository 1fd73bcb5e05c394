// Scheduling problems without text, and whether a schedule keeps their rules.
#ifndef CLAMBAKE_TESTS_PLANNER_PROBLEM_BUILDER_H_
#define CLAMBAKE_TESTS_PLANNER_PROBLEM_BUILDER_H_

#include <algorithm>
#include <cstdint>
#include <vector>

#include "planner/problem.h"

namespace clambake::planner {

struct Job {
  std::int64_t minutes = 60;
  std::uint8_t tier = 0;
  std::int32_t skill = 0;
  std::vector<std::int32_t> uses = {};  // of file areas
  std::int32_t held_by = kNone;
  std::vector<std::int32_t> before = {};
};

struct Worker {
  std::int32_t capacity = 1;
  std::int32_t group = 0;
};

// `skill_groups`: by skill class, the groups that may take it.
inline Problem ProblemOf(const std::vector<Job>& jobs, const std::vector<Worker>& workers,
                         const std::vector<std::vector<std::int32_t>>& skill_groups = {{0}}) {
  Problem problem;
  problem.area_sets.AddRow({});
  for (const Job& job : jobs) {
    problem.minutes.push_back(job.minutes);
    problem.tier.push_back(job.tier);
    problem.skill.push_back(job.skill);
    problem.held_by.push_back(job.held_by);
    problem.area_set.push_back(job.uses.empty() ? 0 : problem.area_sets.size());
    if (!job.uses.empty()) problem.area_sets.AddRow(job.uses);
    for (const std::int32_t use : job.uses)
      problem.area_count = std::max(problem.area_count, AreaOf(use) + 1);
    problem.before.AddRow(job.before);
  }
  problem.after = Transpose(problem.before, problem.jobs());
  for (const Worker& worker : workers) {
    problem.capacity.push_back(worker.capacity);
    problem.group.push_back(worker.group);
    problem.group_count = std::max(problem.group_count, worker.group + 1);
  }
  for (const auto& groups : skill_groups) problem.skill_groups.AddRow(groups);
  problem.group_skills = Transpose(problem.skill_groups, problem.group_count);
  return problem;
}

// Whether two jobs may not overlap for their file areas.
inline bool Clash(const Problem& problem, std::int32_t a, std::int32_t b) {
  for (const std::int32_t mine : problem.area_sets[problem.area_set[a]]) {
    for (const std::int32_t theirs : problem.area_sets[problem.area_set[b]]) {
      if (AreaOf(mine) == AreaOf(theirs) && !(IsBelow(mine) && IsBelow(theirs))) return true;
    }
  }
  return false;
}

// All rules but that of tiers, for jobs of which none is held.
inline bool Keeps(const Problem& problem, const Schedule& schedule) {
  std::int64_t makespan = 0;
  const auto end = [&](std::int32_t job) { return schedule.start[job] + problem.minutes[job]; };
  for (std::int32_t job = 0; job < problem.jobs(); ++job) {
    makespan = std::max(makespan, end(job));
    const std::int32_t agent = schedule.agent[job];
    const auto groups = problem.skill_groups[problem.skill[job]];
    if (std::find(groups.begin(), groups.end(), problem.group[agent]) == groups.end()) return false;
    for (const std::int32_t blocker : problem.before[job]) {
      if (end(blocker) > schedule.start[job]) return false;
    }
    std::int32_t beside = 0;  // at its start, at the same agent
    for (std::int32_t other = 0; other < problem.jobs(); ++other) {
      if (schedule.start[other] > schedule.start[job] || end(other) <= schedule.start[job]) continue;
      beside += schedule.agent[other] == agent ? 1 : 0;
      if (other != job && Clash(problem, job, other)) return false;
    }
    if (beside > problem.capacity[agent]) return false;
  }
  return makespan == schedule.makespan;
}

}  // namespace clambake::planner

#endif  // CLAMBAKE_TESTS_PLANNER_PROBLEM_BUILDER_H_
