// Running the candidate beside the control: the control's answer is what the
// caller gets, whatever the candidate does.
//
// The candidate runs in a process of its own, with a copy of the frozen input,
// a deadline and a limit of memory: it may hang, throw, abort or eat memory,
// and the caller notices nothing but the time it granted. It has no way to
// reach the caller's files, sockets or locks: all are closed first.
#ifndef CLAMBAKE_SHADOW_H_
#define CLAMBAKE_SHADOW_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "clambake/clock.h"
#include "clambake/compare_operations.h"
#include "clambake/cutover.h"
#include "clambake/state_store.h"

namespace clambake {

struct ShadowLimits {
  absl::Duration time = absl::Seconds(30);           // of the machine's clock; at most an hour
  std::size_t memory_bytes = std::size_t{1} << 30U;  // beyond what the caller uses already
  std::size_t answer_bytes = std::size_t{64} << 20U;
};

// A candidate at work in a forked process. Thread-compatible.
class IsolatedRun {
 public:
  // Forks, and returns at once. Unavailable: no process to be had.
  //
  // Other threads of the caller must not hold locks that the candidate takes
  // at that moment; meant for single-threaded callers and one-shot runs.
  static absl::StatusOr<std::unique_ptr<IsolatedRun>> Start(const std::function<std::string()>& candidate,
                                                            const ShadowLimits& limits);
  // Kills what still runs.
  ~IsolatedRun();
  IsolatedRun(const IsolatedRun&) = delete;
  IsolatedRun& operator=(const IsolatedRun&) = delete;

  // Waits for the rest of the candidate's time; once. DeadlineExceeded: killed
  // after it; ResourceExhausted: memory or answer too large; Aborted: it
  // crashed or threw.
  absl::StatusOr<std::string> Collect();

 private:
  IsolatedRun() = default;
  absl::StatusOr<char> AwaitMark();
  void End();

  std::unique_ptr<Clock> clock_;
  absl::Duration deadline_;
  ShadowLimits limits_;
  int process_ = -1;
  int mark_ = -1;    // the candidate's last word: a pipe
  int answer_ = -1;  // memory that both processes see
};

// True for that share of units, always the same ones; `rate` in basis points.
bool IsSampled(std::string_view unit, std::int64_t rate);

// One comparison, kept for `compare --history`.
struct ShadowRecord {
  absl::Time at = absl::InfinitePast();
  std::string component;
  std::string outcome;  // "same" "equivalent" "expected" "different", or "failed"
  std::string detail;   // codes with their counts, or why the candidate failed
};
// Whether an outcome speaks against the candidate: "different" or "failed".
bool IsAgainst(std::string_view outcome);

// Keeps the newest 500 of a scope.
absl::Status KeepShadowRecord(StateStore& store, std::string_view scope, const ShadowRecord& record);
absl::StatusOr<std::vector<ShadowRecord>> ReadShadowRecords(StateStore& store, std::string_view scope);

// The gravest class of a comparison, and its codes with their counts.
ShadowRecord Summarize(const PlanComparison& comparison);
ShadowRecord Summarize(const BundleComparison& comparison);
ShadowRecord Summarize(const OperationComparison& comparison);

// The candidate planner on the control's request. To be started when the caller
// has its answer: a fork costs a millisecond or two.
absl::StatusOr<std::unique_ptr<IsolatedRun>> StartShadowPlan(const WorkPlanner& candidate,
                                                             const PlanRequest& request,
                                                             const ShadowLimits& limits);
// Never fails because of the candidate: that is the record's outcome then.
ShadowRecord CompareShadowPlan(IsolatedRun& run, const Backlog& backlog, const Plan& control);

// The same for a bundler. `make` runs in the candidate's process, where the
// caller's clone is closed: it opens the clone itself.
absl::StatusOr<std::unique_ptr<IsolatedRun>> StartShadowBundles(
    const std::function<absl::StatusOr<BundleSet>()>& make, const ShadowLimits& limits);
ShadowRecord CompareShadowBundles(IsolatedRun& run, const BundleSet& control);

// The same for an executor: operations are prepared and compared, and never
// performed.
absl::StatusOr<std::unique_ptr<IsolatedRun>> StartShadowOperations(const Executor& candidate,
                                                                   const PrepareRequest& request,
                                                                   const ShadowLimits& limits);
ShadowRecord CompareShadowOperations(IsolatedRun& run, const Preparation& control);

}  // namespace clambake

#endif  // CLAMBAKE_SHADOW_H_
