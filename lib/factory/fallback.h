// Degradation, per call: what a caller gets where v2 fails. Each fall-back is
// counted (clambake_fallbacks_total) and logged, and the answer names another
// generation than the object, so that the judge counts it as an error of v2. A
// request that contradicts itself is the caller's failure, never v2's.
#ifndef CLAMBAKE_FACTORY_FALLBACK_H_
#define CLAMBAKE_FACTORY_FALLBACK_H_

#include <memory>
#include <string_view>

#include "clambake/bundler.h"
#include "clambake/telemetry.h"
#include "clambake/work_planner.h"

namespace clambake {

// v2's plan; where that fails or throws, legacy's, with a note that says so.
std::unique_ptr<WorkPlanner> NewFallbackPlanner(std::unique_ptr<WorkPlanner> v2,
                                                std::unique_ptr<WorkPlanner> legacy, Telemetry telemetry);

// The bundles; where that fails or throws, every head by itself
// (bundler "individual", reason "bundler_failed").
std::unique_ptr<Bundler> NewFallbackBundler(std::unique_ptr<Bundler> bundler, Telemetry telemetry);

// Counts and logs one; for the executor's degradation too.
void TellFallback(const Telemetry& telemetry, Component component, std::string_view why);

}  // namespace clambake

#endif  // CLAMBAKE_FACTORY_FALLBACK_H_
