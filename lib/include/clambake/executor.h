// The executor's contract: what a plan and its bundles mean on GitHub
// (Prepare, which decides), and doing it (Apply, which acts).
//
// Operations are data: a read-only run prints the very operations that a real
// run performs, under one digest. Apply needs a WritePermit, which only the
// Guard gives out, and never while read-only is on.
#ifndef CLAMBAKE_EXECUTOR_H_
#define CLAMBAKE_EXECUTOR_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "clambake/bundler.h"
#include "clambake/clock.h"
#include "clambake/feature_flags.h"
#include "clambake/github_client.h"
#include "clambake/github_lock.h"
#include "clambake/github_write.h"
#include "clambake/model.h"
#include "clambake/state_store.h"
#include "clambake/work_planner.h"

namespace clambake {

// One write on GitHub. Operations of a lane happen in order, each after the
// one before is confirmed; lanes do not wait for each other, except `after`.
struct Operation {
  std::string id;         // of the content: the same operation has the same id
  std::string lane;       // "issue-12", "bundle/…", "bundle/…#12"
  std::string after;      // a lane that must be confirmed first; "" for none
  IssueNumber issue = 0;  // 0: belongs to several
  GithubWrite write;
  // Advisory: nothing depends on it; if GitHub refuses, the lane goes on.
  enum class Need { kRequired, kAdvisory } need = Need::kRequired;
  std::optional<WorkState> then;  // the issue's work state once it is confirmed
  // CreatePull: the tree that its head must have, or it is not opened; "": any.
  std::string tree;
};

// What Prepare decides on; nothing else goes in. None is owned, `backlog` and
// `plan` are required.
struct PrepareRequest {
  const Backlog* backlog = nullptr;
  const Plan* plan = nullptr;
  const BundleSet* bundles = nullptr;
  std::vector<Work> work;              // from the store
  std::vector<JournalEntry> pending;   // from the store: finished first, and not decided again
  std::vector<JournalEntry> comments;  // from the store: confirmed "create_comment" operations
  std::string base_sha;                // tip of the default branch; "": branches are not made
  std::string assignee;                // GitHub login that stands for the agents; "": nobody
  absl::Duration claim =
      absl::Hours(24);  // an agent's lease: without a commit for so long, work is abandoned
};

struct Preparation {
  std::string executor;  // "legacy" or "v2"
  std::string repository;
  std::vector<Operation> operations;  // unfinished ones of earlier runs first
  std::vector<WorkChange> changes;    // recorded together with the operations
  std::vector<std::string> notes;     // what a person should know, a sentence each
  std::vector<std::string> legacy;    // ids, ascending, of those that legacy performs within a v2 run
  std::string fault;                  // why v2 could not prepare this: see RunOutcome; "": it could
};

// The digest of the operations alone: equal digest, equal effect.
std::string OperationsDigest(const Preparation& preparation);

// The proof that writing is allowed, for one run. Ends the run's lease when it
// goes. Cannot be made, copied or kept by anybody but the Guard and its caller.
class WritePermit {
 public:
  WritePermit(const WritePermit&) = delete;
  WritePermit& operator=(const WritePermit&) = delete;
  ~WritePermit();

  [[nodiscard]] const RunLease& lease() const { return lease_; }

 private:
  friend class Guard;
  WritePermit() {}  // not "= default", which would let anybody write WritePermit{}

  StateStore* store_ = nullptr;
  RunLease lease_;
};

class Guard {
 public:
  struct Request {
    Generation generation = Generation::kLegacy;
    RolloutState rollout;
    std::string scope;  // "owner/name"
    std::string owner;  // who asks, for others to read: "host:pid"
    absl::Duration lease = absl::Minutes(3);
  };
  // FailedPrecondition: read-only is on, v2 is latched, or legacy is gone. AlreadyExists:
  // another run holds the state. `store` outlives the permit.
  static absl::StatusOr<std::unique_ptr<WritePermit>> Admit(const FeatureFlags& flags, StateStore& store,
                                                            const Request& request);
};

struct Outcome {
  std::string id;
  OperationState state = OperationState::kIntent;
  std::int64_t attempts = 0;
  bool probed = false;
  std::int64_t latency_ms = 0;
  std::string detail;
  std::string requests;  // GitHub's request ids
  Operation::Need need = Operation::Need::kRequired;
};

struct RunProgress {
  std::size_t done = 0;  // operations with an outcome
  std::size_t total = 0;
  std::string_view doing;
};

struct ApplyContext {
  // Legacy: any. v2: made with LostAnswer::kReturnUnknown and one attempt, so
  // that every attempt is in the journal, and a limit wait far below the lease.
  GithubClient* github = nullptr;
  StateStore* store = nullptr;
  Clock* clock = nullptr;
  const std::atomic<bool>* cancelled = nullptr;      // may be null; looked at between requests
  std::function<void(const RunProgress&)> progress;  // may be empty; called on the calling thread
  // v2: longer than a lost request can still take effect (GitHub ends requests
  // after 10 s). That nothing happens twice holds under this condition alone.
  absl::Duration settle = absl::Seconds(60);
  absl::Duration max_limit_wait = absl::Hours(2);  // wait so long for a rate limit, else stop
  GithubLock* lock = nullptr;                      // may be null; kept, and nothing is sent once it is lost
};

struct RunOutcome {
  std::vector<Outcome> outcomes;           // in the order of execution
  std::vector<JournalEntry> manual_queue;  // what waits for a person now
  std::vector<IssueNumber> held;           // somebody else had claimed them
  std::size_t unfinished = 0;              // left for the next run
  absl::Status stopped;                    // why the run ended early; OK if it did not
  // What GitHub made is not what was verified, the first such finding; "": none.
  std::string corruption;
  // Why v2 failed: legacy acted instead, or the rest waits for a person. Counts
  // as a failure of v2, whatever the outcomes say; "": it did not fail.
  std::string fault;
};

// True if every required operation is confirmed and nothing waits.
bool Succeeded(const RunOutcome& outcome);

// Thread-compatible: one call at a time per object.
class Executor {
 public:
  virtual ~Executor() = default;

  // "legacy" or "v2".
  [[nodiscard]] virtual std::string_view name() const = 0;

  // A pure function: equal requests, equal bytes. InvalidArgument: the request
  // contradicts itself.
  [[nodiscard]] virtual absl::StatusOr<Preparation> Prepare(const PrepareRequest& request) const = 0;

  // Performs the operations. What fails by itself is in the outcome; an error
  // means that nothing could be started. v2: killed at any point, the next
  // Apply finishes what was left, and nothing happens twice.
  virtual absl::StatusOr<RunOutcome> Apply(const Preparation& preparation, const WritePermit& permit,
                                           const ApplyContext& context) = 0;
};

// Before planning: claims whose branch moved since the last look are renewed,
// ended ones settle and are given back, branch kept. Returns the abandoned.
absl::StatusOr<std::vector<Work>> RefreshClaims(StateStore& store, std::string_view scope,
                                                const Backlog& backlog, absl::Duration claim);

// `clambake.run/1`. `outcome` is null in a read-only run.
std::string RunToJson(const Preparation& preparation, const RunOutcome* outcome, std::string_view plan_digest,
                      std::string_view bundles_digest);

}  // namespace clambake

#endif  // CLAMBAKE_EXECUTOR_H_
