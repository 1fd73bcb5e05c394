#include "planner/list_schedule.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace clambake::planner {
namespace {

// Jobs that touch areas, sorted so that those of one unit stand together.
std::vector<std::int32_t> AreaJobs(const Problem& problem) {
  std::vector<std::int32_t> jobs;
  for (std::int32_t job = 0; job < problem.jobs(); ++job) {
    if (problem.area_set[job] != 0) jobs.push_back(job);
  }
  std::sort(jobs.begin(), jobs.end(), [&](std::int32_t a, std::int32_t b) {
    return std::tuple(problem.area_set[a], problem.skill[a], a) <
           std::tuple(problem.area_set[b], problem.skill[b], b);
  });
  return jobs;
}

bool SameUnit(const Problem& problem, std::int32_t a, std::int32_t b) {
  return problem.area_set[a] == problem.area_set[b] && problem.skill[a] == problem.skill[b];
}

std::int32_t CountUnits(const Problem& problem, const std::vector<std::int32_t>& area_jobs) {
  std::int32_t units = 0;
  for (std::size_t i = 0; i < area_jobs.size(); ++i) {
    if (i == 0 || !SameUnit(problem, area_jobs[i - 1], area_jobs[i])) ++units;
  }
  return units;
}

}  // namespace

ListScheduler::ListScheduler(const Problem& problem)
    : problem_(problem),
      running_(problem),
      pool_(problem),
      offered_(problem.jobs()),
      area_jobs_(AreaJobs(problem)),
      ready_in_unit_(static_cast<std::int32_t>(area_jobs_.size())),
      areas_(problem.area_count, CountUnits(problem, area_jobs_)) {
  const std::size_t jobs = problem.minutes.size();
  for (auto* column : {&rank_, &waits_for_, &place_, &job_at_}) column->resize(jobs);
  schedule_.start.resize(jobs);
  schedule_.agent.resize(jobs);
  top_.resize(static_cast<std::size_t>(problem.skill_groups.size()));
  skill_begin_.assign(static_cast<std::size_t>(problem.skill_groups.size()) + 1, 0);
  for (const std::int32_t skill : problem.skill) ++skill_begin_[skill + 1];
  for (std::int32_t skill = 0; skill < top_.count(); ++skill) skill_begin_[skill + 1] += skill_begin_[skill];
  MakeUnits();
}

void ListScheduler::MakeUnits() {
  if (area_jobs_.empty()) return;
  unit_.assign(problem_.minutes.size(), kNone);
  unit_place_.resize(problem_.minutes.size());
  unit_job_at_.resize(area_jobs_.size());
  for (std::size_t i = 0; i < area_jobs_.size(); ++i) {
    const std::int32_t job = area_jobs_[i];
    if (i == 0 || !SameUnit(problem_, area_jobs_[i - 1], job)) {
      unit_begin_.push_back(static_cast<std::int32_t>(i));
      unit_areas_.push_back(problem_.area_set[job]);
      unit_skill_.push_back(problem_.skill[job]);
    }
    unit_[job] = unit_areas_.count() - 1;
  }
  unit_begin_.push_back(static_cast<std::int32_t>(area_jobs_.size()));
  unit_offer_.resize(unit_areas_.size());
  woken_by_.resize(unit_areas_.size());
}

void ListScheduler::PlaceJobs(std::span<const std::int32_t> order) {
  Column<std::int32_t> next = skill_begin_;
  Column<std::int32_t> next_in_unit = unit_begin_;
  std::int32_t rank = 0;
  for (const std::int32_t job : order) {
    rank_[job] = rank++;
    place_[job] = next[problem_.skill[job]]++;
    job_at_[place_[job]] = job;
    if (problem_.area_set[job] == 0) continue;
    unit_place_[job] = next_in_unit[unit_[job]]++;
    unit_job_at_[unit_place_[job]] = job;
  }
}

void ListScheduler::Reset() {
  now_ = 0;
  schedule_.makespan = 0;
  offers_ = 0;
  running_.Clear();
  offered_.Clear();
  ready_in_unit_.Clear();
  areas_.Clear();
  pool_.Reset();
  std::fill(top_.begin(), top_.end(), kNone);
  std::fill(unit_offer_.begin(), unit_offer_.end(), kNone);
  std::fill(woken_by_.begin(), woken_by_.end(), kNone);
}

const Schedule& ListScheduler::Run(std::span<const std::int32_t> order) {
  Reset();
  PlaceJobs(order);
  StartHeld();
  for (std::int32_t job = 0; job < problem_.jobs(); ++job) {
    waits_for_[job] = static_cast<std::int32_t>(problem_.before[job].size());
    if (waits_for_[job] == 0 && problem_.held_by[job] == kNone) MakeReady(job);
  }
  Dispatch();
  while (!running_.empty()) {
    ended_.clear();
    now_ = running_.TakeNext(ended_);
    for (const std::int32_t job : ended_) Finish(job);
    Dispatch();
  }
  return schedule_;
}

void ListScheduler::StartHeld() {
  for (std::int32_t job = 0; job < problem_.jobs(); ++job) {
    if (problem_.held_by[job] != kNone) Begin(job, problem_.held_by[job]);
  }
}

void ListScheduler::Begin(std::int32_t job, std::int32_t agent) {
  const std::int64_t finish = now_ + problem_.minutes[job];
  schedule_.start[job] = now_;
  schedule_.agent[job] = agent;
  schedule_.makespan = std::max(schedule_.makespan, finish);
  running_.Add(finish, job);
  if (problem_.area_set[job] != 0) areas_.Take(problem_.area_sets[problem_.area_set[job]]);
}

void ListScheduler::Finish(std::int32_t job) {
  pool_.GiveBack(schedule_.agent[job]);
  if (problem_.area_set[job] != 0) ReleaseAreas(job);
  for (const std::int32_t next : problem_.after[job]) {
    if (--waits_for_[next] == 0 && problem_.held_by[next] == kNone) MakeReady(next);
  }
}

void ListScheduler::ReleaseAreas(std::int32_t job) {
  const auto uses = problem_.area_sets[problem_.area_set[job]];
  for (const std::int32_t use : uses) areas_.Release(use);
  for (const std::int32_t use : uses) {
    for (std::int32_t queue = areas_.FirstQueue(AreaOf(use)); queue != kNone;
         queue = areas_.NextQueue(queue)) {
      WakeNext(queue);
    }
  }
}

void ListScheduler::MakeReady(std::int32_t job) {
  if (problem_.area_set[job] == 0) {
    Offer(job);
    return;
  }
  const std::int32_t unit = unit_[job];
  const bool first = TopOfUnit(unit) == kNone;
  ready_in_unit_.Insert(unit_place_[job]);
  if (TopOfUnit(unit) != job) return;
  if (const std::int32_t queue = areas_.WaitsAt(unit); queue != kNone) {
    areas_.Improve(unit, rank_[job]);
    // The area may be free already, with its turn given to a less urgent unit.
    if (areas_.Top(queue) == unit) WakeNext(queue);
  } else {
    if (!first) Withdraw(unit_offer_[unit]);
    OfferUnit(unit);
  }
}

void ListScheduler::Dispatch() {
  for (std::int32_t job = MostUrgent(); job != kNone; job = MostUrgent()) {
    const std::int32_t set = problem_.area_set[job];
    const std::int32_t obstacle = set == 0 ? kNone : areas_.Obstacle(problem_.area_sets[set]);
    if (obstacle == kNone) {
      const std::int32_t own = problem_.keep_at.empty() ? kNone : OwnInstead(job);
      Start(own == kNone ? job : own);
    } else {
      Withdraw(job);
      Park(unit_[job], obstacle);
    }
  }
}

// With a previous plan: where the job's own agent is busy and another would
// have to step in, what that one was to do next, if it is ready and of the same
// tier. So a change stays with one agent and does not make everybody swap.
std::int32_t ListScheduler::OwnInstead(std::int32_t job) {
  if (pool_.IsIdle(problem_.keep_at[job])) return kNone;
  for (const std::int32_t group : problem_.skill_groups[problem_.skill[job]]) {
    for (const std::int32_t agent : pool_.IdleOf(group)) {
      const std::int32_t own = pool_.NextKept(agent);
      if (own == kNone || problem_.tier[own] != problem_.tier[job]) continue;
      if (offered_.First(place_[own], place_[own] + 1) != place_[own]) continue;
      const std::int32_t set = problem_.area_set[own];
      if (set == 0 || areas_.Obstacle(problem_.area_sets[set]) == kNone) return own;
    }
  }
  return kNone;
}

std::int32_t ListScheduler::MostUrgent() const {
  std::int32_t best = kNone;
  if (offers_ == 0 || pool_.idle_slots() == 0) return best;
  for (std::int32_t skill = 0; skill < top_.count(); ++skill) {
    const std::int32_t job = top_[skill];
    if (job == kNone || !pool_.CanServe(skill)) continue;
    if (best == kNone || rank_[job] < rank_[best]) best = job;
  }
  return best;
}

void ListScheduler::Start(std::int32_t job) {
  const auto supply =
      2 * offers_ > pool_.idle_slots() ? AgentPool::Supply::kScarce : AgentPool::Supply::kAmple;
  Withdraw(job);
  Begin(job, problem_.keep_at.empty() ? pool_.Take(problem_.skill[job], problem_.minutes[job], supply)
                                      : pool_.TakeAsBefore(job));
  if (problem_.area_set[job] == 0) return;

  const std::int32_t unit = unit_[job];
  const std::int32_t woken_by = std::exchange(woken_by_[unit], kNone);
  ready_in_unit_.Erase(unit_place_[job]);
  unit_offer_[unit] = kNone;
  if (TopOfUnit(unit) != kNone) Park(unit, areas_.Obstacle(problem_.area_sets[unit_areas_[unit]]));
  // Several may work below one area at a time: let the next one go, too.
  if (woken_by != kNone) WakeNext(woken_by);
}

void ListScheduler::Offer(std::int32_t job) {
  const std::int32_t skill = problem_.skill[job];
  offered_.Insert(place_[job]);
  ++offers_;
  if (top_[skill] == kNone || rank_[job] < rank_[top_[skill]]) top_[skill] = job;
}

void ListScheduler::Withdraw(std::int32_t job) {
  const std::int32_t skill = problem_.skill[job];
  offered_.Erase(place_[job]);
  --offers_;
  if (top_[skill] != job) return;
  const std::int32_t end = skill_begin_[skill + 1];
  const std::int32_t place = offered_.First(place_[job], end);
  top_[skill] = place == end ? kNone : job_at_[place];
}

void ListScheduler::OfferUnit(std::int32_t unit) {
  unit_offer_[unit] = TopOfUnit(unit);
  Offer(unit_offer_[unit]);
}

void ListScheduler::Park(std::int32_t unit, std::int32_t use) {
  unit_offer_[unit] = kNone;
  const std::int32_t queue = areas_.QueueOf(use, unit_skill_[unit]);
  areas_.Push(queue, unit, rank_[TopOfUnit(unit)]);
  const std::int32_t woken_by = std::exchange(woken_by_[unit], kNone);
  // It went on to wait elsewhere: the queue that let it go has another turn.
  if (woken_by != kNone && woken_by != queue) WakeNext(woken_by);
}

void ListScheduler::WakeNext(std::int32_t queue) {
  if (!areas_.Open(areas_.UseOf(queue))) return;
  const std::int32_t unit = areas_.Pop(queue);
  if (unit == kNone) return;
  woken_by_[unit] = queue;
  OfferUnit(unit);
}

std::int32_t ListScheduler::TopOfUnit(std::int32_t unit) const {
  const std::int32_t end = unit_begin_[unit + 1];
  const std::int32_t place = ready_in_unit_.First(unit_begin_[unit], end);
  return place == end ? kNone : unit_job_at_[place];
}

}  // namespace clambake::planner
