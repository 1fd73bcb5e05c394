#include "clambake/observed.h"

#include <utility>

namespace clambake {
namespace {

// One call: its span, and its metrics when it ends.
class Call {
 public:
  Call(const Observer& observer, Component component, std::string_view generation, std::string_view name)
      : telemetry_(observer.telemetry), component_(component), generation_(generation) {
    span_ = observer.parent != nullptr ? observer.parent->StartChild(name) : telemetry_.StartSpan(name);
    span_.AddField({"generation", generation});
  }

  Span& span() { return span_; }

  void End(const absl::Status& status, absl::Duration took) {
    const std::string_view component = Name(component_);
    telemetry_.Observe(metrics::kCallDuration, {{"component", component}, {"generation", generation_}}, took);
    if (!status.ok()) {
      const std::string kind = absl::StatusCodeToString(status.code());
      telemetry_.Count(metrics::kCallErrors,
                       {{"component", component}, {"generation", generation_}, {"kind", kind}});
      span_.SetStatus(status);
      span_.Log(Severity::kError, "call.failed",
                {{"component", component}, {"kind", kind}, {"error", std::string(status.message())}});
    }
    span_.End();
  }

 private:
  const Telemetry& telemetry_;
  Component component_;
  std::string_view generation_;
  Span span_;
};

void CountDecision(const Observer& observer, Component component, const Decision& decision) {
  observer.telemetry.Count(metrics::kDecisions, {{"component", Name(component)},
                                                 {"generation", Name(decision.generation)},
                                                 {"reason", Name(decision.reason)}});
}

class ObservedPlanner : public WorkPlanner {
 public:
  ObservedPlanner(std::unique_ptr<WorkPlanner> planner, Observer observer)
      : planner_(std::move(planner)), observer_(std::move(observer)) {}

  [[nodiscard]] std::string_view name() const override { return planner_->name(); }

  [[nodiscard]] absl::StatusOr<Plan> MakePlan(const PlanRequest& request) const override {
    Call call(observer_, Component::kPlanner, name(), "plan");
    const Stopwatch watch(observer_.telemetry);
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
    call.End(plan.status(), watch.Elapsed());
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
    const Stopwatch watch(observer_.telemetry);
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
    call.End(set.status(), watch.Elapsed());
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
