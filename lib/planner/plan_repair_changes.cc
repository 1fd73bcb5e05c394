// PlanRepair: the changes, and what each makes impossible.
#include <algorithm>

#include "planner/plan_repair.h"

namespace clambake::planner {

// Who of too many held issues keeps an agent busy longest may change with them:
// a rare thing, left to a new plan.
bool PlanRepair::Overloaded(std::int32_t job) const {
  const std::int32_t agent = lanes_[jobs_[job].lane].agent;
  return lanes_of_.begin[agent + 1] - lanes_of_.begin[agent] > problem_.capacity[agent];
}

void PlanRepair::Remove(std::int32_t job) {
  Begin();
  if (!Placed(job)) return;
  if (jobs_[job].held_by != kNone && Overloaded(job)) stranded_.push_back(job);
  const std::int32_t lane = jobs_[job].lane;
  Take(job);
  jobs_[job].lane = kGone;
  NoteEnd(job, End(job));
  work_ -= jobs_[job].minutes;
  ForSuccessors(job, [&](std::int32_t next) { hurry_.emplace_back(0, next); });
  if (jobs_[job].start == 0) FillHole(lane);
  Finish();
}

void PlanRepair::SetMinutes(std::int32_t job, std::int64_t minutes) {
  Begin();
  if (!Placed(job)) return;
  if (jobs_[job].held_by != kNone && Overloaded(job)) stranded_.push_back(job);
  const Place place = {jobs_[job].start, jobs_[job].lane};
  const std::int64_t before = jobs_[job].minutes;
  Take(job);
  work_ += minutes - before;
  jobs_[job].tail += minutes - before;
  jobs_[job].minutes = problem_.minutes[job] = minutes;
  NoteEnd(job, place.start + before);
  Absorb(place, minutes);
  Commit(job, place);
  Finish();
}

// Makes room for something longer than what was at `place`: instead of what
// comes next, which others may wait for, one of the next few goes that nobody
// waits for, and those before it start later, where the rule of tiers lets them.
void PlanRepair::Absorb(Place place, std::int64_t minutes) {
  constexpr std::size_t kMaxLooks = 8;
  const Lane& lane = lanes_[place.lane];
  const auto first = lane.FirstFrom(place.start + 1);
  if (first == lane.slots.end()) return;
  const std::int64_t later = place.start + minutes - first->start;
  if (later <= 0) return;
  std::vector<std::int32_t> moved;
  for (auto it = first; it != lane.slots.end() && moved.size() < kMaxLooks; ++it) {
    const auto [start, end, next] = *it;
    if (!HasSuccessors(next) && end - start >= later) {
      Evict(next, start);
      for (const std::int32_t job : moved) Take(job);
      for (const std::int32_t job : moved) Insert(job, {jobs_[job].start + later, place.lane});
      for (const std::int32_t job : moved) ClearWay(job);
      return;
    }
    const std::optional<std::int64_t> lower = FirstLowerStart(next, start);
    if (lower.has_value() && *lower < start + later) return;
    if (WaitingAt(GroupOf(place.lane), jobs_[next].tier, start + later) != kNone) return;
    if (AreasBusyUntil(next, start + later) != 0) return;
    // Behind something of a lower tier, it could have been ready for that one's later start.
    if (!moved.empty() && jobs_[moved.back()].tier > jobs_[next].tier) return;
    moved.push_back(next);
  }
}

std::int32_t PlanRepair::Add(const NewJob& job) {
  Begin();
  const std::int32_t number = jobs_.count();
  work_ += job.minutes;
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
  for (const std::int32_t blocker : job.before) {
    more_after_[blocker].push_back(number);
    Lead(blocker, 1, job.minutes);
  }
  jobs_.push_back(JobOf(number));
  jobs_[number].ready = LastBlockerEnd(number);
  Await(number, 0);
  Finish();
  return number;
}

void PlanRepair::Begin() {
  for (const std::int32_t job : touched_) jobs_[job].touched = false;
  touched_.clear();
  released_.clear();
}

// What drags along more than this besides what it concerns itself takes longer
// than planning anew, moves more than one in a hundred, and does not come out
// well: so it is where an agent goes that had a hundred issues of all tiers.
void PlanRepair::Finish() {
  constexpr std::int64_t kFew = 128;
  constexpr std::int64_t kPart = 128;
  const std::size_t own = pending_.size() + last_.size();
  Settle(kFew + problem_.jobs() / kPart + 2 * static_cast<std::int64_t>(own));
}

void PlanRepair::RemoveAgent(std::int32_t agent) {
  Begin();
  if (capacity_ == problem_.capacity[agent]) return stranded_.push_back(kNone);
  capacity_ -= problem_.capacity[agent];
  problem_.capacity[agent] = 0;
  for (std::int32_t lane = lanes_of_.begin[agent]; lane < lanes_of_.begin[agent + 1]; ++lane) {
    const std::vector<Slot> slots = lanes_[lane].slots;
    for (const auto& [start, end, job] : slots) {
      Take(job);
      jobs_[job].held_by = problem_.held_by[job] = kNone;
      Await(job, jobs_[job].start);
    }
    if (!lanes_[lane].open) continue;
    EndsOf(lane).erase(Event(0, lane));
    lanes_[lane].open = false;
    closed_.push_back(lane);
  }
  Finish();
}

void PlanRepair::SetTier(std::int32_t job, std::uint8_t tier) {
  Begin();
  if (!Placed(job) || jobs_[job].tier == tier) return;
  if (jobs_[job].held_by != kNone) {
    jobs_[job].tier = problem_.tier[job] = tier;
    return;
  }
  const std::int32_t lane = jobs_[job].lane;
  const bool idle = jobs_[job].start == 0;
  Take(job);
  jobs_[job].tier = problem_.tier[job] = tier;
  lowest_ = std::max(lowest_, tier);
  Await(job, 0);
  if (idle) FillHole(lane);
  Finish();
}

bool PlanRepair::SetBlockers(std::int32_t job, const std::vector<std::int32_t>& before) {
  Begin();
  if (!Placed(job) || jobs_[job].held_by != kNone) return true;  // what runs waits for nobody
  if (Reaches(job, before)) return false;
  const std::vector<std::int32_t> old(BeforeOf(job).begin(), BeforeOf(job).end());
  before_now_[job] = before;
  jobs_[job].ready = LastBlockerEnd(job);
  for (const std::int32_t blocker : before) {
    if (std::find(old.begin(), old.end(), blocker) != old.end()) continue;
    if (!IsListedAfter(blocker, job)) more_after_[blocker].push_back(job);
    Lead(blocker, 1 + jobs_[job].followers, jobs_[job].tail);
  }
  if (Ready(job) > jobs_[job].start) {
    const std::int32_t lane = jobs_[job].lane;
    const bool idle = jobs_[job].start == 0;
    Evict(job, jobs_[job].start);
    if (idle) FillHole(lane);
  } else {
    hurry_.emplace_back(0, job);
  }
  Finish();
  return true;
}

// Whether one of `others` waits for the job. What starts after all of them
// cannot be on the way.
bool PlanRepair::Reaches(std::int32_t job, const std::vector<std::int32_t>& others) const {
  std::int64_t last = 0;
  for (const std::int32_t other : others) last = std::max(last, jobs_[other].start);
  std::vector<std::int32_t> open = {job};
  absl::flat_hash_set<std::int32_t> seen = {job};
  while (!open.empty()) {
    const std::int32_t at = open.back();
    open.pop_back();
    if (std::find(others.begin(), others.end(), at) != others.end()) return true;
    ForSuccessors(at, [&](std::int32_t next) {
      if (Placed(next) && jobs_[next].start <= last && seen.insert(next).second) open.push_back(next);
    });
  }
  return false;
}

bool PlanRepair::IsListedAfter(std::int32_t job, std::int32_t next) const {
  const auto lists = [&](const auto& row) { return std::find(row.begin(), row.end(), next) != row.end(); };
  if (job < problem_.after.size() && lists(problem_.after[job])) return true;
  const auto more = more_after_.find(job);
  return more != more_after_.end() && lists(more->second);
}

std::int32_t PlanRepair::AddAgent(std::int32_t capacity, std::int32_t group) {
  Begin();
  const std::int32_t agent = problem_.agents();
  problem_.capacity.push_back(capacity);
  problem_.group.push_back(group);
  capacity_ += capacity;
  for (std::int32_t unit = 0; unit < capacity; ++unit) {
    lanes_.push_back({.agent = agent, .open = true, .slots = {}});
    EndsOf(lanes_.count() - 1).emplace(0, lanes_.count() - 1);
  }
  lanes_of_.begin.push_back(lanes_.count());
  for (std::int32_t lane = lanes_of_.begin[agent]; lane < lanes_.count(); ++lane) Feed(lane);
  Finish();
  return agent;
}

// Gives an agent that has nothing what is first among all that could start now.
void PlanRepair::Feed(std::int32_t lane) {
  const std::int32_t job = WaitingAt(GroupOf(lane), static_cast<std::uint8_t>(lowest_ + 1), 0, kManyLooks);
  if (job == kNone || Ready(job) > 0 || !AreasFree(job, 0)) return;
  Take(job);
  Commit(job, {0, lane});
}

}  // namespace clambake::planner
