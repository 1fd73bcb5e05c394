#include "factory/fallback_planner.h"

#include <exception>
#include <string>
#include <utility>

#include "base/safe_text.h"

namespace clambake {
namespace {

class FallbackPlanner : public WorkPlanner {
 public:
  FallbackPlanner(std::unique_ptr<WorkPlanner> v2, std::unique_ptr<WorkPlanner> legacy)
      : v2_(std::move(v2)), legacy_(std::move(legacy)) {}

  [[nodiscard]] std::string_view name() const override { return v2_->name(); }

  [[nodiscard]] absl::StatusOr<Plan> MakePlan(const PlanRequest& request) const override {
    absl::StatusOr<Plan> plan = Guarded(request);
    if (plan.ok() || absl::IsInvalidArgument(plan.status())) return plan;
    absl::StatusOr<Plan> legacy = legacy_->MakePlan(request);
    if (!legacy.ok()) return legacy;
    constexpr std::size_t kMaxShown = 200;
    legacy->notes.push_back("the v2 planner failed (" +
                            SafeText(std::string(plan.status().message()), kMaxShown) +
                            "): this is the legacy plan");
    return legacy;
  }

 private:
  // Exceptions of libraries, such as memory that runs out, end here.
  [[nodiscard]] absl::StatusOr<Plan> Guarded(const PlanRequest& request) const try {
    return v2_->MakePlan(request);
  } catch (const std::exception& error) {
    return absl::InternalError(error.what());
  }

  std::unique_ptr<WorkPlanner> v2_;
  std::unique_ptr<WorkPlanner> legacy_;
};

}  // namespace

std::unique_ptr<WorkPlanner> NewFallbackPlanner(std::unique_ptr<WorkPlanner> v2,
                                                std::unique_ptr<WorkPlanner> legacy) {
  return std::make_unique<FallbackPlanner>(std::move(v2), std::move(legacy));
}

}  // namespace clambake
