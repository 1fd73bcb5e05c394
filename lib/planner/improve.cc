#include "planner/improve.h"

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

#include "planner/energy.h"
#include "planner/level_ends.h"
#include "planner/list_schedule.h"
#include "planner/order.h"
#include "planner/partition.h"
#include "planner/project_exact.h"
#include "planner/project_search.h"
#include "planner/relax.h"
#include "planner/rng.h"

namespace clambake::planner {
namespace {

constexpr std::int32_t kMaxCore = 2'000;        // jobs
constexpr std::int32_t kMaxVaried = 5'000;      // jobs
constexpr std::int64_t kCoreSteps = 2'000'000;  // jobs placed
constexpr std::int64_t kVariedSteps = 300'000;  // jobs placed
constexpr std::int64_t kFirstRuns = 4;
constexpr std::int64_t kEnergySteps = 10'000'000;
constexpr std::int64_t kExactStates = 50'000;

// A gap of 0.1 % is as good as none: estimates are not that exact.
std::int64_t GoodEnough(const Bound& bound) { return bound.minutes + bound.minutes / 1000; }

bool Independent(const Problem& problem, const Relaxation& relaxation) {
  return relaxation.exact && relaxation.project.resources == 1 && problem.before.items.empty();
}

void ImprovePartition(const Problem& problem, int effort, Schedule& schedule, Bound& bound) {
  Column<std::int32_t> agent_of_slot;
  for (std::int32_t agent = 0; agent < problem.agents(); ++agent) {
    agent_of_slot.insert(agent_of_slot.end(), static_cast<std::size_t>(problem.capacity[agent]), agent);
  }
  const PartitionPlan plan = SolvePartition(problem.minutes, agent_of_slot.count(), LimitsFor(effort));
  bound.Raise(plan.bound.minutes, plan.bound.proof);
  if (plan.makespan >= schedule.makespan) return;
  Column<std::int64_t> busy(agent_of_slot.size(), 0);
  for (const std::int32_t job : UrgencyOrder(problem, problem.minutes)) {
    schedule.start[job] = busy[plan.agent[job]];
    schedule.agent[job] = agent_of_slot[plan.agent[job]];
    busy[plan.agent[job]] += problem.minutes[job];
  }
  schedule.makespan = plan.makespan;
}

void RaiseByEnergy(const Relaxation& relaxation, int effort, const Schedule& schedule, Bound& bound) {
  const auto makespan = static_cast<std::int32_t>(schedule.makespan / relaxation.unit);
  const Bound found = ProjectBound(relaxation.project, makespan, kEnergySteps * effort);
  bound.Raise(found.minutes * relaxation.unit, found.proof);
}

void ImproveCore(const Problem& problem, const Relaxation& relaxation, int effort, Schedule& schedule,
                 Bound& bound) {
  SearchLimits limits;
  limits.decodes = kCoreSteps / problem.jobs() * effort;
  limits.target = static_cast<std::int32_t>(GoodEnough(bound) / relaxation.unit);
  ProjectSchedule found = SearchProject(relaxation.project, limits);
  if (found.makespan > limits.target) {
    Bound exact = {.minutes = bound.minutes / relaxation.unit, .proof = bound.proof};
    CloseExactly(relaxation.project, kExactStates * effort, found, exact);
    bound.Raise(exact.minutes * relaxation.unit, exact.proof);
  }
  if (found.makespan * relaxation.unit < schedule.makespan) schedule = Distribute(problem, relaxation, found);
}

// Ranks vary by letting some jobs' chains count for more or less than they
// are; what does not make the schedule longer is kept.
class Variation {
 public:
  Variation(const Problem& problem, const Column<std::int64_t>& weights)
      : problem_(problem), scheduler_(problem), first_(weights), weight_(weights) {}

  void Run(std::int64_t runs, std::int64_t target, Schedule& schedule) {
    std::int64_t kept = schedule.makespan;
    for (; runs > 0 && schedule.makespan > target; --runs) {
      Column<std::int64_t> varied = weight_;
      Vary(varied);
      Schedule tried = scheduler_.Run(UrgencyOrder(problem_, varied));
      LevelEnds(problem_, tried);
      if (tried.makespan > kept) continue;
      kept = tried.makespan;
      weight_ = std::move(varied);
      if (tried.makespan < schedule.makespan) schedule = std::move(tried);
    }
  }

 private:
  void Vary(Column<std::int64_t>& weight) {
    for (std::int32_t changes = 1 + rng_.Below(1 + problem_.jobs() / 10); changes > 0; --changes) {
      const std::int32_t job = rng_.Below(problem_.jobs());
      constexpr std::int32_t kParts = 64;
      weight[job] = first_[job] * (kParts / 2 + rng_.Below(kParts)) / kParts;
    }
  }

  const Problem& problem_;
  ListScheduler scheduler_;
  Column<std::int64_t> first_, weight_;
  SearchRng rng_;
};

}  // namespace

void Improve(const Problem& problem, int effort, const Column<std::int64_t>& weights, Schedule& schedule,
             Bound& bound) {
  if (effort <= 0 || schedule.makespan <= GoodEnough(bound)) return;
  const std::optional<Relaxation> relaxation = Relax(problem);
  if (relaxation.has_value() && Independent(problem, *relaxation)) {
    ImprovePartition(problem, effort, schedule, bound);
    return;
  }
  if (problem.jobs() > kMaxVaried) return;
  const bool core = relaxation.has_value() && problem.jobs() <= kMaxCore;
  Variation variation(problem, weights);
  // A few runs often do, where the core's search is not to be had.
  if (!core || !relaxation->exact) variation.Run(kFirstRuns, GoodEnough(bound), schedule);
  if (core && schedule.makespan > GoodEnough(bound)) RaiseByEnergy(*relaxation, effort, schedule, bound);
  if (core && schedule.makespan > GoodEnough(bound) && relaxation->exact) {
    ImproveCore(problem, *relaxation, effort, schedule, bound);
  }
  variation.Run(kVariedSteps / problem.jobs() * effort, GoodEnough(bound), schedule);
}

}  // namespace clambake::planner
