#include "planner/replan.h"

#include <algorithm>
#include <vector>

#include "planner/agents.h"
#include "planner/plan_repair.h"

namespace clambake::planner {
namespace {

std::vector<std::int32_t> MatchAgents(const std::vector<Agent>& agents, const std::vector<Agent>& previous) {
  std::vector<std::int32_t> matched;
  for (const Agent& agent : previous) matched.push_back(FindAgent(agents, agent.id));
  return matched;
}

}  // namespace

Schedule ReadAdvice(const Assembly& assembly, const Plan& previous) {
  Schedule advice;
  advice.start.assign(assembly.issue.size(), 0);
  advice.agent.assign(assembly.issue.size(), kNone);
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

std::optional<Schedule> KeepSchedule(const Assembly& assembly, const Plan& previous) {
  const Problem& problem = assembly.problem;
  const PlanRepair repair(problem, ReadAdvice(assembly, previous), PlanRepair::Trust::kAdvice);
  if (!repair.complete()) return std::nullopt;
  Schedule schedule;
  for (std::int32_t job = 0; job < problem.jobs(); ++job) {
    schedule.start.push_back(repair.start(job));
    schedule.agent.push_back(repair.agent(job));
  }
  schedule.makespan = repair.makespan();
  return schedule;
}

}  // namespace clambake::planner
