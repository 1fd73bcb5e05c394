#include "planner/replan.h"

#include <algorithm>
#include <limits>
#include <tuple>
#include <vector>

#include "planner/order.h"

namespace clambake::planner {
namespace {

std::vector<std::int32_t> MatchAgents(const std::vector<Agent>& agents, const std::vector<Agent>& previous) {
  std::vector<std::int32_t> matched;
  for (const Agent& agent : previous) {
    const auto found = std::lower_bound(agents.begin(), agents.end(), agent.id,
                                        [](const Agent& a, const std::string& id) { return a.id < id; });
    const bool known = found != agents.end() && found->id == agent.id;
    matched.push_back(known ? static_cast<std::int32_t>(found - agents.begin()) : kNone);
  }
  return matched;
}

// A start for each new job: just before the first lighter job of its tier.
Column<std::int64_t> FillStarts(const Problem& problem, const Advice& advice,
                                const Column<std::int64_t>& weights) {
  Column<std::int64_t> starts = advice.start;
  const Column<std::int32_t> order = UrgencyOrder(problem, weights);
  std::int64_t earliest = std::numeric_limits<std::int64_t>::max();
  for (std::int32_t i = order.count() - 1; i >= 0; --i) {
    const std::int32_t job = order[i];
    if (i + 1 < order.count() && problem.tier[order[i + 1]] != problem.tier[job]) {
      earliest = std::numeric_limits<std::int64_t>::max();
    }
    if (starts[job] == kNone) {
      starts[job] = earliest;
    } else {
      earliest = std::min(earliest, starts[job]);
    }
  }
  return starts;
}

}  // namespace

Advice ReadAdvice(const Assembly& assembly, const Plan& previous) {
  const std::size_t jobs = assembly.issue.size();
  Advice advice;
  advice.start.assign(jobs, kNone);
  advice.agent.assign(jobs, kNone);
  const std::vector<std::int32_t> agents = MatchAgents(assembly.agents, previous.agents);
  for (const Assignment& it : previous.assignments) {
    const auto found = std::lower_bound(assembly.issue.begin(), assembly.issue.end(), it.issue);
    if (found == assembly.issue.end() || *found != it.issue) continue;
    const auto job = static_cast<std::int32_t>(found - assembly.issue.begin());
    advice.start[job] = std::max<std::int64_t>(it.start_minutes, 0);
    const auto agent = static_cast<std::size_t>(it.agent);
    if (it.agent >= 0 && agent < agents.size()) advice.agent[job] = agents[agent];
  }
  return advice;
}

Column<std::int32_t> AdvisedOrder(const Problem& problem, const Advice& advice,
                                  const Column<std::int64_t>& weights) {
  const Column<std::int64_t> starts = FillStarts(problem, advice, weights);
  Column<std::int32_t> order = UrgencyOrder(problem, weights);
  std::stable_sort(order.begin(), order.end(), [&](std::int32_t a, std::int32_t b) {
    // At one time the new ones go first: they were placed before the others.
    return std::tuple(problem.tier[a], starts[a], advice.start[a] != kNone) <
           std::tuple(problem.tier[b], starts[b], advice.start[b] != kNone);
  });
  return order;
}

}  // namespace clambake::planner
