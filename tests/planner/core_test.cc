// The scheduling core on its own: decoder, search, bounds, partition.
#include <algorithm>
#include <numeric>

#include "planner/bin_completion.h"
#include "planner/energy.h"
#include "planner/partition.h"
#include "planner/partition_bounds.h"
#include "planner/partition_fill.h"
#include "planner/project_decoder.h"
#include "planner/project_exact.h"
#include "planner/project_search.h"
#include "planner/rank_set.h"
#include "planner/rng.h"
#include "tests/support/catch.h"

namespace clambake::planner {
namespace {

Project RandomProject(SearchRng& rng, std::int32_t jobs, std::int32_t resources) {
  Project project;
  project.resources = resources;
  for (std::int32_t r = 0; r < resources; ++r) project.capacity.push_back(2 + rng.Below(3));
  std::vector<Pair> before;
  for (std::int32_t job = 0; job < jobs; ++job) {
    project.duration.push_back(1 + rng.Below(6));
    for (std::int32_t r = 0; r < resources; ++r) project.demand.push_back(rng.Below(3));
    if (job > 0 && rng.Below(2) == 0) before.emplace_back(job, rng.Below(job));
  }
  project.before = RowsOf(before, jobs);
  project.after = Transpose(project.before, jobs);
  return project;
}

bool Feasible(const Project& project, const ProjectSchedule& schedule) {
  for (std::int32_t job = 0; job < project.jobs(); ++job) {
    if (schedule.start[job] < 0 || schedule.start[job] + project.duration[job] > schedule.makespan)
      return false;
    for (const std::int32_t blocker : project.before[job]) {
      if (schedule.start[blocker] + project.duration[blocker] > schedule.start[job]) return false;
    }
  }
  for (std::int32_t t = 0; t < schedule.makespan; ++t) {
    for (std::int32_t r = 0; r < project.resources; ++r) {
      std::int32_t used = 0;
      for (std::int32_t job = 0; job < project.jobs(); ++job) {
        const bool active = schedule.start[job] <= t && t < schedule.start[job] + project.duration[job];
        used += active ? project.Demand(job, r) : 0;
      }
      if (used > project.capacity[r]) return false;
    }
  }
  return true;
}

// Every order that precedence allows, each decoded: the serial scheme reaches
// an optimum from one of them.
std::int32_t ShortestOf(const Project& project) {
  ProjectDecoder decoder(project);
  Column<std::int32_t> list(project.duration.size());
  std::iota(list.begin(), list.end(), 0);
  std::int32_t best = 1'000'000;
  ProjectSchedule schedule;
  do {
    std::vector<bool> placed(list.size());
    const bool sound = std::all_of(list.begin(), list.end(), [&](std::int32_t job) {
      placed[static_cast<std::size_t>(job)] = true;
      const auto blockers = project.before[job];
      return std::all_of(blockers.begin(), blockers.end(),
                         [&](std::int32_t by) { return placed[static_cast<std::size_t>(by)]; });
    });
    if (!sound) continue;
    decoder.Decode(list, schedule);
    best = std::min(best, schedule.makespan);
  } while (std::next_permutation(list.begin(), list.end()));
  return best;
}

TEST_CASE("The core's search finds the optimum of small projects, and its bound stays below") {
  SearchRng rng(1);
  int certified = 0;
  for (int round = 0; round < 60; ++round) {
    const Project project = RandomProject(rng, 6, 1 + round % 4);
    const std::int32_t best = ShortestOf(project);
    const ProjectSchedule found = SearchProject(project, {.decodes = 500, .target = 0});
    INFO("round " << round);
    CHECK(Feasible(project, found));
    CHECK(found.makespan == best);
    const Bound bound = ProjectBound(project, found.makespan, 1'000'000);
    CHECK(bound.minutes <= best);
    certified += bound.minutes == best ? 1 : 0;
  }
  CHECK(certified > 50);
}

// Equal agents: one resource, a unit of it for each job. Each job has about
// two before it.
Project RandomWork(SearchRng& rng, std::int32_t jobs, std::int32_t agents) {
  Project project;
  project.capacity.push_back(agents);
  project.demand.assign(static_cast<std::size_t>(jobs), 1);
  std::vector<Pair> before;
  for (std::int32_t job = 0; job < jobs; ++job) {
    project.duration.push_back(1 + rng.Below(9));
    for (std::int32_t other = std::max(job - 5, 0); other < job; ++other) {
      if (rng.Below(5) < 2) before.emplace_back(job, other);
    }
  }
  project.before = RowsOf(before, jobs);
  project.after = Transpose(project.before, jobs);
  return project;
}

TEST_CASE("The exact search says yes at the optimum and no a minute earlier") {
  SearchRng rng(5);
  for (int round = 0; round < 150; ++round) {
    const Project project = RandomWork(rng, 7, 2 + round % 2);
    const std::int32_t best = ShortestOf(project);
    INFO("round " << round);
    const ProjectAnswer yes = FinishProjectBy(project, best, 100'000);
    REQUIRE(yes.answer == Answer::kYes);
    CHECK(Feasible(project, yes.schedule));
    CHECK(yes.schedule.makespan <= best);
    CHECK(FinishProjectBy(project, best - 1, 100'000).answer == Answer::kNo);
  }
}

TEST_CASE("The exact search agrees with the other one on larger projects") {
  SearchRng rng(6);
  int proven = 0;
  for (int round = 0; round < 300; ++round) {
    const Project project = RandomWork(rng, 25, 2 + round % 3);
    ProjectSchedule schedule = SearchProject(project, {.decodes = 3, .target = 0});
    const std::int32_t found = SearchProject(project, {.decodes = 2'000, .target = 0}).makespan;
    Bound bound;
    CloseExactly(project, 100'000, schedule, bound);
    INFO("round " << round);
    CHECK(Feasible(project, schedule));
    CHECK(bound.minutes <= found);
    if (bound.minutes < schedule.makespan) continue;
    ++proven;
    CHECK(schedule.makespan <= found);
  }
  CHECK(proven > 250);
}

TEST_CASE("The exact search leaves alone what it is not made for, and stops at its limit") {
  SearchRng rng(7);
  CHECK(FinishProjectBy(RandomProject(rng, 6, 2), 1'000, 100'000).answer == Answer::kUnknown);
  const Project project = RandomWork(rng, 30, 2);
  CHECK(FinishProjectBy(project, 1'000, 10).answer == Answer::kUnknown);
}

TEST_CASE("Justified schedules are feasible and never longer") {
  SearchRng rng(2);
  for (int round = 0; round < 50; ++round) {
    const Project project = RandomProject(rng, 40, 3);
    Column<std::int32_t> list(project.duration.size());
    std::iota(list.begin(), list.end(), 0);
    ProjectDecoder decoder(project);
    ProjectSchedule schedule;
    decoder.Decode(list, schedule);
    REQUIRE(Feasible(project, schedule));
    const std::int32_t before = schedule.makespan;
    decoder.Justify(schedule);
    CHECK(Feasible(project, schedule));
    CHECK(schedule.makespan <= before);
  }
}

TEST_CASE("The search stops at its target and within its budget, and repeats itself") {
  SearchRng rng(3);
  const Project project = RandomProject(rng, 50, 2);
  const ProjectSchedule first = SearchProject(project, {.decodes = 300, .target = 0});
  CHECK(SearchProject(project, {.decodes = 300, .target = 0}).start == first.start);
  const ProjectSchedule early = SearchProject(project, {.decodes = 300, .target = 1'000'000});
  CHECK(early.makespan >= first.makespan);
}

// The optimum of a partition, by trying all.
std::int64_t BestPartition(const std::vector<std::int64_t>& minutes, std::vector<std::int64_t>& load,
                           std::size_t job) {
  if (job == minutes.size()) return *std::max_element(load.begin(), load.end());
  std::int64_t best = 1'000'000'000;
  for (std::size_t agent = 0; agent < load.size(); ++agent) {
    load[agent] += minutes[job];
    best = std::min(best, BestPartition(minutes, load, job + 1));
    load[agent] -= minutes[job];
    if (load[agent] == 0) break;  // empty agents are alike
  }
  return best;
}

TEST_CASE("Small partitions are solved and certified, and no bound claims too much") {
  SearchRng rng(4);
  for (int round = 0; round < 150; ++round) {
    const std::int32_t agents = 2 + rng.Below(3);
    std::vector<std::int64_t> minutes;
    for (std::int32_t job = 0; job < 4 + round % 6; ++job)
      minutes.push_back(1 + rng.Below(round % 2 == 0 ? 12 : 1000));
    std::vector<std::int64_t> load(static_cast<std::size_t>(agents));
    const std::int64_t best = BestPartition(minutes, load, 0);
    const PartitionPlan plan = SolvePartition(minutes, agents, 1);
    INFO("round " << round);
    CHECK(plan.makespan == best);
    CHECK(plan.bound.minutes == best);
    std::sort(minutes.rbegin(), minutes.rend());
    CHECK(PartitionBound(minutes, agents).minutes <= best);
    CHECK(FinishBy(minutes, agents, best, 100'000).answer == Answer::kYes);
    CHECK(FinishBy(minutes, agents, best - 1, 100'000).answer == Answer::kNo);
    CHECK_FALSE(RoundingRefutes(minutes, agents, best));
  }
}

TEST_CASE("Agents are filled to the brim where hardly a minute is to spare") {
  int found = 0;
  for (int run = 0; run < 20; ++run) {
    // Cut up agents' days of 10,000 minutes, and of a few a minute less.
    SearchRng rng(static_cast<std::uint64_t>(run));
    constexpr std::int32_t kAgents = 9;
    std::vector<std::int64_t> minutes;
    for (std::int32_t agent = 0; agent < kAgents; ++agent) {
      std::int64_t left = 10'000 - (agent < 6 ? 1 : 0);
      for (int piece = 0; piece < 3; ++piece) {
        minutes.push_back(2'300 + rng.Below(400));
        left -= minutes.back();
      }
      minutes.push_back(left);
    }
    std::sort(minutes.rbegin(), minutes.rend());
    const std::vector<std::int32_t> agent = FillToTheBrim(minutes, kAgents, 10'000, 40'000'000);
    CHECK(agent == FillToTheBrim(minutes, kAgents, 10'000, 40'000'000));
    CHECK(FillToTheBrim(minutes, kAgents, 9'999, 1'000'000).empty());
    if (agent.empty()) continue;
    ++found;
    std::vector<std::int64_t> load(kAgents, 0);
    for (std::size_t job = 0; job < minutes.size(); ++job)
      load.at(static_cast<std::size_t>(agent.at(job))) += minutes[job];
    CHECK(*std::max_element(load.begin(), load.end()) <= 10'000);
  }
  CHECK(found >= 10);
}

TEST_CASE("Exact search gives up at its limit instead of answering") {
  std::vector<std::int64_t> minutes;
  for (std::int64_t i = 0; i < 60; ++i) minutes.push_back(10'000 - i * i);
  CHECK(FinishBy(minutes, 7, 84'000, 10).answer == Answer::kUnknown);
}

TEST_CASE("A rank set finds its smallest member in any range") {
  SearchRng rng(6);
  for (const std::int32_t size : {1, 63, 64, 65, 4096, 5000, 300'000}) {
    RankSet set(size);
    std::vector<bool> members(static_cast<std::size_t>(size));
    for (int step = 0; step < 400; ++step) {
      const std::int32_t member = rng.Below(size);
      const bool insert = rng.Below(3) != 0;
      members[static_cast<std::size_t>(member)] = insert;
      if (insert) {
        set.Insert(member);
      } else {
        set.Erase(member);
      }
      const std::int32_t from = rng.Below(size);
      const std::int32_t to = from + rng.Below(size - from + 1);
      const auto found = std::find(members.begin() + from, members.begin() + to, true);
      REQUIRE(set.First(from, to) == static_cast<std::int32_t>(found - members.begin()));
    }
  }
}

}  // namespace
}  // namespace clambake::planner
