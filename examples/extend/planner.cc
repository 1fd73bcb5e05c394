// A planner of one's own: first come, first served, and one issue for each
// agent. It is compared with the planner that comes with the library.
//   planner backlog.json
#include <algorithm>
#include <iostream>

#include "clambake/factory.h"

namespace {

class FirstComeFirstServed : public clambake::WorkPlanner {
 public:
  [[nodiscard]] std::string_view name() const override { return "first-come"; }

  [[nodiscard]] absl::StatusOr<clambake::Plan> MakePlan(const clambake::PlanRequest& request) const override {
    clambake::Plan plan{
        .planner = "first-come", .repository = request.backlog->repository, .agents = request.agents};
    for (const clambake::Issue* issue : OldestFirst(*request.backlog)) {
      ++plan.issues_considered;
      const auto agent = static_cast<std::int32_t>(plan.assignments.size());
      if (!clambake::HasLabel(issue->labels, "route:ready")) {
        plan.unassigned.push_back({issue->number, clambake::UnassignedReason::kNotReady, {}});
      } else if (plan.assignments.size() == plan.agents.size()) {
        plan.unassigned.push_back({issue->number, clambake::UnassignedReason::kNoIdleAgent, {}});
      } else {
        plan.assignments.push_back({.issue = issue->number,
                                    .agent = agent,
                                    .finish_minutes = request.options.default_estimate_minutes,
                                    .now = true,
                                    .priority = clambake::PriorityOf(*issue)});
        plan.makespan_minutes = request.options.default_estimate_minutes;
      }
    }
    return plan;
  }

 private:
  static std::vector<const clambake::Issue*> OldestFirst(const clambake::Backlog& backlog) {
    std::vector<const clambake::Issue*> issues;
    for (const clambake::Issue& issue : backlog.issues) {
      if (issue.state == clambake::State::kOpen) issues.push_back(&issue);
    }
    std::sort(issues.begin(), issues.end(),
              [](const auto* a, const auto* b) { return a->number < b->number; });
    return issues;
  }
};

}  // namespace

int main(int argc, char* argv[]) {
  const auto backlog = clambake::ReadBacklogFile(argc > 1 ? argv[1] : "-");
  const auto v2 = clambake::NewWorkPlanner(clambake::Generation::kV2);
  if (!backlog.ok() || !v2.ok()) {
    std::cerr << backlog.status() << "\n" << v2.status() << "\n";
    return 2;
  }
  const clambake::PlanRequest request{.backlog = &*backlog, .agents = *clambake::MakeAgents(3)};
  const auto own = FirstComeFirstServed().MakePlan(request);
  const auto theirs = (*v2)->MakePlan(request);
  if (!own.ok() || !theirs.ok()) return 2;
  const clambake::PlanComparison comparison = clambake::ComparePlans(*backlog, *own, *theirs);
  std::cout << own->planner << " hands out " << own->assignments.size() << ", and differs from "
            << theirs->planner << " in " << comparison.differences.size() << " of " << own->issues_considered
            << " issues\n";
  return 0;
}
