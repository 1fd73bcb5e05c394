// What the specification demands before a phase begins, a step is left, and
// legacy goes: each check adds a sentence for what is missing.
#include <algorithm>
#include <cmath>

#include "absl/strings/ascii.h"
#include "absl/strings/str_join.h"
#include "base/counted.h"
#include "base/status_macros.h"
#include "clambake/model.h"
#include "clambake/observations.h"
#include "clambake/rollouts.h"
#include "clambake/run_figures.h"
#include "clambake/state_audit.h"
#include "fmt/format.h"

namespace clambake {
namespace {

using Missing = std::vector<std::string>;

constexpr absl::Duration kStable = absl::Hours(48);
constexpr absl::Duration kPlanningLimit = absl::Seconds(2);
constexpr absl::Duration kExecutionLimit = absl::Minutes(5);
constexpr std::int64_t kMinBundles = 95;  // percent

double Rate(const Tally& tally) {
  return tally.tried == 0 ? 0 : static_cast<double>(tally.failed) / static_cast<double>(tally.tried);
}

// How far, in standard errors, the candidate's rate is above the control's
// (an error and a success added to each, as Agresti and Caffo do).
double Excess(const Tally& control, const Tally& candidate) {
  const Tally a{control.tried + 2, control.failed + 1};
  const Tally b{candidate.tried + 2, candidate.failed + 1};
  const double variance = Rate(a) * (1 - Rate(a)) / static_cast<double>(a.tried) +
                          Rate(b) * (1 - Rate(b)) / static_cast<double>(b.tried);
  return (Rate(b) - Rate(a)) / std::sqrt(variance);
}

void CheckLatency(const RolloutRecord& record, absl::Duration limit, std::string_view what,
                  Missing& missing) {
  constexpr int kP95 = 95;
  const LatencyHistogram& latency = record.evidence.step.candidate.latency;
  const absl::Duration p95 = absl::Microseconds(latency.Percentile(kP95));
  if (p95 < limit) return;
  missing.push_back(fmt::format("{} latency at P95 is {}, less than {} is wanted", what,
                                absl::FormatDuration(p95), absl::FormatDuration(limit)));
}

void CheckWorkload(const RunFigures& figures, Missing& missing) {
  if (figures.optimal_minutes == 0) {
    missing.emplace_back(
        "no run of the v2 planner has left its workload yet (within 10 % of optimal is wanted)");
  } else if (figures.busiest_minutes * 100 > figures.optimal_minutes * 110) {
    missing.push_back(
        fmt::format("workload: the busiest agent has {} minutes, {} is optimal, within 10 % is wanted",
                    figures.busiest_minutes, figures.optimal_minutes));
  }
}

void CheckAssignments(const RunFigures& figures, Missing& missing) {
  constexpr double kOneSided = 1.645;  // 95 %
  const auto& [control, candidate] = figures.assignments;
  if (candidate.tried == 0) {
    missing.emplace_back(
        "no assignment of a v2 plan was executed yet (no increase in failed ones is wanted)");
  } else if (Excess(control, candidate) > kOneSided) {
    missing.push_back(fmt::format("failed assignments: {} of {} with v2, {} of {} with legacy",
                                  candidate.failed, candidate.tried, control.failed, control.tried));
  }
}

void CheckBundles(const RunFigures& figures, Missing& missing) {
  const Tally& tally = figures.bundles[static_cast<std::size_t>(Generation::kV2)];
  if (tally.tried == 0) {
    missing.push_back(fmt::format("no bundle of v2 was executed yet ({} % success is wanted)", kMinBundles));
  } else if ((tally.tried - tally.failed) * 100 < tally.tried * kMinBundles) {
    missing.push_back(fmt::format("bundle success: {} of {}, {} % is wanted", tally.tried - tally.failed,
                                  tally.tried, kMinBundles));
  }
}

// Of the last run of the v2 executor since the rollout's step was entered.
absl::Status CheckObservability(StateStore& store, std::string_view scope, absl::Time since,
                                Missing& missing) {
  CLAMBAKE_ASSIGN_OR_RETURN(const std::vector<ObservedRun> runs, ReadObservedRuns(store, scope));
  for (auto run = runs.rbegin(); run != runs.rend() && run->at >= since; ++run) {
    if (run->generation != "v2") continue;
    if (run->spans_exported > 0 || run->samples_exported > 0) return absl::OkStatus();
    break;
  }
  missing.emplace_back(
      "no observability data of the v2 executor at this step: give its runs --metrics FILE, or "
      "OTEL_EXPORTER_OTLP_ENDPOINT");
  return absl::OkStatus();
}

absl::Status Refusal(std::string_view what, const Missing& missing) {
  return absl::FailedPreconditionError(fmt::format("{} yet:\n  {}", what, absl::StrJoin(missing, "\n  ")));
}

}  // namespace

absl::Status Rollouts::RequireLegacy() {
  CLAMBAKE_ASSIGN_OR_RETURN(const bool gone, store_.IsCleanedUp());
  if (!gone) return absl::OkStatus();
  return absl::FailedPreconditionError("the cleanup has taken legacy away: there is nothing to go back to");
}

absl::Status Rollouts::CheckAudit(Missing& missing) {
  CLAMBAKE_ASSIGN_OR_RETURN(const StateAudit audit, AuditState(store_, scope_));
  if (!audit.rows.empty()) {
    missing.push_back(
        fmt::format("legacy and v2 state differ in {}, the first is issue {}: `clambake "
                    "state audit` shows them, `--repair` mends them",
                    Counted(audit.rows.size(), "row"), audit.rows[0].issue));
  }
  for (const BrokenInvariant& broken : audit.broken) {
    missing.push_back(
        fmt::format("the audit is not clean: {}: #{} {}", broken.rule, broken.issue, broken.text));
    constexpr std::size_t kMaxShown = 10;
    if (missing.size() > kMaxShown) break;
  }
  return absl::OkStatus();
}

absl::Status Rollouts::CheckComplete(Component component, Missing& missing) {
  CLAMBAKE_ASSIGN_OR_RETURN(const RolloutRecord record, Read(component));
  CLAMBAKE_ASSIGN_OR_RETURN(const absl::Time now, store_.Now());
  if (record.latch.holds) {
    missing.push_back(fmt::format("the {} was rolled back", Name(component)));
  } else if (record.status != RolloutStatus::kComplete) {
    const std::string share =
        record.status == RolloutStatus::kNone ? "" : fmt::format(" at {} %", record.share() / 100);
    missing.push_back(fmt::format("the {}'s rollout is not complete: it is {}{}", Name(component),
                                  Name(record.status), share));
  } else if (now - record.entered_at < kStable) {
    missing.push_back(fmt::format("the {} is stable for {} only, 48h are wanted", Name(component),
                                  absl::FormatDuration(now - record.entered_at)));
  }
  return absl::OkStatus();
}

absl::Status Rollouts::CheckPredecessor(Component component, Missing& missing) {
  if (component == Component::kPlanner) return absl::OkStatus();
  const Component earlier = component == Component::kBundler ? Component::kPlanner : Component::kBundler;
  CLAMBAKE_ASSIGN_OR_RETURN(const RolloutRecord record, Read(earlier));
  // The executor joins the bundler's rollout.
  if (component == Component::kExecutor && record.status != RolloutStatus::kNone && !record.latch.holds) {
    return absl::OkStatus();
  }
  CLAMBAKE_RETURN_IF_ERROR(CheckComplete(earlier, missing));
  return record.status == RolloutStatus::kComplete ? CheckCriteria(record, missing) : absl::OkStatus();
}

// The success criteria of the phase that `record`'s component belongs to. That
// no two agents hold one issue is an invariant of the audit.
absl::Status Rollouts::CheckCriteria(const RolloutRecord& record, Missing& missing) {
  CLAMBAKE_ASSIGN_OR_RETURN(const RunFigures figures, ReadRunFigures(store_, scope_));
  switch (record.component) {
    case Component::kPlanner:
      CheckLatency(record, kPlanningLimit, "planning", missing);
      CheckWorkload(figures, missing);
      CheckAssignments(figures, missing);
      break;
    case Component::kBundler:
      CheckBundles(figures, missing);
      break;
    case Component::kExecutor:
      CheckLatency(record, kExecutionLimit, "execution", missing);
      return CheckObservability(
          store_, scope_,
          absl::Floor(record.entered_at - absl::UnixEpoch(), absl::Seconds(1)) + absl::UnixEpoch(), missing);
  }
  return absl::OkStatus();
}

absl::Status Rollouts::CheckSnapshot(const RolloutRecord& record, Missing& missing) {
  const std::string key = fmt::format("snapshot/{}", Name(record.component));
  CLAMBAKE_ASSIGN_OR_RETURN(const Document snapshot, store_.ReadDocument(scope_, key));
  if (snapshot.version == 0 || Digest(snapshot.value) != record.snapshot) {
    missing.emplace_back("the snapshot that was taken before the start is gone or damaged");
  }
  return absl::OkStatus();
}

absl::StatusOr<Missing> Rollouts::MissingForStart(Component component) {
  Missing missing;
  CLAMBAKE_RETURN_IF_ERROR(CheckPredecessor(component, missing));
  CLAMBAKE_RETURN_IF_ERROR(CheckAudit(missing));
  return missing;
}

absl::StatusOr<Missing> Rollouts::MissingForAdvance(Component component) {
  Missing missing;
  CLAMBAKE_ASSIGN_OR_RETURN(const RolloutRecord record, Read(component));
  if (record.status == RolloutStatus::kNone || record.latch.holds) return missing;
  CLAMBAKE_RETURN_IF_ERROR(CheckCriteria(record, missing));
  CLAMBAKE_RETURN_IF_ERROR(CheckAudit(missing));
  CLAMBAKE_RETURN_IF_ERROR(CheckSnapshot(record, missing));
  return missing;
}

absl::StatusOr<Missing> Rollouts::MissingForCleanup(Phase phase) {
  Missing missing;
  if (phase != Phase::kPhase3 && phase != Phase::kCleanup) {
    missing.push_back(
        fmt::format("the flags say {}: phase3 is wanted, with every component on v2", Name(phase)));
  }
  CLAMBAKE_ASSIGN_OR_RETURN(std::vector<std::string> scopes, store_.ListScopes());
  if (std::find(scopes.begin(), scopes.end(), scope_) == scopes.end()) scopes.push_back(scope_);
  for (const std::string& scope : scopes) {
    if (scope.ends_with(ShadowScope(""))) continue;
    Rollouts each(store_, scope, rng_);
    Missing of_scope;
    for (const Component component : kComponents) {
      CLAMBAKE_RETURN_IF_ERROR(each.CheckComplete(component, of_scope));
    }
    CLAMBAKE_RETURN_IF_ERROR(each.CheckAudit(of_scope));
    for (const std::string& sentence : of_scope) missing.push_back(fmt::format("{}: {}", scope, sentence));
  }
  return missing;
}

absl::StatusOr<std::string> Rollouts::KeepSnapshot(std::string_view name) {
  CLAMBAKE_ASSIGN_OR_RETURN(const std::string snapshot, store_.TakeSnapshot(scope_));
  const std::string key = fmt::format("snapshot/{}", name);
  CLAMBAKE_ASSIGN_OR_RETURN(const Document last, store_.ReadDocument(scope_, key));
  CLAMBAKE_RETURN_IF_ERROR(store_.WriteDocument(scope_, key, snapshot, last.version).status());
  return Digest(snapshot);
}

absl::StatusOr<CleanupReport> Rollouts::CleanUp(Phase phase, CleanupMode mode, const Change& change) {
  if (change.actor.empty() || absl::StripAsciiWhitespace(change.reason).empty()) {
    return absl::InvalidArgumentError("a change needs to say who makes it, and why (--reason)");
  }
  CLAMBAKE_RETURN_IF_ERROR(RequireLegacy());
  CLAMBAKE_ASSIGN_OR_RETURN(const Missing missing, MissingForCleanup(phase));
  if (!missing.empty()) return Refusal("the cleanup cannot be done", missing);
  if (mode == CleanupMode::kConfirm) {
    CLAMBAKE_ASSIGN_OR_RETURN(const std::vector<std::string> scopes, store_.ListScopes());
    for (const std::string& scope : scopes) {
      CLAMBAKE_RETURN_IF_ERROR(Rollouts(store_, scope, rng_).KeepSnapshot("cleanup").status());
    }
    CLAMBAKE_RETURN_IF_ERROR(store_.AppendAudit(
        scope_, {.actor = change.actor, .event = "cutover.cleanup", .detail = change.reason}));
  }
  return store_.CleanUp(scope_, change.actor, mode);
}

}  // namespace clambake
