// What dashboards see of a rollout.
#ifndef CLAMBAKE_CLI_ROLLOUT_METRICS_H_
#define CLAMBAKE_CLI_ROLLOUT_METRICS_H_

#include "clambake/rollouts.h"
#include "clambake/telemetry.h"

namespace clambake::cli {

// The gauge of the component's step.
void ShowStep(const Telemetry& telemetry, const RolloutRecord& record);

// Counts a roll-back if the latch was set between the two.
void CountRollback(const Telemetry& telemetry, const RolloutRecord& before, const RolloutRecord& after);

}  // namespace clambake::cli

#endif  // CLAMBAKE_CLI_ROLLOUT_METRICS_H_
