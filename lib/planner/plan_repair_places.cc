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
    auto user = std::upper_bound(users.begin(), users.end(), AreaUser{time, kLast, true});
    while (user != users.begin()) {
      --user;
      const bool yields = user->start == time && problem_.held_by[user->job] == kNone &&
                          problem_.tier[user->job] > problem_.tier[job];
      if (user->job == job || yields || (user->below && IsBelow(use))) continue;
      if (End(user->job) > time) {
        until = std::max(until, End(user->job));
      } else if (!user->below && problem_.held_by[user->job] == kNone) {
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
    for (auto user = std::upper_bound(users.begin(), users.end(), AreaUser{time, kLast, true});
         user != users.end() && user->start < time + problem_.minutes[job]; ++user) {
      if (user->below && IsBelow(use)) continue;
      if (problem_.tier[user->job] < problem_.tier[job] && Ready(user->job) <= time)
        until = std::max(until, End(user->job));
    }
  }
  return until;
}

// True if nobody is on its areas for as long as it takes.
bool PlanRepair::AreasFree(std::int32_t job, std::int64_t from) const {
  const std::int64_t end = from + problem_.minutes[job];
  for (const std::int32_t use : UsesOf(job)) {
    const auto& users = users_[AreaOf(use)];
    for (auto user = std::lower_bound(users.begin(), users.end(), AreaUser{from, kFirst, false});
         user != users.end() && user->start < end; ++user) {
      if (user->job != job && !(user->below && IsBelow(use))) return false;
    }
  }
  return AreasBusyUntil(job, from) == 0;
}

// When, from `from` on, an agent that could take the job starts something of
// a lower tier while nothing on its areas keeps the job waiting.
std::optional<std::int64_t> PlanRepair::FirstLowerStart(std::int32_t job, std::int64_t from) {
  while (true) {
    std::optional<std::int64_t> first;
    for (const std::int32_t group : problem_.skill_groups[problem_.skill[job]]) {
      for (int tier = problem_.tier[job] + 1; tier < kTiers; ++tier) {
        const Events& starts = Starts(group, static_cast<std::uint8_t>(tier));
        const auto found = starts.lower_bound({from, kFirst});
        if (found != starts.end() && (!first.has_value() || found->first < *first)) first = found->first;
      }
    }
    if (!first.has_value()) return first;
    const std::int64_t busy = AreasBusyUntil(job, *first);
    if (busy == 0) return first;
    from = busy;
  }
}

// What putting a job of `minutes` in the place of `other` takes away: first
// issues that others wait for, then issues.
std::pair<int, int> PlanRepair::Damage(std::int32_t other, std::int64_t minutes) const {
  const auto& jobs = lanes_[lane_[other]].jobs;
  const std::int64_t end = start_[other] + minutes;
  std::pair<int, int> damage;
  auto it = std::lower_bound(jobs.begin(), jobs.end(), start_[other],
                             [&](std::int32_t job, std::int64_t time) { return start_[job] < time; });
  for (; it != jobs.end() && start_[*it] < end; ++it) {
    damage.first += HasSuccessors(*it) ? 1 : 0;
    ++damage.second;
  }
  return damage;
}

// Whose start at `time` the job takes: the least damage, then the lowest tier,
// then what is nearest in length.
std::int32_t PlanRepair::Victim(std::int32_t job, std::int64_t time) {
  constexpr int kMaxLooks = 64;  // in each group
  std::int32_t best = kNone;
  std::tuple<std::pair<int, int>, int, std::int64_t, std::int32_t> best_key;
  for (const std::int32_t group : problem_.skill_groups[problem_.skill[job]]) {
    for (int tier = problem_.tier[job] + 1; tier < kTiers; ++tier) {
      const Events& starts = Starts(group, static_cast<std::uint8_t>(tier));
      auto it = starts.lower_bound({time, kFirst});
      for (int looks = 0; looks < kMaxLooks && it != starts.end() && it->first == time; ++it, ++looks) {
        const std::int64_t apart = std::abs(problem_.minutes[it->second] - problem_.minutes[job]);
        const std::tuple key(Damage(it->second, problem_.minutes[job]), -tier, apart, it->second);
        if (best != kNone && key >= best_key) continue;
        best = it->second;
        best_key = key;
      }
    }
  }
  return best;
}

// What others wait for does not wait itself: it takes the place of something
// of its own tier that nobody waits for, as soon as may be.
std::optional<PlanRepair::Place> PlanRepair::SwapPlace(std::int32_t job, std::int64_t from) {
  constexpr int kMaxLooks = 256;  // in each group
  std::optional<Place> best;
  if (!HasSuccessors(job)) return best;
  for (const std::int32_t group : problem_.skill_groups[problem_.skill[job]]) {
    const Events& starts = Starts(group, problem_.tier[job]);
    auto it = starts.lower_bound({from, kFirst});
    for (int looks = 0; looks < kMaxLooks && it != starts.end(); ++it, ++looks) {
      if (best.has_value() && best->start <= it->first) break;
      if (HasSuccessors(it->second) || Damage(it->second, problem_.minutes[job]).first > 0) continue;
      if (AreasClaimedUntil(job, it->first) == 0) best = {it->first, lane_[it->second]};
    }
  }
  return best;
}

// At the end of what some agent does: where it has been idle for the shortest
// time, else where that ends first.
std::optional<PlanRepair::Place> PlanRepair::FreeLane(std::int32_t job, std::int64_t from) {
  std::optional<Place> best;
  std::int64_t best_end = 0;
  for (const std::int32_t group : problem_.skill_groups[problem_.skill[job]]) {
    const Events& ends = ends_[static_cast<std::size_t>(group)];
    auto it = ends.upper_bound({from, kLast});
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

// In a hole that an earlier change has left.
std::optional<PlanRepair::Place> PlanRepair::Hole(std::int32_t job, std::int64_t from) {
  constexpr std::int64_t kBack = 480;  // minutes that a hole is looked for before `from`
  constexpr int kMaxLooks = 16;        // in each group
  std::optional<Place> best;
  for (const std::int32_t group : problem_.skill_groups[problem_.skill[job]]) {
    Events& holes = holes_[static_cast<std::size_t>(group)];
    auto it = holes.lower_bound({from - kBack, kFirst});
    for (int looks = 0; looks < kMaxLooks && it != holes.end(); ++looks) {
      const auto [time, lane] = *it;
      const auto& jobs = lanes_[lane].jobs;
      const auto next =
          std::upper_bound(jobs.begin(), jobs.end(), time,
                           [&](std::int64_t t, std::int32_t other) { return t < start_[other]; });
      const std::int64_t begin = next == jobs.begin() ? 0 : End(*(next - 1));
      if (!lanes_[lane].open || next == jobs.end() || begin >= start_[*next]) {
        it = holes.erase(it);
        continue;
      }
      ++it;
      const Place place = {std::max(begin, from), lane};
      if (place.start + problem_.minutes[job] > start_[*next]) continue;
      if (best.has_value() && best->start <= place.start) continue;
      if (!AreasFree(job, place.start)) continue;
      if (WaitingAt(group, problem_.tier[job], place.start) == kNone) best = place;
    }
  }
  return best;
}

PlanRepair::Place PlanRepair::FindPlace(std::int32_t job, std::int64_t from) {
  std::optional<Place> hole = Hole(job, from);
  const std::optional<Place> swap = SwapPlace(job, from);
  if (!hole.has_value() || (swap.has_value() && swap->start < hole->start)) hole = swap;
  while (true) {
    const std::optional<std::int64_t> lower = FirstLowerStart(job, from);
    if (hole.has_value() && (!lower.has_value() || hole->start <= *lower)) return *hole;
    const std::optional<Place> free = FreeLane(job, from);
    if (lower.has_value() && (!free.has_value() || *lower < free->start)) {
      return {*lower, lane_[Victim(job, *lower)]};
    }
    if (!free.has_value()) return {};
    const std::int64_t busy = AreasClaimedUntil(job, free->start);
    const std::int32_t waiting =
        busy != 0 ? kNone : WaitingAt(GroupOf(free->lane), problem_.tier[job], free->start);
    if (busy == 0 && waiting == kNone) return *free;
    from = busy != 0 ? busy : start_[waiting];
    if (lower.has_value() && *lower < from) return {*lower, lane_[Victim(job, *lower)]};
  }
}

// At the end of the schedule all agents finish together: what is added there
// takes the place of something a little shorter, whose followers move a little
// later, and that is placed next. So the makespan grows by minutes instead of
// by the length of an issue. False: nothing is better than the free lane.
bool PlanRepair::Squeeze(std::int32_t job, std::int64_t from, const Place& free) {
  constexpr int kMaxLooks = 256;  // in each group
  const std::int64_t minutes = problem_.minutes[job];
  const std::int64_t goal = std::max(makespan(), free.start + free.start / 1000);
  std::tuple best(std::max<std::int64_t>(free.start + minutes - goal, 0), std::int64_t{0}, kNone);
  if (std::get<0>(best) == 0) return false;
  for (const std::int32_t group : problem_.skill_groups[problem_.skill[job]]) {
    const Events& starts = Starts(group, problem_.tier[job]);
    auto it = starts.upper_bound({free.start - minutes + (goal - free.start) / 2, kLast});
    for (int looks = 0; looks < kMaxLooks && it != starts.begin() && (--it)->first >= from; ++looks) {
      const std::int32_t other = it->second;
      const std::int64_t later = minutes - problem_.minutes[other];
      if (later <= 0 || HasSuccessors(other)) continue;
      const std::int64_t beyond = std::max<std::int64_t>(LaneEnd(lane_[other]) + later - goal, 0);
      const std::tuple key(beyond, problem_.minutes[other], other);
      if (key < best && MayYield(other) && AreasClaimedUntil(job, it->first) == 0) best = key;
    }
  }
  const std::int32_t other = std::get<2>(best);
  if (other == kNone) return false;
  const Place place = {start_[other], lane_[other]};
  const std::vector<std::int32_t> jobs = lanes_[place.lane].jobs;
  const auto at = std::find(jobs.begin(), jobs.end(), other);
  const std::int64_t later = minutes - problem_.minutes[other];
  for (auto it = at + 1; it != jobs.end(); ++it) {
    if (WaitingAt(GroupOf(place.lane), lowest_, start_[*it] + later) != kNone) return false;
  }
  for (auto it = at; it != jobs.end(); ++it) Take(*it);
  Await(other, place.start);
  Insert(job, place);
  for (auto it = at + 1; it != jobs.end(); ++it) Insert(*it, {start_[*it] + later, place.lane});
  ClearWay(job);
  for (auto it = at + 1; it != jobs.end(); ++it) {
    if (Placed(*it)) ClearWay(*it);
  }
  return true;
}

// True if it and all that follows it on its lane are of the lowest tier: such
// may start later without breaking the rule of tiers.
bool PlanRepair::MayYield(std::int32_t job) const {
  const auto& jobs = lanes_[lane_[job]].jobs;
  return std::all_of(std::find(jobs.begin(), jobs.end(), job), jobs.end(), [&](std::int32_t it) {
    return problem_.tier[it] == lowest_ && problem_.held_by[it] == kNone;
  });
}

// An issue of a higher tier than `tier` that the group could start at `time`
// and that starts later, or kNone. If the group starts that tier or a lower
// one at a later time, all of them have started by then.
std::int32_t PlanRepair::WaitingAt(std::int32_t group, std::uint8_t tier, std::int64_t time) {
  std::int64_t until = std::numeric_limits<std::int64_t>::max();
  for (int other = tier; other < kTiers; ++other) {
    const Events& starts = Starts(group, static_cast<std::uint8_t>(other));
    const auto found = starts.lower_bound({time, kFirst});
    if (found != starts.end()) until = std::min(until, found->first);
  }
  for (std::uint8_t higher = 0; higher < tier && until > time; ++higher) {
    for (const std::int32_t skill : problem_.group_skills[group]) {
      const Events& queue = Queue(skill, higher);
      for (auto it = queue.upper_bound({time, kLast}); it != queue.end() && it->first <= until; ++it) {
        if (Ready(it->second) <= time && AreasBusyUntil(it->second, time) == 0) return it->second;
      }
    }
  }
  return kNone;
}

}  // namespace clambake::planner
