#include "planner/plan_repair.h"

#include <algorithm>

namespace clambake::planner {

void PlanRepair::Lead(std::int32_t job, std::int64_t more, std::int64_t tail) {
  const bool listed = jobs_[job].held_by == kNone;
  if (listed) StartsLike(job).erase({jobs_[job].start, job});
  jobs_[job].followers = static_cast<std::int32_t>(std::min(jobs_[job].followers + more, kManyFollowers));
  jobs_[job].tail = std::max(jobs_[job].tail, jobs_[job].minutes + tail);
  if (listed) StartsLike(job).emplace(jobs_[job].start, job);
}

std::int64_t PlanRepair::LastBlockerEnd(std::int32_t job) const {
  std::int64_t ready = 0;
  for (const std::int32_t blocker : BeforeOf(job)) {
    if (jobs_[blocker].lane != kGone) ready = std::max(ready, End(blocker));
  }
  return ready;
}

void PlanRepair::SetStart(std::int32_t job, std::int64_t start) {
  const std::int64_t before = End(job);
  jobs_[job].start = start;
  NoteEnd(job, before);
}

void PlanRepair::NoteEnd(std::int32_t job, std::int64_t before) {
  const std::int64_t end = removed(job) ? 0 : End(job);
  if (end == before) return;
  ForSuccessors(job, [&](std::int32_t next) {
    std::int64_t& ready = jobs_[next].ready;
    if (end >= ready) {
      ready = end;
    } else if (ready == before) {
      ready = LastBlockerEnd(next);
    }
  });
}

void PlanRepair::NoteLaneEnd(std::int32_t lane, std::int64_t before) {
  const std::int64_t end = lanes_[lane].end();
  if (!lanes_[lane].open || end == before) return;
  EndsOf(lane).erase({before, lane});
  EndsOf(lane).emplace(end, lane);
}

void PlanRepair::Touch(std::int32_t job) {
  if (jobs_[job].touched) return;
  jobs_[job].touched = true;
  touched_.push_back(job);
}

void PlanRepair::Insert(std::int32_t job, Place place) {
  Lane& lane = lanes_[place.lane];
  SetStart(job, place.start);
  jobs_[job].lane = place.lane;
  Touch(job);
  const std::int64_t lane_end = lane.end();
  lane.slots.insert(lane.FirstFrom(place.start), {place.start, End(job), job});
  NoteLaneEnd(place.lane, lane_end);
  for (const std::int32_t use : UsesOf(job)) {
    auto& users = users_[AreaOf(use)];
    const AreaUser user = {place.start, job, IsBelow(use)};
    users.insert(std::upper_bound(users.begin(), users.end(), user), user);
  }
  if (jobs_[job].held_by != kNone) return;
  StartsLike(job).emplace(place.start, job);
  QueueOf(job).emplace(place.start, job);
}

// Out of the schedule. Those who share its areas may have to start earlier now.
void PlanRepair::Take(std::int32_t job) {
  const std::int32_t at = jobs_[job].lane;
  Lane& lane = lanes_[at];
  Touch(job);
  const std::int64_t lane_end = lane.end();
  lane.slots.erase(SlotOf(job));
  NoteHole(at, jobs_[job].start);
  NoteLaneEnd(at, lane_end);
  for (const std::int32_t use : UsesOf(job)) {
    auto& users = users_[AreaOf(use)];
    const auto mine = std::lower_bound(users.begin(), users.end(), AreaUser{jobs_[job].start, job});
    const auto [released, first] = released_.try_emplace(AreaOf(use), jobs_[job].start);
    if (!first) released->second = std::min(released->second, jobs_[job].start);
    for (auto later = users.erase(mine); later != users.end(); ++later)
      hurry_.emplace_back(jobs_[job].start, later->job);
  }
  if (jobs_[job].held_by == kNone) {
    StartsLike(job).erase({jobs_[job].start, job});
    QueueOf(job).erase({jobs_[job].start, job});
  }
  jobs_[job].lane = kNone;
}

void PlanRepair::Await(std::int32_t job, std::int64_t time) {
  jobs_[job].floor = time;
  Requeue(job, time);
}

void PlanRepair::Requeue(std::int32_t job, std::int64_t time) {
  SetStart(job, time);
  (jobs_[job].tier == lowest_ ? last_ : pending_).emplace(time, jobs_[job].tier, job);
  QueueOf(job).emplace(time, job);
}

// That it is to be placed: something of a higher tier than the lowest.
void PlanRepair::Forget(std::int32_t job) {
  pending_.erase({jobs_[job].start, jobs_[job].tier, job});
  QueueOf(job).erase({jobs_[job].start, job});
}

void PlanRepair::Evict(std::int32_t job, std::int64_t time) {
  Take(job);
  Await(job, time);
}

void PlanRepair::Commit(std::int32_t job, Place place) {
  const std::int64_t end = place.start + jobs_[job].minutes;
  const Lane& lane = lanes_[place.lane];
  const std::vector<Slot> others(lane.FirstFrom(place.start), lane.FirstFrom(end));
  for (const Slot& other : others) Evict(other.job, other.start);
  Insert(job, place);
  ClearWay(job);
}

// What waits for the job, or shares an area with it, cannot start before its end.
void PlanRepair::ClearWay(std::int32_t job) {
  const std::int64_t end = End(job);
  ForSuccessors(job, [&](std::int32_t next) {
    if (jobs_[next].lane == kNone) jobs_[next].floor = std::min(jobs_[next].floor, end);
    if (!Placed(next)) return;
    if (jobs_[next].start < end) {
      Evict(next, jobs_[next].start);
    } else {
      hurry_.emplace_back(end, next);
    }
  });
  std::vector<std::int32_t> in_way;
  for (const std::int32_t use : UsesOf(job)) {
    const auto& users = users_[AreaOf(use)];
    for (auto user = std::lower_bound(users.begin(), users.end(), AreaUser{jobs_[job].start, kFirst});
         user != users.end() && user->start < end; ++user) {
      if (user->job != job && !(user->below && IsBelow(use))) in_way.push_back(user->job);
    }
  }
  for (const std::int32_t other : in_way) {
    if (Placed(other) && jobs_[other].held_by == kNone) Evict(other, jobs_[other].start);
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
  if (jobs_[job].lane == kNone) jobs_[job].floor = std::min(jobs_[job].floor, from);
  if (!Placed(job) || jobs_[job].held_by != kNone) return;
  const std::int64_t ready = std::max(from, Ready(job));
  if (ready >= jobs_[job].start) return;
  const std::optional<std::int64_t> lower = FirstLowerStart(job, ready);
  if (lower.has_value() && *lower < jobs_[job].start) Evict(job, *lower);
}

// Where the job was before, or earlier if an area of its own has been left: the
// lowest tier need not be early.
std::int64_t PlanRepair::Floor(std::int32_t job) const {
  std::int64_t floor = jobs_[job].floor;
  if (jobs_[job].tier == lowest_) return floor;
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
  const std::int64_t from = std::max(Floor(job), Ready(job));
  const auto before = BeforeOf(job);
  const bool blocked = std::any_of(before.begin(), before.end(),
                                   [&](std::int32_t blocker) { return jobs_[blocker].lane == kNone; });
  if (blocked && !stranded_.empty()) return;  // what it waits for may never come
  if (blocked) {
    SetStart(job, from);
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
  for (const std::int32_t lane : closed_) latest = std::max(latest, lanes_[lane].end());
  return latest;
}

}  // namespace clambake::planner
