// PlanRepair: what changes have left free, in the middle of a lane or now.
#include <algorithm>

#include "planner/plan_repair.h"

namespace clambake::planner {

// What is free around `time`, where the lane does nothing: from, until.
std::pair<std::int64_t, std::int64_t> PlanRepair::HoleAt(std::int32_t lane, std::int64_t time) const {
  const auto& jobs = lanes_[lane].jobs;
  const auto next = std::upper_bound(jobs.begin(), jobs.end(), time,
                                     [&](std::int64_t t, std::int32_t other) { return t < start_[other]; });
  return {next == jobs.begin() ? 0 : End(*(next - 1)), next == jobs.end() ? kNever : start_[*next]};
}

// In a hole that an earlier change has left and that begins before `until`.
std::optional<PlanRepair::Place> PlanRepair::Hole(std::int32_t job, std::int64_t from, std::int64_t until) {
  constexpr std::int64_t kBack = 240;  // minutes that a hole is looked for before `from`
  constexpr int kMaxLooks = 32;        // in each group
  constexpr int kWaiting = 8;
  int checks = 12;  // in all
  std::optional<Place> best;
  for (const std::int32_t group : problem_.skill_groups[problem_.skill[job]]) {
    Holes& holes = holes_[static_cast<std::size_t>(group)];
    auto it = holes.lower_bound({from - kBack, kFirst});
    for (int looks = 0; looks < kMaxLooks && it != holes.end() && it->first.first <= until; ++looks) {
      const auto [at, lane] = it->first;
      const Place place = {std::max(at, from), lane};
      if (place.start + problem_.minutes[job] > it->second) {
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
      if (place.start + problem_.minutes[job] > end || !AreasFree(job, place.start)) continue;
      if (--checks < 0) return best;
      if (WaitingAt(group, problem_.tier[job], place.start, kWaiting) != kNone) continue;
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
  const std::int64_t minutes = problem_.minutes[job];
  const std::int64_t ready = Ready(job);
  std::optional<Place> best;
  std::int64_t best_length = kNever;
  for (const std::int32_t group : problem_.skill_groups[problem_.skill[job]]) {
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
  if (problem_.tier[job] != lowest_ || HasSuccessors(job)) return false;
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
  if (!lanes_[lane].open || lanes_[lane].jobs.empty() || start_[lanes_[lane].jobs.front()] == 0) return;
  const std::vector<std::int32_t> jobs = lanes_[lane].jobs;
  for (std::size_t i = 0; i < std::min(jobs.size(), kMaxLooks); ++i) {
    const std::int32_t higher = WaitingAt(GroupOf(lane), problem_.tier[jobs[i]], 0, kManyLooks);
    const std::int32_t job = higher == kNone ? jobs[i] : higher;
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
  for (std::size_t i = 1; i < std::min(lanes_[lane].jobs.size(), kMaxPulls); ++i) {
    const std::int32_t job = lanes_[lane].jobs[i];
    const std::int64_t time = std::max(End(lanes_[lane].jobs[i - 1]), Ready(job));
    if (time >= start_[job] || !AreasFree(job, time)) return;
    if (WaitingAt(GroupOf(lane), problem_.tier[job], time) != kNone) return;
    Take(job);
    Insert(job, {time, lane});
    ClearWay(job);
  }
}

}  // namespace clambake::planner
