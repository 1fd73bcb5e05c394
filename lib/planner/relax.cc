#include "planner/relax.h"

#include <algorithm>
#include <numeric>
#include <tuple>
#include <utility>
#include <vector>

#include "planner/agent_pool.h"
#include "planner/project_decoder.h"

namespace clambake::planner {
namespace {

bool AnyOverloaded(const Problem& problem) {
  Column<std::int32_t> held(problem.capacity.size());
  for (const std::int32_t agent : problem.held_by) {
    if (agent != kNone && ++held[agent] > problem.capacity[agent]) return true;
  }
  return false;
}

// Areas that several jobs want, the busiest first; second: whether these are
// all the ways in which jobs can get into each other's way.
std::pair<std::vector<std::int32_t>, bool> ContendedAreas(const Problem& problem) {
  Column<std::int64_t> work(static_cast<std::size_t>(problem.area_count), 0);
  Column<std::int32_t> users(static_cast<std::size_t>(problem.area_count), 0);
  bool all = true;
  for (std::int32_t job = 0; job < problem.jobs(); ++job) {
    for (const std::int32_t use : problem.area_sets[problem.area_set[job]]) {
      ++users[AreaOf(use)];
      if (IsBelow(use)) {
        all = false;
      } else if (problem.held_by[job] == kNone) {
        work[AreaOf(use)] += problem.minutes[job];
      }
    }
  }
  std::vector<std::int32_t> areas;
  for (std::int32_t area = 0; area < problem.area_count; ++area) {
    if (users[area] > 1) areas.push_back(area);
  }
  std::sort(areas.begin(), areas.end(),
            [&](std::int32_t a, std::int32_t b) { return std::pair(-work[a], a) < std::pair(-work[b], b); });
  if (areas.size() > kMaxResources - 1) {
    areas.resize(kMaxResources - 1);
    all = false;
  }
  return {areas, all};
}

bool OneTier(const Problem& problem) {
  return std::adjacent_find(problem.tier.begin(), problem.tier.end(), std::not_equal_to<>()) ==
         problem.tier.end();
}

bool AnyHeld(const Problem& problem) {
  return std::any_of(problem.held_by.begin(), problem.held_by.end(),
                     [](std::int32_t agent) { return agent != kNone; });
}

void AddDemands(const Problem& problem, const std::vector<std::int32_t>& areas, Project& project) {
  project.resources = static_cast<std::int32_t>(areas.size()) + 1;
  project.demand.assign(problem.minutes.size() * static_cast<std::size_t>(project.resources), 0);
  for (std::int32_t job = 0; job < problem.jobs(); ++job) {
    project.demand[job * project.resources] = 1;
    if (problem.held_by[job] != kNone) continue;  // held ones may overlap
    for (const std::int32_t use : problem.area_sets[problem.area_set[job]]) {
      const auto found = std::find(areas.begin(), areas.end(), AreaOf(use));
      if (found == areas.end() || IsBelow(use)) continue;
      project.demand[job * project.resources + 1 + static_cast<std::int32_t>(found - areas.begin())] = 1;
    }
  }
}

}  // namespace

std::optional<Relaxation> Relax(const Problem& problem) {
  if (problem.jobs() == 0 || AnyOverloaded(problem)) return std::nullopt;
  Relaxation relaxation;
  std::int64_t total = 0;
  relaxation.unit = 0;
  for (const std::int64_t minutes : problem.minutes) {
    relaxation.unit = std::gcd(relaxation.unit, minutes);
    total += minutes;
  }
  const std::int64_t slots =
      std::accumulate(problem.capacity.begin(), problem.capacity.end(), std::int64_t{0});
  if (total / relaxation.unit >= ProjectDecoder::kMaxHorizon || slots > kMaxAmount) return std::nullopt;

  Project& project = relaxation.project;
  for (const std::int64_t minutes : problem.minutes) {
    project.duration.push_back(static_cast<std::int32_t>(minutes / relaxation.unit));
  }
  project.before = problem.before;
  project.after = problem.after;
  const auto [areas, all_areas] = ContendedAreas(problem);
  AddDemands(problem, areas, project);
  project.capacity.assign(static_cast<std::size_t>(project.resources), 1);
  project.capacity[0] = static_cast<std::int32_t>(slots);
  relaxation.exact = all_areas && problem.group_count == 1 && OneTier(problem) && !AnyHeld(problem);
  return relaxation;
}

Schedule Distribute(const Problem& problem, const Relaxation& relaxation, const ProjectSchedule& found) {
  Schedule schedule;
  std::vector<std::tuple<std::int64_t, int, std::int32_t>> events;  // ends before starts
  for (std::int32_t job = 0; job < problem.jobs(); ++job) {
    schedule.start.push_back(found.start[job] * relaxation.unit);
    events.emplace_back(schedule.start[job], 1, job);
    events.emplace_back(schedule.start[job] + problem.minutes[job], 0, job);
  }
  schedule.makespan = found.makespan * relaxation.unit;
  schedule.agent.assign(problem.minutes.size(), kNone);
  std::sort(events.begin(), events.end());
  AgentPool pool(problem);
  for (const auto& [time, is_start, job] : events) {
    if (is_start == 0) {
      pool.GiveBack(schedule.agent[job]);
    } else {
      schedule.agent[job] = pool.Take(problem.skill[job], problem.minutes[job], AgentPool::Supply::kAmple);
    }
  }
  return schedule;
}

}  // namespace clambake::planner
