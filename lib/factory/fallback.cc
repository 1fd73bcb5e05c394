#include "factory/fallback.h"

#include <exception>
#include <string>
#include <utility>

#include "base/safe_text.h"
#include "fmt/format.h"

namespace clambake {
namespace {

// Exceptions of libraries, such as memory that runs out, end here.
template <typename Call>
auto Guarded(Call call) -> decltype(call()) try {
  return call();
} catch (const std::exception& error) {
  return absl::InternalError(error.what());
}

// True if somebody else should serve the call.
bool Fails(const absl::Status& status) { return !status.ok() && !absl::IsInvalidArgument(status); }

// Tells; returns v2's words as a person may read them.
std::string FallBack(const Telemetry& telemetry, Component component, const absl::Status& status) {
  constexpr std::size_t kMaxShown = 200;
  std::string why = SafeText(std::string(status.message()), kMaxShown);
  TellFallback(telemetry, component, why);
  return why;
}

class FallbackPlanner : public WorkPlanner {
 public:
  FallbackPlanner(std::unique_ptr<WorkPlanner> v2, std::unique_ptr<WorkPlanner> legacy, Telemetry telemetry)
      : v2_(std::move(v2)), legacy_(std::move(legacy)), telemetry_(std::move(telemetry)) {}

  [[nodiscard]] std::string_view name() const override { return v2_->name(); }

  [[nodiscard]] absl::StatusOr<Plan> MakePlan(const PlanRequest& request) const override {
    absl::StatusOr<Plan> plan = Guarded([&] { return v2_->MakePlan(request); });
    if (!Fails(plan.status())) return plan;
    const std::string why = FallBack(telemetry_, Component::kPlanner, plan.status());
    absl::StatusOr<Plan> legacy = legacy_->MakePlan(request);
    if (legacy.ok()) {
      legacy->notes.push_back(fmt::format("the v2 planner failed ({}): this is the legacy plan", why));
    }
    return legacy;
  }

 private:
  std::unique_ptr<WorkPlanner> v2_;
  std::unique_ptr<WorkPlanner> legacy_;
  Telemetry telemetry_;
};

class FallbackBundler : public Bundler {
 public:
  FallbackBundler(std::unique_ptr<Bundler> bundler, Telemetry telemetry)
      : bundler_(std::move(bundler)), telemetry_(std::move(telemetry)) {}

  [[nodiscard]] std::string_view name() const override { return bundler_->name(); }

  absl::StatusOr<BundleSet> MakeBundles(const BundleRequest& request) override {
    absl::StatusOr<BundleSet> set = Guarded([&] { return bundler_->MakeBundles(request); });
    if (!Fails(set.status())) return set;
    const std::string why = FallBack(telemetry_, Component::kBundler, set.status());
    BundleSet alone;
    alone.bundler = "individual";
    for (const Head& head : request.heads) {
      alone.individual.push_back({head.rev, head.issue, "bundler_failed", {}, why});
    }
    alone.notes.push_back(
        fmt::format("bundling failed ({}): each branch gets a pull request of its own", why));
    return alone;
  }

 private:
  std::unique_ptr<Bundler> bundler_;
  Telemetry telemetry_;
};

}  // namespace

void TellFallback(const Telemetry& telemetry, Component component, std::string_view why) {
  telemetry.Count(metrics::kFallbacks, {{"component", Name(component)}});
  telemetry.Log(Severity::kWarning, "component.fell_back", {{"component", Name(component)}, {"why", why}});
}

std::unique_ptr<WorkPlanner> NewFallbackPlanner(std::unique_ptr<WorkPlanner> v2,
                                                std::unique_ptr<WorkPlanner> legacy, Telemetry telemetry) {
  return std::make_unique<FallbackPlanner>(std::move(v2), std::move(legacy), std::move(telemetry));
}

std::unique_ptr<Bundler> NewFallbackBundler(std::unique_ptr<Bundler> bundler, Telemetry telemetry) {
  return std::make_unique<FallbackBundler>(std::move(bundler), std::move(telemetry));
}

}  // namespace clambake
