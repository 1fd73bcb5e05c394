// The validator is only worth something if it finds every kind of breach: each
// case takes a valid plan and spoils it.
#include "planner/v2_planner.h"
#include "tests/planner/backlog_builder.h"
#include "tests/support/catch.h"

namespace clambake {
namespace {

struct Fixture {
  BacklogBuilder builder;
  PlanRequest request;
  Plan plan;

  Fixture() {
    builder.Ready(1, {"route:priority-high", "bug"}).Ready(2).Ready(3).Ready(4, {"agent001"}).Ready(5);
    builder.Ready(6, {"route:priority-high"}).Labelled(7, {"bug"}).Closed(8);
    builder.Blocked(3, {2}).Child(5, 3).Touches(1, {"lib"}).Touches(2, {"lib/a.cc"}).Minutes(2, 30);
    request =
        RequestFor(builder.get(), {{"agent001", 1, {}}, {"agent002", 1, {"bug"}}, {"agent003", 2, {"docs"}}});
    request.options.effort = 0;
    plan = *NewV2Planner()->MakePlan(request);
  }

  Assignment& At(IssueNumber issue) {
    for (Assignment& assignment : plan.assignments) {
      if (assignment.issue == issue) return assignment;
    }
    throw std::runtime_error("not assigned");
  }

  std::string Verdict() {
    const absl::Status status = ValidatePlan(request, plan);
    if (!status.ok()) CHECK(status.code() == absl::StatusCode::kFailedPrecondition);
    return std::string(status.message());
  }

  void Shift(IssueNumber issue, std::int64_t minutes) {
    At(issue).start_minutes += minutes;
    At(issue).finish_minutes += minutes;
    At(issue).now = At(issue).start_minutes == 0;
    plan.makespan_minutes = 0;
    plan.lower_bound_minutes = 0;
    for (const Assignment& it : plan.assignments) {
      plan.makespan_minutes = std::max(plan.makespan_minutes, it.finish_minutes);
    }
  }
};

TEST_CASE("The planner's own plan passes the validator") { CHECK(Fixture().Verdict().empty()); }

TEST_CASE("The validator finds issues that are missing, twice, closed or unknown") {
  Fixture missing;
  missing.plan.unassigned.clear();
  CHECK_THAT(missing.Verdict(), ContainsSubstring("issues are open"));
  Fixture twice;
  twice.plan.assignments.push_back(twice.plan.assignments.back());
  CHECK_THAT(twice.Verdict(), ContainsSubstring("assigned twice"));
  Fixture both;
  both.plan.unassigned.push_back({2, UnassignedReason::kHeld, {}});
  CHECK_THAT(both.Verdict(), ContainsSubstring("#2 is listed twice"));
  Fixture closed;
  closed.At(2).issue = 8;
  CHECK_THAT(closed.Verdict(), ContainsSubstring("#8 is assigned and closed"));
  for (const IssueNumber other : {IssueNumber{8}, IssueNumber{99}}) {
    Fixture listed;
    listed.plan.unassigned.front().issue = other;
    CHECK_THAT(listed.Verdict(), ContainsSubstring("is listed and not an open issue"));
  }
  Fixture again;
  again.plan.unassigned.push_back(again.plan.unassigned.front());
  CHECK_THAT(again.Verdict(), ContainsSubstring("#7 is listed twice"));
  Fixture considered;
  ++considered.plan.issues_considered;
  CHECK_THAT(considered.Verdict(), ContainsSubstring("7 issues are open, 8 considered"));
  Fixture unknown;
  unknown.At(2).issue = 99;
  CHECK_THAT(unknown.Verdict(), ContainsSubstring("#99 is not in the backlog"));
}

TEST_CASE("The validator finds wrong figures") {
  Fixture makespan;
  ++makespan.plan.makespan_minutes;
  CHECK_THAT(makespan.Verdict(), ContainsSubstring("makespan"));
  Fixture bound;
  bound.plan.lower_bound_minutes = bound.plan.makespan_minutes + 1;
  CHECK_THAT(bound.Verdict(), ContainsSubstring("lower bound"));
  Fixture now;
  now.At(3).now = true;
  CHECK_THAT(now.Verdict(), ContainsSubstring("now"));
  Fixture empty;
  empty.At(2).finish_minutes = empty.At(2).start_minutes;
  CHECK_THAT(empty.Verdict(), ContainsSubstring("#2 has an empty or negative time"));
  Fixture negative;
  negative.At(2).start_minutes = -1;
  CHECK_THAT(negative.Verdict(), ContainsSubstring("#2 has an empty or negative time"));
  Fixture priority;
  priority.At(2).priority = Priority::kHigh;
  CHECK_THAT(priority.Verdict(), ContainsSubstring("#2 has the wrong priority"));
}

TEST_CASE("The validator finds hand-outs that are not allowed") {
  Fixture not_ready;
  not_ready.plan.unassigned.clear();
  not_ready.plan.assignments.push_back({7, 1, 1000, 1060, false, false, Priority::kNone});
  not_ready.plan.makespan_minutes = 1060;
  CHECK_THAT(not_ready.Verdict(), ContainsSubstring("#7 is assigned without route:ready"));
  Fixture human;
  human.builder.get().issues[1].labels.emplace_back("route:human-only");
  CHECK_THAT(human.Verdict(), ContainsSubstring("route:human-only"));
  Fixture pull;
  pull.builder.PullFor(50, "see #2");
  CHECK_THAT(pull.Verdict(), ContainsSubstring("pull request #50"));
  Fixture branch;
  branch.builder.get().branches.push_back({"agent001/2", "x", 1});
  CHECK_THAT(branch.Verdict(), ContainsSubstring("agent001/2 is finished"));
  Fixture head;
  head.builder.PullFor(51, "", "agent002/3-parser");
  CHECK_THAT(head.Verdict(), ContainsSubstring("#3 is assigned although pull request #51"));
  Fixture nobody;
  nobody.At(2).agent = -1;
  CHECK_THAT(nobody.Verdict(), ContainsSubstring("#2 is assigned to nobody"));
}

TEST_CASE("The validator lets be handed out what nothing keeps back") {
  Fixture unblocker;
  unblocker.builder.get().issues[1].labels = {"route:unblocker"};
  unblocker.plan = *NewV2Planner()->MakePlan(unblocker.request);
  CHECK(unblocker.At(2).now);
  CHECK(unblocker.Verdict().empty());
  Fixture branches;
  for (const auto& [name, ahead] :
       {std::pair("main", 3), std::pair("agent001/7", 3), std::pair("agent001/2", 0)})
    branches.builder.get().branches.push_back({name, "x", ahead});
  CHECK(branches.Verdict().empty());
  Fixture pulls;
  pulls.builder.PullFor(50, "see #7").PullFor(51, "see #2").PullFor(52, "see #2");
  pulls.builder.get().pulls[1].state = State::kClosed;
  pulls.builder.get().pulls[2].labels = {"route:ready_to_merge"};
  CHECK(pulls.Verdict().empty());
}

TEST_CASE("The validator finds running issues that were moved") {
  Fixture later;
  later.Shift(4, 5);
  CHECK_THAT(later.Verdict(), ContainsSubstring("moved to later"));
  Fixture elsewhere;
  elsewhere.At(4).agent = 1;
  CHECK_THAT(elsewhere.Verdict(), ContainsSubstring("moved to agent002"));
  Fixture unmarked;
  unmarked.At(4).running = false;
  CHECK_THAT(unmarked.Verdict(),
             ContainsSubstring("#4 is marked running without being held, or the reverse"));
}

TEST_CASE("The validator finds agents beyond skills and capacity") {
  Fixture skills;
  skills.At(1).agent = 2;
  CHECK_THAT(skills.Verdict(), ContainsSubstring("needs 'bug', which agent003 lacks"));
  Fixture capacity;
  for (Assignment& it : capacity.plan.assignments) {
    if (!it.running && it.issue != 1) it.agent = 0;
  }
  CHECK_THAT(capacity.Verdict(), ContainsSubstring("agent001 works on 2 issues"));
  Fixture list;
  list.plan.agents.pop_back();
  CHECK_THAT(list.Verdict(),
             ContainsSubstring("assigned to nobody") || ContainsSubstring("agents are not those"));
  Fixture more;
  ++more.plan.agents[2].capacity;
  CHECK_THAT(more.Verdict(), ContainsSubstring("agents are not those"));
  Fixture other;
  other.plan.agents[2].id = "agent004";
  CHECK_THAT(other.Verdict(), ContainsSubstring("agents are not those"));
}

TEST_CASE("The validator finds issues that start before their blockers and children finish") {
  Fixture blocker;
  blocker.Shift(3, -1);
  CHECK_THAT(blocker.Verdict(), ContainsSubstring("#3 starts before #2 has finished"));
  Fixture child;
  child.Shift(5, -1);
  CHECK_THAT(child.Verdict(), ContainsSubstring("#5 starts before #3 has finished"));
  Fixture unknown;
  unknown.builder.Blocked(2, {77});
  CHECK_THAT(unknown.Verdict(), ContainsSubstring("unknown #77"));
  Fixture unplanned;
  unplanned.builder.Blocked(2, {7});
  CHECK_THAT(unplanned.Verdict(), ContainsSubstring("#7, which is not planned"));
  Fixture unreadable;
  unreadable.builder.Unreadable(2);
  CHECK_THAT(unreadable.Verdict(), ContainsSubstring("could not be read"));
}

TEST_CASE("The validator finds two issues on one file area, in a directory or the whole repository") {
  Fixture directory;
  directory.Shift(2, -directory.At(2).start_minutes);
  CHECK_THAT(directory.Verdict(), ContainsSubstring("work on 'lib' at once"));
  Fixture root;
  root.builder.Touches(6, {"./"});
  CHECK_THAT(root.Verdict(), ContainsSubstring("work on '' at once"));
  root.request.options.overlap = PlanOptions::Overlap::kSoft;
  CHECK(root.Verdict().empty());
  Fixture running;  // what runs may be next to what runs, and to nothing else
  running.builder.get().issues[1].labels.emplace_back("agent003");
  running.builder.Touches(4, {"lib"}).Touches(6, {"lib"}).Minutes(6, 10);
  running.plan = *NewV2Planner()->MakePlan(running.request);
  CHECK(running.Verdict().empty());
  running.At(6).agent = 2;
  running.Shift(6, -running.At(6).start_minutes);
  CHECK_THAT(running.Verdict(), ContainsSubstring("work on 'lib' at once"));
}

TEST_CASE("The validator finds a lower tier that starts while a higher one is ready") {
  BacklogBuilder builder;
  builder.Ready(1, {"route:priority-high"}).Ready(2);
  const PlanRequest request = RequestFor(builder.get(), 1);
  Plan plan = *NewV2Planner()->MakePlan(request);
  std::swap(plan.assignments[0].issue, plan.assignments[1].issue);
  std::swap(plan.assignments[0].priority, plan.assignments[1].priority);
  CHECK_THAT(std::string(ValidatePlan(request, plan).message()),
             ContainsSubstring("#2 starts at minute 0 although #1"));
}

TEST_CASE("What waits for nobody's files has to start before a lower tier, too") {
  BacklogBuilder builder;
  builder.Ready(1, {"route:priority-high"}).Ready(2).Touches(1, {"lib/a.cc"}).Touches(2, {"docs"});
  const PlanRequest request = RequestFor(builder.get(), 1);
  Plan plan = *NewV2Planner()->MakePlan(request);
  std::swap(plan.assignments[0].issue, plan.assignments[1].issue);
  std::swap(plan.assignments[0].priority, plan.assignments[1].priority);
  CHECK_THAT(std::string(ValidatePlan(request, plan).message()),
             ContainsSubstring("#2 starts at minute 0 although #1"));
}

TEST_CASE("Workload compares the busiest agent with the best possible one") {
  Plan plan;
  plan.agents = *MakeAgents(2);
  plan.assignments = {{1, 0, 0, 55, true, false, Priority::kNone},
                      {2, 1, 0, 45, true, false, Priority::kNone}};
  CHECK(WorkloadOf(plan).busiest_minutes == 55);
  CHECK(WorkloadOf(plan).optimal_minutes == 55);
  plan.assignments.push_back({3, 0, 55, 80, false, false, Priority::kNone});
  CHECK(WorkloadOf(plan).busiest_minutes == 80);
  CHECK(WorkloadOf(plan).optimal_minutes == 63);
  CHECK_FALSE(WorkloadOf(plan).within_ten_percent);
  CHECK(WorkloadOf(Plan{}).within_ten_percent);
}

}  // namespace
}  // namespace clambake
