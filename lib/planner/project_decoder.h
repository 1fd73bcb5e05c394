// Turns a list of jobs into a schedule: each in turn as early as precedence
// and resources allow (the serial scheme, which can reach an optimum), or as
// late, and pushes schedules to and fro until nothing moves (justification).
#ifndef CLAMBAKE_PLANNER_PROJECT_DECODER_H_
#define CLAMBAKE_PLANNER_PROJECT_DECODER_H_

#include <cstdint>
#include <span>
#include <vector>

#include "planner/project.h"

namespace clambake::planner {

class ProjectDecoder {
 public:
  // The sum of durations must not exceed kMaxHorizon.
  static constexpr std::int64_t kMaxHorizon = std::int64_t{1} << 22U;

  explicit ProjectDecoder(const Project& project);

  // `list`: all jobs, each after those it waits for.
  void Decode(std::span<const std::int32_t> list, ProjectSchedule& schedule);

  // Double justification: all jobs as late as possible, from the last, then as
  // early as possible, from the first. Never longer than before; repeated
  // while it gets shorter.
  void Justify(ProjectSchedule& schedule);

  // Jobs by start (then by number); a list that decodes to no worse a schedule.
  void ListOf(const ProjectSchedule& schedule, Column<std::int32_t>& list);

  // Schedules made so far.
  [[nodiscard]] std::int64_t decodes() const { return decodes_; }

 private:
  enum class Direction { kForward, kBackward };

  // `start` counts from the schedule's end when going backward.
  std::int32_t Place(std::span<const std::int32_t> list, Direction direction, Column<std::int32_t>& start);
  [[nodiscard]] std::int32_t Fit(std::int32_t from, std::int32_t job) const;
  void SortInto(const Column<std::int32_t>& key, Column<std::int32_t>& list);

  const Project& project_;
  std::int64_t decodes_ = 0;
  std::uint64_t full_ = 0;       // all capacities, a lane of 16 bits for each resource
  Column<std::uint64_t> need_;   // by job, the same
  Column<std::uint64_t> free_;   // by time
  std::int32_t used_until_ = 0;  // free_ differs from full_ only before
  Column<std::int32_t> key_, back_, list_;
  std::vector<std::uint64_t> sort_;
};

}  // namespace clambake::planner

#endif  // CLAMBAKE_PLANNER_PROJECT_DECODER_H_
