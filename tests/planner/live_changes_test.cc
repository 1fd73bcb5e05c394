// Each change of a live plan of a few issues: repaired, planned anew or refused.
#include "clambake/live_plan.h"
#include "tests/planner/backlog_builder.h"
#include "tests/support/catch.h"

namespace clambake {
namespace {

using How = PlanChange::How;

class Live {
 public:
  explicit Live(const Backlog& backlog, const std::vector<Agent>& agents = *MakeAgents(2))
      : live_(*LivePlan::Make(backlog, agents, {})) {}

  LivePlan* operator->() { return &live_; }

  // The plan as it is, valid to an independent eye.
  Plan ValidPlan() {
    const absl::StatusOr<Plan> plan = live_.plan();
    REQUIRE(plan.ok());
    const PlanRequest request = RequestFor(live_.backlog(), live_.agents());
    const absl::Status valid = ValidatePlan(request, *plan);
    INFO(valid.message());
    REQUIRE(valid.ok());
    return *plan;
  }
  How Did(const absl::StatusOr<PlanChange>& change) {
    INFO(change.status().message());
    REQUIRE(change.ok());
    ValidPlan();
    return change->how;
  }

 private:
  LivePlan live_;
};

NewIssue New(IssueNumber number, std::vector<std::string> labels = {"route:ready"}) {
  NewIssue added;
  added.issue.number = number;
  added.issue.labels = std::move(labels);
  added.minutes = 10;
  return added;
}

// Four issues, of which the third waits for the second; #9 is closed.
BacklogBuilder Four() {
  BacklogBuilder builder;
  for (IssueNumber issue = 1; issue <= 4; ++issue) builder.Ready(issue).Minutes(issue, 10);
  builder.Blocked(3, {2}).Closed(9);
  return builder;
}

TEST_CASE("A live plan is not made of what a planner refuses") {
  const Agent agent = {"agent001", 1, {}};
  CHECK(absl::IsInvalidArgument(LivePlan::Make(Four().get(), {agent, agent}, {}).status()));
}

TEST_CASE("What a live plan cannot take is refused") {
  Live live(Four().get());
  CHECK(absl::IsNotFound(live->Close(9).status()));
  CHECK(absl::IsNotFound(live->SetPriority(7, Priority::kLow).status()));
  CHECK(absl::IsNotFound(live->SetBlockers(7, {}).status()));
  CHECK(absl::IsInvalidArgument(live->SetEstimate(1, 10'000'001).status()));
  CHECK(absl::IsInvalidArgument(live->AddAgent({"", 1, {}}).status()));
  CHECK(absl::IsInvalidArgument(live->AddAgent({"agent009", 1'001, {}}).status()));
  CHECK(absl::IsInvalidArgument(live->Add(New(0)).status()));
  NewIssue closed = New(10);
  closed.issue.state = State::kClosed;
  CHECK(absl::IsInvalidArgument(live->Add(closed).status()));
  NewIssue endless = New(10);
  endless.minutes = 0;
  CHECK(absl::IsInvalidArgument(live->Add(endless).status()));
  CHECK(live.ValidPlan().assignments.size() == 4);
}

TEST_CASE("A new issue of which all is known is put in its place") {
  Live live(Four().get());
  NewIssue added = New(11, {"route:ready", "route:priority-high"});
  added.blocked_by = {1, 9};
  CHECK(live.Did(live->Add(added)) == How::kRepaired);
  NewIssue labelled = New(12, {"route:ready", "estimate: 10m"});
  labelled.minutes.reset();
  CHECK(live.Did(live->Add(labelled)) == How::kRepaired);
  CHECK(FindAssignment(live.ValidPlan(), 11)->start_minutes == 10);
}

TEST_CASE("A new issue that is more than its blockers and minutes is planned anew") {
  const std::vector<Agent> agents = {{"agent001", 1, {"bug"}}, {"agent002", 1, {"docs"}}};
  Live live(Four().Child(20, 1).Labelled(5, {"route:ready"}).Blocked(5, {21}).get(), agents);
  NewIssue touching = New(10);
  touching.touches = {"lib"};
  CHECK(live.Did(live->Add(touching)) == How::kPlannedAnew);
  NewIssue waiting = New(11);
  waiting.blocked_by = {77};
  CHECK(live.Did(live->Add(waiting)) == How::kPlannedAnew);
  NewIssue unknown = New(12);
  unknown.minutes.reset();
  CHECK(live.Did(live->Add(unknown)) == How::kPlannedAnew);
  CHECK(live.Did(live->Add(New(13, {}))) == How::kPlannedAnew);
  CHECK(live.Did(live->Add(New(14, {"route:ready", "agent0000000"}))) == How::kPlannedAnew);
  CHECK(live.Did(live->Add(New(15, {"route:ready", "docs"}))) == How::kPlannedAnew);  // the first of its kind
  CHECK(live.Did(live->Add(New(16, {"route:ready", "docs"}))) == How::kRepaired);
  CHECK(live.Did(live->Add(New(20))) == How::kPlannedAnew);  // a parent
  CHECK(live.Did(live->Add(New(21))) == How::kPlannedAnew);  // what another has been waiting for
}

TEST_CASE("A new issue that a pull request or an agent's branch names already is planned anew") {
  BacklogBuilder builder = Four();
  builder.PullFor(50, "closes #20").PullFor(51, "", "agent001/21").BranchAt("agent002/22-parser", "aa");
  Live live(builder.BranchAt("main", "bb").get());
  for (const IssueNumber issue : {20, 21, 22}) {
    CHECK(live.Did(live->Add(New(issue))) == How::kPlannedAnew);
    CHECK(FindAssignment(live.ValidPlan(), issue) == nullptr);
  }
  CHECK(live.Did(live->Add(New(23))) == How::kRepaired);
}

TEST_CASE("A change of what is not in the plan is planned anew") {
  Live live(Four().Labelled(5, {}).Ready(6).Blocked(6, {5}).Labelled(7, {"route:unblocker"}).get());
  CHECK(live.Did(live->SetEstimate(5, 30)) == How::kPlannedAnew);
  CHECK(live.Did(live->SetPriority(5, Priority::kHigh)) == How::kPlannedAnew);
  CHECK(live.Did(live->SetBlockers(5, {1})) == How::kPlannedAnew);
  CHECK(live.Did(live->SetBlockers(4, {5})) == How::kPlannedAnew);
  CHECK(live.Did(live->SetBlockers(4, {9, 1})) == How::kPlannedAnew);
  CHECK(live.Did(live->SetPriority(7, Priority::kLow)) == How::kPlannedAnew);  // no longer to be handed out
  CHECK(FindAssignment(live.ValidPlan(), 7) == nullptr);
  CHECK(live.Did(live->Close(5)) == How::kPlannedAnew);
  CHECK(FindAssignment(live.ValidPlan(), 6) != nullptr);
}

TEST_CASE("What another issue outside of the plan names is planned anew as it is done") {
  Live live(Four().Ready(5).Ready(6).Blocked(5, {6}).Blocked(6, {5}).get());
  CHECK(live.Did(live->Close(5)) == How::kPlannedAnew);
  CHECK(FindAssignment(live.ValidPlan(), 6) != nullptr);
}

TEST_CASE("A changed issue keeps what else is known of it, and its children hold it back") {
  BacklogBuilder builder = Four();
  builder.Minutes(1, 30).Blocked(3, {1}).Ready(5, {"route:priority-low"}).Child(4, 1);
  Live live(builder.get());
  CHECK(FindAssignment(live.ValidPlan(), 3)->start_minutes == 30);
  CHECK(live.Did(live->SetEstimate(5, 60)) == How::kRepaired);
  CHECK(live.Did(live->SetBlockers(4, {9, 2})) == How::kRepaired);
  CHECK(FindAssignment(live.ValidPlan(), 4)->start_minutes >= 30);
  CHECK(live.Did(live->SetPriority(5, Priority::kNone)) == How::kRepaired);
  CHECK(live->backlog().issues.back().labels == std::vector<std::string>{"route:ready"});
  REQUIRE(live->SetPriority(5, Priority::kUnblocker).ok());
  REQUIRE(live->SetPriority(5, Priority::kMedium).ok());
  live.ValidPlan();
  CHECK(live->backlog().issues.back().labels ==
        std::vector<std::string>{"route:ready", "route:priority-medium"});
}

TEST_CASE("An agent of new skills, or that an issue's label names, changes the plan as a whole") {
  Live live(Four().Labelled(5, {"route:ready", "agent004"}).get());
  CHECK(live.Did(live->AddAgent({"agent003", 1, {"bug"}})) == How::kPlannedAnew);
  CHECK(live.Did(live->AddAgent({"agent004", 1, {}})) == How::kPlannedAnew);
  CHECK(FindAssignment(live.ValidPlan(), 5)->running);
  CHECK(live.Did(live->RemoveAgent("agent003")) == How::kPlannedAnew);  // the last with its skills
  CHECK(live.Did(live->RemoveAgent("agent004")) == How::kPlannedAnew);  // what it had is nobody's
  CHECK(FindAssignment(live.ValidPlan(), 5) == nullptr);
}

TEST_CASE("A live plan of nothing takes its first issue") {
  Live live({});
  CHECK(live.Did(live->Add(New(1))) == How::kRepaired);
  CHECK(live.Did(live->Add(New(2))) == How::kRepaired);
}

}  // namespace
}  // namespace clambake
