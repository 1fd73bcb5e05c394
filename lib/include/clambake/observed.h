// Planner, bundler and executor that are watched: a span, an event and the
// call's metrics for each call; the answers are the inner one's own.
#ifndef CLAMBAKE_OBSERVED_H_
#define CLAMBAKE_OBSERVED_H_

#include <memory>

#include "clambake/bundler.h"
#include "clambake/executor.h"
#include "clambake/feature_flags.h"
#include "clambake/telemetry.h"
#include "clambake/work_planner.h"

namespace clambake {

// Whom to tell, and below which span. `parent` is not owned and outlives the
// watched object; null: each call is a trace of its own.
struct Observer {
  Telemetry telemetry;
  const Span* parent = nullptr;
};

// Counts the decision once, now. Thread-safety is the inner one's.
std::unique_ptr<WorkPlanner> NewObservedPlanner(std::unique_ptr<WorkPlanner> planner,
                                                const Decision& decision, Observer observer);
std::unique_ptr<Bundler> NewObservedBundler(std::unique_ptr<Bundler> bundler, const Decision& decision,
                                            Observer observer);

// Apply also logs each operation's outcome, and sets the manual queue's gauge.
std::unique_ptr<Executor> NewObservedExecutor(std::unique_ptr<Executor> executor, const Decision& decision,
                                              Observer observer);

}  // namespace clambake

#endif  // CLAMBAKE_OBSERVED_H_
