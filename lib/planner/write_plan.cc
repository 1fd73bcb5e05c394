#include "planner/write_plan.h"

#include <algorithm>

#include "base/counted.h"
#include "fmt/format.h"

namespace clambake::planner {
namespace {

void NoteWorkload(Plan& plan) {
  if (plan.assignments.empty()) return;
  const Workload workload = WorkloadOf(plan);
  const bool units = std::any_of(plan.agents.begin(), plan.agents.end(),
                                 [](const Agent& agent) { return agent.capacity > 1; });
  plan.notes.push_back(fmt::format(
      "Workload: the busiest agent works {}{}; no plan does with less than {} ({} 10 % of optimal).",
      Counted(static_cast<std::size_t>(workload.busiest_minutes), "minute"),
      units ? " for each issue it can take at a time" : "", workload.optimal_minutes,
      workload.within_ten_percent ? "within" : "not within"));
}

}  // namespace

Plan WritePlan(const std::string& repository, const Assembly& assembly, const Schedule& schedule,
               const Bound& bound) {
  Plan plan;
  plan.planner = "v2";
  plan.repository = repository;
  WriteSchedule(assembly, schedule, plan);
  plan.issues_considered = assembly.considered;
  plan.agents = assembly.agents;
  plan.unassigned = assembly.out;
  plan.notes = assembly.notes;
  plan.lower_bound_minutes = bound.minutes;
  plan.lower_bound_proof = bound.proof;
  plan.workload_bound_minutes = WorkloadBound(assembly.problem);
  NoteWorkload(plan);
  return plan;
}

}  // namespace clambake::planner
