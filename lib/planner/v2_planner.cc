#include "planner/v2_planner.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "base/counted.h"
#include "fmt/format.h"
#include "planner/agents.h"
#include "planner/assemble.h"
#include "planner/bounds.h"
#include "planner/improve.h"
#include "planner/level_ends.h"
#include "planner/list_schedule.h"
#include "planner/order.h"
#include "planner/replan.h"
#include "planner/spread_leaves.h"
#include "planner/write_plan.h"

namespace clambake {
namespace {

using namespace ::clambake::planner;  // NOLINT(google-build-using-namespace): this is its front

struct Solution {
  Schedule schedule;
  Bound bound;
};

std::string Minutes(std::int64_t minutes) { return Counted(static_cast<std::size_t>(minutes), "minute"); }

bool SeveralTiers(const Problem& problem) {
  return std::adjacent_find(problem.tier.begin(), problem.tier.end(), std::not_equal_to<>()) !=
         problem.tier.end();
}

// Above this nothing searches.
constexpr std::int32_t kLarge = 20'000;

// What the rule of tiers costs: the same scheduler without it.
void NoteCostOfTiers(const Problem& problem, const Column<std::int64_t>& weights, const Solution& solution,
                     std::vector<std::string>& notes) {
  // A large problem's second schedule takes as long as the first: not for a trifle.
  const std::int64_t trifle = solution.bound.minutes / (problem.jobs() > kLarge ? 200 : 1000);
  if (solution.schedule.makespan - solution.bound.minutes <= trifle || !SeveralTiers(problem)) return;
  const std::int64_t makespan = ListScheduler(problem).Run(OrderByWeight(weights)).makespan;
  if (makespan >= solution.schedule.makespan) return;
  notes.push_back(
      fmt::format("Putting higher priorities first costs {}: without them all would be done after {}.",
                  Minutes(solution.schedule.makespan - makespan), Minutes(makespan)));
}

// By at most so many in a thousand.
bool HardlyLonger(std::int64_t makespan, std::int64_t than, std::int64_t per_mille) {
  return makespan * 1000 <= than * (1000 + per_mille);
}

// With room for later changes where that makes it at most 0.1 % longer. A small
// problem is as soon planned anew.
Schedule FirstSchedule(const Problem& problem, const Column<std::int64_t>& weights, std::int64_t bound) {
  constexpr std::int64_t kPriceOfRoom = 1;  // per mille
  const Column<std::int32_t> urgency = UrgencyOrder(problem, weights);
  ListScheduler scheduler(problem);
  const auto run = [&](const Column<std::int32_t>& order) {
    Schedule schedule = scheduler.Run(order);
    if (schedule.makespan > bound) LevelEnds(problem, schedule);
    return schedule;
  };
  if (problem.jobs() <= kLarge) return run(urgency);
  Schedule roomy = run(SpreadLeaves(problem, urgency));
  if (HardlyLonger(roomy.makespan, bound, kPriceOfRoom)) return roomy;
  Schedule tight = run(urgency);
  return HardlyLonger(roomy.makespan, tight.makespan, kPriceOfRoom) ? roomy : tight;
}

Solution Solve(const Problem& problem, int effort, std::vector<std::string>& notes) {
  const Column<std::int32_t> topological = TopologicalOrder(problem);
  const Column<std::int64_t> tails = Tails(problem, topological);
  const Column<std::int64_t> weights = TailsWithQueues(problem, tails);
  Solution solution;
  solution.bound = QuickBound(problem, Heads(problem, topological), tails);
  solution.schedule = FirstSchedule(problem, weights, solution.bound.minutes);
  if (problem.jobs() <= kLarge) Improve(problem, effort, weights, solution.schedule, solution.bound);
  NoteCostOfTiers(problem, weights, solution, notes);
  return solution;
}

void NoteAgentsGone(const Assembly& assembly, const Plan& previous, std::vector<std::string>& notes) {
  std::vector<std::string> gone;
  for (const Agent& agent : previous.agents) {
    if (FindAgent(assembly.agents, agent.id) == kNone) gone.push_back(agent.id);
  }
  if (gone.empty()) return;
  notes.push_back(
      gone.size() == 1
          ? fmt::format("The previous plan names {}, which is not among the agents now.", gone.front())
          : fmt::format("The previous plan names {} agents that are not among those of now (first: {}).",
                        gone.size(), gone.front()));
}

// Keeps to the previous plan, unless a new one is more than 0.5 % shorter.
Solution SolveStably(const Assembly& assembly, const PlanRequest& request, std::vector<std::string>& notes) {
  const Problem& problem = assembly.problem;
  NoteAgentsGone(assembly, *request.previous, notes);
  constexpr std::int64_t kPriceOfStability = 5;  // per mille
  const auto close = [](std::int64_t makespan, std::int64_t to) {
    return HardlyLonger(makespan, to, kPriceOfStability);
  };
  std::optional<Schedule> kept = KeepSchedule(assembly, *request.previous);
  if (kept.has_value()) {
    const Column<std::int32_t> topological = TopologicalOrder(problem);
    Bound bound = QuickBound(problem, Heads(problem, topological), Tails(problem, topological));
    if (close(kept->makespan, bound.minutes)) return {*std::move(kept), std::move(bound)};
  }
  Solution fresh = Solve(problem, request.options.effort, notes);
  if (kept.has_value() && close(kept->makespan, fresh.schedule.makespan)) {
    fresh.schedule = *std::move(kept);
  } else if (kept.has_value()) {
    notes.push_back(fmt::format("The previous plan was not kept: with it all would be done after {}.",
                                Minutes(kept->makespan)));
  }
  return fresh;
}

// Pairs of issues that touch one area and overlap in time: at most this many
// are counted.
constexpr std::int64_t kMaxOverlaps = 1'000;

std::int64_t CountOverlaps(const Problem& problem, const Schedule& schedule) {
  std::vector<std::pair<std::int32_t, std::int32_t>> users;  // area, job
  for (std::int32_t job = 0; job < problem.jobs(); ++job) {
    for (const std::int32_t use : problem.area_sets[problem.area_set[job]])
      users.emplace_back(AreaOf(use), job);
  }
  std::sort(users.begin(), users.end(), [&](const auto& a, const auto& b) {
    return std::tuple(a.first, schedule.start[a.second], a.second) <
           std::tuple(b.first, schedule.start[b.second], b.second);
  });
  std::int64_t overlaps = 0;
  for (std::size_t i = 1; i < users.size() && overlaps < kMaxOverlaps; ++i) {
    const auto& [area, job] = users[i - 1];
    const bool same = users[i].first == area;
    if (same && schedule.start[users[i].second] < schedule.start[job] + problem.minutes[job]) ++overlaps;
  }
  return overlaps;
}

// Overlaps are avoided where that costs no time.
Solution SolveSoftly(const Problem& problem, int effort, std::vector<std::string>& notes) {
  std::vector<std::string> notes_apart;
  std::vector<std::string> notes_together;
  Solution apart = Solve(problem, effort, notes_apart);
  Problem loose = problem;
  std::fill(loose.area_set.begin(), loose.area_set.end(), 0);
  Solution together = Solve(loose, effort, notes_together);
  apart.bound = together.bound;  // the other bound may rest on the areas
  const bool keep_apart = apart.schedule.makespan <= together.schedule.makespan;
  const auto& chosen = keep_apart ? notes_apart : notes_together;
  notes.insert(notes.end(), chosen.begin(), chosen.end());
  if (keep_apart) return apart;
  if (const std::int64_t overlaps = CountOverlaps(problem, together.schedule); overlaps > 0) {
    notes.push_back(
        fmt::format("{} an issue starts while another works on the same file area; keeping them apart would "
                    "take {} longer.",
                    overlaps == 1 ? "Once" : fmt::format("{} times", overlaps),
                    Minutes(apart.schedule.makespan - together.schedule.makespan)));
  }
  return together;
}

class V2Planner : public WorkPlanner {
 public:
  [[nodiscard]] std::string_view name() const override { return "v2"; }

  [[nodiscard]] absl::StatusOr<Plan> MakePlan(const PlanRequest& request) const override {
    if (request.backlog == nullptr) return absl::InvalidArgumentError("plan: no backlog");
    absl::StatusOr<Assembly> assembly = Assemble(request);
    if (!assembly.ok()) return assembly.status();
    const bool soft = request.options.overlap == PlanOptions::Overlap::kSoft;
    if (request.previous != nullptr && !soft) {
      Plan plan = Write(request, *assembly, SolveStably(*assembly, request, assembly->notes));
      // Repairing takes many turns; a plan that broke a rule would do harm.
      if (ValidatePlan(request, plan).ok()) return plan;
      assembly = Assemble(request);
    }
    const int effort = request.options.effort;
    std::vector<std::string>& notes = assembly->notes;
    return Write(
        request, *assembly,
        soft ? SolveSoftly(assembly->problem, effort, notes) : Solve(assembly->problem, effort, notes));
  }

 private:
  static Plan Write(const PlanRequest& request, const Assembly& assembly, const Solution& solution) {
    return WritePlan(request.backlog->repository, assembly, solution.schedule, solution.bound);
  }
};

}  // namespace

std::unique_ptr<WorkPlanner> NewV2Planner() { return std::make_unique<V2Planner>(); }

}  // namespace clambake
