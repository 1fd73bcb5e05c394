#include "planner/plan_repair.h"

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <numeric>

namespace clambake::planner {
namespace {

constexpr std::int32_t kFirst = std::numeric_limits<std::int32_t>::min();
constexpr std::int32_t kLast = std::numeric_limits<std::int32_t>::max();

}  // namespace

PlanRepair::PlanRepair(Problem problem, const Schedule& schedule, Trust trust)
    : problem_(std::move(problem)),
      start_(problem_.minutes.size(), 0),
      floor_(problem_.minutes.size(), 0),
      lane_(problem_.minutes.size(), kNone),
      starts_(static_cast<std::size_t>(problem_.group_count) * kTiers),
      queue_(static_cast<std::size_t>(problem_.skill_groups.size()) * kTiers),
      ends_(static_cast<std::size_t>(problem_.group_count)),
      holes_(static_cast<std::size_t>(problem_.group_count)),
      users_(static_cast<std::size_t>(problem_.area_count)) {
  for (const std::uint8_t tier : problem_.tier) lowest_ = std::max(lowest_, tier);
  MakeLanes();
  Seed(schedule);
  if (trust == Trust::kValid) {
    hurry_.clear();
  } else {
    for (std::int32_t lane = 0; lane < lanes_.count(); ++lane) FillHole(lane);
    for (std::int32_t job = problem_.jobs() - 1; job >= 0; --job) hurry_.emplace_back(0, job);
  }
  Settle();
}

// What runs beyond an agent's capacity has lanes of its own, which take
// nothing else; the longest have the agent's, so that it takes nothing new
// before it has capacity left.
void PlanRepair::MakeLanes() {
  std::vector<Pair> held;
  for (std::int32_t job = 0; job < problem_.jobs(); ++job) {
    if (problem_.held_by[job] != kNone) held.emplace_back(problem_.held_by[job], job);
  }
  std::stable_sort(held.begin(), held.end(), [&](const Pair& a, const Pair& b) {
    return a.first != b.first ? a.first < b.first : problem_.minutes[a.second] > problem_.minutes[b.second];
  });
  const Rows held_by = RowsOf(held, problem_.agents());
  for (std::int32_t agent = 0; agent < problem_.agents(); ++agent) {
    const auto row = held_by[agent];
    for (std::int32_t unit = 0;
         unit < std::max(problem_.capacity[agent], static_cast<std::int32_t>(row.size())); ++unit) {
      const bool own = unit < problem_.capacity[agent];
      lanes_.push_back({.agent = agent, .open = own, .jobs = {}});
      if (own) EndsOf(lanes_.count() - 1).emplace(0, lanes_.count() - 1);
      if (unit < static_cast<std::int32_t>(row.size()))
        Insert(row[static_cast<std::size_t>(unit)], {0, lanes_.count() - 1});
    }
    lanes_of_.begin.push_back(lanes_.count());
  }
}

void PlanRepair::Seed(const Schedule& schedule) {
  std::vector<Event> order;
  for (std::int32_t job = 0; job < problem_.jobs(); ++job) {
    if (problem_.held_by[job] == kNone) order.emplace_back(schedule.start[job], job);
  }
  std::sort(order.begin(), order.end());
  for (const auto& [start, job] : order) {
    const std::int32_t lane = LaneFor(job, schedule.agent[job], start);
    if (lane != kNone && Ready(job) <= start && AreasFree(job, start)) {
      Insert(job, {start, lane});
    } else {
      Await(job, start);
    }
  }
}

// A lane of the agent that is free from `start` on, the last one to be so.
std::int32_t PlanRepair::LaneFor(std::int32_t job, std::int32_t agent, std::int64_t start) const {
  std::int32_t best = kNone;
  if (agent == kNone) return best;
  const auto groups = problem_.skill_groups[problem_.skill[job]];
  if (!std::binary_search(groups.begin(), groups.end(), problem_.group[agent])) return best;
  for (std::int32_t lane = lanes_of_.begin[agent]; lane < lanes_of_.begin[agent + 1]; ++lane) {
    if (!lanes_[lane].open || LaneEnd(lane) > start) continue;
    if (best == kNone || LaneEnd(lane) > LaneEnd(best)) best = lane;
  }
  return best;
}

std::int64_t PlanRepair::LaneEnd(std::int32_t lane) const {
  return lanes_[lane].jobs.empty() ? 0 : End(lanes_[lane].jobs.back());
}

std::int64_t PlanRepair::Ready(std::int32_t job) const {
  std::int64_t ready = 0;
  for (const std::int32_t blocker : problem_.before[job]) {
    if (lane_[blocker] != kGone) ready = std::max(ready, End(blocker));
  }
  return ready;
}

// --- The schedule and its indices.

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
  Starts(GroupOf(place.lane), problem_.tier[job]).emplace(place.start, job);
  Queue(problem_.skill[job], problem_.tier[job]).emplace(place.start, job);
}

// Out of the schedule. Those who share its areas may have to start earlier now.
void PlanRepair::Take(std::int32_t job) {
  const std::int32_t at = lane_[job];
  Lane& lane = lanes_[at];
  touched_.insert(job);
  if (lane.open) EndsOf(at).erase({LaneEnd(at), at});
  if (lane.open && lane.jobs.back() != job) HolesOf(at).emplace(start_[job], at);
  lane.jobs.erase(std::find(lane.jobs.begin(), lane.jobs.end(), job));
  if (lane.open) EndsOf(at).emplace(LaneEnd(at), at);
  for (const std::int32_t use : UsesOf(job)) {
    auto& users = users_[AreaOf(use)];
    const auto mine = std::lower_bound(users.begin(), users.end(), AreaUser{start_[job], job, false});
    for (auto later = users.erase(mine); later != users.end(); ++later)
      hurry_.emplace_back(start_[job], later->job);
  }
  lane_[job] = kNone;
  if (problem_.held_by[job] != kNone) return;
  Starts(GroupOf(at), problem_.tier[job]).erase({start_[job], job});
  Queue(problem_.skill[job], problem_.tier[job]).erase({start_[job], job});
}

void PlanRepair::Await(std::int32_t job, std::int64_t time) {
  floor_[job] = time;
  Requeue(job, time);
}

void PlanRepair::Requeue(std::int32_t job, std::int64_t time) {
  start_[job] = time;
  (problem_.tier[job] == lowest_ ? last_ : pending_).emplace(time, problem_.tier[job], job);
  Queue(problem_.skill[job], problem_.tier[job]).emplace(time, job);
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
    for (auto user = std::lower_bound(users.begin(), users.end(), AreaUser{start_[job], kFirst, false});
         user != users.end() && user->start < end; ++user) {
      if (user->job != job && !(user->below && IsBelow(use))) in_way.push_back(user->job);
    }
  }
  for (const std::int32_t other : in_way) {
    if (Placed(other) && problem_.held_by[other] == kNone) Evict(other, start_[other]);
  }
}

// --- Finding a place.

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

// --- Changes.

void PlanRepair::Settle() {
  // Far more than any change has been seen to need; a wrong turn ends, too.
  std::int64_t turns = 1'000 + std::int64_t{20} * problem_.jobs();
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
  if (!Placed(job) || problem_.held_by[job] != kNone) return;
  const std::int64_t ready = std::max(from, Ready(job));
  if (ready >= start_[job]) return;
  const std::optional<std::int64_t> lower = FirstLowerStart(job, ready);
  if (lower.has_value() && *lower < start_[job]) Evict(job, *lower);
}

// In the order of time, so that nothing that has been placed is taken up
// again by something that comes before it. The lowest tier comes last: it has
// to let all others go first.
void PlanRepair::PlaceNext() {
  auto& queue = pending_.empty() ? last_ : pending_;
  const auto [time, tier, job] = *queue.begin();
  queue.erase(queue.begin());
  Queue(problem_.skill[job], tier).erase({time, job});
  std::int64_t from = floor_[job];
  bool blocked = false;
  for (const std::int32_t blocker : problem_.before[job]) {
    if (lane_[blocker] == kGone) continue;
    from = std::max(from, End(blocker));  // of one that is not placed yet: at the earliest
    blocked = blocked || lane_[blocker] == kNone;
  }
  if (blocked && !stranded_.empty()) return;  // what it waits for may never come
  if (blocked) {
    start_[job] = from;
    last_.emplace(from, tier, job);  // after what it waits for, which begins earlier
    Queue(problem_.skill[job], tier).emplace(from, job);
    return;
  }
  const Place place = FindPlace(job, from);
  if (place.lane == kNone) {
    stranded_.push_back(job);
    return;
  }
  const bool others_first = !pending_.empty() && std::get<0>(*pending_.begin()) < place.start;
  if (tier != lowest_ && place.start > time && others_first) {
    Requeue(job, place.start);
  } else if (tier != lowest_ || !Squeeze(job, from, place)) {
    Commit(job, place);
  }
}

// Gives an agent that is idle from now on something to do: what waits in a
// higher tier than its own next issue, else that, else what it can start.
void PlanRepair::FillHole(std::int32_t lane) {
  constexpr std::size_t kMaxLooks = 32;
  if (!lanes_[lane].open || lanes_[lane].jobs.empty() || start_[lanes_[lane].jobs.front()] == 0) return;
  const std::vector<std::int32_t> jobs = lanes_[lane].jobs;
  for (std::size_t i = 0; i < std::min(jobs.size(), kMaxLooks); ++i) {
    const std::int32_t higher = WaitingAt(GroupOf(lane), problem_.tier[jobs[i]], 0);
    const std::int32_t job = higher == kNone ? jobs[i] : higher;
    if (Ready(job) > 0 || !AreasFree(job, 0)) continue;
    Take(job);
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

// Who of too many held issues keeps an agent busy longest may change with them:
// a rare thing, left to a new plan.
bool PlanRepair::Overloaded(std::int32_t job) const {
  const std::int32_t agent = lanes_[lane_[job]].agent;
  return lanes_of_.begin[agent + 1] - lanes_of_.begin[agent] > problem_.capacity[agent];
}

void PlanRepair::Remove(std::int32_t job) {
  touched_.clear();
  if (!Placed(job)) return;
  if (problem_.held_by[job] != kNone && Overloaded(job)) stranded_.push_back(job);
  const std::int32_t lane = lane_[job];
  Take(job);
  lane_[job] = kGone;
  ForSuccessors(job, [&](std::int32_t next) { hurry_.emplace_back(0, next); });
  if (start_[job] == 0) FillHole(lane);
  Settle();
}

void PlanRepair::SetMinutes(std::int32_t job, std::int64_t minutes) {
  touched_.clear();
  if (!Placed(job)) return;
  if (problem_.held_by[job] != kNone && Overloaded(job)) stranded_.push_back(job);
  const Place place = {start_[job], lane_[job]};
  Take(job);
  problem_.minutes[job] = minutes;
  Absorb(place, minutes);
  Commit(job, place);
  Settle();
}

// Makes room for something longer than what was at `place`: instead of what
// comes next, which others may wait for, one of the next few goes that nobody
// waits for, and those before it start later, where the rule of tiers lets them.
void PlanRepair::Absorb(Place place, std::int64_t minutes) {
  constexpr std::size_t kMaxLooks = 8;
  const std::vector<std::int32_t> jobs = lanes_[place.lane].jobs;
  const auto first = std::upper_bound(jobs.begin(), jobs.end(), place.start,
                                      [&](std::int64_t t, std::int32_t other) { return t < start_[other]; });
  if (first == jobs.end()) return;
  const std::int64_t later = place.start + minutes - start_[*first];
  if (later <= 0) return;
  std::vector<std::int32_t> moved;
  for (auto it = first; it != jobs.end() && moved.size() < kMaxLooks; ++it) {
    if (problem_.held_by[*it] != kNone) return;
    if (!HasSuccessors(*it) && problem_.minutes[*it] >= later) {
      Evict(*it, start_[*it]);
      for (const std::int32_t job : moved) Take(job);
      for (const std::int32_t job : moved) Insert(job, {start_[job] + later, place.lane});
      for (const std::int32_t job : moved) {
        if (Placed(job)) ClearWay(job);
      }
      return;
    }
    const std::optional<std::int64_t> lower = FirstLowerStart(*it, start_[*it]);
    if (lower.has_value() && *lower < start_[*it] + later) return;
    if (WaitingAt(GroupOf(place.lane), problem_.tier[*it], start_[*it] + later) != kNone) return;
    moved.push_back(*it);
  }
}

bool PlanRepair::HasSuccessors(std::int32_t job) const {
  return (job < problem_.after.size() && !problem_.after[job].empty()) || more_after_.contains(job);
}

std::int32_t PlanRepair::Add(const NewJob& job) {
  touched_.clear();
  const std::int32_t number = problem_.jobs();
  problem_.minutes.push_back(job.minutes);
  problem_.tier.push_back(job.tier);
  lowest_ = std::max(lowest_, job.tier);
  problem_.skill.push_back(job.skill);
  problem_.held_by.push_back(kNone);
  problem_.before.AddRow(job.before);
  problem_.area_set.push_back(job.uses.empty() ? 0 : problem_.area_sets.size());
  if (!job.uses.empty()) problem_.area_sets.AddRow(job.uses);
  for (const std::int32_t use : job.uses)
    problem_.area_count = std::max(problem_.area_count, AreaOf(use) + 1);
  users_.resize(static_cast<std::size_t>(problem_.area_count));
  for (const std::int32_t blocker : job.before) more_after_[blocker].push_back(number);
  start_.push_back(0);
  floor_.push_back(0);
  lane_.push_back(kNone);
  Await(number, 0);
  Settle();
  return number;
}

void PlanRepair::RemoveAgent(std::int32_t agent) {
  touched_.clear();
  for (std::int32_t lane = lanes_of_.begin[agent]; lane < lanes_of_.begin[agent + 1]; ++lane) {
    const std::vector<std::int32_t> jobs = lanes_[lane].jobs;
    for (const std::int32_t job : jobs) {
      Take(job);
      problem_.held_by[job] = kNone;
      Await(job, start_[job]);
    }
    if (lanes_[lane].open) EndsOf(lane).erase(Event(0, lane));
    lanes_[lane].open = false;
  }
  Settle();
}

std::int64_t PlanRepair::makespan() const {
  std::int64_t latest = 0;
  for (const Events& ends : ends_) {
    if (!ends.empty()) latest = std::max(latest, ends.rbegin()->first);
  }
  for (std::int32_t lane = 0; lane < lanes_.count(); ++lane) {
    if (!lanes_[lane].open) latest = std::max(latest, LaneEnd(lane));
  }
  return latest;
}

}  // namespace clambake::planner
