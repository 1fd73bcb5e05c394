// What holds for every backlog: plans are valid, certificates are true, and
// what ought not to matter does not.
#include <algorithm>
#include <functional>
#include <numeric>

#include "planner/assemble.h"
#include "planner/path_table.h"
#include "planner/plan_repair.h"
#include "planner/replan.h"
#include "planner/v2_planner.h"
#include "tests/planner/random_backlog.h"
#include "tests/support/catch.h"

namespace clambake {
namespace {

Plan PlanOf(const PlanRequest& request) {
  auto plan = NewV2Planner()->MakePlan(request);
  REQUIRE(plan.ok());
  const absl::Status valid = ValidatePlan(request, *plan);
  INFO(valid.message());
  REQUIRE(valid.ok());
  return *std::move(plan);
}

// One path in or above the other.
bool Clash(const std::string& a, const std::string& b) {
  const auto above = [](const std::string& up, const std::string& down) {
    return up.empty() || down == up || down.starts_with(up + "/");
  };
  return above(a, b) || above(b, a);
}

// The shortest plan of all, by trying every order and every agent. Without the
// rule of tiers, so never longer than a plan that keeps it.
class BruteForce {
 public:
  BruteForce(const Backlog& backlog, const std::vector<Agent>& agents) : backlog_(backlog), agents_(agents) {
    for (const auto& estimate : backlog.estimates) minutes_.push_back(estimate.minutes);
    before_.resize(minutes_.size());
    paths_.resize(minutes_.size());
    for (const auto& it : backlog.blocked_by) {
      for (const IssueNumber by : it.blocked_by) before_[At(it.issue)].push_back(At(by));
    }
    for (const auto& it : backlog.sub_issues) before_[At(it.parent)].push_back(At(it.child));
    for (const auto& it : backlog.touches) {
      for (const auto& path : it.paths) paths_[At(it.issue)].push_back(planner::NormalPath(path));
    }
    best_ = 1'000'000;
    start_.assign(minutes_.size(), -1);
    agent_.assign(minutes_.size(), 0);
    Try(0, 0);
  }
  [[nodiscard]] std::int64_t best() const { return best_; }

 private:
  static std::size_t At(IssueNumber number) { return static_cast<std::size_t>(number - 1); }

  bool Eligible(std::size_t job, const Agent& agent) const {
    if (agent.skills.empty()) return true;
    for (const std::string& label : backlog_.issues[job].labels) {
      const bool skill = std::any_of(agents_.begin(), agents_.end(),
                                     [&](const Agent& other) { return HasLabel(other.skills, label); });
      if (skill && !HasLabel(agent.skills, label)) return false;
    }
    return true;
  }

  bool Fits(std::size_t job, std::size_t agent, std::int64_t from) const {
    const std::int64_t to = from + minutes_[job];
    for (std::int64_t t = from; t < to; ++t) {
      int busy = 0;
      for (std::size_t other = 0; other < minutes_.size(); ++other) {
        if (start_[other] < 0 || t < start_[other] || t >= start_[other] + minutes_[other]) continue;
        busy += agent_[other] == agent ? 1 : 0;
        for (const auto& a : paths_[job]) {
          for (const auto& b : paths_[other]) {
            if (Clash(a, b)) return false;
          }
        }
      }
      if (busy >= agents_[agent].capacity) return false;
    }
    return true;
  }

  void Try(std::size_t placed, std::int64_t makespan) {
    if (makespan >= best_) return;
    if (placed == minutes_.size()) {
      best_ = makespan;
      return;
    }
    for (std::size_t job = 0; job < minutes_.size(); ++job) {
      if (start_[job] >= 0) continue;
      std::int64_t ready = 0;
      bool possible = true;
      for (const std::size_t by : before_[job]) {
        possible = possible && start_[by] >= 0;
        if (possible) ready = std::max(ready, start_[by] + minutes_[by]);
      }
      if (!possible) continue;
      for (std::size_t agent = 0; agent < agents_.size(); ++agent) {
        if (!Eligible(job, agents_[agent])) continue;
        std::int64_t from = ready;
        while (!Fits(job, agent, from)) ++from;
        start_[job] = from;
        agent_[job] = agent;
        Try(placed + 1, std::max(makespan, from + minutes_[job]));
        start_[job] = -1;
      }
    }
  }

  const Backlog& backlog_;
  const std::vector<Agent>& agents_;
  std::vector<std::int64_t> minutes_;
  std::vector<std::vector<std::size_t>> before_;
  std::vector<std::vector<std::string>> paths_;
  std::vector<std::int64_t> start_;
  std::vector<std::size_t> agent_;
  std::int64_t best_ = 0;
};

TEST_CASE("Small plans with one tier and equal agents are as short as any") {
  for (unsigned seed = 1; seed <= 150; ++seed) {
    RandomBacklog random(seed);
    const Backlog backlog =
        random.Make({.issues = 5, .tiers = 1, .areas = seed % 3 == 0 ? 15 : 0, .skills = 0});
    const std::vector<Agent> agents = *MakeAgents(1 + static_cast<int>(seed % 3));
    const Plan plan = PlanOf(RequestFor(backlog, agents));
    const std::int64_t best = BruteForce(backlog, agents).best();
    INFO("seed " << seed);
    CHECK(plan.makespan_minutes == best);
    CHECK(plan.lower_bound_minutes <= best);
  }
}

TEST_CASE("With tiers, skills, capacities and areas no certificate claims too much") {
  int optimal = 0;
  for (unsigned seed = 1; seed <= 150; ++seed) {
    RandomBacklog random(seed * 7919);
    const Backlog backlog = random.Make({.issues = 5});
    std::vector<Agent> agents = random.Agents(2, 60, 2);
    agents[0].skills.clear();  // somebody can take anything
    const Plan plan = PlanOf(RequestFor(backlog, agents));
    const std::int64_t best = BruteForce(backlog, agents).best();
    INFO("seed " << seed);
    CHECK(plan.makespan_minutes >= best);
    CHECK(plan.lower_bound_minutes <= best);
    optimal += plan.makespan_minutes == best ? 1 : 0;
  }
  CHECK(optimal > 100);
}

TEST_CASE("Every plan of a random backlog full of trouble is valid") {
  for (unsigned seed = 1; seed <= 400; ++seed) {
    RandomBacklog random(seed * 31);
    const Backlog backlog = random.Make({.issues = 1 + random.Below(60), .trouble = 40});
    PlanRequest request = RequestFor(backlog, random.Agents(1 + random.Below(6), 50, 3));
    request.options.effort = seed % 10 == 0 ? 1 : 0;
    request.options.overlap = seed % 7 == 0 ? PlanOptions::Overlap::kSoft : PlanOptions::Overlap::kHard;
    INFO("seed " << seed);
    PlanOf(request);
  }
}

TEST_CASE("Every plan of a random backlog of crowded file areas is valid") {
  for (unsigned seed = 1; seed <= 150; ++seed) {
    RandomBacklog random(seed * 101);
    const Backlog backlog = random.Make({.issues = 80, .blockers = 15, .areas = 70});
    PlanRequest request = RequestFor(backlog, random.Agents(6, 60, 2));
    request.options.effort = 0;
    INFO("seed " << seed);
    PlanOf(request);
  }
}

std::string Text(const Plan& plan) { return PlanDigest(plan); }

TEST_CASE("The order in which a backlog lists things does not matter") {
  for (unsigned seed = 1; seed <= 60; ++seed) {
    RandomBacklog random(seed * 17);
    Backlog backlog = random.Make({.issues = 40, .trouble = 25});
    std::vector<Agent> agents = random.Agents(4, 50, 2);
    const Plan plan = PlanOf(RequestFor(backlog, agents));
    std::mt19937 shuffle(seed);
    std::shuffle(backlog.issues.begin(), backlog.issues.end(), shuffle);
    std::shuffle(backlog.pulls.begin(), backlog.pulls.end(), shuffle);
    std::shuffle(backlog.blocked_by.begin(), backlog.blocked_by.end(), shuffle);
    std::shuffle(backlog.sub_issues.begin(), backlog.sub_issues.end(), shuffle);
    std::shuffle(backlog.estimates.begin(), backlog.estimates.end(), shuffle);
    std::shuffle(backlog.touches.begin(), backlog.touches.end(), shuffle);
    std::shuffle(agents.begin(), agents.end(), shuffle);
    for (Agent& agent : agents) std::reverse(agent.skills.begin(), agent.skills.end());
    for (Issue& issue : backlog.issues) std::reverse(issue.labels.begin(), issue.labels.end());
    const Plan again = PlanOf(RequestFor(backlog, agents));
    INFO("seed " << seed);
    REQUIRE(again.assignments.size() == plan.assignments.size());
    bool same = again.makespan_minutes == plan.makespan_minutes;
    for (std::size_t i = 0; i < plan.assignments.size(); ++i) {
      const Assignment& a = plan.assignments[i];
      const Assignment& b = again.assignments[i];
      same = same && a.issue == b.issue && a.agent == b.agent && a.start_minutes == b.start_minutes;
    }
    CHECK(same);
    CHECK(again.lower_bound_minutes == plan.lower_bound_minutes);
    CHECK(again.notes == plan.notes);
  }
}

// The list schedule alone: the search stops at the bound, whose rounding to
// whole minutes does not scale.
TEST_CASE("Numbers that keep their order may change, and times may scale") {
  for (unsigned seed = 1; seed <= 100; ++seed) {
    RandomBacklog random(seed * 13);
    Backlog backlog = random.Make({.issues = 30, .trouble = 0});
    const std::vector<Agent> agents = random.Agents(3, 50, 2);
    PlanRequest request = RequestFor(backlog, agents);
    request.options.effort = 0;
    const Plan plan = PlanOf(request);
    for (auto& issue : backlog.issues) issue.number = issue.number * 1000 + 7;
    for (auto& it : backlog.blocked_by) {
      it.issue = it.issue * 1000 + 7;
      for (auto& by : it.blocked_by) by = by * 1000 + 7;
    }
    for (auto& it : backlog.sub_issues) it = {it.parent * 1000 + 7, it.child * 1000 + 7};
    for (auto& it : backlog.estimates) it = {it.issue * 1000 + 7, it.minutes * 60};
    for (auto& it : backlog.touches) it.issue = it.issue * 1000 + 7;
    const Plan scaled = PlanOf(request);
    INFO("seed " << seed);
    REQUIRE(scaled.assignments.size() == plan.assignments.size());
    CHECK(scaled.makespan_minutes == plan.makespan_minutes * 60);
    for (std::size_t i = 0; i < plan.assignments.size(); ++i) {
      CHECK(scaled.assignments[i].issue == plan.assignments[i].issue * 1000 + 7);
      CHECK(scaled.assignments[i].start_minutes == plan.assignments[i].start_minutes * 60);
    }
  }
}

TEST_CASE("Splitting an issue into a chain of two halves never lowers the bound's honesty") {
  for (unsigned seed = 1; seed <= 60; ++seed) {
    RandomBacklog random(seed * 23);
    Backlog backlog = random.Make({.issues = 5, .tiers = 1, .skills = 0});
    const std::vector<Agent> agents = *MakeAgents(2);
    backlog.touches.clear();
    const Plan whole = PlanOf(RequestFor(backlog, agents));
    // Issue 1 waits for nothing: its first half becomes an issue of its own.
    BacklogBuilder half;
    half.Ready(6);
    backlog.issues.push_back(half.get().issues[0]);
    backlog.estimates.push_back({6, backlog.estimates[0].minutes});
    backlog.blocked_by.push_back({1, {6}, {}});
    for (auto& estimate : backlog.estimates) {
      if (estimate.issue != 1 && estimate.issue != 6) estimate.minutes *= 2;
    }
    const Plan split = PlanOf(RequestFor(backlog, agents));
    INFO("seed " << seed);
    CHECK(split.makespan_minutes <=
          2 * whole.makespan_minutes);  // a split schedule can do what the whole one did
  }
}

TEST_CASE("Soft overlaps are taken only where they save time, and are reported") {
  BacklogBuilder builder;
  builder.Ready(1).Ready(2).Ready(3).Touches(1, {"a"}).Touches(2, {"a"});
  PlanRequest request = RequestFor(builder.get(), 2);
  request.options.overlap = PlanOptions::Overlap::kSoft;
  const Plan apart = PlanOf(request);
  CHECK(FindAssignment(apart, 1)->start_minutes != FindAssignment(apart, 2)->start_minutes);
  builder.Touches(3, {"a"});
  const Plan together = PlanOf(request);
  CHECK(together.makespan_minutes == 120);
  CHECK(std::any_of(together.notes.begin(), together.notes.end(), [](const std::string& note) {
    return note.find("same file area") != std::string::npos;
  }));
  request.options.overlap = PlanOptions::Overlap::kHard;
  CHECK(PlanOf(request).makespan_minutes == 180);
}

TEST_CASE("What priorities cost in makespan is reported") {
  BacklogBuilder builder;
  builder.Ready(1, {"route:priority-low"}).Minutes(1, 100).Ready(2).Ready(3).Minutes(2, 50).Minutes(3, 50);
  const Plan plan = PlanOf(RequestFor(builder.get(), 2));
  CHECK(plan.makespan_minutes == 150);
  CHECK_THAT(plan.notes.at(0), ContainsSubstring("costs 50 minutes"));
}

// Share of the issues in both plans that changed agent or start.
double Moved(const Plan& before, const Plan& after) {
  int both = 0;
  int moved = 0;
  for (const Assignment& it : after.assignments) {
    const Assignment* old = FindAssignment(before, it.issue);
    if (old == nullptr) continue;
    ++both;
    moved += old->agent != it.agent || old->start_minutes != it.start_minutes ? 1 : 0;
  }
  return both == 0 ? 0 : static_cast<double>(moved) / both;
}

TEST_CASE("With nothing changed the previous list schedule is kept to the letter") {
  for (unsigned seed = 1; seed <= 60; ++seed) {
    RandomBacklog random(seed * 41);
    const Backlog backlog = random.Make({.issues = 50, .trouble = 20});
    PlanRequest request = RequestFor(backlog, random.Agents(4, 50, 2));
    request.options.effort = 0;
    const Plan plan = PlanOf(request);
    request.previous = &plan;
    INFO("seed " << seed);
    CHECK(Moved(plan, PlanOf(request)) == 0);
  }
}

TEST_CASE("With a little changed most of the previous plan is kept, and never a bad one") {
  double moved = 0;
  double moved_without = 0;
  for (unsigned seed = 1; seed <= 60; ++seed) {
    RandomBacklog random(seed * 43);
    Backlog backlog = random.Make({.issues = 60});
    PlanRequest request = RequestFor(backlog, random.Agents(4, 50, 2));
    const Plan plan = PlanOf(request);
    backlog.issues.back().state = State::kClosed;
    const Plan fresh = PlanOf(request);
    request.previous = &plan;
    const Plan again = PlanOf(request);
    INFO("seed " << seed);
    CHECK(static_cast<double>(again.makespan_minutes) <= 1.005 * static_cast<double>(fresh.makespan_minutes));
    moved += Moved(plan, again);
    moved_without += Moved(plan, fresh);
  }
  CHECK(moved < moved_without);
}

// The plan that a repaired schedule stands for, and the backlog as it is then.
Plan PlanOfRepair(const PlanRequest& request, const planner::Assembly& assembly,
                  const planner::PlanRepair& repair, Backlog& backlog) {
  backlog = *request.backlog;
  planner::Schedule schedule;
  for (std::int32_t job = 0; job < assembly.issue.count(); ++job) {
    const IssueNumber number = assembly.issue[job];
    if (repair.removed(job)) {
      for (Issue& issue : backlog.issues) issue.state = issue.number == number ? State::kClosed : issue.state;
    } else {
      for (auto& it : backlog.estimates)
        it.minutes = it.issue == number ? repair.problem().minutes[job] : it.minutes;
      schedule.start.push_back(repair.start(job));
      schedule.agent.push_back(repair.agent(job));
    }
  }
  schedule.makespan = repair.makespan();
  PlanRequest now = request;
  now.backlog = &backlog;
  const planner::Assembly after = *planner::Assemble(now);
  Plan plan;
  planner::WriteSchedule(after, schedule, plan);
  plan.issues_considered = after.considered;
  plan.agents = after.agents;
  plan.unassigned = after.out;
  const absl::Status valid = ValidatePlan(now, plan);
  INFO(valid.message());
  REQUIRE(valid.ok());
  return plan;
}

TEST_CASE("A schedule stays valid through one change after another, and little of it moves") {
  int moved = 0;
  int changes = 0;
  std::vector<unsigned> seeds(120);
  std::iota(seeds.begin(), seeds.end(), 1U);
  // Each has broken a rule once: a blocker, an area or a lower tier came free
  // while an issue waited for its place, or was pushed onto another's.
  seeds.insert(seeds.end(), {1600, 1827, 3364});
  for (const unsigned seed : seeds) {
    RandomBacklog random(seed * 47);
    const Backlog backlog = random.Make({.issues = 60});
    PlanRequest request = RequestFor(backlog, random.Agents(4, 50, 2));
    request.options.effort = 0;
    const Plan plan = PlanOf(request);
    const planner::Assembly assembly = *planner::Assemble(request);
    planner::PlanRepair repair(assembly.problem, planner::ReadAdvice(assembly, plan),
                               planner::PlanRepair::Trust::kValid);
    for (int change = 0; change < 12; ++change) {
      const std::int32_t job = random.Below(assembly.issue.count());
      if (repair.removed(job)) continue;
      const std::int64_t minutes = repair.problem().minutes[job];
      switch (random.Below(3)) {
        case 0:
          repair.Remove(job);
          break;
        case 1:
          repair.SetMinutes(job, minutes + 1 + random.Below(90));
          break;
        default:
          repair.SetMinutes(job, 1 + minutes / 2);
      }
      INFO("seed " << seed << " change " << change);
      if (!repair.complete()) break;  // asks for a new plan
      Backlog after;
      PlanOfRepair(request, assembly, repair, after);
      for (std::int32_t held = 0; held < assembly.issue.count(); ++held) {
        if (assembly.problem.held_by[held] == planner::kNone || repair.removed(held)) continue;
        CHECK(repair.agent(held) == assembly.problem.held_by[held]);
        CHECK(repair.start(held) == 0);
      }
      moved += static_cast<int>(repair.touched().size());
      ++changes;
    }
  }
  CHECK(changes > 800);
  CHECK(moved < changes * 15);  // of 60
}

TEST_CASE("What a previous plan says of unknown issues and agents is ignored") {
  const Backlog backlog = BacklogBuilder().Ready(1).Ready(2).get();
  Plan previous;
  previous.agents = {{"agent777", 1, {}}};
  previous.assignments = {{1, 0, 500, 560, false, false, Priority::kNone},
                          {99, 5, 0, 60, true, false, Priority::kNone}};
  PlanRequest request = RequestFor(backlog, 2);
  request.previous = &previous;
  CHECK(PlanOf(request).makespan_minutes == 60);
}

TEST_CASE("Equal requests give equal plans") {
  RandomBacklog random(5);
  const Backlog backlog = random.Make({.issues = 60, .tiers = 1, .areas = 5, .skills = 0});
  CHECK(Text(PlanOf(RequestFor(backlog, 5))) == Text(PlanOf(RequestFor(backlog, 5))));
}

}  // namespace
}  // namespace clambake
