#include "planner/list_schedule.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace clambake::planner {
namespace {

constexpr std::int32_t kNever = std::numeric_limits<std::int32_t>::max();

// So far ahead what will be needed is asked for: a miss takes as long as some
// dozen steps.
constexpr std::int32_t kAhead = 16;

std::int32_t CountAreaJobs(const Problem& problem) {
  return static_cast<std::int32_t>(problem.area_set.size()) -
         static_cast<std::int32_t>(std::count(problem.area_set.begin(), problem.area_set.end(), 0));
}

}  // namespace

ListScheduler::ListScheduler(const Problem& problem)
    : problem_(problem),
      running_(problem),
      pool_(problem),
      items_(problem.minutes.size()),
      rank_(problem.minutes.size()),
      offered_(problem.jobs()),
      item_at_(problem.minutes.size()),
      skill_begin_(static_cast<std::size_t>(problem.skill_groups.size()) + 1, 0),
      top_(static_cast<std::size_t>(problem.skill_groups.size())),
      ready_in_unit_(CountAreaJobs(problem)),
      unit_item_at_(static_cast<std::size_t>(CountAreaJobs(problem))),
      areas_(problem.area_count) {
  for (const std::int32_t skill : problem.skill) ++skill_begin_[skill + 1];
  for (std::int32_t skill = 0; skill < top_.count(); ++skill) skill_begin_[skill + 1] += skill_begin_[skill];
}

// Reads job by job and writes wherever the rank says: the other way round, a
// million jobs would cost a cache miss in each column.
void ListScheduler::MakeItems(std::span<const std::int32_t> order) {
  after_.assign(1, kNone);
  after_.reserve(1 + 2 * problem_.after.items.size());
  std::int32_t rank = 0;
  for (const std::int32_t job : order) rank_[job] = rank++;
  for (std::int32_t job = 0; job < problem_.jobs(); ++job) {
    if (job + kAhead < problem_.jobs()) __builtin_prefetch(&items_[rank_[job + kAhead]], 1);
    Item& item = items_[rank_[job]];
    item.job = job;
    item.minutes = static_cast<std::int32_t>(problem_.minutes[job]);
    item.skill = problem_.skill[job];
    item.unit_place = problem_.area_set[job];
    item.waits_for =
        problem_.held_by[job] != kNone ? kNever : static_cast<std::int32_t>(problem_.before[job].size());
    item.after = ListAfter(job);
  }
  Column<std::int32_t> next_place = skill_begin_;
  for (std::int32_t i = 0; i < items_.count(); ++i) {
    items_[i].place = next_place[items_[i].skill]++;
    item_at_[items_[i].place] = i;
  }
}

// Where the job's successors are listed; those without any share an empty row.
std::int32_t ListScheduler::ListAfter(std::int32_t job) {
  const auto row = problem_.after[job];
  if (row.empty()) return 0;
  const std::int32_t after = after_.count();
  for (const std::int32_t next : row) after_.push_back(rank_[next]);
  after_.push_back(kNone);
  return after;
}

// Units are numbered as their first items are, and areas by first use, so that
// here, too, what is used together lies together.
void ListScheduler::MakeUnits() {
  units_.clear();
  unit_before_.clear();
  uses_.clear();
  if (problem_.area_count == 0) return;
  unit_of_set_.assign(static_cast<std::size_t>(problem_.area_sets.size()), kNone);
  area_number_.assign(static_cast<std::size_t>(problem_.area_count), kNone);
  for (std::int32_t i = 0; i < items_.count(); ++i) {
    if (i + kAhead < items_.count()) __builtin_prefetch(&unit_of_set_[items_[i + kAhead].unit_place]);
    Item& item = items_[i];
    item.unit = item.unit_place == 0 ? kNone : UnitOf(item.unit_place, item.skill);
    if (item.unit != kNone) ++units_[item.unit].end;
  }
  std::int32_t places = 0;
  std::int32_t areas = 0;
  for (Unit& unit : units_) {
    unit.begin = std::exchange(places, places + unit.end);
    unit.end = unit.begin;
    unit.uses = uses_.count();
    for (const std::int32_t use : problem_.area_sets[unit.set]) {
      std::int32_t& area = area_number_[AreaOf(use)];
      if (area == kNone) area = areas++;
      uses_.push_back(2 * area + (IsBelow(use) ? 1 : 0));
    }
    unit.uses_count = uses_.count() - unit.uses;
  }
  for (std::int32_t i = 0; i < items_.count(); ++i) {
    if (i + kAhead < items_.count() && items_[i + kAhead].unit != kNone)
      __builtin_prefetch(&units_[items_[i + kAhead].unit], 1);
    if (items_[i].unit == kNone) continue;
    items_[i].unit_place = units_[items_[i].unit].end++;
    unit_item_at_[items_[i].unit_place] = i;
  }
}

std::int32_t ListScheduler::UnitOf(std::int32_t set, std::int32_t skill) {
  for (std::int32_t unit = unit_of_set_[set]; unit != kNone; unit = unit_before_[unit]) {
    if (units_[unit].skill == skill) return unit;
  }
  units_.push_back({.set = set, .skill = skill});
  unit_before_.push_back(unit_of_set_[set]);
  unit_of_set_[set] = units_.count() - 1;
  return unit_of_set_[set];
}

void ListScheduler::Reset() {
  now_ = 0;
  offers_ = 0;
  schedule_.makespan = 0;
  began_.resize(items_.size());
  running_.Rewind();
  offered_.Clear();
  ready_in_unit_.Clear();
  areas_.Clear(units_.count());
  pool_.Reset();
  std::fill(top_.begin(), top_.end(), kNone);
}

const Schedule& ListScheduler::Run(std::span<const std::int32_t> order) {
  MakeItems(order);
  MakeUnits();
  Reset();
  StartHeld();
  for (std::int32_t item = 0; item < items_.count(); ++item) {
    if (items_[item].waits_for == 0) MakeReady(item);
  }
  Dispatch();
  while (!running_.empty()) {
    ended_.clear();
    now_ = running_.TakeNext(ended_);
    FinishAll();
    Dispatch();
  }
  WriteResult();
  return schedule_;
}

void ListScheduler::WriteResult() {
  schedule_.start.resize(items_.size());
  schedule_.agent.resize(items_.size());
  for (std::int32_t job = 0; job < problem_.jobs(); ++job) {
    if (job + kAhead < problem_.jobs()) __builtin_prefetch(&began_[rank_[job + kAhead]]);
    schedule_.start[job] = began_[rank_[job]].start;
    schedule_.agent[job] = began_[rank_[job]].agent;
  }
}

void ListScheduler::StartHeld() {
  for (std::int32_t item = 0; item < items_.count(); ++item) {
    if (items_[item].waits_for == kNever) Begin(item, problem_.held_by[items_[item].job]);
  }
}

// What the end of these will touch is asked for beforehand: the misses overlap
// instead of queueing up.
void ListScheduler::FinishAll() {
  for (const Running& ended : ended_) {
    for (const std::int32_t* next = &after_[ended.after]; *next != kNone; ++next)
      __builtin_prefetch(&items_[*next]);
    if (ended.unit != kNone) __builtin_prefetch(&units_[ended.unit]);
  }
  for (const Running& ended : ended_) {
    for (const std::int32_t* next = &after_[ended.after]; *next != kNone; ++next) {
      const std::int32_t unit = items_[*next].unit;
      if (unit == kNone) continue;
      __builtin_prefetch(&units_[unit]);
      __builtin_prefetch(areas_.AddressOfWaiting(unit));
    }
    if (ended.unit == kNone) continue;
    for (const std::int32_t use : UsesOf(ended.unit)) __builtin_prefetch(areas_.AddressOf(use));
  }
  for (const Running& ended : ended_) Finish(ended);
}

void ListScheduler::Begin(std::int32_t item, std::int32_t agent) {
  const Item& it = items_[item];
  const std::int64_t finish = now_ + it.minutes;
  began_[item] = {.start = now_, .agent = agent};
  schedule_.makespan = std::max(schedule_.makespan, finish);
  running_.Add(finish, {.item = item, .agent = agent, .unit = it.unit, .after = it.after});
  if (it.unit != kNone) areas_.Take(UsesOf(it.unit));
}

void ListScheduler::Finish(const Running& ended) {
  pool_.GiveBack(ended.agent);
  if (ended.unit != kNone) ReleaseAreas(ended.unit);
  for (const std::int32_t* next = &after_[ended.after]; *next != kNone; ++next) {
    std::int32_t& waits_for = items_[*next].waits_for;
    if (--waits_for == 0) MakeReady(*next);  // what runs already waits for nobody
  }
}

void ListScheduler::ReleaseAreas(std::int32_t unit) {
  const auto uses = UsesOf(unit);
  for (const std::int32_t use : uses) areas_.Release(use);
  for (const std::int32_t use : uses) {
    for (std::int32_t queue = areas_.FirstQueue(AreaOf(use)); queue != kNone;
         queue = areas_.NextQueue(queue)) {
      WakeNext(queue);
    }
  }
}

void ListScheduler::MakeReady(std::int32_t item) {
  const Item& it = items_[item];
  if (it.unit == kNone) {
    Offer(item);
    return;
  }
  const bool first = TopOfUnit(it.unit) == units_[it.unit].end;
  ready_in_unit_.Insert(it.unit_place);
  if (!first && TopOfUnit(it.unit) != it.unit_place) return;
  if (const std::int32_t queue = areas_.WaitsAt(it.unit); queue != kNone) {
    areas_.Improve(it.unit, item);
    // The area may be free already, with its turn given to a less urgent unit.
    if (areas_.Top(queue) == it.unit) WakeNext(queue);
  } else {
    if (!first) Withdraw(units_[it.unit].offer);
    OfferUnit(it.unit, item);
  }
}

void ListScheduler::Dispatch() {
  for (std::int32_t item = MostUrgent(); item != kNone; item = MostUrgent()) {
    const std::int32_t unit = items_[item].unit;
    const std::int32_t obstacle = unit == kNone ? kNone : areas_.Obstacle(UsesOf(unit));
    if (obstacle == kNone) {
      Start(item);
    } else {
      Withdraw(item);
      Park(unit, obstacle);
    }
  }
}

std::int32_t ListScheduler::MostUrgent() const {
  std::int32_t best = kNone;
  if (offers_ == 0 || pool_.idle_slots() == 0) return best;
  for (std::int32_t skill = 0; skill < top_.count(); ++skill) {
    const std::int32_t item = top_[skill];
    if (item == kNone || !pool_.CanServe(skill)) continue;
    if (best == kNone || item < best) best = item;
  }
  return best;
}

void ListScheduler::Start(std::int32_t item) {
  const auto supply =
      2 * offers_ > pool_.idle_slots() ? AgentPool::Supply::kScarce : AgentPool::Supply::kAmple;
  Withdraw(item);
  const Item& it = items_[item];
  Begin(item, pool_.Take(it.skill, it.minutes, supply));
  if (it.unit == kNone) return;

  Unit& unit = units_[it.unit];
  const std::int32_t woken_by = std::exchange(unit.woken_by, kNone);
  ready_in_unit_.Erase(it.unit_place);
  unit.offer = kNone;
  if (TopOfUnit(it.unit) != unit.end) Park(it.unit, areas_.Obstacle(UsesOf(it.unit)));
  // Several may work below one area at a time: let the next one go, too.
  if (woken_by != kNone) WakeNext(woken_by);
}

void ListScheduler::Offer(std::int32_t item) {
  const Item& it = items_[item];
  offered_.Insert(it.place);
  ++offers_;
  if (top_[it.skill] == kNone || item < top_[it.skill]) top_[it.skill] = item;
}

void ListScheduler::Withdraw(std::int32_t item) {
  const Item& it = items_[item];
  offered_.Erase(it.place);
  --offers_;
  if (top_[it.skill] != item) return;
  const std::int32_t end = skill_begin_[it.skill + 1];
  const std::int32_t place = offered_.First(it.place, end);
  top_[it.skill] = place == end ? kNone : item_at_[place];
  FetchBehind(place, end);
}

// What is most urgent in a skill class is soon followed by its neighbours: asks
// for all that starting them will touch, one step each time.
void ListScheduler::FetchBehind(std::int32_t place, std::int32_t end) const {
  constexpr std::int32_t kPlace = 24;
  constexpr std::int32_t kItem = 12;
  constexpr std::int32_t kUnit = 8;
  constexpr std::int32_t kUses = 4;
  constexpr std::int32_t kAreas = 2;
  if (place >= end - kPlace) return;
  __builtin_prefetch(&item_at_[place + kPlace]);
  __builtin_prefetch(&items_[item_at_[place + kItem]]);
  if (const std::int32_t unit = items_[item_at_[place + kUnit]].unit; unit != kNone)
    __builtin_prefetch(&units_[unit]);
  if (const std::int32_t unit = items_[item_at_[place + kUses]].unit; unit != kNone)
    __builtin_prefetch(UsesOf(unit).data());
  if (const std::int32_t unit = items_[item_at_[place + kAreas]].unit; unit != kNone) {
    for (const std::int32_t use : UsesOf(unit)) __builtin_prefetch(areas_.AddressOf(use));
  }
}

void ListScheduler::OfferUnit(std::int32_t unit, std::int32_t item) {
  units_[unit].offer = item;
  Offer(item);
}

void ListScheduler::Park(std::int32_t unit, std::int32_t use) {
  units_[unit].offer = kNone;
  const std::int32_t queue = areas_.QueueOf(use, units_[unit].skill);
  areas_.Push(queue, unit, unit_item_at_[TopOfUnit(unit)]);
  const std::int32_t woken_by = std::exchange(units_[unit].woken_by, kNone);
  // It went on to wait elsewhere: the queue that let it go has another turn.
  if (woken_by != kNone && woken_by != queue) WakeNext(woken_by);
}

void ListScheduler::WakeNext(std::int32_t queue) {
  if (!areas_.Open(areas_.UseOf(queue))) return;
  const std::int32_t unit = areas_.Pop(queue);
  if (unit == kNone) return;
  units_[unit].woken_by = queue;
  OfferUnit(unit, unit_item_at_[TopOfUnit(unit)]);
}

}  // namespace clambake::planner
