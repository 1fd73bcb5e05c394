// What a previous plan says, taken as advice while much has changed at once.
#include "planner/replan.h"

#include "planner/v2_planner.h"
#include "tests/planner/backlog_builder.h"
#include "tests/planner/small_schedule.h"

namespace clambake {
namespace {

Plan PlanAfter(const Backlog& backlog, const Plan& previous) {
  PlanRequest request = RequestFor(backlog, 1);
  request.previous = &previous;
  const absl::StatusOr<Plan> plan = NewV2Planner()->MakePlan(request);
  REQUIRE(plan.ok());
  const absl::Status valid = ValidatePlan(request, *plan);
  INFO(valid.message());
  REQUIRE(valid.ok());
  return *plan;
}

Assignment Was(IssueNumber issue, std::int32_t agent, std::int64_t start, std::int64_t minutes) {
  return {issue, agent, start, start + minutes, false, false, Priority::kNone};
}

TEST_CASE("Only what has come to wait for something that was planned later is moved behind it") {
  BacklogBuilder builder;
  for (IssueNumber issue = 1; issue <= 3; ++issue) builder.Ready(issue).Minutes(issue, 60);
  builder.Blocked(2, {3});
  Plan previous;
  previous.agents = {{"agent001", 1, {}}};
  previous.assignments = {Was(1, 0, 0, 60), Was(2, 0, 60, 60), Was(3, 0, 120, 60)};
  const auto kept = planner::KeepSchedule(*planner::Assemble(RequestFor(builder.get(), 1)), previous);
  REQUIRE(kept.has_value());
  CHECK(kept->start == planner::Column<std::int64_t>{0, 180, 120});
}

TEST_CASE("An agent whose issue is done takes over the urgent one of an agent that has gone") {
  BacklogBuilder builder;
  builder.Ready(3).Minutes(3, 30).Ready(4, {"route:priority-high"}).Minutes(4, 30);
  Plan previous;
  previous.agents = {{"agent001", 1, {}}, {"agent002", 1, {}}};
  previous.assignments = {Was(1, 0, 0, 30), Was(2, 1, 0, 20), Was(3, 0, 30, 30), Was(4, 1, 20, 30)};
  const Plan plan = PlanAfter(builder.get(), previous);
  CHECK(FindAssignment(plan, 4)->start_minutes == 0);
  CHECK(FindAssignment(plan, 3)->start_minutes == 30);
}

TEST_CASE("An issue of a previous plan's agent that it does not list is planned as if it were new") {
  BacklogBuilder builder;
  for (IssueNumber issue = 1; issue <= 3; ++issue) builder.Ready(issue).Minutes(issue, 10);
  Plan previous;
  previous.agents = {{"agent001", 1, {}}};
  previous.assignments = {Was(1, 0, 0, 10), Was(2, -1, 10, 10), Was(3, 7, 20, 10), Was(4, 0, 30, 10)};
  CHECK(PlanAfter(builder.get(), previous).makespan_minutes == 30);
}

TEST_CASE("A schedule is not kept where nobody can take an issue") {
  planner::Assembly assembly;
  assembly.problem = planner::SmallProblem({{.skill = 1}}, {.skill_groups = {{0}, {}}});
  assembly.issue = {1};
  CHECK_FALSE(planner::KeepSchedule(assembly, {}).has_value());
}

}  // namespace
}  // namespace clambake
