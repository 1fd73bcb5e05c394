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
  if (free.start + jobs_[job].minutes <= goal) return false;
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
  const Place place = {jobs_[other].start, jobs_[other].lane};
  const std::vector<Slot> moved(SlotOf(other) + 1, lanes_[place.lane].slots.cend());
  const std::int64_t later = jobs_[job].minutes - jobs_[other].minutes;
  for (const Slot& slot : moved) {
    if (WaitingAt(GroupOf(place.lane), lowest_, slot.start + later, kManyLooks) != kNone) return false;
    if (AreasBusyUntil(slot.job, slot.start + later) != 0) return false;
  }
  Take(other);
  for (const Slot& slot : moved) Take(slot.job);
  Await(other, place.start);
  Insert(job, place);
  for (const Slot& slot : moved) Insert(slot.job, {slot.start + later, place.lane});
  ClearWay(job);
  for (const Slot& slot : moved) ClearWay(slot.job);
  return true;
}

// Something shorter, from `from` on, among the last on the lanes that end
// first, that makes the schedule the least longer than `goal`, and by how much;
// or kNone. Of those that make it no longer, what leaves the least to be placed.
std::pair<std::int64_t, std::int32_t> PlanRepair::Shorter(std::int32_t job, std::int64_t from,
                                                          std::int64_t free, std::int64_t goal) {
  constexpr int kMaxLanes = 8;  // in each group
  Shortfall best(free + jobs_[job].minutes - goal, 0, kNone);
  for (const std::int32_t group : problem_.skill_groups[jobs_[job].skill]) {
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
  std::int64_t last = lanes_[lane].end();  // of what follows on the lane, with all that waits for it
  const auto& slots = lanes_[lane].slots;
  for (auto it = slots.rbegin(); it != slots.rend() && --looks >= 0; ++it) {
    const auto [start, end, other] = *it;
    if (start < from || !MayStartLater(other)) break;
    const std::int64_t later = jobs_[job].minutes - (end - start);
    const Shortfall key(std::max<std::int64_t>(last + later - goal, 0), end - start, other);
    last = std::max(last, start + jobs_[other].tail);
    if (later <= 0 || key >= best || Rigid(other) || AreasClaimedUntil(job, start) != 0) continue;
    best = key;
  }
  return best;
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
