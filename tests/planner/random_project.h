// Random problems of the scheduling core, and the plainest ways to judge them.
#ifndef CLAMBAKE_TESTS_PLANNER_RANDOM_PROJECT_H_
#define CLAMBAKE_TESTS_PLANNER_RANDOM_PROJECT_H_

#include <algorithm>
#include <numeric>
#include <vector>

#include "planner/project_decoder.h"
#include "planner/rng.h"

namespace clambake::planner {

inline Project RandomProject(SearchRng& rng, std::int32_t jobs, std::int32_t resources) {
  Project project;
  project.resources = resources;
  for (std::int32_t r = 0; r < resources; ++r) project.capacity.push_back(2 + rng.Below(3));
  std::vector<Pair> before;
  for (std::int32_t job = 0; job < jobs; ++job) {
    project.duration.push_back(1 + rng.Below(6));
    for (std::int32_t r = 0; r < resources; ++r) project.demand.push_back(rng.Below(3));
    if (job > 0 && rng.Below(2) == 0) before.emplace_back(job, rng.Below(job));
  }
  project.before = RowsOf(before, jobs);
  project.after = Transpose(project.before, jobs);
  return project;
}

inline bool Feasible(const Project& project, const ProjectSchedule& schedule) {
  for (std::int32_t job = 0; job < project.jobs(); ++job) {
    if (schedule.start[job] < 0 || schedule.start[job] + project.duration[job] > schedule.makespan)
      return false;
    for (const std::int32_t blocker : project.before[job]) {
      if (schedule.start[blocker] + project.duration[blocker] > schedule.start[job]) return false;
    }
  }
  for (std::int32_t t = 0; t < schedule.makespan; ++t) {
    for (std::int32_t r = 0; r < project.resources; ++r) {
      std::int32_t used = 0;
      for (std::int32_t job = 0; job < project.jobs(); ++job) {
        const bool active = schedule.start[job] <= t && t < schedule.start[job] + project.duration[job];
        used += active ? project.Demand(job, r) : 0;
      }
      if (used > project.capacity[r]) return false;
    }
  }
  return true;
}

// Every order that precedence allows, each decoded: the serial scheme reaches
// an optimum from one of them.
inline std::int32_t ShortestOf(const Project& project) {
  ProjectDecoder decoder(project);
  Column<std::int32_t> list(project.duration.size());
  std::iota(list.begin(), list.end(), 0);
  std::int32_t best = 1'000'000;
  ProjectSchedule schedule;
  do {
    std::vector<bool> placed(list.size());
    const bool sound = std::all_of(list.begin(), list.end(), [&](std::int32_t job) {
      placed[static_cast<std::size_t>(job)] = true;
      const auto blockers = project.before[job];
      return std::all_of(blockers.begin(), blockers.end(),
                         [&](std::int32_t by) { return placed[static_cast<std::size_t>(by)]; });
    });
    if (!sound) continue;
    decoder.Decode(list, schedule);
    best = std::min(best, schedule.makespan);
  } while (std::next_permutation(list.begin(), list.end()));
  return best;
}

// Equal agents: one resource, a unit of it for each job. Each job has about
// two before it.
inline Project RandomWork(SearchRng& rng, std::int32_t jobs, std::int32_t agents) {
  Project project;
  project.capacity.push_back(agents);
  project.demand.assign(static_cast<std::size_t>(jobs), 1);
  std::vector<Pair> before;
  for (std::int32_t job = 0; job < jobs; ++job) {
    project.duration.push_back(1 + rng.Below(9));
    for (std::int32_t other = std::max(job - 5, 0); other < job; ++other) {
      if (rng.Below(5) < 2) before.emplace_back(job, other);
    }
  }
  project.before = RowsOf(before, jobs);
  project.after = Transpose(project.before, jobs);
  return project;
}

}  // namespace clambake::planner

#endif  // CLAMBAKE_TESTS_PLANNER_RANDOM_PROJECT_H_
