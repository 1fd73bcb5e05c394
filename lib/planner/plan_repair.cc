#include "planner/plan_repair.h"

#include <algorithm>

namespace clambake::planner {

void PlanRepair::Lead(std::int32_t job, std::int64_t more, std::int64_t tail) {
  const bool listed = problem_.held_by[job] == kNone;
  if (listed) StartsLike(job).erase({start_[job], job});
  followers_[job] = static_cast<std::int32_t>(std::min(followers_[job] + more, kManyFollowers));
  tail_[job] = std::max(tail_[job], problem_.minutes[job] + tail);
  if (listed) StartsLike(job).emplace(start_[job], job);
}

std::int64_t PlanRepair::LaneEnd(std::int32_t lane) const {
  return lanes_[lane].jobs.empty() ? 0 : End(lanes_[lane].jobs.back());
}

std::int64_t PlanRepair::Ready(std::int32_t job) const {
  std::int64_t ready = 0;
  for (const std::int32_t blocker : BeforeOf(job)) {
    if (lane_[blocker] != kGone) ready = std::max(ready, End(blocker));
  }
  return ready;
}

void PlanRepair::Insert(std::int32_t job, Place place) {
  Lane& lane = lanes_[place.lane];
  start_[job] = place.start;
  lane_[job] = place.lane;
  touched_.insert(job);
  if (lane.open) EndsOf(place.lane).erase({LaneEnd(place.lane), place.lane});
  const auto at =
      std::upper_bound(lane.jobs.begin(), lane.jobs.end(), place.start,
                       [&](std::int64_t time, std::int32_t other) { return time < start_[other]; });
  lane.jobs.insert(at, job);
  if (lane.open) EndsOf(place.lane).emplace(LaneEnd(place.lane), place.lane);
  for (const std::int32_t use : UsesOf(job)) {
    auto& users = users_[AreaOf(use)];
    const AreaUser user = {place.start, job, IsBelow(use)};
    users.insert(std::upper_bound(users.begin(), users.end(), user), user);
  }
  if (problem_.held_by[job] != kNone) return;
  StartsLike(job).emplace(place.start, job);
  QueueOf(job).emplace(place.start, job);
}

// Out of the schedule. Those who share its areas may have to start earlier now.
void PlanRepair::Take(std::int32_t job) {
  const std::int32_t at = lane_[job];
  Lane& lane = lanes_[at];
  touched_.insert(job);
  if (lane.open) EndsOf(at).erase({LaneEnd(at), at});
  lane.jobs.erase(std::find(lane.jobs.begin(), lane.jobs.end(), job));
  NoteHole(at, start_[job]);
  if (lane.open) EndsOf(at).emplace(LaneEnd(at), at);
  for (const std::int32_t use : UsesOf(job)) {
    auto& users = users_[AreaOf(use)];
    const auto mine = std::lower_bound(users.begin(), users.end(), AreaUser{start_[job], job});
    const auto [released, first] = released_.try_emplace(AreaOf(use), start_[job]);
    if (!first) released->second = std::min(released->second, start_[job]);
    for (auto later = users.erase(mine); later != users.end(); ++later)
      hurry_.emplace_back(start_[job], later->job);
  }
  if (problem_.held_by[job] == kNone) {
    StartsLike(job).erase({start_[job], job});
    QueueOf(job).erase({start_[job], job});
  }
  lane_[job] = kNone;
}

void PlanRepair::Await(std::int32_t job, std::int64_t time) {
  floor_[job] = time;
  Requeue(job, time);
}

void PlanRepair::Requeue(std::int32_t job, std::int64_t time) {
  start_[job] = time;
  (problem_.tier[job] == lowest_ ? last_ : pending_).emplace(time, problem_.tier[job], job);
  QueueOf(job).emplace(time, job);
}

// That it is to be placed: something of a higher tier than the lowest.
void PlanRepair::Forget(std::int32_t job) {
  pending_.erase({start_[job], problem_.tier[job], job});
  QueueOf(job).erase({start_[job], job});
}

void PlanRepair::Evict(std::int32_t job, std::int64_t time) {
  Take(job);
  Await(job, time);
}

void PlanRepair::Commit(std::int32_t job, Place place) {
  const std::int64_t end = place.start + problem_.minutes[job];
  const std::vector<std::int32_t> others = lanes_[place.lane].jobs;
  const auto first =
      std::lower_bound(others.begin(), others.end(), place.start,
                       [&](std::int32_t other, std::int64_t time) { return start_[other] < time; });
  for (auto other = first; other != others.end() && start_[*other] < end; ++other)
    Evict(*other, start_[*other]);
  Insert(job, place);
  ClearWay(job);
}

// What waits for the job, or shares an area with it, cannot start before its end.
void PlanRepair::ClearWay(std::int32_t job) {
  const std::int64_t end = End(job);
  ForSuccessors(job, [&](std::int32_t next) {
    if (lane_[next] == kNone) floor_[next] = std::min(floor_[next], end);
    if (!Placed(next)) return;
    if (start_[next] < end) {
      Evict(next, start_[next]);
    } else {
      hurry_.emplace_back(end, next);
    }
  });
  std::vector<std::int32_t> in_way;
  for (const std::int32_t use : UsesOf(job)) {
    const auto& users = users_[AreaOf(use)];
    for (auto user = std::lower_bound(users.begin(), users.end(), AreaUser{start_[job], kFirst});
         user != users.end() && user->start < end; ++user) {
      if (user->job != job && !(user->below && IsBelow(use))) in_way.push_back(user->job);
    }
  }
  for (const std::int32_t other : in_way) {
    if (Placed(other) && problem_.held_by[other] == kNone) Evict(other, start_[other]);
  }
}

void PlanRepair::Settle(std::int64_t turns) {
  while (!hurry_.empty() || !pending_.empty() || !last_.empty()) {
    while (!hurry_.empty()) {
      const auto [from, job] = hurry_.back();
      hurry_.pop_back();
      Hurry(job, from);
    }
    if (pending_.empty() && last_.empty()) return;
    PlaceNext();
    if (--turns > 0) continue;
    for (const auto* queue : {&pending_, &last_}) {
      for (const auto& [time, tier, job] : *queue) stranded_.push_back(job);
    }
    return;
  }
}

// If it could start earlier now than it does, and an agent starts a lower tier
// in the meantime.
void PlanRepair::Hurry(std::int32_t job, std::int64_t from) {
  if (lane_[job] == kNone) floor_[job] = std::min(floor_[job], from);
  if (!Placed(job) || problem_.held_by[job] != kNone) return;
  const std::int64_t ready = std::max(from, Ready(job));
  if (ready >= start_[job]) return;
  const std::optional<std::int64_t> lower = FirstLowerStart(job, ready);
  if (lower.has_value() && *lower < start_[job]) Evict(job, *lower);
}

// Where the job was before, or earlier if an area of its own has been left: the
// lowest tier need not be early.
std::int64_t PlanRepair::Floor(std::int32_t job) const {
  std::int64_t floor = floor_[job];
  if (problem_.tier[job] == lowest_) return floor;
  for (const std::int32_t use : UsesOf(job)) {
    const auto released = released_.find(AreaOf(use));
    if (released != released_.end()) floor = std::min(floor, released->second);
  }
  return floor;
}

// In the order of time, so that nothing that has been placed is taken up
// again by something that comes before it. The lowest tier comes last: it has
// to let all others go first.
void PlanRepair::PlaceNext() {
  auto& queue = pending_.empty() ? last_ : pending_;
  const auto [time, tier, job] = *queue.begin();
  queue.erase(queue.begin());
  QueueOf(job).erase({time, job});
  std::int64_t from = Floor(job);
  bool blocked = false;
  for (const std::int32_t blocker : BeforeOf(job)) {
    if (lane_[blocker] == kGone) continue;
    from = std::max(from, End(blocker));  // of one that is not placed yet: at the earliest
    blocked = blocked || lane_[blocker] == kNone;
  }
  if (blocked && !stranded_.empty()) return;  // what it waits for may never come
  if (blocked) {
    start_[job] = from;
    last_.emplace(from, tier, job);  // after what it waits for, which begins earlier
    QueueOf(job).emplace(from, job);
    return;
  }
  const auto others_first = [this, tier = tier, time = time](std::int64_t start) {
    return tier != lowest_ && start > time && !pending_.empty() && std::get<0>(*pending_.begin()) < start;
  };
  if (others_first(from)) return Requeue(job, from);
  if (FillFittingHole(job)) return;
  const Place place = FindPlace(job, from);
  if (place.lane == kNone) {
    stranded_.push_back(job);
  } else if (others_first(place.start)) {
    Requeue(job, place.start);
  } else if (tier != lowest_ || !Squeeze(job, from, place)) {
    Commit(job, place);
  }
}

// By the load: as long as was trusted, and longer or shorter as there is more
// or less work for each agent since.
bool PlanRepair::worn() const {
  const double load = static_cast<double>(work_) / static_cast<double>(capacity_);
  return static_cast<double>(makespan()) > 1.005 * trusted_ * load;
}

void PlanRepair::Rebase() {
  const double load = static_cast<double>(work_) / static_cast<double>(capacity_);
  trusted_ = work_ == 0 ? 0 : static_cast<double>(makespan()) / load;
}

std::int64_t PlanRepair::makespan() const {
  std::int64_t latest = 0;
  for (const Events& ends : ends_) {
    if (!ends.empty()) latest = std::max(latest, ends.rbegin()->first);
  }
  for (const std::int32_t lane : closed_) latest = std::max(latest, LaneEnd(lane));
  return latest;
}

}  // namespace clambake::planner
