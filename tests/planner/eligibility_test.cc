// Which issues v2 hands out, and the reason for each that it does not.
#include "planner/v2_planner.h"
#include "tests/planner/backlog_builder.h"
#include "tests/support/catch.h"

namespace clambake {
namespace {

using Numbers = std::vector<std::int64_t>;

Plan PlanOf(const Backlog& backlog, std::vector<Agent> agents) {
  auto plan = NewV2Planner()->MakePlan(RequestFor(backlog, std::move(agents)));
  REQUIRE(plan.ok());
  CHECK(plan->issues_considered ==
        static_cast<std::int64_t>(plan->assignments.size() + plan->unassigned.size()));
  return *std::move(plan);
}

Plan PlanOf(const Backlog& backlog, int agents = 2) { return PlanOf(backlog, *MakeAgents(agents)); }

UnassignedReason ReasonOf(const Plan& plan, IssueNumber issue) {
  const Unassigned* unassigned = FindUnassigned(plan, issue);
  REQUIRE(unassigned != nullptr);
  return unassigned->reason;
}

TEST_CASE("Labels alone decide that an issue is not handed out") {
  BacklogBuilder builder;
  builder.Ready(1, {"route:human-only"}).Ready(2, {"route:review"}).Ready(3, {"route:ready_to_merge"});
  builder.Labelled(4, {"bug"}).Labelled(5, {"Route:Ready"});
  const Plan plan = PlanOf(builder.get());
  CHECK(plan.assignments.empty());
  CHECK(ReasonOf(plan, 1) == UnassignedReason::kHumanOnly);
  CHECK(ReasonOf(plan, 2) == UnassignedReason::kReview);
  CHECK(ReasonOf(plan, 3) == UnassignedReason::kReadyToMerge);
  CHECK(ReasonOf(plan, 4) == UnassignedReason::kNotReady);
  CHECK(ReasonOf(plan, 5) == UnassignedReason::kNotReady);
}

TEST_CASE("An unblocker needs no route:ready") {
  const Plan plan = PlanOf(BacklogBuilder().Labelled(7, {"route:unblocker"}).get());
  REQUIRE(plan.assignments.size() == 1);
  CHECK(plan.assignments[0].priority == Priority::kUnblocker);
}

TEST_CASE("Closed issues are not considered") {
  const Plan plan = PlanOf(BacklogBuilder().Ready(1).Closed(2).get());
  CHECK(plan.issues_considered == 1);
  CHECK(plan.assignments.size() == 1);
}

TEST_CASE("Finished agent branches keep an issue from being handed out twice") {
  BacklogBuilder builder;
  for (IssueNumber number = 1; number <= 7; ++number) builder.Ready(number);
  builder.BranchAt("main", "base").BranchAt("agent001/1-slug", "other").BranchAt("agent001/2", "base");
  builder.BranchAt("agent001/3x", "other").BranchAt("agent01/4", "other").BranchAt("feature/5", "other");
  builder.get().branches.push_back({"agent002/6", "base", 3});
  builder.get().branches.push_back({"agent002/7", "other", 0});
  const Plan plan = PlanOf(builder.get());
  CHECK(ReasonOf(plan, 1) == UnassignedReason::kBranchCompleted);
  CHECK(ReasonOf(plan, 6) == UnassignedReason::kBranchCompleted);
  CHECK(plan.assignments.size() == 5);
}

TEST_CASE("An agent branch counts as finished while nothing is known of the base") {
  const Plan plan = PlanOf(BacklogBuilder().Ready(1).BranchAt("agent001/1-slug", "any").get());
  CHECK(ReasonOf(plan, 1) == UnassignedReason::kBranchCompleted);
}

TEST_CASE("Every reference in an open pull request counts, not only the first") {
  BacklogBuilder builder;
  builder.get().repository = "owner/name";
  for (IssueNumber number = 1; number <= 8; ++number) builder.Ready(number);
  builder.PullFor(101, "Fixes: #1, resolves owner/name#2 and see #3.\nother/name#4 &#5; #66 v#7");
  builder.PullFor(102, "nothing", "agent003/6-slug").PullFor(103, "also FIXED #1");
  const Plan plan = PlanOf(builder.get());
  CHECK(FindUnassigned(plan, 1)->by == Numbers{101, 103});
  CHECK(FindUnassigned(plan, 2)->by == Numbers{101});
  CHECK(FindUnassigned(plan, 3)->by == Numbers{101});
  CHECK(FindUnassigned(plan, 6)->by == Numbers{102});
  CHECK(ReasonOf(plan, 6) == UnassignedReason::kOpenPull);
  CHECK(plan.assignments.size() == 4);
}

TEST_CASE("Closed pull requests and merge-ready ones do not block") {
  BacklogBuilder builder;
  builder.Ready(1).Ready(2).PullFor(101, "Fixes #1").PullFor(102, "Fixes #2");
  builder.get().pulls[0].state = State::kClosed;
  builder.get().pulls[1].labels = {"route:ready_to_merge"};
  CHECK(PlanOf(builder.get()).assignments.size() == 2);
}

TEST_CASE("An issue held by a listed agent stays there and runs from now") {
  BacklogBuilder builder;
  builder.Ready(1).Ready(2, {"agent002"}).Ready(3, {"agent009"}).Minutes(2, 45);
  const Plan plan = PlanOf(builder.get());
  const Assignment* running = FindAssignment(plan, 2);
  REQUIRE(running != nullptr);
  CHECK(running->running);
  CHECK(running->now);
  CHECK(plan.agents[static_cast<std::size_t>(running->agent)].id == "agent002");
  CHECK(running->start_minutes == 0);
  CHECK(running->finish_minutes == 45);
  CHECK(ReasonOf(plan, 3) == UnassignedReason::kHeld);
}

TEST_CASE("An issue with the labels of two agents is the first one's, in whatever order they stand") {
  const auto holder = [](std::vector<std::string> labels) {
    const Plan plan = PlanOf(BacklogBuilder().Ready(1, std::move(labels)).get());
    REQUIRE(FindAssignment(plan, 1) != nullptr);
    CHECK(FindAssignment(plan, 1)->running);
    return plan.agents[static_cast<std::size_t>(FindAssignment(plan, 1)->agent)].id;
  };
  CHECK(holder({"agent001", "agent002"}) == "agent001");
  CHECK(holder({"agent002", "agent001"}) == "agent001");
  CHECK(holder({"agent000", "agent002"}) == "agent002");  // the other is not listed
}

TEST_CASE("Branches and blockers of issues that the backlog does not hold touch no other") {
  for (const IssueNumber far : {IssueNumber{9}, IssueNumber{1'000'000}}) {  // near and far apart
    BacklogBuilder builder;
    builder.Ready(2).Ready(far).Blocked(2, {1}).Blocked(far, {far + 1});
    builder.BranchAt("main", "base").BranchAt("agent001/1", "other").BranchAt("agent001/3000000", "other");
    const Plan plan = PlanOf(builder.get());
    CHECK(ReasonOf(plan, 2) == UnassignedReason::kBlocked);
    CHECK(ReasonOf(plan, far) == UnassignedReason::kBlocked);
  }
}

TEST_CASE("An agent that holds more than its capacity keeps all and gets nothing new") {
  BacklogBuilder builder;
  builder.Ready(1, {"agent001"}).Ready(2, {"agent001"}).Ready(3).Minutes(1, 30).Minutes(2, 50);
  const Plan plan = PlanOf(builder.get(), 1);
  CHECK(FindAssignment(plan, 1)->start_minutes == 0);
  CHECK(FindAssignment(plan, 2)->start_minutes == 0);
  CHECK(FindAssignment(plan, 3)->start_minutes == 50);
  REQUIRE_FALSE(plan.notes.empty());
  CHECK_THAT(plan.notes[0], ContainsSubstring("agent001 holds 2 issues with a capacity of 1"));
  CHECK(plan.lower_bound_minutes <= plan.makespan_minutes);
}

TEST_CASE("An agent takes what its skills cover, and an agent without skills takes anything") {
  BacklogBuilder builder;
  builder.Ready(1, {"bug"}).Ready(2, {"docs"}).Ready(3, {"bug", "docs"}).Ready(4, {"unnamed"});
  const Plan narrow = PlanOf(builder.get(), {{"agent001", 1, {"bug"}}, {"agent002", 1, {"docs"}}});
  CHECK(FindAssignment(narrow, 1)->agent == 0);
  CHECK(FindAssignment(narrow, 2)->agent == 1);
  CHECK(ReasonOf(narrow, 3) == UnassignedReason::kNoSkilledAgent);
  CHECK(FindAssignment(narrow, 4) != nullptr);
  const Plan wide = PlanOf(builder.get(), {{"agent001", 1, {"bug"}}, {"agent002", 1, {}}});
  CHECK(FindAssignment(wide, 3) != nullptr);
}

TEST_CASE("A request that contradicts itself is refused") {
  const auto planner = NewV2Planner();
  const auto code = [&](const Backlog& backlog, std::vector<Agent> agents) {
    return planner->MakePlan(RequestFor(backlog, std::move(agents))).status().code();
  };
  const Backlog empty;
  CHECK(code(empty, {}) == absl::StatusCode::kInvalidArgument);
  CHECK(code(empty, {{"agent001", 1, {}}, {"agent001", 1, {}}}) == absl::StatusCode::kInvalidArgument);
  CHECK(code(empty, {{"agent001", 0, {}}}) == absl::StatusCode::kInvalidArgument);
  CHECK(code(empty, {{"agent001", 1'001, {}}}) == absl::StatusCode::kInvalidArgument);
  CHECK(code(BacklogBuilder().Ready(0).get(), *MakeAgents(1)) == absl::StatusCode::kInvalidArgument);
  CHECK(code(BacklogBuilder().Ready(1).Ready(1).get(), *MakeAgents(1)) == absl::StatusCode::kInvalidArgument);
  CHECK(code(BacklogBuilder().Ready(1).Minutes(1, 0).get(), *MakeAgents(1)) ==
        absl::StatusCode::kInvalidArgument);
  CHECK(planner->MakePlan(PlanRequest{}).status().code() == absl::StatusCode::kInvalidArgument);
  CHECK(code(empty, *MakeAgents(1)) == absl::StatusCode::kOk);
}

}  // namespace
}  // namespace clambake
