// What one change of a large schedule costs, moves and loses.
#ifndef CLAMBAKE_TESTS_BENCH_PLANNER_REPLAN_H_
#define CLAMBAKE_TESTS_BENCH_PLANNER_REPLAN_H_

#include <algorithm>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fmt/format.h"
#include "planner/assemble.h"
#include "planner/plan_repair.h"
#include "planner/replan.h"
#include "planner/v2_planner.h"
#include "tests/bench/planner/core_suites.h"
#include "tests/bench/planner/generate.h"

namespace clambake::bench {

// Changes of one kind, one after another, on one schedule; where a repair may
// be more than 0.5 % too long, all would be planned anew: that is counted, and
// the next change meets the first schedule again. Counted as reading: backlog
// and plan, and the schedule with its indices made from them.
class ReplanRun {
 public:
  ReplanRun(planner::PlanRepair& repair, const planner::PlanRepair& first, std::string_view what)
      : repair_(repair), first_(first), what_(what) {
    repair_ = first_;
  }

  template <typename Change>
  void Run(int changes, Change&& change) {
    for (int i = 0; i < changes; ++i) {
      const std::int64_t before = repair_.makespan();
      const double start = CpuSeconds();
      change();
      milliseconds_.push_back((CpuSeconds() - start) * 1e3);
      if (!repair_.complete() || repair_.worn()) {
        ++anew_;
        repair_ = first_;
        continue;
      }
      moved_.push_back(static_cast<double>(repair_.touched().size()) / repair_.problem().jobs() * 100);
      lost_.push_back(static_cast<double>(repair_.makespan() - before) / static_cast<double>(before) * 100);
    }
    fmt::print("  {:<22} ms {}; moved % {}; makespan lost % {}; {} of {} planned anew\n", what_,
               Spread(milliseconds_), Spread(moved_), Spread(lost_), anew_, changes);
  }

 private:
  // Median, 95th and 99th percentile, worst.
  static std::string Spread(std::vector<double> values) {
    if (values.empty()) return "-";
    std::sort(values.begin(), values.end());
    return fmt::format("{:.3f} {:.3f} {:.3f} {:.3f}", values[values.size() / 2],
                       values[values.size() * 95 / 100], values[values.size() * 99 / 100], values.back());
  }

  planner::PlanRepair& repair_;
  const planner::PlanRepair& first_;
  std::string_view what_;
  std::vector<double> milliseconds_, moved_, lost_;
  int anew_ = 0;
};

class ReplanSuite {
 public:
  ReplanSuite(planner::PlanRepair first, int changes)
      : first_(std::move(first)), repair_(first_), changes_(changes) {}

  void Run() {
    // A copy has no room for more, unlike what was planned: its first addition makes that.
    repair_.Add({});
    Measure("queued issue closed", [&] { repair_.Remove(Queued()); });
    Measure("first issue finished", [&] { repair_.Remove(Begun()); });
    Measure("takes an hour longer", [&] {
      const std::int32_t job = Queued();
      repair_.SetMinutes(job, repair_.problem().minutes[job] + 60);
    });
    Measure("takes half as long", [&] {
      const std::int32_t job = Queued();
      repair_.SetMinutes(job, (repair_.problem().minutes[job] + 1) / 2);
    });
    Measure("issue added", [&] {
      const std::int32_t like = Queued();
      const planner::Problem& problem = repair_.problem();
      repair_.Add({.minutes = problem.minutes[like],
                   .tier = problem.tier[like],
                   .skill = problem.skill[like],
                   .before = {},
                   .uses = {}});
    });
    Measure("priority changed", [&] { repair_.SetTier(Queued(), static_cast<std::uint8_t>(Below(5))); });
    Measure("waits for one more", [&] {
      const std::int32_t job = Queued();
      repair_.SetBlockers(job, {std::max(job - 1 - Below(50), 0)});
    });
    Measure("waits for nobody", [&] { repair_.SetBlockers(Queued(), {}); });
    Measure("agent added", [&] { repair_.AddAgent(1, repair_.problem().group[Agent()]); });
    Measure("agent removed", [&] { repair_.RemoveAgent(Agent()); });
  }

 private:
  template <typename Change>
  void Measure(std::string_view what, Change&& change) {
    ReplanRun(repair_, first_, what).Run(changes_, change);
  }

  std::int32_t Below(std::int32_t limit) {
    return static_cast<std::int32_t>(random_() % static_cast<unsigned>(limit));
  }
  std::int32_t Agent() {
    while (true) {
      const std::int32_t agent = Below(repair_.problem().agents());
      if (repair_.problem().capacity[agent] > 0) return agent;
    }
  }
  template <typename Wanted>
  std::int32_t Any(Wanted&& wanted) {
    while (true) {
      const std::int32_t job = Below(first_.problem().jobs());
      if (!repair_.removed(job) && wanted(job)) return job;
    }
  }
  std::int32_t Queued() {
    return Any([&](std::int32_t job) { return repair_.start(job) > 0; });
  }
  std::int32_t Begun() {
    return Any([&](std::int32_t job) { return repair_.start(job) == 0; });
  }

  planner::PlanRepair first_, repair_;
  int changes_;
  std::mt19937 random_{1};
};

inline void RunReplan() {
  constexpr int kChanges = 400;
  for (const auto& [issues, agents] :
       std::vector<std::pair<int, int>>{{1000, 12}, {10'000, 100}, {1'000'000, 10'000}}) {
    const Backlog backlog = GenerateBacklog(issues, 1);
    PlanRequest request;
    request.backlog = &backlog;
    request.agents = GenerateAgents(agents);
    const double begin = CpuSeconds();
    const Plan plan = *NewV2Planner()->MakePlan(request);
    const double planned = CpuSeconds() - begin;
    const planner::Assembly assembly = *planner::Assemble(request);
    const planner::Schedule schedule = planner::ReadAdvice(assembly, plan);
    const double start = CpuSeconds();
    planner::PlanRepair first(assembly.problem, schedule, planner::PlanRepair::Trust::kValid);
    fmt::print(
        "replan, {} issues, {} agents; planned anew in {:.3f} s, indices made in {:.3f} s; "
        "median, 95 %, 99 %, worst of\n",
        issues, agents, planned, CpuSeconds() - start);
    ReplanSuite(std::move(first), kChanges).Run();
  }
}

}  // namespace clambake::bench

#endif  // CLAMBAKE_TESTS_BENCH_PLANNER_REPLAN_H_
