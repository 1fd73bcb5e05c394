// PlanRepair: what changes have left free, in the middle of a lane or now.
#include <algorithm>

#include "planner/plan_repair.h"

namespace clambake::planner {

// What is free around `time`, where the lane does nothing: from, until.
std::pair<std::int64_t, std::int64_t> PlanRepair::HoleAt(std::int32_t lane, std::int64_t time) const {
  const auto& slots = lanes_[lane].slots;
  const auto next = lanes_[lane].FirstFrom(time + 1);
  return {next == slots.begin() ? 0 : (next - 1)->end, next == slots.end() ? kNever : next->start};
}

// In a hole that an earlier change has left and that begins before `until`.
std::optional<PlanRepair::Place> PlanRepair::Hole(std::int32_t job, std::int64_t from, std::int64_t until) {
  constexpr std::int64_t kBack = 240;  // minutes that a hole is looked for before `from`
  constexpr int kMaxLooks = 32;        // in each group
  constexpr int kWaiting = 8;
  int checks = 12;  // in all
  std::optional<Place> best;
  for (const std::int32_t group : problem_.skill_groups[jobs_[job].skill]) {
    Holes& holes = holes_[static_cast<std::size_t>(group)];
    auto it = holes.lower_bound({from - kBack, kFirst});
    for (int looks = 0; looks < kMaxLooks && it != holes.end() && it->first.first <= until; ++looks) {
      const auto [at, lane] = it->first;
      const Place place = {std::max(at, from), lane};
      if (place.start + jobs_[job].minutes > it->second) {
        ++it;
        continue;
      }
      const auto [begin, end] = HoleAt(lane, at);
      if (!lanes_[lane].open || begin != at || end == kNever) {
        it = holes.erase(it);
        continue;
      }
      it->second = end;
      ++it;
      if (place.start + jobs_[job].minutes > end || !AreasFree(job, place.start)) continue;
      if (--checks < 0) return best;
      if (WaitingAt(group, jobs_[job].tier, place.start, kWaiting) != kNone) continue;
      best = place;
      until = place.start - 1;
    }
  }
  return best;
}

// What is free around `time`, where something has gone or comes to its end.
void PlanRepair::NoteHole(std::int32_t lane, std::int64_t time) {
  const auto [begin, end] = HoleAt(lane, time);
  if (!lanes_[lane].open || end == kNever || begin >= end) return;
  HolesOf(lane).insert_or_assign({begin, lane}, end);
  // Where the group starts higher tiers alone, nothing of the lowest may go.
  if (FirstStart(GroupOf(lane), lowest_, begin) < end) LengthsOf(lane).emplace(end - begin, begin, lane);
}

// The smallest hole that is long enough, at whatever time: for the lowest tier,
// which may as well come earlier than it did, unless others wait for it. It
// starts when its group starts something of its tier anyway, so that it takes
// nobody's turn.
std::optional<PlanRepair::Place> PlanRepair::FittingHole(std::int32_t job) {
  constexpr int kMaxLooks = 4;  // in each group
  const std::int64_t minutes = jobs_[job].minutes;
  const std::int64_t ready = Ready(job);
  std::optional<Place> best;
  std::int64_t best_length = kNever;
  for (const std::int32_t group : problem_.skill_groups[jobs_[job].skill]) {
    HoleLengths& lengths = lengths_[static_cast<std::size_t>(group)];
    auto it = lengths.lower_bound({minutes, 0, 0});
    for (int looks = 0; looks < kMaxLooks && it != lengths.end(); ++looks) {
      const auto [length, begin, lane] = *it;
      if (length >= best_length) break;
      if (!lanes_[lane].open || HoleAt(lane, begin) != std::pair(begin, begin + length)) {
        it = lengths.erase(it);
        continue;
      }
      ++it;
      const std::int64_t start = FirstStart(group, lowest_, std::max(begin, ready));
      if (start > begin + length - minutes || !AreasFree(job, start)) continue;
      best = {start, lane};
      best_length = length;
    }
  }
  return best;
}

bool PlanRepair::FillFittingHole(std::int32_t job) {
  if (jobs_[job].tier != lowest_ || HasSuccessors(job)) return false;
  const std::optional<Place> hole = FittingHole(job);
  if (!hole.has_value()) return false;
  Insert(job, *hole);
  NoteHole(hole->lane, hole->start - 1);
  NoteHole(hole->lane, End(job));
  return true;
}

// Gives an agent that is idle from now on something to do: what waits in a
// higher tier than its own next issue, else that, else what it can start.
void PlanRepair::FillHole(std::int32_t lane) {
  constexpr std::size_t kMaxLooks = 32;
  const auto& slots = lanes_[lane].slots;
  if (!lanes_[lane].open || slots.empty() || slots.front().start == 0) return;
  for (std::size_t i = 0; i < std::min(slots.size(), kMaxLooks); ++i) {
    const std::int32_t higher = WaitingAt(GroupOf(lane), jobs_[slots[i].job].tier, 0, kManyLooks);
    const std::int32_t job = higher == kNone ? slots[i].job : higher;
    if (Ready(job) > 0 || !AreasFree(job, 0)) continue;
    if (Placed(job)) {
      Take(job);
    } else {
      Forget(job);
    }
    Commit(job, {0, lane});
    PullForward(lane);
    return;
  }
}

// Closes the gaps behind the first issue of a lane, as far as that lets the
// order of things be.
void PlanRepair::PullForward(std::int32_t lane) {
  constexpr std::size_t kMaxPulls = 32;
  const auto& slots = lanes_[lane].slots;
  for (std::size_t i = 1; i < std::min(slots.size(), kMaxPulls); ++i) {
    const std::int32_t job = slots[i].job;
    const std::int64_t time = std::max(slots[i - 1].end, Ready(job));
    if (time >= jobs_[job].start || !AreasFree(job, time)) return;
    if (WaitingAt(GroupOf(lane), jobs_[job].tier, time) != kNone) return;
    Take(job);
    Insert(job, {time, lane});
    ClearWay(job);
  }
}

}  // namespace clambake::planner
