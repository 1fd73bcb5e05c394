// Blockers, sub-issues and cycles.
#include "planner/v2_planner.h"
#include "tests/planner/backlog_builder.h"
#include "tests/support/catch.h"

namespace clambake {
namespace {

using Numbers = std::vector<std::int64_t>;

Plan PlanOf(const Backlog& backlog, int agents = 4) {
  auto plan = NewV2Planner()->MakePlan(RequestFor(backlog, agents));
  REQUIRE(plan.ok());
  return *std::move(plan);
}

TEST_CASE("A blocked issue starts when its planned blocker has finished") {
  const Plan plan = PlanOf(BacklogBuilder().Ready(1).Ready(2).Ready(3).Blocked(1, {2}).Blocked(2, {3}).get());
  CHECK(FindAssignment(plan, 3)->now);
  CHECK(FindAssignment(plan, 2)->start_minutes == 60);
  CHECK_FALSE(FindAssignment(plan, 2)->now);
  CHECK(FindAssignment(plan, 1)->start_minutes == 120);
  CHECK(plan.lower_bound_minutes == 180);
  CHECK_THAT(plan.lower_bound_proof, ContainsSubstring("critical path"));
}

TEST_CASE("A diamond waits for both of its sides") {
  BacklogBuilder builder;
  builder.Ready(1).Ready(2).Ready(3).Ready(4).Minutes(3, 90);
  builder.Blocked(2, {1}).Blocked(3, {1}).Blocked(4, {2, 3});
  CHECK(FindAssignment(PlanOf(builder.get()), 4)->start_minutes == 150);
}

TEST_CASE("A closed blocker does not block") {
  CHECK(FindAssignment(PlanOf(BacklogBuilder().Ready(1).Closed(2).Blocked(1, {2}).get()), 1)->now);
}

TEST_CASE("Unknown, unplannable and unreadable blockers block, and so on down the chain") {
  BacklogBuilder builder;
  builder.Ready(1).Ready(2).Ready(3, {"route:human-only"}).Ready(4).Ready(5).Ready(6).Ready(7);
  builder.Blocked(1, {99}).Blocked(2, {3, 6}).Blocked(4, {2, 1, 6}).Unreadable(5).Blocked(7, {-1});
  const Plan plan = PlanOf(builder.get());
  CHECK(FindUnassigned(plan, 1)->by == Numbers{99});
  CHECK(FindUnassigned(plan, 7)->by == Numbers{-1});
  CHECK(FindUnassigned(plan, 2)->by == Numbers{3});
  CHECK(FindUnassigned(plan, 4)->by == Numbers{1, 2});
  CHECK(FindUnassigned(plan, 5)->reason == UnassignedReason::kBlocked);
  CHECK(plan.assignments.size() == 1);
  CHECK_THAT(plan.notes.at(0), ContainsSubstring("#5 is blocked because one of its blockers"));
}

TEST_CASE("A running issue counts as a blocker until it finishes, and is not held back itself") {
  BacklogBuilder builder;
  builder.Ready(1, {"agent001"}).Ready(2).Blocked(2, {1}).Blocked(1, {99}).Minutes(1, 20);
  const Plan plan = PlanOf(builder.get());
  CHECK(FindAssignment(plan, 1)->running);
  CHECK(FindAssignment(plan, 2)->start_minutes == 20);
}

TEST_CASE("A parent waits for its open children") {
  const Plan plan = PlanOf(BacklogBuilder().Ready(1).Ready(2).Closed(3).Child(1, 2).Child(1, 3).get());
  CHECK(FindAssignment(plan, 1)->start_minutes == 60);
}

TEST_CASE("A cycle is reported with its path, and nothing else suffers") {
  BacklogBuilder builder;
  for (IssueNumber number = 1; number <= 6; ++number) builder.Ready(number);
  builder.Blocked(1, {2}).Blocked(2, {3}).Blocked(3, {1}).Blocked(4, {3}).Blocked(5, {5});
  const Plan plan = PlanOf(builder.get());
  CHECK(FindUnassigned(plan, 1)->reason == UnassignedReason::kCycle);
  CHECK(FindUnassigned(plan, 1)->by == Numbers{1, 2, 3});
  CHECK(FindUnassigned(plan, 2)->by == Numbers{2, 3, 1});
  CHECK(FindUnassigned(plan, 4)->reason == UnassignedReason::kBlocked);
  CHECK(FindUnassigned(plan, 4)->by == Numbers{3});
  CHECK(FindUnassigned(plan, 5)->by == Numbers{5});
  CHECK(FindAssignment(plan, 6)->now);
}

TEST_CASE("A cycle through a parent and its child is a cycle") {
  const Plan plan = PlanOf(BacklogBuilder().Ready(1).Ready(2).Child(1, 2).Blocked(2, {1}).get());
  CHECK(FindUnassigned(plan, 1)->by == Numbers{1, 2});
  CHECK(FindUnassigned(plan, 2)->by == Numbers{2, 1});
}

TEST_CASE("Of two cycles through one issue the shortest is its path") {
  BacklogBuilder builder;
  for (IssueNumber number = 1; number <= 4; ++number) builder.Ready(number);
  builder.Blocked(1, {2, 4}).Blocked(2, {3}).Blocked(3, {1}).Blocked(4, {1});
  const Plan plan = PlanOf(builder.get());
  CHECK(FindUnassigned(plan, 1)->by == Numbers{1, 4});
  CHECK(FindUnassigned(plan, 3)->by == Numbers{3, 1, 2});
}

TEST_CASE("A ring of 20,000 issues and a chain of 10,000 need no recursion") {
  BacklogBuilder builder;
  for (IssueNumber number = 1; number <= 30'000; ++number) builder.Ready(number);
  for (IssueNumber number = 1; number <= 20'000; ++number) builder.Blocked(number, {number % 20'000 + 1});
  for (IssueNumber number = 20'002; number <= 30'000; ++number) builder.Blocked(number, {number - 1});
  const Plan plan = PlanOf(builder.get());
  CHECK(plan.unassigned.size() == 20'000);
  CHECK(plan.unassigned[0].by.size() == 100);
  CHECK(plan.assignments.size() == 10'000);
  CHECK(plan.makespan_minutes == 600'000);
}

TEST_CASE("A parent of 100,000 children waits for the last of them") {
  BacklogBuilder builder;
  builder.Ready(1);
  for (IssueNumber number = 2; number <= 100'001; ++number) builder.Ready(number).Child(1, number);
  const Plan plan = PlanOf(builder.get());
  CHECK(FindAssignment(plan, 1)->start_minutes == 25'000 * 60);
}

}  // namespace
}  // namespace clambake
