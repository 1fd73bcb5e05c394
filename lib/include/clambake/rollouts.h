// Rollouts in progress, kept in the state that all instances share: which share
// of the work v2 gets, what it did with it, and whether it was taken back.
//
// The latch is one-way: an automatic or a manual roll-back sets it, every
// process that shares the state sees it at its next decision, and only an
// operator clears it, with a reason. Whatever cannot be read means legacy.
//
// Every change is a compare-and-swap of one document and has its line in the
// audit log: who, when, from, to, why.
#ifndef CLAMBAKE_ROLLOUTS_H_
#define CLAMBAKE_ROLLOUTS_H_

#include <array>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "clambake/feature_flags.h"
#include "clambake/rng.h"
#include "clambake/rollout.h"
#include "clambake/state_store.h"

namespace clambake {

struct Latch {
  bool holds = false;
  std::string trigger;   // "corruption", a metric's name, "operator"
  std::string observed;  // a sentence with value, limit and sample size
  std::int64_t items = 0;
  absl::Time at = absl::InfinitePast();
  std::string actor;
};

enum class RolloutStatus { kNone, kRunning, kHeld, kComplete };
std::string_view Name(RolloutStatus status);  // "none" "running" "held" "complete"

struct RolloutRecord {
  Component component = Component::kPlanner;
  RolloutStatus status = RolloutStatus::kNone;
  std::int64_t generation = 0;  // grows with every change; 0: never written
  std::string id;               // of this rollout; samples of another one are not counted
  std::string salt;
  std::string algorithm;
  Ladder ladder;
  std::int64_t step = 0;
  absl::Time entered_at = absl::InfinitePast();  // the step, or completion
  std::string hold_reason;
  std::string snapshot;  // digest of the one taken before the start
  std::string actor;     // of the last change
  Latch latch;
  JudgePolicy policy;
  Evidence evidence = NewEvidence();

  [[nodiscard]] std::int64_t share() const;  // basis points; 0 without a rollout
};

// What the judge is asked of a rollout at `now`; a clock that went back counts
// as no time at all.
JudgeInput JudgeInputOf(const RolloutRecord& record, absl::Time now);

// What was drawn for one unit of work, and what its sample needs.
struct Draw {
  RolloutState state;
  Component component = Component::kPlanner;
  std::string rollout;  // "": nothing to record
  std::int64_t step = 0;
  std::int64_t share = 0;
};

// Who changes something, and why. Both must not be empty.
struct Change {
  std::string actor;
  std::string reason;
};

struct StartRequest {
  Ladder ladder;
  JudgePolicy policy;
  Change change;
};

struct JudgedRollout {
  JudgeInput input;
  Verdict verdict;
};

// Thread-safe if `rng` is used by nobody else. Neither store nor rng is owned.
class Rollouts {
 public:
  Rollouts(StateStore& store, std::string scope, Rng& rng)
      : store_(store), scope_(std::move(scope)), rng_(rng) {}

  // FailedPrecondition: the record is damaged.
  absl::StatusOr<RolloutRecord> Read(Component component);

  // To be called for every decision. `unit`: the planning or bundling cycle,
  // the issue for the executor. What cannot be read is latched.
  Draw DrawFor(Component component, std::string_view unit);

  // Counts a sample, and sets the latch if that is called for. Nothing is
  // counted in read-only mode, for a draw without rollout, or if the step has
  // changed since. Returns the record as it is then.
  absl::StatusOr<RolloutRecord> Record(const Draw& draw, WriteMode mode, const RolloutSample& sample);
  // A digest that does not match or an invariant that is broken: latches at once.
  absl::StatusOr<RolloutRecord> ReportCorruption(Component component, std::string_view what);

  // What the specification demands and is not there, a sentence each; all are
  // named. Start: the phase before stable for 48 h and its success criteria
  // met, the state's audit clean. Advance: judge, criteria of the component,
  // audit, snapshot. Cleanup: everything complete and stable, in every scope of
  // the state.
  absl::StatusOr<std::vector<std::string>> MissingForStart(Component component);
  absl::StatusOr<std::vector<std::string>> MissingForAdvance(Component component);
  absl::StatusOr<std::vector<std::string>> MissingForCleanup(Phase phase);

  // FailedPrecondition: latched, running already, or something is missing.
  // Takes a snapshot; starts at the first step, with fresh counters.
  absl::StatusOr<RolloutRecord> Start(Component component, const StartRequest& request);
  // The next step or, after the last one, completion. FailedPrecondition
  // unless nothing is missing.
  absl::StatusOr<RolloutRecord> Advance(Component component, const Change& change);
  // Stays at its step until started again by Resume.
  absl::StatusOr<RolloutRecord> Hold(Component component, const Change& change);
  absl::StatusOr<RolloutRecord> Resume(Component component, const Change& change);
  // Sets the latch; once more is no error.
  absl::StatusOr<RolloutRecord> RollBack(Component component, const Change& change);
  // Lifts the latch; the next start is at the first step.
  absl::StatusOr<RolloutRecord> Clear(Component component, const Change& change);

  // The point of no return: a snapshot of every scope, then StateStore::CleanUp.
  // `phase` is that of the flags. FailedPrecondition: something is missing.
  absl::StatusOr<CleanupReport> CleanUp(Phase phase, CleanupMode mode, const Change& change);

  // FailedPrecondition without a rollout. Stores the verdict, and acts on it
  // only where that is a roll-back.
  absl::StatusOr<JudgedRollout> JudgeNow(Component component, const Change& change);

 private:
  using Edit = std::function<absl::Status(RolloutRecord&, absl::Time now)>;
  // The line of the audit log that goes with a change; nothing: none.
  using Line =
      std::function<std::optional<AuditRecord>(const RolloutRecord& before, const RolloutRecord& after)>;
  absl::StatusOr<RolloutRecord> Parse(Component component, std::string text);
  void Remember(std::string text, const RolloutRecord& record);
  absl::StatusOr<RolloutRecord> Apply(Component component, const Edit& edit, const Line& line);
  absl::StatusOr<RolloutRecord> ApplyAudited(Component component, std::string_view event,
                                             const Change& change, const Edit& edit);
  absl::StatusOr<RolloutRecord> Replace(Component component, const Change& change, std::string_view event);
  absl::StatusOr<std::int64_t> Write(std::string_view key, std::string_view text, std::int64_t expected,
                                     const std::optional<AuditRecord>& line);
  using Missing = std::vector<std::string>;
  absl::Status CheckAudit(Missing& missing);
  absl::Status CheckPredecessor(Component component, Missing& missing);
  absl::Status CheckCriteria(const RolloutRecord& record, Missing& missing);
  absl::Status CheckSnapshot(const RolloutRecord& record, Missing& missing);
  absl::Status CheckComplete(Component component, Missing& missing);
  absl::Status RequireLegacy();
  absl::StatusOr<std::string> KeepSnapshot(std::string_view name);

  // What was read or counted last: while the state gives this text, nothing is parsed.
  struct Known {
    std::string text;
    RolloutRecord record;
  };

  StateStore& store_;
  std::string scope_;
  Rng& rng_;
  std::mutex mutex_;
  std::array<std::optional<Known>, kComponents.size()> known_;
};

// `before`, a systemd EnvironmentFile, with everything off for `components`:
// what else it assigns stays byte for byte, also over several lines, and what
// it left open is ended. Two exceptions: NUL bytes, at which systemd would stop,
// go; and lines that versions of systemd read differently (after a backslash at
// the end of a comment's line, or within single quotes) stay or go together.
std::string RolledBackEnvironment(std::string_view before, const std::vector<Component>& components,
                                  WriteMode mode);
// Replaces the file in one step: whoever reads sees the old or the new one.
absl::Status WriteFileAtomically(const std::string& path, std::string_view content);

// `clambake.rollouts/1`.
std::string RolloutsToJson(std::string_view scope, const std::vector<RolloutRecord>& records);

// What a roll-back by hand has done, where not everything could be.
struct RollBackResult {
  std::vector<RolloutRecord> latched;
  bool latch_set = false;        // for each component that was asked for
  std::string environment_file;  // that was written; "": none
};
// The same, with `latch_set` and `environment_file` (a path, or null).
std::string RollBackToJson(std::string_view scope, const RollBackResult& result);

}  // namespace clambake

#endif  // CLAMBAKE_ROLLOUTS_H_
