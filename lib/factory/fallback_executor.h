// Degradation of executing: where v2 fails, legacy acts, or a person.
#ifndef CLAMBAKE_FACTORY_FALLBACK_EXECUTOR_H_
#define CLAMBAKE_FACTORY_FALLBACK_EXECUTOR_H_

#include <memory>

#include "clambake/executor.h"
#include "clambake/telemetry.h"

namespace clambake {

// Executes with `v2`. A fault is an exception, or an error that no caller can
// wait out; what the outcome reports, an invalid request, and a state that is
// away or lost are none.
//
// As long as nothing was sent, `legacy` takes over: it prepares in place of v2,
// or performs what v2 prepared, but for first comments and verified bundles,
// which wait for the next run. As soon as anything may have been sent, whatever
// is left goes to the manual queue, with the request that is to be made.
// Either way `fault` says so, and `telemetry` hears of it: a metric and a line
// of the log, once for a run, also for one that is only previewed. `legacy` may
// be null, where there is none.
std::unique_ptr<Executor> NewFallbackExecutor(std::unique_ptr<Executor> v2, std::unique_ptr<Executor> legacy,
                                              Telemetry telemetry = {});

}  // namespace clambake

#endif  // CLAMBAKE_FACTORY_FALLBACK_EXECUTOR_H_
