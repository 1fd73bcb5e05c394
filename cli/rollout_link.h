// A run's link to the rollouts of the shared state: what is drawn for this
// cycle, and what came of it.
#ifndef CLAMBAKE_CLI_ROLLOUT_LINK_H_
#define CLAMBAKE_CLI_ROLLOUT_LINK_H_

#include <array>
#include <map>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "clambake/bundler.h"
#include "clambake/clock.h"
#include "clambake/executor.h"
#include "clambake/feature_flags.h"
#include "clambake/pipeline.h"
#include "clambake/rng.h"
#include "clambake/rollouts.h"
#include "clambake/telemetry.h"
#include "clambake/work_planner.h"

namespace clambake::cli {

class RolloutLink {
 public:
  // `store` may be null, where there is no state yet: nothing is in progress
  // then. A state that cannot be read means legacy: see Unreadable.
  RolloutLink(StateStore* store, const std::string& scope, WriteMode mode, Clock& clock,
              const Telemetry& telemetry);

  // The state is there and cannot be opened.
  void Unreadable() { unreadable_ = true; }

  RolloutState Draw(Component component);
  // For the executor, whose unit is the issue; 0 stands for the whole run.
  RolloutState DrawIssue(IssueNumber issue);

  // What the flags made of the draw: nothing is counted unless it decided.
  void Chose(Component component, const Decision& decision);

  // Counts what v2 or legacy did for this cycle; never fails the run.
  void Record(Component component, SampleResult result, absl::Duration latency);
  // The same for what the executor did for an issue.
  void RecordIssue(IssueNumber issue, SampleResult result, absl::Duration latency);

  // The same for a whole run: a sample for each issue that was handed out, the
  // gravest outcome of its required operations. An interrupted run says nothing
  // of what it left.
  void RecordRun(const Decided& decided, const RunOutcome& outcome);

  // A broken invariant rolls back at once; never fails the run either.
  void ReportCorruption(Component component, std::string_view what);

  [[nodiscard]] Clock& clock() { return clock_; }
  [[nodiscard]] const std::string& cycle() const { return cycle_; }

 private:
  std::unique_ptr<Rng> rng_ = NewSystemRng();
  std::unique_ptr<Rollouts> rollouts_;  // null without a state
  WriteMode mode_;
  Clock& clock_;
  Telemetry telemetry_;
  std::string cycle_;
  bool unreadable_ = false;
  void Count(const clambake::Draw& draw, SampleResult result, absl::Duration latency);

  std::array<clambake::Draw, 3> draws_;
  std::map<IssueNumber, clambake::Draw> issues_;
};

// Plans with `planner`, and lets `link` know how that went.
class MeasuredPlanner : public WorkPlanner {
 public:
  MeasuredPlanner(std::unique_ptr<WorkPlanner> planner, RolloutLink& link)
      : planner_(std::move(planner)), link_(link) {}
  [[nodiscard]] std::string_view name() const override { return planner_->name(); }
  [[nodiscard]] absl::StatusOr<Plan> MakePlan(const PlanRequest& request) const override;

 private:
  std::unique_ptr<WorkPlanner> planner_;
  RolloutLink& link_;
};

// Bundles with `bundler`; a pull request for each branch, because that failed,
// counts as a fallback.
class MeasuredBundler : public Bundler {
 public:
  MeasuredBundler(std::unique_ptr<Bundler> bundler, RolloutLink& link)
      : bundler_(std::move(bundler)), link_(link) {}
  [[nodiscard]] std::string_view name() const override { return bundler_->name(); }
  absl::StatusOr<BundleSet> MakeBundles(const BundleRequest& request) override;

 private:
  std::unique_ptr<Bundler> bundler_;
  RolloutLink& link_;
};

}  // namespace clambake::cli

#endif  // CLAMBAKE_CLI_ROLLOUT_LINK_H_
