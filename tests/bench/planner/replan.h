// What one change of a large schedule costs, moves and loses.
#ifndef CLAMBAKE_TESTS_BENCH_PLANNER_REPLAN_H_
#define CLAMBAKE_TESTS_BENCH_PLANNER_REPLAN_H_

#include <algorithm>
#include <random>
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

// Changes of one kind, one after another, on one schedule. Counted as reading:
// the backlog and the plan, and the schedule with its indices made from them.
class ReplanRun {
 public:
  ReplanRun(planner::PlanRepair& repair, std::string_view what) : repair_(repair), what_(what) {}

  template <typename Change>
  void Run(int changes, Change&& change) {
    for (int i = 0; i < changes; ++i) {
      const std::int64_t before = repair_.makespan();
      const double start = CpuSeconds();
      change();
      milliseconds_.push_back((CpuSeconds() - start) * 1e3);
      moved_.push_back(static_cast<std::int64_t>(repair_.touched().size()));
      lost_.push_back(repair_.makespan() - before);
    }
    for (auto* values : {&moved_, &lost_}) std::sort(values->begin(), values->end());
    std::sort(milliseconds_.begin(), milliseconds_.end());
    const auto jobs = static_cast<double>(repair_.problem().jobs());
    const auto makespan = static_cast<double>(repair_.makespan());
    const std::size_t half = milliseconds_.size() / 2;
    const std::size_t most = milliseconds_.size() * 95 / 100;
    fmt::print(
        "  {:<22} ms: median {:.3f}, 95 % {:.3f}, worst {:.3f}; moved %: 95 % {:.4f}, worst {:.4f}; makespan "
        "lost %: 95 % {:.3f}, worst {:.3f}\n",
        what_, milliseconds_[half], milliseconds_[most], milliseconds_.back(),
        static_cast<double>(moved_[most]) / jobs * 100, static_cast<double>(moved_.back()) / jobs * 100,
        static_cast<double>(lost_[most]) / makespan * 100,
        static_cast<double>(lost_.back()) / makespan * 100);
  }

 private:
  planner::PlanRepair& repair_;
  std::string_view what_;
  std::vector<double> milliseconds_;
  std::vector<std::int64_t> moved_, lost_;
};

inline void RunReplan() {
  constexpr int kChanges = 100;
  for (const auto& [issues, agents] :
       std::vector<std::pair<int, int>>{{1000, 12}, {10'000, 100}, {1'000'000, 10'000}}) {
    const Backlog backlog = GenerateBacklog(issues, 1);
    PlanRequest request;
    request.backlog = &backlog;
    request.agents = GenerateAgents(agents);
    const Plan plan = *NewV2Planner()->MakePlan(request);
    const planner::Assembly assembly = *planner::Assemble(request);
    const planner::Schedule schedule = planner::ReadAdvice(assembly, plan);
    std::mt19937 random(1);
    const double start = CpuSeconds();
    planner::PlanRepair first(assembly.problem, schedule, planner::PlanRepair::Trust::kValid);
    fmt::print("replan, {} issues, {} agents; indices made in {:.3f} s\n", issues, agents,
               CpuSeconds() - start);
    const auto fresh = [&] {
      first = planner::PlanRepair(assembly.problem, schedule, planner::PlanRepair::Trust::kValid);
    };
    const auto any = [&](auto&& wanted) {
      while (true) {
        const auto job = static_cast<std::int32_t>(random() % static_cast<unsigned>(issues));
        if (!first.removed(job) && wanted(job)) return job;
      }
    };
    const auto queued = [&](std::int32_t job) { return first.start(job) > 0; };
    const auto begun = [&](std::int32_t job) { return first.start(job) == 0; };
    const auto minutes = [&](std::int32_t job) { return first.problem().minutes[job]; };
    ReplanRun(first, "queued issue closed").Run(kChanges, [&] { first.Remove(any(queued)); });
    fresh();
    const int finish = std::min(kChanges, agents / 2);
    ReplanRun(first, "first issue finished").Run(finish, [&] { first.Remove(any(begun)); });
    fresh();
    ReplanRun(first, "takes an hour longer").Run(kChanges, [&] {
      const std::int32_t job = any(queued);
      first.SetMinutes(job, minutes(job) + 60);
    });
    fresh();
    ReplanRun(first, "takes half as long").Run(kChanges, [&] {
      const std::int32_t job = any(queued);
      first.SetMinutes(job, (minutes(job) + 1) / 2);
    });
    fresh();
    ReplanRun(first, "issue added").Run(kChanges, [&] {
      const std::int32_t like = any(queued);
      first.Add({.minutes = minutes(like),
                 .tier = first.problem().tier[like],
                 .skill = first.problem().skill[like],
                 .before = {},
                 .uses = {}});
    });
  }
}

}  // namespace clambake::bench

#endif  // CLAMBAKE_TESTS_BENCH_PLANNER_REPLAN_H_
