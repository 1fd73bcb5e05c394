// PlanRepair: the end of the schedule, where all agents finish together.
#include <algorithm>

#include "planner/plan_repair.h"

namespace clambake::planner {

// At the end of the schedule all agents finish together: what is added there
// takes the place of something a little shorter, or of several things that are
// much shorter; those are placed next. So the makespan grows by minutes instead
// of by the length of an issue. False: nothing is better than the free lane.
bool PlanRepair::Squeeze(std::int32_t job, std::int64_t from, const Place& free) {
  const std::int64_t goal = std::max(makespan(), free.start + EndSlack(free.start));
  if (free.start + jobs_[job].minutes <= goal) return false;
  const auto [beyond, shorter] = Shorter(job, from, free.start, goal);
  const Place pieces = beyond > 0 ? Pieces(job, from, goal) : Place{};
  const Place& place = pieces.lane != kNone ? pieces : shorter;
  if (place.lane == kNone) return false;
  Commit(job, place);
  return true;
}

// Something shorter, from `from` on, that is the last on one of the lanes that
// end first, and in whose place the job makes the schedule the least longer
// than `goal`, and by how much; or nothing. Of those that make it no longer,
// the shortest, which leaves the least to be placed. Something before the last
// would leave less, but then what follows it moves, too: that moved more
// issues, and took twice as long.
std::pair<std::int64_t, PlanRepair::Place> PlanRepair::Shorter(std::int32_t job, std::int64_t from,
                                                               std::int64_t free, std::int64_t goal) {
  constexpr int kMaxLanes = 4;  // in each group
  std::tuple best(free + jobs_[job].minutes - goal, std::int64_t{0}, kNone);
  for (const std::int32_t group : problem_.skill_groups[jobs_[job].skill]) {
    int lanes = 0;
    for (const auto& [end, lane] : ends_[static_cast<std::size_t>(group)]) {
      if (++lanes > kMaxLanes) break;
      if (lanes_[lane].slots.empty()) continue;
      const auto& [start, _, other] = lanes_[lane].slots.back();
      const std::tuple key(std::max<std::int64_t>(start + jobs_[job].minutes - goal, 0), end - start, other);
      if (start < from || end - start >= jobs_[job].minutes || key >= best || Rigid(other) ||
          !MayStartLater(other) || AreasClaimedUntil(job, start) != 0)
        continue;
      best = key;
    }
  }
  const auto& [beyond, minutes, other] = best;
  return {beyond, other == kNone ? Place{} : Place{jobs_[other].start, jobs_[other].lane}};
}

// The end of a lane where nobody waits for what it holds, and no piece is
// longer than half the job, or the shortest longest piece there is.
PlanRepair::Place PlanRepair::Pieces(std::int32_t job, std::int64_t from, std::int64_t goal) {
  constexpr int kMaxLooks = 64;  // in each group
  std::int64_t longest = jobs_[job].minutes;
  Place best;
  for (const std::int32_t group : problem_.skill_groups[jobs_[job].skill]) {
    const Events& starts = Starts(group, jobs_[job].tier, false);
    auto it = FirstFrom(starts, goal - jobs_[job].minutes + 1);
    for (int looks = 0; looks < kMaxLooks && it != starts.begin() && (--it)->first >= from; ++looks) {
      const std::int32_t other = it->second;
      if (jobs_[other].minutes >= longest) continue;
      const std::int64_t piece = LongestFrom(other, longest);
      if (piece == kNever || AreasClaimedUntil(job, it->first) != 0) continue;
      best = {it->first, jobs_[other].lane};
      longest = piece;
      if (2 * longest <= jobs_[job].minutes) return best;
    }
  }
  return best;
}

// Of the job and what follows it on its lane; kNever if that is not all shorter
// than `below` and free to start later, or others wait for some of it.
std::int64_t PlanRepair::LongestFrom(std::int32_t job, std::int64_t below) const {
  const auto& slots = lanes_[jobs_[job].lane].slots;
  std::int64_t longest = 0;
  for (auto it = slots.rbegin(); it != slots.rend() && it->start >= jobs_[job].start; ++it) {
    const std::int64_t piece = it->end - it->start;
    if (piece >= below || HasSuccessors(it->job) || !MayStartLater(it->job)) return kNever;
    longest = std::max(longest, piece);
  }
  return longest;
}

}  // namespace clambake::planner
