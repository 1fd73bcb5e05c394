// One test for each fact about the legacy planner: it is the yardstick of
// shadow comparison, so it must not get better by accident.
#include "legacy/legacy_planner.h"

#include <map>

#include "tests/support/backlog_builder.h"
#include "tests/support/catch.h"

namespace clambake {
namespace {

using Labels = std::vector<std::string>;

Plan MakePlan(const Backlog& backlog, int agents = 1) {
  const auto plan = NewLegacyPlanner()->MakePlan({.backlog = &backlog, .agents = *MakeAgents(agents)});
  REQUIRE(plan.ok());
  return *plan;
}

// The issues handed out, in the order of the agents.
std::vector<IssueNumber> HandedOut(const Backlog& backlog, int agents = 1) {
  std::vector<IssueNumber> issues;
  for (const Assignment& assignment : MakePlan(backlog, agents).assignments)
    issues.push_back(assignment.issue);
  return issues;
}

std::string ReasonFor(const Backlog& backlog, IssueNumber issue, int agents = 9) {
  for (const Unassigned& unassigned : MakePlan(backlog, agents).unassigned) {
    if (unassigned.issue == issue) return std::string(UnassignedReasonName(unassigned.reason));
  }
  return "assigned";
}

std::string ReasonForLabels(const Labels& labels) { return ReasonFor(MakeBacklog({{1, "t", labels}}), 1); }

TEST_CASE("Priorities: unblocker, very-high, high, medium, low, none, in this order") {
  const auto backlog = MakeBacklog({{1, "a", {"route:ready"}},
                                    {2, "b", {"route:ready", "route:priority-low"}},
                                    {3, "c", {"route:ready", "route:priority-medium"}},
                                    {4, "d", {"route:ready", "route:priority-high"}},
                                    {5, "e", {"route:ready", "route:priority-very-high"}},
                                    {6, "f", {"route:unblocker"}}});
  REQUIRE(HandedOut(backlog, 6) == std::vector<IssueNumber>{6, 5, 4, 3, 2, 1});
}

TEST_CASE("L2_unlabelled_low: an issue without priority ranks below low") {
  REQUIRE(HandedOut(MakeBacklog({{1, "a"}, {2, "b", {"route:ready", "route:priority-low"}}})) ==
          std::vector<IssueNumber>{2});
}

TEST_CASE("An unblocker that is also ready to merge is worked on: the highest label wins") {
  REQUIRE(ReasonForLabels({"route:unblocker", "route:ready_to_merge"}) == "assigned");
}

TEST_CASE("Priority labels match exactly, case and all") {
  REQUIRE(HandedOut(MakeBacklog({{1, "b", {"route:ready", "Route:Priority-High"}}, {2, "a"}})) ==
          std::vector<IssueNumber>{2});
}

TEST_CASE("Ties go by title, bytewise ascending, then by the order of the input") {
  REQUIRE(HandedOut(MakeBacklog({{1, "b"}, {2, "a"}, {3, "Z"}, {4, "\xC3\xA9"}}), 4) ==
          std::vector<IssueNumber>{3, 2, 1, 4});
  REQUIRE(HandedOut(MakeBacklog({{9, "same"}, {2, "same"}, {5, "same"}}), 3) ==
          std::vector<IssueNumber>{9, 2, 5});
}

TEST_CASE("Closed issues are not considered at all") {
  const Plan plan = MakePlan(MakeBacklog({{1, "a", {"route:ready"}, State::kClosed}, {2, "b"}}));
  REQUIRE(plan.issues_considered == 1);
  REQUIRE(plan.assignments.size() + plan.unassigned.size() == 1);
}

TEST_CASE("Eligibility follows the route labels") {
  REQUIRE(ReasonForLabels({"route:ready"}) == "assigned");
  REQUIRE(ReasonForLabels({"route:unblocker"}) == "assigned");
  REQUIRE(ReasonForLabels({}) == "not_ready");
  REQUIRE(ReasonForLabels({"bug", "route:priority-high"}) == "not_ready");
  REQUIRE(ReasonForLabels({"route:review", "route:ready"}) == "review");
  REQUIRE(ReasonForLabels({"route:review", "route:unblocker"}) == "review");
  REQUIRE(ReasonForLabels({"route:ready_to_merge"}) == "ready_to_merge");
  REQUIRE(ReasonForLabels({"route:ready_to_merge", "route:ready"}) == "ready_to_merge");
  REQUIRE(ReasonForLabels({"route:human-only", "route:ready"}) == "human_only");
}

TEST_CASE("L12_human_only: a human-only issue assigned to the owner is handed to an agent") {
  const Labels labels = {"route:human-only", "route:ready"};
  REQUIRE(ReasonFor(MakeBacklog({{1, "t", labels, State::kOpen, {"owner"}}}), 1) == "assigned");
  REQUIRE(ReasonFor(MakeBacklog({{1, "t", labels, State::kOpen, {"someone"}}}), 1) == "human_only");
}

TEST_CASE("A completed branch ends an issue's eligibility") {
  auto backlog = MakeBacklog({{12, "t"}});
  backlog.branches = {{"main", "aaa", std::nullopt}};
  const auto with = [&](const std::string& name, const std::string& sha,
                        std::optional<std::int64_t> ahead = {}) {
    Backlog changed = backlog;
    changed.branches.push_back({name, sha, ahead});
    return ReasonFor(changed, 12);
  };
  REQUIRE(with("agent001/12", "bbb") == "branch_completed");
  REQUIRE(with("agent001/12-slug", "bbb") == "branch_completed");
  REQUIRE(with("agent001/12-slug", "aaa") == "assigned");
  REQUIRE(with("agent001/12-slug", "bbb", 0) == "assigned");
  REQUIRE(with("agent001/12-slug", "aaa", 1) == "branch_completed");
  REQUIRE(with("agent001/123", "bbb") == "assigned");
  REQUIRE(with("agent001/12x", "bbb") == "assigned");
  REQUIRE(with("feature/12", "bbb") == "assigned");
}

TEST_CASE("An unblocker counts as completed only by the branch of the agent that holds it") {
  auto backlog = MakeBacklog({{12, "t", {"route:unblocker"}}});
  backlog.branches = {{"agent003/12", "bbb", 1}};
  REQUIRE(ReasonFor(backlog, 12) == "assigned");
  backlog.issues[0].labels.emplace_back("agent003");
  REQUIRE(ReasonFor(backlog, 12) == "branch_completed");
}

TEST_CASE("An open pull request that names the issue blocks it") {
  for (const char* body :
       {"fix #5", "fixes #5", "Close #5", "closes #5", "resolve #5", "Resolves #5", "see #5", "#5"}) {
    auto backlog = MakeBacklog({{5, "t"}});
    backlog.pulls = {MakePull(9, body)};
    REQUIRE(ReasonFor(backlog, 5) == "open_pull_request");
    backlog.pulls = {MakePull(9, body, {"route:ready_to_merge"})};
    REQUIRE(ReasonFor(backlog, 5) == "assigned");
    backlog.pulls = {MakePull(9, body)};
    backlog.pulls[0].state = State::kClosed;
    REQUIRE(ReasonFor(backlog, 5) == "assigned");
  }
}

TEST_CASE("L7_pr_body_first_match: only the first #n of a body blocks") {
  auto backlog = MakeBacklog({{5, "t"}, {6, "u"}});
  backlog.pulls = {MakePull(9, "# Title\nSee #6, fixes #5")};
  REQUIRE(ReasonFor(backlog, 6) == "open_pull_request");
  REQUIRE(ReasonFor(backlog, 5) == "assigned");
}

TEST_CASE("L1_blocked: blockers, sub-issues, sizes and file areas are not looked at") {
  auto backlog = MakeBacklog({{1, "a"}, {2, "b"}});
  backlog.blocked_by = {{1, {2}, {}}, {2, {1}, {"x/y#1"}}};
  backlog.sub_issues = {{1, 2}};
  backlog.touches = {{1, {"a"}}, {2, {"a"}}};
  REQUIRE(HandedOut(backlog, 2) == std::vector<IssueNumber>{1, 2});
}

TEST_CASE("An agent is busy while an open route:ready issue carries its label") {
  const Labels held = {"route:ready", "agent001"};
  REQUIRE(MakePlan(MakeBacklog({{1, "a", held}, {2, "b"}}), 1).assignments.empty());
  REQUIRE(MakePlan(MakeBacklog({{1, "a", held}, {2, "b"}}), 2).assignments.at(0).agent == 1);
  REQUIRE(MakePlan(MakeBacklog({{1, "a", held, State::kClosed}, {2, "b"}}), 1).assignments.at(0).issue == 2);
  // Landed work frees its agent: route:ready is gone.
  REQUIRE(
      MakePlan(MakeBacklog({{1, "a", {"route:review", "agent001"}}, {2, "b"}}), 1).assignments.at(0).issue ==
      2);
}

TEST_CASE("An issue that an agent holds is not handed to another") {
  REQUIRE(ReasonFor(MakeBacklog({{1, "a", {"route:ready", "agent007"}}}), 1) == "held");
}

TEST_CASE("Each idle agent takes one issue, in the order of the ids, whatever its capacity and skills") {
  const auto backlog = MakeBacklog({{1, "a"}, {2, "b"}, {3, "c"}});
  const auto plan = NewLegacyPlanner()->MakePlan(
      {.backlog = &backlog, .agents = {{"agent002", 5, {"nothing"}}, {"agent001", 1, {}}}});
  REQUIRE(plan->agents[0].id == "agent001");
  REQUIRE(plan->assignments.size() == 2);
  REQUIRE(plan->assignments[0].issue == 1);
  REQUIRE(plan->assignments[0].agent == 0);
  REQUIRE(plan->assignments[1].agent == 1);
  REQUIRE(plan->unassigned.at(0).reason == UnassignedReason::kNoIdleAgent);
}

TEST_CASE("Legacy plans hold only what starts now, and prove nothing") {
  const Plan plan = MakePlan(MakeBacklog({{1, "a"}, {2, "b"}}), 1);
  REQUIRE(plan.assignments.size() == 1);
  REQUIRE(plan.assignments[0].now);
  REQUIRE(plan.lower_bound_minutes == 0);
  REQUIRE(Gap(plan) == 0);
}

TEST_CASE("An agent that is listed twice is refused") {
  const auto backlog = MakeBacklog({{1, "a"}});
  const auto plan = NewLegacyPlanner()->MakePlan(
      {.backlog = &backlog, .agents = {{"agent001", 1, {}}, {"agent001", 1, {}}}});
  REQUIRE(plan.status().code() == absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace clambake
