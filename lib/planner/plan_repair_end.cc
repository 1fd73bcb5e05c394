// PlanRepair: the end of the schedule, where all agents finish together.
#include <algorithm>

#include "planner/plan_repair.h"

namespace clambake::planner {

// At the end of the schedule all agents finish together: what is added there
// takes the place of something a little shorter, whose followers move a little
// later, or of several things that are much shorter; those are placed next. So
// the makespan grows by minutes instead of by the length of an issue. False:
// nothing is better than the free lane.
bool PlanRepair::Squeeze(std::int32_t job, std::int64_t from, const Place& free) {
  const std::int64_t goal = std::max(makespan(), free.start + EndSlack(free.start));
  if (free.start + problem_.minutes[job] <= goal) return false;
  const auto [beyond, other] = Shorter(job, from, free.start, goal);
  if (beyond == 0 && PushBack(job, other)) return true;
  if (const Place pieces = Pieces(job, from, goal); pieces.lane != kNone) {
    Commit(job, pieces);
    return true;
  }
  return beyond > 0 && other != kNone && PushBack(job, other);
}

// Puts the job in the place of a shorter one and all that follows later.
bool PlanRepair::PushBack(std::int32_t job, std::int32_t other) {
  const Place place = {start_[other], lane_[other]};
  const std::vector<std::int32_t> jobs = lanes_[place.lane].jobs;
  const auto at = std::find(jobs.begin(), jobs.end(), other);
  const std::int64_t later = problem_.minutes[job] - problem_.minutes[other];
  for (auto it = at + 1; it != jobs.end(); ++it) {
    if (WaitingAt(GroupOf(place.lane), lowest_, start_[*it] + later, kManyLooks) != kNone) return false;
    if (AreasBusyUntil(*it, start_[*it] + later) != 0) return false;
  }
  for (auto it = at; it != jobs.end(); ++it) Take(*it);
  Await(other, place.start);
  Insert(job, place);
  for (auto it = at + 1; it != jobs.end(); ++it) Insert(*it, {start_[*it] + later, place.lane});
  ClearWay(job);
  for (auto it = at + 1; it != jobs.end(); ++it) ClearWay(*it);
  return true;
}

// Something shorter, from `from` on, among the last on the lanes that end
// first, that makes the schedule the least longer than `goal`, and by how much;
// or kNone. Of those that make it no longer, what leaves the least to be placed.
std::pair<std::int64_t, std::int32_t> PlanRepair::Shorter(std::int32_t job, std::int64_t from,
                                                          std::int64_t free, std::int64_t goal) {
  constexpr int kMaxLanes = 8;  // in each group
  Shortfall best(free + problem_.minutes[job] - goal, 0, kNone);
  for (const std::int32_t group : problem_.skill_groups[problem_.skill[job]]) {
    int lanes = 0;
    for (const auto& [end, lane] : ends_[static_cast<std::size_t>(group)]) {
      if (++lanes > kMaxLanes) break;
      best = ShorterOn(lane, job, from, goal, best);
    }
  }
  return {std::get<0>(best), std::get<2>(best)};
}

// The best of those on the lane that are better than `best`, else that.
PlanRepair::Shortfall PlanRepair::ShorterOn(std::int32_t lane, std::int32_t job, std::int64_t from,
                                            std::int64_t goal, Shortfall best) const {
  int looks = 8;
  std::int64_t last = LaneEnd(lane);  // of what follows on the lane, with all that waits for it
  const auto& jobs = lanes_[lane].jobs;
  for (auto it = jobs.rbegin(); it != jobs.rend() && --looks >= 0; ++it) {
    const std::int32_t other = *it;
    if (start_[other] < from || !MayStartLater(other)) break;
    const std::int64_t later = problem_.minutes[job] - problem_.minutes[other];
    const Shortfall key(std::max<std::int64_t>(last + later - goal, 0), problem_.minutes[other], other);
    last = std::max(last, start_[other] + tail_[other]);
    if (later <= 0 || key >= best || Rigid(other) || AreasClaimedUntil(job, start_[other]) != 0) continue;
    best = key;
  }
  return best;
}

// The end of a lane where nobody waits for what it holds, and no piece is
// longer than half the job, or the shortest longest piece there is.
PlanRepair::Place PlanRepair::Pieces(std::int32_t job, std::int64_t from, std::int64_t goal) {
  constexpr int kMaxLooks = 64;  // in each group
  std::int64_t longest = problem_.minutes[job];
  Place best;
  for (const std::int32_t group : problem_.skill_groups[problem_.skill[job]]) {
    const Events& starts = Starts(group, problem_.tier[job], false);
    auto it = starts.upper_bound({goal - problem_.minutes[job], kLast});
    for (int looks = 0; looks < kMaxLooks && it != starts.begin() && (--it)->first >= from; ++looks) {
      const std::int32_t other = it->second;
      const std::int64_t piece = LongestFrom(other);
      if (piece >= longest || !MayYield(other) || AreasClaimedUntil(job, it->first) != 0) continue;
      best = {it->first, lane_[other]};
      longest = piece;
      if (2 * longest <= problem_.minutes[job]) return best;
    }
  }
  return best;
}

// Of the job and what follows it on its lane; kNever if others wait for some.
std::int64_t PlanRepair::LongestFrom(std::int32_t job) const {
  const auto& jobs = lanes_[lane_[job]].jobs;
  std::int64_t longest = problem_.minutes[job];
  for (auto it = jobs.rbegin(); *it != job; ++it)
    longest = HasSuccessors(*it) ? kNever : std::max(longest, problem_.minutes[*it]);
  return longest;
}

// So may all that follows it on its lane.
bool PlanRepair::MayYield(std::int32_t job) const {
  const auto& jobs = lanes_[lane_[job]].jobs;
  return std::all_of(std::find(jobs.begin(), jobs.end(), job), jobs.end(),
                     [&](std::int32_t it) { return MayStartLater(it); });
}

}  // namespace clambake::planner
