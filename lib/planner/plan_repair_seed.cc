// PlanRepair: how one is made of a problem and a schedule.
#include <algorithm>
#include <utility>

#include "planner/order.h"
#include "planner/plan_repair.h"

namespace clambake::planner {

PlanRepair::PlanRepair(Problem problem, const Schedule& schedule, Trust trust)
    : problem_(std::move(problem)),
      starts_(static_cast<std::size_t>(problem_.group_count) * kTiers * 2),
      queue_(static_cast<std::size_t>(problem_.skill_groups.size()) * kTiers * 2),
      ends_(static_cast<std::size_t>(problem_.group_count)),
      holes_(static_cast<std::size_t>(problem_.group_count)),
      lengths_(static_cast<std::size_t>(problem_.group_count)),
      users_(static_cast<std::size_t>(problem_.area_count)) {
  for (const std::uint8_t tier : problem_.tier) lowest_ = std::max(lowest_, tier);
  MakeJobs();
  CountFollowers();
  for (const std::int64_t minutes : problem_.minutes) work_ += minutes;
  for (const std::int32_t units : problem_.capacity) capacity_ += units;
  MakeLanes();
  Seed(schedule);
  if (trust == Trust::kValid) {
    hurry_.clear();
  } else {
    for (std::int32_t lane = 0; lane < lanes_.count(); ++lane) FillHole(lane);
    for (std::int32_t job = problem_.jobs() - 1; job >= 0; --job) hurry_.emplace_back(0, job);
  }
  // Far more than has been seen to be needed; a wrong turn ends, too.
  Settle(1'000 + std::int64_t{20} * problem_.jobs());
  Rebase();
  Begin();  // of no change: all that has been touched is forgotten
}

PlanRepair::Job PlanRepair::JobOf(std::int32_t number) const {
  return {.minutes = problem_.minutes[number],
          .tail = problem_.minutes[number],
          .skill = problem_.skill[number],
          .area_set = problem_.area_set[number],
          .held_by = problem_.held_by[number],
          .tier = problem_.tier[number]};
}

// With room for more, or the first job added would have to wait until all are moved.
void PlanRepair::MakeJobs() {
  const std::size_t jobs = problem_.minutes.size() + problem_.minutes.size() / 16 + 64;
  jobs_.reserve(jobs);
  for (std::int32_t job = 0; job < problem_.jobs(); ++job) jobs_.push_back(JobOf(job));
  problem_.minutes.reserve(jobs);
  for (auto* column : {&problem_.skill, &problem_.area_set, &problem_.held_by}) column->reserve(jobs);
  problem_.tier.reserve(jobs);
  problem_.before.begin.reserve(jobs + 1);
  problem_.before.items.reserve(problem_.before.items.size() + jobs / 16);
}

// Along the paths, so that what waits on two counts twice: it only weighs one
// victim against another.
void PlanRepair::CountFollowers() {
  const Column<std::int32_t> order = TopologicalOrder(problem_);
  for (auto job = order.rbegin(); job != order.rend(); ++job) {
    std::int64_t followers = 0;
    for (const std::int32_t next : problem_.after[*job]) {
      followers += 1 + jobs_[next].followers;
      jobs_[*job].tail = std::max(jobs_[*job].tail, jobs_[*job].minutes + jobs_[next].tail);
    }
    jobs_[*job].followers = static_cast<std::int32_t>(std::min(followers, kManyFollowers));
  }
}

// What runs beyond an agent's capacity has lanes of its own, which take
// nothing else; the longest have the agent's, so that it takes nothing new
// before it has capacity left.
void PlanRepair::MakeLanes() {
  std::vector<Pair> held;
  for (std::int32_t job = 0; job < problem_.jobs(); ++job) {
    if (jobs_[job].held_by != kNone) held.emplace_back(jobs_[job].held_by, job);
  }
  std::stable_sort(held.begin(), held.end(), [&](const Pair& a, const Pair& b) {
    return a.first != b.first ? a.first < b.first : jobs_[a.second].minutes > jobs_[b.second].minutes;
  });
  const Rows held_by = RowsOf(held, problem_.agents());
  for (std::int32_t agent = 0; agent < problem_.agents(); ++agent) {
    const auto row = held_by[agent];
    for (std::int32_t unit = 0;
         unit < std::max(problem_.capacity[agent], static_cast<std::int32_t>(row.size())); ++unit) {
      const bool own = unit < problem_.capacity[agent];
      lanes_.push_back({.agent = agent, .open = own, .slots = {}});
      if (own) {
        EndsOf(lanes_.count() - 1).emplace(0, lanes_.count() - 1);
      } else {
        closed_.push_back(lanes_.count() - 1);
      }
      if (unit < static_cast<std::int32_t>(row.size()))
        Insert(row[static_cast<std::size_t>(unit)], {0, lanes_.count() - 1});
    }
    lanes_of_.begin.push_back(lanes_.count());
  }
}

void PlanRepair::Seed(const Schedule& schedule) {
  std::vector<Event> order;
  for (std::int32_t job = 0; job < problem_.jobs(); ++job) {
    if (jobs_[job].held_by != kNone) continue;
    order.emplace_back(schedule.start[job], job);
    // So that nothing comes before what it waits for, if that is later.
    jobs_[job].start = schedule.start[job];
  }
  for (std::int32_t job = 0; job < jobs_.count(); ++job) jobs_[job].ready = LastBlockerEnd(job);
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
  const auto groups = problem_.skill_groups[jobs_[job].skill];
  if (!std::binary_search(groups.begin(), groups.end(), problem_.group[agent])) return best;
  for (std::int32_t lane = lanes_of_.begin[agent]; lane < lanes_of_.begin[agent + 1]; ++lane) {
    if (!lanes_[lane].open || lanes_[lane].end() > start) continue;
    if (best == kNone || lanes_[lane].end() > lanes_[best].end()) best = lane;
  }
  return best;
}

}  // namespace clambake::planner
