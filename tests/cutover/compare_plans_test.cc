#include <algorithm>

#include "clambake/cutover.h"
#include "tests/support/backlog_builder.h"
#include "tests/support/catch.h"

namespace clambake {
namespace {

// Plans by hand: {issue, agent} starts now; what is not named waits.
Plan MakePlan(const std::string& planner, const Backlog& backlog, int agents,
              const std::vector<std::pair<IssueNumber, int>>& now,
              const std::vector<std::pair<IssueNumber, UnassignedReason>>& withheld = {}) {
  Plan plan;
  plan.planner = planner;
  plan.agents = *MakeAgents(agents);
  for (const auto& [issue, agent] : now) {
    plan.assignments.push_back({.issue = issue, .agent = agent, .finish_minutes = 60, .now = true});
  }
  for (const auto& [issue, reason] : withheld) plan.unassigned.push_back({issue, reason, {}});
  const auto is_in = [](const auto& list, IssueNumber number) {
    return std::any_of(list.begin(), list.end(), [&](const auto& entry) { return entry.first == number; });
  };
  for (const Issue& issue : backlog.issues) {
    if (is_in(now, issue.number) || is_in(withheld, issue.number)) continue;
    if (planner == "legacy") {
      plan.unassigned.push_back({issue.number, UnassignedReason::kNoIdleAgent, {}});
    } else {
      plan.assignments.push_back({.issue = issue.number, .start_minutes = 60, .finish_minutes = 120});
    }
  }
  plan.issues_considered = static_cast<std::int64_t>(backlog.issues.size());
  return plan;
}

std::string CodeOf(const PlanComparison& comparison, IssueNumber issue) {
  for (const PlanDifference& difference : comparison.differences) {
    if (difference.issue == issue)
      return std::string(Name(difference.classification)) + " " + difference.code;
  }
  return "same";
}

const std::vector<std::string> kHigh = {"route:ready", "route:priority-high"};
const std::vector<std::string> kLow = {"route:ready", "route:priority-low"};

TEST_CASE("D15: equal plans have no difference") {
  const auto backlog = MakeBacklog({{1, "a"}, {2, "b"}});
  const Plan plan = MakePlan("legacy", backlog, 1, {{1, 0}});
  const PlanComparison comparison = ComparePlans(backlog, plan, plan);
  REQUIRE(comparison.differences.empty());
  REQUIRE(comparison.counts == std::array<std::int64_t, 4>{2, 0, 0, 0});
}

TEST_CASE("D15: another order among equals is equivalent") {
  const auto backlog = MakeBacklog({{1, "a", kHigh}, {2, "b", kHigh}, {3, "c", kHigh}});
  const PlanComparison comparison = ComparePlans(backlog, MakePlan("legacy", backlog, 2, {{1, 0}, {2, 1}}),
                                                 MakePlan("v2", backlog, 2, {{2, 0}, {3, 1}}));
  REQUIRE(CodeOf(comparison, 1) == "equivalent tie_order");
  REQUIRE(CodeOf(comparison, 2) == "equivalent agent_order");
  REQUIRE(CodeOf(comparison, 3) == "equivalent tie_order");
}

TEST_CASE("D15: a blocked issue that legacy hands out is expected, and so is the one that fills its place") {
  auto backlog = MakeBacklog({{1, "a", kHigh}, {2, "b", kLow}, {3, "c", kLow}});
  backlog.blocked_by = {{1, {3}, {}}};
  const PlanComparison comparison =
      ComparePlans(backlog, MakePlan("legacy", backlog, 1, {{1, 0}}), MakePlan("v2", backlog, 1, {{3, 0}}));
  REQUIRE(CodeOf(comparison, 1) == "expected L1_blocked");
  REQUIRE(CodeOf(comparison, 3) == "expected L1_blocked");
  REQUIRE(CodeOf(comparison, 2) == "same");
}

TEST_CASE("D15: each defect that v2 does not share has its code") {
  const auto backlog = MakeBacklog({{1, "a"}, {2, "b"}, {3, "c"}, {4, "d"}});
  const PlanComparison comparison =
      ComparePlans(backlog, MakePlan("legacy", backlog, 4, {{1, 0}, {2, 1}, {3, 2}, {4, 3}}),
                   MakePlan("v2", backlog, 4, {},
                            {{1, UnassignedReason::kHumanOnly},
                             {2, UnassignedReason::kOpenPull},
                             {3, UnassignedReason::kCycle},
                             {4, UnassignedReason::kNoSkilledAgent}}));
  REQUIRE(CodeOf(comparison, 1) == "expected L12_human_only");
  REQUIRE(CodeOf(comparison, 2) == "expected L7_pr_body_first_match");
  REQUIRE(CodeOf(comparison, 3) == "expected L1_blocked");
  REQUIRE(CodeOf(comparison, 4) == "expected v2_skills");
}

TEST_CASE("D15: an unlabelled issue before a low one is expected, never the other way round") {
  const auto backlog = MakeBacklog({{1, "a"}, {2, "b", kLow}});
  const Plan low_first = MakePlan("legacy", backlog, 1, {{2, 0}});
  const Plan none_first = MakePlan("v2", backlog, 1, {{1, 0}});
  REQUIRE(CodeOf(ComparePlans(backlog, low_first, none_first), 1) == "expected L2_unlabelled_low");
  REQUIRE(CodeOf(ComparePlans(backlog, low_first, none_first), 2) == "expected L2_unlabelled_low");
  const Plan legacy_none = MakePlan("legacy", backlog, 1, {{1, 0}});
  const Plan v2_low = MakePlan("v2", backlog, 1, {{2, 0}});
  REQUIRE(CodeOf(ComparePlans(backlog, legacy_none, v2_low), 2) == "different unexplained");
}

TEST_CASE("D15: a lower priority before a higher one is different") {
  const auto backlog = MakeBacklog({{1, "a", kHigh}, {2, "b", kLow}});
  const PlanComparison comparison =
      ComparePlans(backlog, MakePlan("legacy", backlog, 1, {{1, 0}}), MakePlan("v2", backlog, 1, {{2, 0}}));
  REQUIRE(CodeOf(comparison, 1) == "different unexplained");
  REQUIRE(CodeOf(comparison, 2) == "different unexplained");
  REQUIRE(comparison.counts[3] == 2);
}

TEST_CASE("D15: what legacy refuses and the candidate hands out is different") {
  const auto backlog = MakeBacklog({{1, "a"}});
  for (UnassignedReason reason :
       {UnassignedReason::kReview, UnassignedReason::kNotReady, UnassignedReason::kHeld}) {
    const PlanComparison comparison = ComparePlans(backlog, MakePlan("legacy", backlog, 1, {}, {{1, reason}}),
                                                   MakePlan("v2", backlog, 1, {{1, 0}}));
    REQUIRE(CodeOf(comparison, 1) == "different unexplained");
  }
}

TEST_CASE("D15: more capacity hands out more, and no more than that") {
  const auto backlog = MakeBacklog({{1, "a"}, {2, "b"}, {3, "c"}});
  Plan candidate = MakePlan("v2", backlog, 1, {{1, 0}, {2, 0}, {3, 0}});
  candidate.agents[0].capacity = 2;
  const PlanComparison comparison =
      ComparePlans(backlog, MakePlan("legacy", backlog, 1, {{1, 0}}), candidate);
  REQUIRE(comparison.counts[static_cast<std::size_t>(DifferenceClass::kExpected)] == 1);
  REQUIRE(comparison.counts[static_cast<std::size_t>(DifferenceClass::kDifferent)] == 1);
}

TEST_CASE("D15: an issue kept back for a file area that another one touches is expected") {
  auto backlog = MakeBacklog({{1, "a"}, {2, "b"}, {3, "c", kLow}});
  backlog.touches = {{1, {"x"}}, {2, {"x"}}};
  const Plan control = MakePlan("legacy", backlog, 2, {{1, 0}, {2, 1}});
  const PlanComparison idle = ComparePlans(backlog, control, MakePlan("v2", backlog, 2, {{1, 0}}));
  REQUIRE(CodeOf(idle, 2) == "expected v2_file_overlap");
  const PlanComparison filled = ComparePlans(backlog, control, MakePlan("v2", backlog, 2, {{1, 0}, {3, 1}}));
  REQUIRE(CodeOf(filled, 2) == "expected v2_file_overlap");
  REQUIRE(CodeOf(filled, 3) == "expected v2_file_overlap");
}

}  // namespace
}  // namespace clambake
