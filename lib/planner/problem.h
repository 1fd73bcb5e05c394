// What the scheduler works on: the backlog with everything that is text taken
// out of it. A job is an issue that is handed out or running; jobs are numbered
// 0 … n−1 in the order of their issue numbers, so that nothing depends on the
// order in which a backlog lists them.
#ifndef CLAMBAKE_PLANNER_PROBLEM_H_
#define CLAMBAKE_PLANNER_PROBLEM_H_

#include <cstdint>

#include "planner/rows.h"

namespace clambake::planner {

inline constexpr std::int32_t kNone = -1;

// A use of a file area: 2·area for work on the area itself, which excludes
// everybody else, 2·area + 1 for work somewhere below it, which excludes only
// those who work on the area itself.
constexpr std::int32_t AreaOf(std::int32_t use) { return use / 2; }
constexpr bool IsBelow(std::int32_t use) { return use % 2 != 0; }

struct Problem {
  // By job.
  Column<std::int64_t> minutes;   // ≥ 1, ≤ kMaxMinutes
  Column<std::uint8_t> tier;      // 0 is the highest
  Column<std::int32_t> skill;     // row of `skill_groups`
  Column<std::int32_t> area_set;  // row of `area_sets`; row 0 is empty
  Column<std::int32_t> held_by;   // the agent it runs at, or kNone
  Rows before;                    // jobs that must have finished
  Rows after;                     // the same, from the other end

  Rows area_sets;  // uses, ascending
  std::int32_t area_count = 0;

  // Agents with the same skills form a group.
  Column<std::int32_t> capacity;  // by agent
  Column<std::int32_t> group;     // by agent
  std::int32_t group_count = 0;
  Rows skill_groups;  // by skill class: groups that may take it, ascending
  Rows group_skills;  // by group: skill classes

  [[nodiscard]] std::int32_t jobs() const { return static_cast<std::int32_t>(minutes.size()); }
  [[nodiscard]] std::int32_t agents() const { return static_cast<std::int32_t>(capacity.size()); }
};

struct Schedule {
  Column<std::int64_t> start;  // by job
  Column<std::int32_t> agent;  // by job
  std::int64_t makespan = 0;
};

}  // namespace clambake::planner

#endif  // CLAMBAKE_PLANNER_PROBLEM_H_
