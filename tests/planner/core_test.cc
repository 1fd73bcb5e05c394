// The scheduling core on its own: decoder, search and bounds.
#include <numeric>

#include "planner/energy.h"
#include "planner/project_decoder.h"
#include "planner/project_search.h"
#include "tests/planner/random_project.h"
#include "tests/support/catch.h"

namespace clambake::planner {
namespace {

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

TEST_CASE("An empty project has an empty schedule") {
  const ProjectSchedule schedule = SearchProject(Project{.capacity = {2}}, {});
  CHECK(schedule.start.empty());
  CHECK(schedule.makespan == 0);
}

TEST_CASE("A search without news begins anew, until its budget is used up") {
  SearchRng rng(4);
  const Project project = RandomProject(rng, 5, 2);
  CHECK(SearchProject(project, {.decodes = 12'000, .target = 0}).makespan == ShortestOf(project));
}

TEST_CASE("A bound stays below the optimum whatever it may cost, and however long the known schedule") {
  SearchRng rng(10);
  int raised = 0;
  for (int round = 0; round < 120; ++round) {
    Project project = RandomProject(rng, 5 + round % 2, 1 + round % 3);
    // Just enough for the largest demand, so that much is in the way.
    for (std::int32_t r = 0; r < project.resources; ++r) {
      project.capacity[r] = 1;
      for (std::int32_t job = 0; job < project.jobs(); ++job)
        project.capacity[r] = std::max(project.capacity[r], project.Demand(job, r));
    }
    const std::int32_t best = ShortestOf(project);
    INFO("round " << round);
    const Bound quick = ProjectBound(project, 100, 0);
    for (std::int64_t steps = 40 + rng.Below(40); steps < 200'000; steps = steps * 5 / 2) {
      const Bound bound = ProjectBound(project, 100, steps);
      CHECK(bound.minutes >= quick.minutes);
      CHECK(bound.minutes <= best);
      raised += bound.minutes > quick.minutes ? 1 : 0;
    }
  }
  CHECK(raised > 100);
}

TEST_CASE("Where nothing can move and nothing is in the way no case is left to try") {
  Project project;
  project.duration = {5};
  project.capacity = {1};
  project.demand = {1};
  project.before = project.after = RowsOf({}, 1);
  const Bound bound = ProjectBound(project, 7, 1'000'000);
  CHECK(bound.minutes == 5);
  CHECK(bound.proof == "critical path");
}

}  // namespace
}  // namespace clambake::planner
