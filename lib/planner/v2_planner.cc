#include "planner/v2_planner.h"

#include <utility>

#include "planner/assemble.h"
#include "planner/bounds.h"
#include "planner/list_schedule.h"

namespace clambake {
namespace {

using namespace ::clambake::planner;  // NOLINT(google-build-using-namespace): this is its front

class V2Planner : public WorkPlanner {
 public:
  [[nodiscard]] std::string_view name() const override { return "v2"; }

  [[nodiscard]] absl::StatusOr<Plan> MakePlan(const PlanRequest& request) const override {
    if (request.backlog == nullptr) return absl::InvalidArgumentError("plan: no backlog");
    absl::StatusOr<Assembly> assembly = Assemble(request);
    if (!assembly.ok()) return assembly.status();
    const Problem& problem = assembly->problem;
    const Column<std::int64_t> tails = Tails(problem);
    const Bound bound = QuickBound(problem, Heads(problem), tails);
    ListScheduler scheduler(problem);

    Plan plan;
    plan.planner = "v2";
    plan.repository = request.backlog->repository;
    WriteSchedule(*assembly, scheduler.Run(UrgencyOrder(problem, tails)), plan);
    plan.issues_considered = assembly->considered;
    plan.agents = std::move(assembly->agents);
    plan.unassigned = std::move(assembly->out);
    plan.notes = std::move(assembly->notes);
    plan.lower_bound_minutes = bound.minutes;
    plan.lower_bound_proof = bound.proof;
    return plan;
  }
};

}  // namespace

std::unique_ptr<WorkPlanner> NewV2Planner() { return std::make_unique<V2Planner>(); }

}  // namespace clambake
