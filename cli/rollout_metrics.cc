#include "cli/rollout_metrics.h"

namespace clambake::cli {

void ShowStep(const Telemetry& telemetry, const RolloutRecord& record) {
  const std::int64_t step = record.status == RolloutStatus::kNone ? 0 : record.step + 1;
  telemetry.Set(metrics::kRolloutStep, {{"component", Name(record.component)}}, static_cast<double>(step));
}

void CountRollback(const Telemetry& telemetry, const RolloutRecord& before, const RolloutRecord& after) {
  if (before.latch.holds || !after.latch.holds) return;
  telemetry.Count(metrics::kRollbacks,
                  {{"component", Name(after.component)}, {"trigger", after.latch.trigger}});
}

}  // namespace clambake::cli
