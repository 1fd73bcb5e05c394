// Schedules of a few jobs, written by hand, and an eye on what repairs make of them.
#ifndef CLAMBAKE_TESTS_PLANNER_SMALL_SCHEDULE_H_
#define CLAMBAKE_TESTS_PLANNER_SMALL_SCHEDULE_H_

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "planner/plan_repair.h"
#include "tests/planner/problem_builder.h"
#include "tests/support/catch.h"

namespace clambake::planner {

// Uses of a file area: of all of it, or of something below it.
constexpr std::int32_t All(std::int32_t area) { return 2 * area; }
constexpr std::int32_t Below(std::int32_t area) { return 2 * area + 1; }

struct SmallJob {
  std::int32_t agent = 0;  // kNone: it has no place yet
  std::int64_t start = 0;
  std::int64_t minutes = 10;
  std::uint8_t tier = 0;
  std::int32_t skill = 0;
  std::vector<std::int32_t> before = {};
  std::vector<std::int32_t> uses = {};
  bool held = false;
};

struct SmallTeam {
  std::vector<std::int32_t> capacity = {1};
  std::vector<std::int32_t> group = std::vector<std::int32_t>(capacity.size(), 0);
  std::vector<std::vector<std::int32_t>> skill_groups = {{0}};
};

inline Problem SmallProblem(const std::vector<SmallJob>& jobs, const SmallTeam& team) {
  std::vector<Job> plain;
  plain.reserve(jobs.size());
  for (const SmallJob& job : jobs) {
    plain.push_back({.minutes = job.minutes,
                     .tier = job.tier,
                     .skill = job.skill,
                     .uses = job.uses,
                     .held_by = job.held ? job.agent : kNone,
                     .before = job.before});
  }
  std::vector<Worker> workers;
  for (std::size_t agent = 0; agent < team.capacity.size(); ++agent)
    workers.push_back({.capacity = team.capacity[agent], .group = team.group[agent]});
  return ProblemOf(plain, workers, team.skill_groups);
}

// The jobs in their places, and what has been changed since that only the
// repair knows: whom a job waits for.
class SmallSchedule {
 public:
  explicit SmallSchedule(const std::vector<SmallJob>& jobs, const SmallTeam& team = {},
                         PlanRepair::Trust trust = PlanRepair::Trust::kValid)
      : repair_(SmallProblem(jobs, team), ScheduleOf(jobs), trust) {}

  PlanRepair* operator->() { return &repair_; }

  bool SetBlockers(std::int32_t job, const std::vector<std::int32_t>& before) {
    const bool set = repair_.SetBlockers(job, before);
    if (set && !Held(job)) before_[job] = before;  // what runs waits for nobody
    return set;
  }

  // "agent@start" of each job in turn, "-" of one that is removed; sound to an
  // independent eye.
  std::string Places() {
    std::string places;
    for (std::int32_t job = 0; job < repair_.problem().jobs(); ++job) {
      if (job > 0) places += ' ';
      places += repair_.removed(job)
                    ? "-"
                    : std::to_string(repair_.agent(job)) + "@" + std::to_string(repair_.start(job));
    }
    INFO(places);
    REQUIRE(repair_.complete());
    CHECK(Faults().empty());
    return places;
  }

  // What breaks a rule.
  [[nodiscard]] std::string Faults() const {
    std::string faults;
    for (std::int32_t job = 0; job < repair_.problem().jobs(); ++job) {
      if (!repair_.removed(job)) faults += Held(job) ? FaultsOfHeld(job) : FaultsOf(job);
    }
    return faults;
  }

 private:
  static Schedule ScheduleOf(const std::vector<SmallJob>& jobs) {
    Schedule schedule;
    for (const SmallJob& job : jobs) {
      schedule.start.push_back(job.start);
      schedule.agent.push_back(job.agent);
    }
    return schedule;
  }

  [[nodiscard]] std::int64_t End(std::int32_t job) const {
    return repair_.start(job) + repair_.problem().minutes[job];
  }
  [[nodiscard]] bool RunsAt(std::int32_t job, std::int64_t time) const {
    return !repair_.removed(job) && repair_.start(job) <= time && time < End(job);
  }
  [[nodiscard]] bool Held(std::int32_t job) const { return repair_.problem().held_by[job] != kNone; }
  [[nodiscard]] std::int64_t Ready(std::int32_t job) const {
    std::int64_t ready = 0;
    const auto changed = before_.find(job);
    const auto row = repair_.problem().before[job];
    for (const std::int32_t blocker :
         changed == before_.end() ? std::vector<std::int32_t>(row.begin(), row.end()) : changed->second) {
      if (!repair_.removed(blocker)) ready = std::max(ready, End(blocker));
    }
    return ready;
  }
  [[nodiscard]] std::string FaultsOfHeld(std::int32_t job) const {
    const bool stays = repair_.start(job) == 0 && repair_.agent(job) == repair_.problem().held_by[job];
    return stays ? "" : std::to_string(job) + " has moved. ";
  }

  [[nodiscard]] std::string FaultsOf(std::int32_t job) const {
    const Problem& problem = repair_.problem();
    const std::string name = std::to_string(job);
    std::string faults;
    if (repair_.start(job) < Ready(job)) faults += name + " does not wait. ";
    const std::int32_t agent = repair_.agent(job);
    if (!MayTake(problem.group[agent], job)) faults += name + " lacks a skill. ";
    int beside = 0;
    for (std::int32_t other = 0; other < problem.jobs(); ++other) {
      if (other == job || repair_.removed(other)) continue;
      const bool runs = RunsAt(other, repair_.start(job));
      if (runs && repair_.agent(other) == agent) ++beside;
      if (runs && Clash(problem, job, other))
        faults += name + " clashes with " + std::to_string(other) + ". ";
      if (Overtakes(job, other)) faults += name + " overtakes " + std::to_string(other) + ". ";
    }
    if (beside >= problem.capacity[agent]) faults += name + " is too much. ";
    return faults;
  }

  [[nodiscard]] bool MayTake(std::int32_t group, std::int32_t job) const {
    const auto groups = repair_.problem().skill_groups[repair_.problem().skill[job]];
    return std::binary_search(groups.begin(), groups.end(), group);
  }

  // Whether the job starts where the other one, of a higher tier, could have.
  [[nodiscard]] bool Overtakes(std::int32_t job, std::int32_t other) const {
    const Problem& problem = repair_.problem();
    const std::int64_t time = repair_.start(job);
    if (Held(other) || problem.tier[other] >= problem.tier[job] || repair_.start(other) <= time ||
        Ready(other) > time || !MayTake(problem.group[repair_.agent(job)], other))
      return false;
    for (std::int32_t third = 0; third < problem.jobs(); ++third) {
      const bool yields =
          repair_.start(third) == time && !Held(third) && problem.tier[third] > problem.tier[other];
      if (third != other && RunsAt(third, time) && Clash(problem, other, third) && !yields) return false;
    }
    return true;
  }

  PlanRepair repair_;
  std::map<std::int32_t, std::vector<std::int32_t>> before_;
};

}  // namespace clambake::planner

#endif  // CLAMBAKE_TESTS_PLANNER_SMALL_SCHEDULE_H_
