// The core's exact search, against trying everything and against the other search.
#include <numeric>

#include "planner/project_exact.h"
#include "planner/project_search.h"
#include "tests/planner/random_project.h"
#include "tests/support/catch.h"

namespace clambake::planner {
namespace {

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
  const auto answer = [](const Project& project) { return FinishProjectBy(project, 1'000, 100'000).answer; };
  CHECK(answer(RandomProject(rng, 6, 2)) == Answer::kUnknown);
  CHECK(answer(RandomWork(rng, 128, 16)) == Answer::kYes);
  CHECK(answer(RandomWork(rng, 129, 16)) == Answer::kUnknown);
  CHECK(answer(RandomWork(rng, 6, 17)) == Answer::kUnknown);
  Project pairs = RandomWork(rng, 6, 2);
  pairs.demand[3] = 2;
  CHECK(answer(pairs) == Answer::kUnknown);
  const Project project = RandomWork(rng, 30, 2);
  CHECK(FinishProjectBy(project, 1'000, 10).answer == Answer::kUnknown);
}

TEST_CASE("With a state for each job a schedule is found from the start or from the end") {
  SearchRng rng(13);
  int found = 0;
  for (int round = 0; round < 60; ++round) {
    const Project project = RandomWork(rng, 7, 2 + round % 2);
    const std::int32_t best = ShortestOf(project);
    INFO("round " << round);
    // Each half of the budget is hardly more than a state for each job.
    const ProjectAnswer answer = FinishProjectBy(project, best, 16);
    CHECK(answer.answer != Answer::kNo);
    if (answer.answer == Answer::kUnknown) continue;
    ++found;
    CHECK(Feasible(project, answer.schedule));
    CHECK(answer.schedule.makespan <= best);
  }
  CHECK(found > 20);
}

TEST_CASE("A schedule that meets the bound is left as it is") {
  SearchRng rng(14);
  const Project project = RandomWork(rng, 6, 2);
  ProjectSchedule schedule = SearchProject(project, {.decodes = 100, .target = 0});
  const Column<std::int32_t> start = schedule.start;
  Bound bound{.minutes = schedule.makespan, .proof = "known"};
  CloseExactly(project, 1'000, schedule, bound);
  CHECK(schedule.start == start);
  CHECK(bound.proof == "known");
}

}  // namespace
}  // namespace clambake::planner
