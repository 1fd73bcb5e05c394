#include "cli/rollout_link.h"

#include <algorithm>
#include <set>
#include <string_view>

#include "cli/rollout_metrics.h"
#include "fmt/format.h"

namespace clambake::cli {
namespace {

SampleResult ResultOf(OperationState state) {
  if (state == OperationState::kConfirmed) return SampleResult::kSuccess;
  return state == OperationState::kUnknown ? SampleResult::kError : SampleResult::kWorkFailed;
}

}  // namespace

RolloutLink::RolloutLink(StateStore* store, const std::string& scope, WriteMode mode, Clock& clock,
                         const Telemetry& telemetry)
    : mode_(mode), clock_(clock), telemetry_(telemetry), cycle_(RandomId(*rng_)) {
  if (store != nullptr && !scope.empty()) rollouts_ = std::make_unique<Rollouts>(*store, scope, *rng_);
}

RolloutState RolloutLink::Draw(Component component) {
  if (unreadable_) return {.latched = true, .in_share = {}};
  if (rollouts_ == nullptr) return {};
  clambake::Draw& draw = draws_[static_cast<std::size_t>(component)];
  draw = rollouts_->DrawFor(component, cycle_);
  const std::int64_t step = draw.rollout.empty() ? 0 : draw.step + 1;
  telemetry_.Set(metrics::kRolloutStep, {{"component", Name(component)}}, static_cast<double>(step));
  return draw.state;
}

RolloutState RolloutLink::DrawIssue(IssueNumber issue) {
  if (unreadable_) return {.latched = true, .in_share = {}};
  if (rollouts_ == nullptr) return {};
  clambake::Draw& draw = issues_[issue];
  draw = rollouts_->DrawFor(Component::kExecutor, std::to_string(issue));
  return draw.state;
}

void RolloutLink::Chose(Component component, const Decision& decision) {
  if (decision.reason == Reason::kSplit) return;
  draws_[static_cast<std::size_t>(component)] = {};
  if (component == Component::kExecutor) issues_.clear();
}

void RolloutLink::Record(Component component, SampleResult result, absl::Duration latency) {
  Count(draws_[static_cast<std::size_t>(component)], result, latency);
}

void RolloutLink::RecordIssue(IssueNumber issue, SampleResult result, absl::Duration latency) {
  const auto drawn = issues_.find(issue);
  if (drawn != issues_.end()) Count(drawn->second, result, latency);
}

void RolloutLink::Count(const clambake::Draw& draw, SampleResult result, absl::Duration latency) {
  if (rollouts_ == nullptr || !draw.state.in_share) return;
  const Arm arm = *draw.state.in_share ? Arm::kCandidate : Arm::kControl;
  // The work is done: that it could not be counted is no reason to fail it.
  const absl::StatusOr<RolloutRecord> before = rollouts_->Read(draw.component);
  const absl::StatusOr<RolloutRecord> after = rollouts_->Record(draw, mode_, {arm, result, latency});
  if (before.ok() && after.ok()) CountRollback(telemetry_, *before, *after);
}

void RolloutLink::RecordRun(const Decided& decided, const RunOutcome& outcome) {
  struct Handed {
    SampleResult result = SampleResult::kSuccess;
    absl::Duration took;
  };
  std::map<IssueNumber, Handed> issues;
  std::set<IssueNumber> of_legacy;
  std::map<std::string_view, const Operation*> operations;
  for (const Operation& operation : decided.preparation.operations) operations[operation.id] = &operation;
  for (const Outcome& one : outcome.outcomes) {
    const auto found = operations.find(one.id);
    if (found == operations.end() || found->second->lane != fmt::format("issue-{}", found->second->issue))
      continue;
    const std::vector<std::string>& legacy = decided.preparation.legacy;
    if (std::binary_search(legacy.begin(), legacy.end(), one.id)) of_legacy.insert(found->second->issue);
    Handed& handed = issues[found->second->issue];
    handed.took += absl::Milliseconds(one.latency_ms);
    if (one.need == Operation::Need::kRequired) handed.result = std::max(handed.result, ResultOf(one.state));
  }
  for (const auto& [issue, handed] : issues) {
    const bool fell_back = !outcome.fault.empty() && !of_legacy.contains(issue);
    RecordIssue(issue, fell_back ? SampleResult::kFallback : handed.result, handed.took);
  }
}

void RolloutLink::ReportCorruption(Component component, std::string_view what) {
  if (rollouts_ != nullptr) rollouts_->ReportCorruption(component, what).IgnoreError();
}

absl::StatusOr<Plan> MeasuredPlanner::MakePlan(const PlanRequest& request) const {
  const absl::Duration start = link_.clock().Monotonic();
  absl::StatusOr<Plan> plan = planner_->MakePlan(request);
  SampleResult result = SampleResult::kSuccess;
  if (!plan.ok()) {
    result = SampleResult::kUnavailable;
  } else if (plan->planner != planner_->name()) {
    result = SampleResult::kFallback;
  }
  link_.Record(Component::kPlanner, result, link_.clock().Monotonic() - start);
  return plan;
}

absl::StatusOr<BundleSet> MeasuredBundler::MakeBundles(const BundleRequest& request) {
  const absl::Duration start = link_.clock().Monotonic();
  absl::StatusOr<BundleSet> set = bundler_->MakeBundles(request);
  SampleResult result = SampleResult::kSuccess;
  if (!set.ok()) {
    result = SampleResult::kUnavailable;  // the run ends: see Decide
  } else if (set->bundler != bundler_->name()) {
    result = SampleResult::kFallback;
  }
  link_.Record(Component::kBundler, result, link_.clock().Monotonic() - start);
  return set;
}

}  // namespace clambake::cli
