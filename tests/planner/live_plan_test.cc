// Plans that follow their backlog, change by change.
#include "clambake/live_plan.h"

#include <algorithm>

#include "tests/planner/random_backlog.h"
#include "tests/support/catch.h"

namespace clambake {
namespace {

using How = PlanChange::How;

LivePlan Live(const Backlog& backlog, const std::vector<Agent>& agents) {
  absl::StatusOr<LivePlan> live = LivePlan::Make(backlog, agents, {});
  REQUIRE(live.ok());
  return *std::move(live);
}

PlanRequest RequestOf(const LivePlan& live) {
  return {.backlog = &live.backlog(), .agents = live.agents(), .options = {}, .previous = nullptr};
}

// The plan as it is, valid to an independent eye.
Plan ValidPlan(const LivePlan& live) {
  const absl::StatusOr<Plan> plan = live.plan();
  REQUIRE(plan.ok());
  const absl::Status valid = ValidatePlan(RequestOf(live), *plan);
  INFO(valid.message());
  REQUIRE(valid.ok());
  return *plan;
}

const Assignment* Find(const Plan& plan, IssueNumber issue) {
  const auto found = std::find_if(plan.assignments.begin(), plan.assignments.end(),
                                  [&](const Assignment& it) { return it.issue == issue; });
  return found == plan.assignments.end() ? nullptr : &*found;
}

// What differs between two plans is exactly what may have been told, and what
// was told is where it says.
void CheckMoves(const Plan& before, const Plan& after, const PlanChange& change) {
  const auto told = [&](IssueNumber issue) {
    return std::any_of(change.moved.begin(), change.moved.end(),
                       [&](const PlanChange::Move& move) { return move.issue == issue; });
  };
  for (const Assignment& it : after.assignments) {
    const Assignment* old = Find(before, it.issue);
    const bool there = old != nullptr && old->start_minutes == it.start_minutes &&
                       before.agents[static_cast<std::size_t>(old->agent)].id ==
                           after.agents[static_cast<std::size_t>(it.agent)].id;
    CHECK(((there && old->finish_minutes == it.finish_minutes) || told(it.issue)));
    if (old != nullptr && it.running) CHECK(there);
  }
  for (const PlanChange::Move& move : change.moved) {
    const Assignment* now = Find(after, move.issue);
    if (move.agent.empty()) {
      CHECK(now == nullptr);
      continue;
    }
    REQUIRE(now != nullptr);
    CHECK(after.agents[static_cast<std::size_t>(now->agent)].id == move.agent);
    CHECK(now->start_minutes == move.start_minutes);
    CHECK(now->finish_minutes == move.finish_minutes);
  }
}

// One random change of any kind; an error is one that the contract names.
class RandomChanges {
 public:
  static constexpr int kKinds = 7;
  RandomChanges(RandomBacklog& random, LivePlan& live) : random_(random), live_(live) {}

  absl::StatusOr<PlanChange> Make(int kind) {
    const IssueNumber issue = 1 + random_.Below(static_cast<int>(live_.backlog().issues.size()));
    switch (kind) {
      case 0:
        return live_.Close(issue);
      case 1:
        return live_.SetEstimate(issue, 1 + random_.Below(25));
      case 2:
        return live_.SetPriority(issue, kPriorities[static_cast<std::size_t>(random_.Below(6))]);
      case 3:
        return live_.SetBlockers(issue, SomeIssues(2));
      case 4:
        return live_.Add(SomeIssue());
      case 5:
        return live_.AddAgent(
            {"agent9" + std::to_string(100 + added_++), 1 + random_.Below(2),
             live_.agents()[static_cast<std::size_t>(random_.Below(static_cast<int>(live_.agents().size())))]
                 .skills});
      default:
        return live_.RemoveAgent(
            live_.agents()[static_cast<std::size_t>(random_.Below(static_cast<int>(live_.agents().size())))]
                .id);
    }
  }

 private:
  inline static const std::vector<Priority> kPriorities = {Priority::kNone,     Priority::kLow,
                                                           Priority::kMedium,   Priority::kHigh,
                                                           Priority::kVeryHigh, Priority::kUnblocker};

  std::vector<IssueNumber> SomeIssues(int most) {
    std::vector<IssueNumber> issues;
    for (int i = random_.Below(most + 1); i > 0; --i)
      issues.push_back(1 + random_.Below(static_cast<int>(live_.backlog().issues.size()) + (i == 1 ? 0 : 1)));
    return issues;
  }

  NewIssue SomeIssue() {
    NewIssue added;
    added.issue.number = static_cast<IssueNumber>(live_.backlog().issues.size()) + 1;
    added.issue.labels = {"route:ready"};
    if (random_.Chance(50)) added.issue.labels.emplace_back("route:priority-high");
    if (random_.Chance(20)) added.issue.labels.emplace_back("bug");
    if (random_.Chance(80)) added.minutes = 1 + random_.Below(12);
    added.blocked_by = SomeIssues(2);
    if (random_.Chance(10)) added.touches = {"lib/a"};
    return added;
  }

  RandomBacklog& random_;
  LivePlan& live_;
  int added_ = 0;
};

TEST_CASE("A live plan stays valid and says what moved, whatever changes") {
  std::array<int, RandomChanges::kKinds> repaired = {};
  for (unsigned seed = 1; seed <= 50; ++seed) {
    RandomBacklog random(seed * 53);
    const Backlog backlog = random.Make({.issues = 50, .blockers = 20, .trouble = seed % 3 == 0 ? 20 : 0});
    LivePlan live = Live(backlog, random.Agents(4, 40, 2));
    RandomChanges changes(random, live);
    Plan before = ValidPlan(live);
    for (int i = 0; i < 20; ++i) {
      const int kind = random.Below(RandomChanges::kKinds);
      INFO("seed " << seed << " change " << i << " kind " << kind);
      const absl::StatusOr<PlanChange> change = changes.Make(kind);
      Plan after = ValidPlan(live);
      if (!change.ok()) {
        CHECK((absl::IsNotFound(change.status()) || absl::IsInvalidArgument(change.status())));
        CHECK(PlanDigest(after) == PlanDigest(before));
        continue;
      }
      CHECK(change->makespan_minutes == after.makespan_minutes);
      CHECK(change->why.empty() == (change->how == How::kRepaired));
      if (change->how == How::kRepaired) {
        CheckMoves(before, after, *change);
        ++repaired[static_cast<std::size_t>(kind)];
      }
      before = std::move(after);
    }
  }
  for (int kind = 0; kind < RandomChanges::kKinds; ++kind) {
    INFO("kind " << kind);
    CHECK(repaired[static_cast<std::size_t>(kind)] > 20);
  }
}

TEST_CASE("No single change makes a live plan much longer than a new one") {
  for (unsigned seed = 1; seed <= 12; ++seed) {
    RandomBacklog random(seed * 59);
    const Backlog backlog = random.Make({.issues = 400, .blockers = 20, .areas = 10, .max_minutes = 200});
    LivePlan live = Live(backlog, random.Agents(6, 40, 1));
    RandomChanges changes(random, live);
    for (int i = 0; i < 12; ++i) {
      const std::int64_t trusted = ValidPlan(live).makespan_minutes;
      const absl::StatusOr<PlanChange> change = changes.Make(random.Below(5));
      if (!change.ok() || change->how != How::kRepaired || change->makespan_minutes <= trusted) continue;
      const std::int64_t fresh = Live(live.backlog(), live.agents()).plan()->makespan_minutes;
      INFO("seed " << seed << " change " << i);
      CHECK(static_cast<double>(change->makespan_minutes) <=
            1.01 * static_cast<double>(std::max(fresh, trusted)));
    }
  }
}

// By urgency alone tiers would begin with chains: half of these changes would
// drag so many along that all is planned anew.
TEST_CASE("In a large plan a change moves few issues") {
  constexpr int kIssues = 24'000;
  RandomBacklog random(12);
  LivePlan live =
      Live(random.Make({.issues = kIssues, .blockers = 33, .areas = 0, .skills = 0, .max_minutes = 240}),
           random.Agents(240, 0, 1));
  int anew = 0;
  std::size_t moved = 0;
  for (int i = 0; i < 60; ++i) {
    const IssueNumber issue = 1 + random.Below(kIssues);
    const absl::StatusOr<PlanChange> change = live.SetEstimate(issue, 150 + random.Below(90));
    REQUIRE(change.ok());
    anew += change->how == How::kRepaired ? 0 : 1;
    moved += change->moved.size();
  }
  CHECK(anew <= 4);
  CHECK(moved <= 2'000);
}

TEST_CASE("Equal changes give equal live plans, whatever the order of the backlog") {
  RandomBacklog random(7);
  Backlog backlog = random.Make({.issues = 60});
  const std::vector<Agent> agents = random.Agents(4, 40, 2);
  LivePlan one = Live(backlog, agents);
  std::reverse(backlog.issues.begin(), backlog.issues.end());
  std::reverse(backlog.estimates.begin(), backlog.estimates.end());
  std::reverse(backlog.blocked_by.begin(), backlog.blocked_by.end());
  LivePlan two = Live(backlog, {agents.rbegin(), agents.rend()});
  for (LivePlan* live : {&one, &two}) {
    REQUIRE(live->SetEstimate(5, 90).ok());
    REQUIRE(live->SetPriority(20, Priority::kUnblocker).ok());
    REQUIRE(live->Close(11).ok());
    REQUIRE(live->RemoveAgent("agent003").ok());
  }
  CHECK(PlanDigest(*one.plan()) == PlanDigest(*two.plan()));
}

TEST_CASE("An agent that comes is given work now, and one that goes leaves its work to the others") {
  BacklogBuilder builder;
  for (IssueNumber issue = 1; issue <= 40; ++issue) builder.Ready(issue).Minutes(issue, 10);
  LivePlan live = Live(builder.get(), *MakeAgents(2));
  REQUIRE(live.AddAgent({"agent007", 1, {}}).ok());
  Plan plan = ValidPlan(live);
  CHECK(std::any_of(plan.assignments.begin(), plan.assignments.end(), [&](const Assignment& it) {
    return it.now && plan.agents[static_cast<std::size_t>(it.agent)].id == "agent007";
  }));
  REQUIRE(live.RemoveAgent("agent001").ok());
  plan = ValidPlan(live);
  CHECK(plan.assignments.size() == 40);
  CHECK(plan.makespan_minutes == 200);
}

TEST_CASE("What a change displaces fills a hole that an earlier one has left, however long before") {
  BacklogBuilder builder;
  for (IssueNumber issue = 1; issue <= 24; ++issue) builder.Ready(issue).Minutes(issue, 100);
  LivePlan live = Live(builder.get(), *MakeAgents(2));
  const auto starting_at = [&](std::int64_t minutes) {
    const Plan plan = ValidPlan(live);
    const auto found = std::find_if(plan.assignments.begin(), plan.assignments.end(),
                                    [&](const Assignment& it) { return it.start_minutes == minutes; });
    REQUIRE(found != plan.assignments.end());
    return found->issue;
  };
  REQUIRE(live.Close(starting_at(100))->how == How::kRepaired);
  const PlanChange change = *live.SetEstimate(starting_at(900), 200);
  CHECK(change.how == How::kRepaired);
  CHECK(change.makespan_minutes == 1200);
  CHECK(std::any_of(change.moved.begin(), change.moved.end(),
                    [](const PlanChange::Move& move) { return move.start_minutes == 100; }));
}

TEST_CASE("A change that a repair cannot do well is planned anew, and says why") {
  BacklogBuilder builder;
  for (IssueNumber issue = 1; issue <= 12; ++issue) builder.Ready(issue).Minutes(issue, 60);
  LivePlan live = Live(builder.get(), *MakeAgents(3));
  // Half of the capacity more: all would be done earlier.
  const PlanChange more = *live.AddAgent({"agent009", 3, {}});
  CHECK(more.how == How::kPlannedAnew);
  CHECK_THAT(more.why, ContainsSubstring("instead of"));
  CHECK(more.makespan_minutes == 120);
  const PlanChange circle = *live.SetBlockers(1, {2});
  CHECK(circle.how == How::kRepaired);
  CHECK(live.SetBlockers(2, {1})->why == "issues wait for each other");
  CHECK(ValidPlan(live).unassigned.size() == 2);
}

TEST_CASE("An agent that goes is repaired where its work finds room, planned anew where all would move") {
  BacklogBuilder flat;
  for (IssueNumber issue = 1; issue <= 900; ++issue) flat.Ready(issue).Minutes(issue, 10);
  LivePlan roomy = Live(flat.get(), *MakeAgents(3));
  const PlanChange moved = *roomy.RemoveAgent("agent002");
  CHECK(moved.how == How::kRepaired);
  CHECK(moved.moved.size() == 300);
  CHECK(ValidPlan(roomy).makespan_minutes == 4500);

  RandomBacklog random(11);
  LivePlan dense = Live(random.Make({.issues = 1500, .max_minutes = 200}), *MakeAgents(6));
  const PlanChange anew = *dense.RemoveAgent("agent002");
  CHECK(anew.how == How::kPlannedAnew);
  CHECK_THAT(anew.why, ContainsSubstring("moved too many"));
  ValidPlan(dense);
}

TEST_CASE("A priority that is a skill, too, changes who can take an issue") {
  std::vector<Agent> agents = *MakeAgents(2);
  agents[0].skills = {"route:priority-high"};
  agents[1].skills = {"bug"};
  LivePlan live = Live(BacklogBuilder().Ready(1).Ready(2).get(), agents);
  CHECK(live.SetPriority(1, Priority::kHigh)->how == How::kPlannedAnew);
  const Plan plan = ValidPlan(live);
  CHECK(Find(plan, 1)->agent == 0);
}

TEST_CASE("What a live plan refuses changes nothing") {
  LivePlan live = Live(BacklogBuilder().Ready(1).Ready(2).get(), *MakeAgents(1));
  const std::string digest = PlanDigest(ValidPlan(live));
  CHECK(absl::IsNotFound(live.Close(3).status()));
  CHECK(absl::IsNotFound(live.SetEstimate(3, 5).status()));
  CHECK(absl::IsInvalidArgument(live.SetEstimate(1, 0).status()));
  CHECK(absl::IsInvalidArgument(live.SetPriority(1, Priority::kReadyToMerge).status()));
  CHECK(absl::IsInvalidArgument(live.AddAgent({"agent001", 1, {}}).status()));
  CHECK(absl::IsInvalidArgument(live.AddAgent({"agent002", 0, {}}).status()));
  CHECK(absl::IsInvalidArgument(live.RemoveAgent("agent001").status()));
  CHECK(absl::IsNotFound(live.RemoveAgent("agent004").status()));
  NewIssue again;
  again.issue.number = 2;
  CHECK(absl::IsInvalidArgument(live.Add(again).status()));
  CHECK(PlanDigest(ValidPlan(live)) == digest);
  PlanOptions soft;
  soft.overlap = PlanOptions::Overlap::kSoft;
  CHECK(absl::IsInvalidArgument(LivePlan::Make({}, *MakeAgents(1), soft).status()));
}

}  // namespace
}  // namespace clambake
