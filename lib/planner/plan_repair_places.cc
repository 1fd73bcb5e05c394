// PlanRepair: where a job can go, and what that takes.
#include <algorithm>
#include <cstdlib>
#include <limits>

#include "planner/plan_repair.h"

namespace clambake::planner {

// 0: free at `time`. Work of a lower tier that would start that very minute
// has to let the job go first.
std::int64_t PlanRepair::AreasBusyUntil(std::int32_t job, std::int64_t time) const {
  std::int64_t until = 0;
  for (const std::int32_t use : UsesOf(job)) {
    const auto& users = users_[AreaOf(use)];
    auto user = std::upper_bound(users.begin(), users.end(), AreaUser{time, kLast});
    while (user != users.begin()) {
      --user;
      const bool yields =
          user->start == time && jobs_[user->job].held_by == kNone && jobs_[user->job].tier > jobs_[job].tier;
      if (user->job == job || yields || (user->below && IsBelow(use))) continue;
      if (End(user->job) > time) {
        until = std::max(until, End(user->job));
      } else if (!user->below && jobs_[user->job].held_by == kNone) {
        break;  // it had the area alone: all others before it have ended, too
      }
    }
  }
  return until;
}

// The same for who need not start at `time`: what is more urgent, could start
// by then and comes before its end has the first claim.
std::int64_t PlanRepair::AreasClaimedUntil(std::int32_t job, std::int64_t time) const {
  std::int64_t until = AreasBusyUntil(job, time);
  for (const std::int32_t use : UsesOf(job)) {
    const auto& users = users_[AreaOf(use)];
    for (auto user = std::upper_bound(users.begin(), users.end(), AreaUser{time, kLast});
         user != users.end() && user->start < time + jobs_[job].minutes; ++user) {
      if (user->below && IsBelow(use)) continue;
      if (jobs_[user->job].tier < jobs_[job].tier && Ready(user->job) <= time)
        until = std::max(until, End(user->job));
    }
  }
  return until;
}

// True if nobody is on its areas for as long as it takes.
bool PlanRepair::AreasFree(std::int32_t job, std::int64_t from) const {
  const std::int64_t end = from + jobs_[job].minutes;
  for (const std::int32_t use : UsesOf(job)) {
    const auto& users = users_[AreaOf(use)];
    for (auto user = std::lower_bound(users.begin(), users.end(), AreaUser{from, kFirst});
         user != users.end() && user->start < end; ++user) {
      if (user->job != job && !(user->below && IsBelow(use))) return false;
    }
  }
  return AreasBusyUntil(job, from) == 0;
}

std::int64_t PlanRepair::FirstStart(std::int32_t group, std::uint8_t tier, std::int64_t from) {
  std::int64_t first = kNever;
  for (const bool rigid : {false, true}) {
    const Events& starts = Starts(group, tier, rigid);
    if (const auto found = FirstFrom(starts, from); found != starts.end())
      first = std::min(first, found->first);
  }
  return first;
}

// When, from `from` on, an agent that could take the job starts something of
// a lower tier while nothing on its areas keeps the job waiting.
std::optional<std::int64_t> PlanRepair::FirstLowerStart(std::int32_t job, std::int64_t from) {
  while (true) {
    std::int64_t first = kNever;
    for (const std::int32_t group : problem_.skill_groups[jobs_[job].skill]) {
      for (int tier = jobs_[job].tier + 1; tier <= lowest_; ++tier)
        first = std::min(first, FirstStart(group, static_cast<std::uint8_t>(tier), from));
    }
    if (first == kNever) return std::nullopt;
    const std::int64_t busy = AreasBusyUntil(job, first);
    if (busy == 0) return first;
    from = busy;
  }
}

// What putting a job of `minutes` in the place of `other` takes away: first
// how many wait for it or share its areas, then issues.
std::pair<std::int64_t, int> PlanRepair::Damage(std::int32_t other, std::int64_t minutes) const {
  if (jobs_[other].minutes >= minutes) return {Weight(other), 1};
  const Lane& lane = lanes_[jobs_[other].lane];
  const std::int64_t end = jobs_[other].start + minutes;
  std::pair<std::int64_t, int> damage;
  for (auto it = SlotOf(other); it != lane.slots.end() && it->start < end; ++it) {
    damage.first += Weight(it->job);
    ++damage.second;
  }
  return damage;
}

// Whose start at `time` the job takes: the least damage, then the lowest tier,
// then what is nearest in length.
std::int32_t PlanRepair::Victim(std::int32_t job, std::int64_t time) {
  constexpr int kMaxLooks = 64;  // in each group, tier, and rigid or not
  std::int32_t best = kNone;
  std::tuple<std::pair<std::int64_t, int>, int, std::int64_t, std::int32_t> best_key;
  const auto look = [&](const Events& starts) {
    auto it = FirstFrom(starts, time);
    for (int looks = 0; looks < kMaxLooks && it != starts.end() && it->first == time; ++it, ++looks) {
      const std::int32_t other = it->second;
      if (best != kNone && Weight(other) > std::get<0>(best_key).first) continue;
      const std::int64_t apart = std::abs(jobs_[other].minutes - jobs_[job].minutes);
      const std::tuple key(Damage(other, jobs_[job].minutes), -jobs_[other].tier, apart, other);
      if (best != kNone && key >= best_key) continue;
      best = other;
      best_key = key;
    }
  };
  for (const bool rigid : {false, true}) {
    for (const std::int32_t group : problem_.skill_groups[jobs_[job].skill]) {
      for (int tier = jobs_[job].tier + 1; tier <= lowest_; ++tier)
        look(Starts(group, static_cast<std::uint8_t>(tier), rigid));
    }
    if (best != kNone && std::get<0>(best_key).first == 0) break;
  }
  return best;
}

// What is rigid does not wait itself: it takes the place of something of its
// own tier that is not, or less so, as soon as may be. Of the lowest tier not
// all at once, or they would displace one another.
std::optional<PlanRepair::Place> PlanRepair::SwapPlace(std::int32_t job, std::int64_t from) {
  constexpr std::int64_t kSpread = 251;
  const bool lowest = jobs_[job].tier == lowest_;
  if (!Rigid(job) || !(lowest || HasSuccessors(job))) return std::nullopt;
  const std::int64_t slack = lowest ? makespan() - from - jobs_[job].tail : 0;
  const std::int64_t later = slack > 0 ? slack / 2 * (job % kSpread) / kSpread : 0;
  std::optional<Place> best = FirstSwap(job, from + later, 0);
  for (const std::int64_t weight : {std::int64_t{1}, Weight(job) / 2}) {
    if (best.has_value() && best->start + jobs_[job].tail <= makespan()) return best;
    const std::optional<Place> found = weight < Weight(job) ? FirstSwap(job, from, weight) : std::nullopt;
    if (!best.has_value() || (found.has_value() && found->start < best->start)) best = found;
  }
  return best;
}

// The place of what weighs, with what it overlaps, no more than `weight`.
std::optional<PlanRepair::Place> PlanRepair::FirstSwap(std::int32_t job, std::int64_t from,
                                                       std::int64_t weight) {
  constexpr int kMaxLooks = 256;  // in each group
  std::optional<Place> best;
  for (const std::int32_t group : problem_.skill_groups[jobs_[job].skill]) {
    const Events& starts = Starts(group, jobs_[job].tier, weight > 0);
    auto it = FirstFrom(starts, from);
    for (int looks = 0; looks < kMaxLooks && it != starts.end(); ++looks) {
      const auto [time, other] = *it;
      if (best.has_value() && best->start <= time) break;
      if (Weight(other) > weight || Damage(other, jobs_[job].minutes).first > weight) {
        ++it;
      } else if (const std::int64_t busy = AreasClaimedUntil(job, time); busy != 0) {
        it = FirstFrom(starts, busy);
      } else {
        best = {time, jobs_[other].lane};
      }
    }
  }
  return best;
}

// At the end of what some agent does: where it has been idle for the shortest
// time, else where that ends first.
std::optional<PlanRepair::Place> PlanRepair::FreeLane(std::int32_t job, std::int64_t from) {
  std::optional<Place> best;
  std::int64_t best_end = 0;
  for (const std::int32_t group : problem_.skill_groups[jobs_[job].skill]) {
    const Events& ends = ends_[static_cast<std::size_t>(group)];
    auto it = FirstFrom(ends, from + 1);
    if (it != ends.begin()) --it;
    if (it == ends.end()) continue;
    const Place place = {std::max(from, it->first), it->second};
    const bool better = !best.has_value() || place.start < best->start ||
                        (place.start == best->start && it->first > best_end);
    if (!better) continue;
    best = place;
    best_end = it->first;
  }
  return best;
}

PlanRepair::Place PlanRepair::FindPlace(std::int32_t job, std::int64_t from) {
  std::optional<std::int64_t> lower = FirstLowerStart(job, from);
  std::optional<Place> hole = SwapPlace(job, from);
  const std::int64_t until = std::min(lower.value_or(kNever), hole.has_value() ? hole->start - 1 : kNever);
  if (const std::optional<Place> found = Hole(job, from, until); found.has_value()) hole = found;
  while (true) {
    if (hole.has_value() && (!lower.has_value() || hole->start <= *lower)) {
      if (!lower.has_value() || hole->start < *lower) return *hole;
      const std::int32_t victim = Victim(job, *lower);
      return Damage(victim, jobs_[job].minutes).first > 0 ? *hole : Place{*lower, jobs_[victim].lane};
    }
    const std::optional<Place> free = FreeLane(job, from);
    if (!free.has_value()) return {};
    if (lower.has_value() && *lower < free->start) return {*lower, jobs_[Victim(job, *lower)].lane};
    const std::int64_t busy = AreasClaimedUntil(job, free->start);
    const std::int32_t waiting =
        busy != 0 ? kNone : WaitingAt(GroupOf(free->lane), jobs_[job].tier, free->start);
    if (busy == 0 && waiting == kNone) return *free;
    from = busy != 0 ? busy : jobs_[waiting].start;
    if (lower.has_value() && *lower < from) return {*lower, jobs_[Victim(job, *lower)].lane};
    lower = FirstLowerStart(job, from);
  }
}

// An issue of a higher tier than `tier` that the group could start at `time`
// and that starts later, or kNone. If the group starts that tier or a lower
// one at a later time, all of them have started by then, but for those whose
// areas are free now and busy then. Those who wait for something else can be
// many: after `looks` of them one is taken for the answer, so that the caller
// errs on the side of higher tiers.
std::int32_t PlanRepair::WaitingAt(std::int32_t group, std::uint8_t tier, std::int64_t time, int looks) {
  std::int64_t until = kNever;
  for (int other = tier; other <= lowest_; ++other)
    until = std::min(until, FirstStart(group, static_cast<std::uint8_t>(other), time));
  for (std::uint8_t higher = 0; higher < tier; ++higher) {
    for (const std::int32_t skill : problem_.group_skills[group]) {
      for (const bool areas : {false, true}) {
        const Events& queue = Queue(skill, higher, areas);
        for (auto it = FirstFrom(queue, time + 1); it != queue.end() && it->first <= (areas ? kNever : until);
             ++it) {
          if (--looks < 0 || (Ready(it->second) <= time && AreasBusyUntil(it->second, time) == 0))
            return it->second;
        }
      }
    }
  }
  return kNone;
}

}  // namespace clambake::planner
