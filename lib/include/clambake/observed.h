// Planner, bundler, executor, GitHub client and HTTP transport that are watched:
// a span, an event and the call's metrics for each call; the answers are the
// inner one's own.
//
//   clambake run → plan, bundle, prepare, apply → add_label → POST
#ifndef CLAMBAKE_OBSERVED_H_
#define CLAMBAKE_OBSERVED_H_

#include <memory>

#include "clambake/bundler.h"
#include "clambake/executor.h"
#include "clambake/feature_flags.h"
#include "clambake/github_client.h"
#include "clambake/http_transport.h"
#include "clambake/telemetry.h"
#include "clambake/work_planner.h"

namespace clambake {

// The call that is being made, where one thread makes one call at a time.
struct CurrentSpan {
  const Span* span = nullptr;  // null: none
};

// Whom to tell, and below which span. `parent` is not owned and outlives the
// watched object; null: each call is a trace of its own.
//
// Objects that share a `current` nest: what the executor asks of GitHub hangs
// below its Apply, and a request below what was asked. They are then for one
// thread at a time.
struct Observer {
  Telemetry telemetry;
  const Span* parent = nullptr;
  std::shared_ptr<CurrentSpan> current;  // null: all hang below `parent`
};

// Counts the decision once, now. Thread-safety is the inner one's.
std::unique_ptr<WorkPlanner> NewObservedPlanner(std::unique_ptr<WorkPlanner> planner,
                                                const Decision& decision, Observer observer);
std::unique_ptr<Bundler> NewObservedBundler(std::unique_ptr<Bundler> bundler, const Decision& decision,
                                            Observer observer);

// Apply also logs each operation's outcome, and sets the manual queue's gauge.
std::unique_ptr<Executor> NewObservedExecutor(std::unique_ptr<Executor> executor, const Decision& decision,
                                              Observer observer);

// A span for each call, named after it ("get_ref", "probe"); a write's after its
// kind ("add_label"), with its path. What is written does not appear.
std::unique_ptr<GithubReader> NewObservedGithub(std::unique_ptr<GithubReader> github, Observer observer);
std::unique_ptr<GithubClient> NewObservedGithub(std::unique_ptr<GithubClient> github, Observer observer);

// A span for each request, after OpenTelemetry's conventions for HTTP clients:
// method, server, path, status. No header, no body and no query is looked at.
std::unique_ptr<HttpTransport> NewObservedTransport(std::unique_ptr<HttpTransport> transport,
                                                    Observer observer);

}  // namespace clambake

#endif  // CLAMBAKE_OBSERVED_H_
