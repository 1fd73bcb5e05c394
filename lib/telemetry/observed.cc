#include "clambake/observed.h"

#include <utility>

#include "telemetry/call.h"

namespace clambake {
namespace {

// A call that another one had to serve has failed, whatever came of it.
absl::Status Served(std::string_view by, std::string_view wanted) {
  if (by == wanted) return absl::OkStatus();
  return absl::InternalError("it failed, and another one served the call");
}

class ObservedPlanner : public WorkPlanner {
 public:
  ObservedPlanner(std::unique_ptr<WorkPlanner> planner, Observer observer)
      : planner_(std::move(planner)), observer_(std::move(observer)) {}

  [[nodiscard]] std::string_view name() const override { return planner_->name(); }

  [[nodiscard]] absl::StatusOr<Plan> MakePlan(const PlanRequest& request) const override {
    Call call(observer_, Component::kPlanner, name(), "plan");
    absl::StatusOr<Plan> plan = planner_->MakePlan(request);
    if (plan.ok()) {
      call.span().AddField({"issues", plan->issues_considered});
      call.span().Log(Severity::kInfo, "plan.made",
                      {{"planner", plan->planner},
                       {"issues", plan->issues_considered},
                       {"scheduled", plan->assignments.size()},
                       {"makespan_minutes", plan->makespan_minutes},
                       {"lower_bound_minutes", plan->lower_bound_minutes}});
    }
    call.End(plan.ok() ? Served(plan->planner, name()) : plan.status());
    return plan;
  }

 private:
  std::unique_ptr<WorkPlanner> planner_;
  Observer observer_;
};

class ObservedBundler : public Bundler {
 public:
  ObservedBundler(std::unique_ptr<Bundler> bundler, Observer observer)
      : bundler_(std::move(bundler)), observer_(std::move(observer)) {}

  [[nodiscard]] std::string_view name() const override { return bundler_->name(); }

  absl::StatusOr<BundleSet> MakeBundles(const BundleRequest& request) override {
    Call call(observer_, Component::kBundler, name(), "bundle");
    absl::StatusOr<BundleSet> set = bundler_->MakeBundles(request);
    if (set.ok()) {
      call.span().AddField({"heads", request.heads.size()});
      call.span().Log(Severity::kInfo, "bundles.made",
                      {{"bundler", set->bundler},
                       {"heads", request.heads.size()},
                       {"bundles", set->bundles.size()},
                       {"individual", set->individual.size()},
                       {"conflicts", set->conflicts.size()}});
    }
    call.End(set.ok() ? Served(set->bundler, name()) : set.status());
    return set;
  }

 private:
  std::unique_ptr<Bundler> bundler_;
  Observer observer_;
};

}  // namespace

std::unique_ptr<WorkPlanner> NewObservedPlanner(std::unique_ptr<WorkPlanner> planner,
                                                const Decision& decision, Observer observer) {
  CountDecision(observer, Component::kPlanner, decision);
  return std::make_unique<ObservedPlanner>(std::move(planner), std::move(observer));
}

std::unique_ptr<Bundler> NewObservedBundler(std::unique_ptr<Bundler> bundler, const Decision& decision,
                                            Observer observer) {
  CountDecision(observer, Component::kBundler, decision);
  return std::make_unique<ObservedBundler>(std::move(bundler), std::move(observer));
}

}  // namespace clambake
