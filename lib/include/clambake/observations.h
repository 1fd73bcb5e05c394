// Proof that the executor can be watched: what each real run let be seen, kept
// beside the state, so that "enhanced observability data available", a success
// criterion of Phase 2, is checked by data and not by promise.
//
// One document of the scope under kObservationsKey, `clambake.observations/1`:
//   {"schema":"clambake.observations/1","runs":[{"at":"2026-01-02T03:04:05Z",
//    "trace":"4bf9…","generation":"v2","spans":31,"spans_exported":31,
//    "samples":9,"samples_exported":9}]}
// The newest kMaxObservedRuns runs, oldest first. A run that exported less than
// it recorded says so by its numbers; a run that nobody watched has no entry.
// Read-only runs leave none either: they say nothing about the executor.
#ifndef CLAMBAKE_OBSERVATIONS_H_
#define CLAMBAKE_OBSERVATIONS_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "clambake/feature_flags.h"
#include "clambake/state_store.h"
#include "clambake/telemetry.h"

namespace clambake {

inline constexpr std::string_view kObservationsKey = "observations";
inline constexpr std::size_t kMaxObservedRuns = 100;

// What one run recorded of its executor, and how much of it left the process:
// spans to a collector, samples to a metrics file or a scrape.
struct ObservedRun {
  absl::Time at = absl::InfinitePast();
  std::string trace;       // trace id, 32 hex digits: where to look it up
  std::string generation;  // "legacy" "v2"
  std::int64_t spans = 0;
  std::int64_t spans_exported = 0;
  std::int64_t samples = 0;
  std::int64_t samples_exported = 0;
};

// Counts the spans of one component, those below them included (operations,
// HTTP requests), and its samples. Thread-safe.
class ComponentCounter : public TelemetrySink {
 public:
  // `at` and what was exported are for the caller to fill in.
  [[nodiscard]] virtual ObservedRun Count() const = 0;
};
std::shared_ptr<ComponentCounter> NewComponentCounter(Component component);

// Adds `run`, at the store's time. InvalidArgument: the document is damaged.
absl::Status KeepObservedRun(StateStore& store, std::string_view scope, ObservedRun run);

// Oldest first; empty where none was kept. InvalidArgument as above.
absl::StatusOr<std::vector<ObservedRun>> ReadObservedRuns(StateStore& store, std::string_view scope);

}  // namespace clambake

#endif  // CLAMBAKE_OBSERVATIONS_H_
