// How much of a plan stays where it was when one thing changes.
#ifndef CLAMBAKE_TESTS_BENCH_PLANNER_REPLAN_H_
#define CLAMBAKE_TESTS_BENCH_PLANNER_REPLAN_H_

#include <cstdio>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "fmt/format.h"
#include "planner/v2_planner.h"
#include "tests/bench/planner/core_suites.h"
#include "tests/bench/planner/generate.h"

namespace clambake::bench {

inline void PrintMoved(std::string_view what, const Plan& before, const Plan& after, const Plan& fresh,
                       double seconds) {
  absl::flat_hash_map<IssueNumber, const Assignment*> old;
  for (const Assignment& it : before.assignments) old[it.issue] = &it;
  double agents = 0;
  double starts = 0;
  for (const Assignment& it : after.assignments) {
    const auto found = old.find(it.issue);
    if (found == old.end()) continue;
    agents += found->second->agent != it.agent ? 1 : 0;
    starts += found->second->start_minutes != it.start_minutes ? 1 : 0;
  }
  const auto count = static_cast<double>(after.assignments.size());
  fmt::print("  {:<18} {:>8.1f} ms, other agent {:>6.2f} %, other start {:>6.2f} %, makespan {} (fresh {})\n",
             what, seconds * 1e3, agents / count * 100, starts / count * 100, after.makespan_minutes,
             fresh.makespan_minutes);
}

inline void RunReplan() {
  const auto planner = NewV2Planner();
  for (const auto& [issues, agents] :
       std::vector<std::pair<int, int>>{{1000, 12}, {10'000, 100}, {1'000'000, 10'000}}) {
    Backlog backlog = GenerateBacklog(issues, 1);
    PlanRequest request;
    request.backlog = &backlog;
    request.agents = GenerateAgents(agents);
    const Plan before = *planner->MakePlan(request);
    fmt::print("replan, {} issues, {} agents\n", issues, agents);
    const auto measure = [&](std::string_view what) {
      request.previous = nullptr;
      const Plan fresh = *planner->MakePlan(request);
      request.previous = &before;
      const double start = CpuSeconds();
      const Plan after = *planner->MakePlan(request);
      PrintMoved(what, before, after, fresh, CpuSeconds() - start);
    };
    measure("nothing changed");
    backlog.issues[static_cast<std::size_t>(issues / 2)].state = State::kClosed;
    measure("one closed");
    backlog.issues[static_cast<std::size_t>(issues / 2)].state = State::kOpen;
    backlog.estimates[static_cast<std::size_t>(issues / 3)].minutes += 60;
    measure("one takes longer");
  }
}

}  // namespace clambake::bench

#endif  // CLAMBAKE_TESTS_BENCH_PLANNER_REPLAN_H_
