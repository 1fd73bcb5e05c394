// What plans say about themselves: what was given up for what.
#include "planner/v2_planner.h"

#include <algorithm>
#include <utility>

#include "tests/planner/backlog_builder.h"
#include "tests/planner/random_backlog.h"
#include "tests/support/catch.h"

namespace clambake {
namespace {

std::string NotesOf(const Plan& plan) {
  std::string notes;
  for (const std::string& note : plan.notes) notes += note + "\n";
  return notes;
}

TEST_CASE("A backlog is needed, and a previous plan of other agents is told of") {
  CHECK(NewV2Planner()->MakePlan({}).status().code() == absl::StatusCode::kInvalidArgument);
  const Backlog backlog = BacklogBuilder().Ready(1).Ready(2).get();
  Plan previous = *NewV2Planner()->MakePlan(RequestFor(backlog, 3));
  PlanRequest request = RequestFor(backlog, 2);
  request.previous = &previous;
  CHECK_THAT(NotesOf(*NewV2Planner()->MakePlan(request)),
             ContainsSubstring("names agent003, which is not among the agents now"));
  request.agents.pop_back();
  CHECK_THAT(NotesOf(*NewV2Planner()->MakePlan(request)),
             ContainsSubstring("names 2 agents that are not among those of now (first: agent002)"));
}

TEST_CASE("A previous plan that has become much longer than a new one is given up, and the plan says so") {
  BacklogBuilder builder;
  builder.Ready(1).Ready(2).Ready(3).Minutes(1, 100).Minutes(2, 100).Minutes(3, 100);
  Plan previous = *NewV2Planner()->MakePlan(RequestFor(builder.get(), 1));
  builder.get().estimates = {{1, 100}, {2, 60}, {3, 40}};
  PlanRequest request = RequestFor(builder.get(), 2);
  for (Assignment& it : previous.assignments) {
    it.start_minutes += 10'000;
    it.finish_minutes += 10'000;
  }
  request.previous = &previous;
  const Plan plan = *NewV2Planner()->MakePlan(request);
  CHECK(plan.makespan_minutes == 100);
  INFO(NotesOf(plan));
  CHECK(ValidatePlan(request, plan).ok());
}

TEST_CASE("A previous plan that is as good as a new one is kept, however far both are from the bound") {
  BacklogBuilder builder;
  for (IssueNumber issue = 1; issue <= 3; ++issue) builder.Ready(issue).Minutes(issue, 60);
  PlanRequest request = RequestFor(builder.get(), 2);
  Plan previous = *NewV2Planner()->MakePlan(request);
  REQUIRE(previous.makespan_minutes == 120);
  previous.lower_bound_minutes = 0;
  for (Assignment& it : previous.assignments) it.agent = 1 - it.agent;
  request.previous = &previous;
  const Plan kept = *NewV2Planner()->MakePlan(request);
  for (const Assignment& it : previous.assignments) CHECK(FindAssignment(kept, it.issue)->agent == it.agent);
}

// One chain is as long as all work shared out: leaves before it would delay the
// end. One issue too many makes any plan longer than the bound: room is given.
TEST_CASE(
    "A large plan gives leaves room where that costs next to nothing, and not where it makes all longer") {
  constexpr int kAgents = 201;
  constexpr int kChain = 100;
  const auto makespan = [](int issues, int chain) {
    BacklogBuilder builder;
    for (IssueNumber issue = 1; issue <= issues; ++issue) builder.Ready(issue).Minutes(issue, 60);
    for (IssueNumber issue = 2; issue <= chain; ++issue) builder.Blocked(issue, {issue - 1});
    return NewV2Planner()->MakePlan(RequestFor(builder.get(), kAgents))->makespan_minutes;
  };
  CHECK(makespan(kAgents * kChain, 1) == 60 * kChain);
  CHECK(makespan(kAgents * kChain, kChain) == 60 * kChain);
  CHECK(makespan(kAgents * kChain + 1, 1) == 60 * (kChain + 1));
}

TEST_CASE("Issues that overlap on a thousand areas and more are counted up to a thousand") {
  BacklogBuilder builder;
  constexpr int kIssues = 1'100;
  for (IssueNumber issue = 1; issue <= kIssues; ++issue) builder.Ready(issue).Touches(issue, {"lib"});
  PlanRequest request = RequestFor(builder.get(), kIssues);
  request.options.overlap = PlanOptions::Overlap::kSoft;
  request.options.effort = 0;
  CHECK_THAT(NotesOf(*NewV2Planner()->MakePlan(request)),
             ContainsSubstring("1000 times an issue starts while another works on the same file area"));
}

TEST_CASE("An overlap that saves time is told of with the time it saves, once or several times") {
  BacklogBuilder builder;
  builder.Ready(1).Ready(2).Touches(1, {"lib"}).Touches(2, {"lib"});
  PlanRequest request = RequestFor(builder.get(), 2);
  request.options.overlap = PlanOptions::Overlap::kSoft;
  CHECK_THAT(NotesOf(*NewV2Planner()->MakePlan(request)),
             ContainsSubstring("Once an issue starts while another works on the same file area; keeping them "
                               "apart would take 60 minutes longer."));
  builder.Ready(3).Touches(3, {"lib"});
  request.agents = *MakeAgents(3);
  CHECK_THAT(NotesOf(*NewV2Planner()->MakePlan(request)), ContainsSubstring("2 times an issue starts"));
}

TEST_CASE("A plan with overlaps allowed does not look at the previous one") {
  BacklogBuilder builder;
  builder.Ready(1).Ready(2).Touches(1, {"lib"}).Touches(2, {"lib"});
  PlanRequest request = RequestFor(builder.get(), 2);
  const Plan apart = *NewV2Planner()->MakePlan(request);
  REQUIRE(apart.makespan_minutes == 120);
  request.previous = &apart;
  request.options.overlap = PlanOptions::Overlap::kSoft;
  CHECK(NewV2Planner()->MakePlan(request)->makespan_minutes == 60);
}

// Files in common make the planner begin with what others would wait for, which
// is not always the best order; without them it found a shorter one here.
TEST_CASE("Nothing is said of overlaps where there is none") {
  RandomBacklog random(1997);
  const Backlog backlog = random.Make({.issues = 5, .tiers = 1, .blockers = 20, .areas = 3, .skills = 0});
  PlanRequest request = RequestFor(backlog, 2);
  request.options.effort = 0;
  const std::int64_t apart = NewV2Planner()->MakePlan(request)->makespan_minutes;
  request.options.overlap = PlanOptions::Overlap::kSoft;
  const Plan together = *NewV2Planner()->MakePlan(request);
  CHECK(together.makespan_minutes < apart);
  CHECK(NotesOf(together).find("same file area") == std::string::npos);
}

}  // namespace
}  // namespace clambake
