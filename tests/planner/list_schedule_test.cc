// The list scheduler and its parts: agents, events, ends that are levelled.
#include "planner/list_schedule.h"

#include <algorithm>
#include <set>
#include <vector>

#include "planner/agent_pool.h"
#include "planner/event_queue.h"
#include "planner/level_ends.h"
#include "planner/order.h"
#include "planner/rng.h"
#include "tests/planner/problem_builder.h"
#include "tests/support/catch.h"

namespace clambake::planner {
namespace {

TEST_CASE("Of thousands of idle groups the least busy of the first few takes the next job") {
  std::vector<Worker> workers;
  std::vector<std::int32_t> all;
  for (std::int32_t group = 0; group < 70; ++group) {
    workers.push_back({.group = group});
    all.push_back(group);
  }
  const Problem problem = ProblemOf({Job{}}, workers, {all});
  AgentPool pool(problem);
  std::set<std::int32_t> taken;
  for (int job = 0; job < 100; ++job) {
    const std::int32_t agent = pool.Take(0, 60, AgentPool::Supply::kAmple);
    taken.insert(agent);
    pool.GiveBack(agent);
  }
  CHECK(taken.size() == 64);
  CHECK(*taken.rbegin() == 63);
}

TEST_CASE("Where agents are scarce the one that can take the least else is used up first") {
  // Groups of 100 agents, each with a skill of its own; the last one has all.
  std::vector<Worker> workers;
  std::vector<std::vector<std::int32_t>> skills;
  for (std::int32_t group = 0; group < 100; ++group) {
    workers.push_back({.group = group});
    skills.push_back({group, 100});
  }
  workers.push_back({.group = 100});
  const Problem problem = ProblemOf({Job{}}, workers, skills);
  AgentPool pool(problem);
  CHECK(pool.Take(80, 60, AgentPool::Supply::kScarce) == 80);
  CHECK(pool.Take(80, 60, AgentPool::Supply::kScarce) == 100);
  CHECK_FALSE(pool.CanServe(80));
  CHECK(pool.CanServe(79));
}

// What ends, in the order in which it comes out; the same for both kinds of
// queue, since the events of one minute are sorted.
std::vector<std::pair<std::int64_t, int>> Ends(EventQueue<int>& queue, SearchRng rng, std::int64_t unit) {
  std::vector<std::pair<std::int64_t, int>> ends;
  std::int64_t now = 0;
  for (int event = 0; event < 200; ++event) {
    queue.Add(now + unit * (1 + rng.Below(9)), event);
    if (event < 5) continue;
    std::vector<int> ended;
    now = queue.TakeNext(ended);
    std::sort(ended.begin(), ended.end());
    for (const int it : ended) ends.emplace_back(now / unit, it);
    if (queue.empty()) queue.Add(now + unit, -1);
  }
  while (!queue.empty()) {
    std::vector<int> ended;
    now = queue.TakeNext(ended);
    for (const int it : ended) ends.emplace_back(now / unit, it);
  }
  return ends;
}

TEST_CASE("Events come in the order of time, whether minutes are few, many, or far between") {
  EventQueue<int> dense(ProblemOf(std::vector<Job>(100, Job{.minutes = 9}), {{}, {}}));
  EventQueue<int> sparse(ProblemOf(std::vector<Job>(100, Job{.minutes = 90}), {{}, {}}));
  EventQueue<int> long_ones(ProblemOf(std::vector<Job>(100, Job{.minutes = 90'000}), {{}, {}}));
  const auto ends = Ends(dense, SearchRng(3), 1);
  CHECK(ends.size() >= 200);
  CHECK(std::is_sorted(ends.begin(), ends.end(), [](auto& a, auto& b) { return a.first < b.first; }));
  CHECK(Ends(sparse, SearchRng(3), 10) == ends);
  CHECK(Ends(long_ones, SearchRng(3), 10'000) == ends);
  dense.Rewind();
  CHECK(Ends(dense, SearchRng(3), 1) == ends);
}

TEST_CASE("Jobs far longer than others are scheduled as short ones are, and again") {
  for (const std::int64_t unit : {1, 100, 100'000}) {
    const Problem problem =
        ProblemOf({{.minutes = 3 * unit}, {.minutes = 2 * unit}, {.minutes = 2 * unit}}, {{}, {}});
    ListScheduler scheduler(problem);
    for (int run = 0; run < 2; ++run) {
      const Schedule& schedule = scheduler.Run(UrgencyOrder(problem, problem.minutes));
      CHECK(schedule.makespan == 4 * unit);
      CHECK(Keeps(problem, schedule));
    }
  }
}

// The jobs are at the agents, one after another.
Schedule InRow(const Problem& problem, const std::vector<std::vector<std::int32_t>>& jobs) {
  Schedule schedule;
  schedule.start.resize(problem.minutes.size());
  schedule.agent.resize(problem.minutes.size());
  for (std::size_t agent = 0; agent < jobs.size(); ++agent) {
    std::int64_t time = 0;
    for (const std::int32_t job : jobs[agent]) {
      schedule.start[job] = time;
      schedule.agent[job] = static_cast<std::int32_t>(agent);
      time += problem.minutes[job];
    }
    schedule.makespan = std::max(schedule.makespan, time);
  }
  return schedule;
}

TEST_CASE("Last jobs are swapped where that evens the ends out") {
  const Problem problem = ProblemOf(
      {{.minutes = 60}, {.minutes = 60}, {.minutes = 50}, {.minutes = 30}, {.minutes = 10}}, {{}, {}});
  Schedule schedule = InRow(problem, {{0, 2, 3}, {1, 4}});
  CHECK(schedule.makespan == 140);
  LevelEnds(problem, schedule);
  CHECK(schedule.makespan == 110);  // 140 and 70 become 100 and 110
  CHECK(Keeps(problem, schedule));
}

TEST_CASE("Last jobs are swapped only between agents that may take them") {
  // The first agent alone has the skill of class 1, the second that of class 2.
  const std::vector<std::vector<std::int32_t>> skills = {{0, 1}, {0}, {1}};
  const std::vector<Worker> workers = {{.group = 0}, {.group = 1}};
  const std::vector<Job> jobs = {
      {.minutes = 60}, {.minutes = 60}, {.minutes = 50}, {.minutes = 30}, {.minutes = 10}};
  auto mine = jobs;
  mine[2].skill = 1;
  Problem problem = ProblemOf(mine, workers, skills);
  Schedule schedule = InRow(problem, {{0, 2, 3}, {1, 4}});
  LevelEnds(problem, schedule);
  CHECK(schedule.makespan == 120);
  CHECK(schedule.agent[2] == 0);
  CHECK(Keeps(problem, schedule));

  auto theirs = jobs;
  theirs[4].skill = 2;
  problem = ProblemOf(theirs, workers, skills);
  schedule = InRow(problem, {{0, 2, 3}, {1, 4}});
  LevelEnds(problem, schedule);
  CHECK(schedule.makespan == 140);
  CHECK(schedule.agent[4] == 1);
}

TEST_CASE("An empty schedule has no ends to level") {
  Schedule nothing;
  LevelEnds(ProblemOf({}, {{}, {}}), nothing);
  CHECK(nothing.makespan == 0);
}

}  // namespace
}  // namespace clambake::planner
