// Schedules brought nearer to the bound, and the bounds of whole problems.
#include "planner/improve.h"

#include <vector>

#include "planner/list_schedule.h"
#include "planner/order.h"
#include "planner/project_decoder.h"
#include "planner/project_search.h"
#include "planner/relax.h"
#include "tests/planner/problem_builder.h"
#include "tests/support/catch.h"

namespace clambake::planner {
namespace {

Bound QuickBoundOf(const Problem& problem) {
  const Column<std::int32_t> topological = TopologicalOrder(problem);
  return QuickBound(problem, Heads(problem, topological), Tails(problem, topological));
}

// All jobs at the first agent, one after another.
Schedule AllInRow(const Problem& problem) {
  Schedule schedule;
  for (const std::int64_t minutes : problem.minutes) {
    schedule.start.push_back(schedule.makespan);
    schedule.agent.push_back(0);
    schedule.makespan += minutes;
  }
  return schedule;
}

// What becomes of all jobs in a row, and of the bound.
struct Improved {
  Schedule schedule;
  Bound bound;
};
Improved ImproveRow(const Problem& problem, int effort = 1) {
  Improved improved = {AllInRow(problem), QuickBoundOf(problem)};
  Improve(problem, effort, Tails(problem, TopologicalOrder(problem)), improved.schedule, improved.bound);
  return improved;
}

TEST_CASE("Independent jobs are spread evenly over all that agents can do at once") {
  const Problem problem =
      ProblemOf({{.minutes = 30}, {.minutes = 30}, {.minutes = 20}, {.minutes = 20}, {.minutes = 20}},
                {{.capacity = 2}});
  const Improved improved = ImproveRow(problem);
  CHECK(improved.schedule.makespan == 60);
  CHECK(improved.bound.minutes == 60);
  CHECK(Keeps(problem, improved.schedule));
  CHECK(ImproveRow(problem, 0).schedule.makespan == 120);

  // Three jobs of an hour and two agents: two hours it is, which the load does not show.
  const Problem odd = ProblemOf({{}, {}, {}}, {{}, {}});
  Schedule schedule = ListScheduler(odd).Run(UrgencyOrder(odd, odd.minutes));
  const Column<std::int64_t> start = schedule.start;
  Bound bound = QuickBoundOf(odd);
  CHECK(bound.minutes == 90);
  Improve(odd, 1, odd.minutes, schedule, bound);
  CHECK(schedule.start == start);
  CHECK(bound.minutes == 120);
}

TEST_CASE("Jobs that share a file area or wait for each other are taken to the bound") {
  const Problem shared = ProblemOf({{.uses = {0}}, {.uses = {0}}, {}, {}}, {{}, {}});
  const Problem chain = ProblemOf({{}, {.before = {0}}, {}, {}}, {{}, {}});
  const Problem both = ProblemOf({{.uses = {0}}, {.uses = {0}, .before = {0}}, {}, {}}, {{}, {}});
  for (const Problem* problem : {&shared, &chain, &both}) {
    const Improved improved = ImproveRow(*problem);
    CHECK(improved.schedule.makespan == 120);
    CHECK(Keeps(*problem, improved.schedule));
  }
}

TEST_CASE("Where tiers or skills matter the ranks are varied") {
  const Problem tiers = ProblemOf({{.tier = 1}, {}, {}, {.tier = 1}}, {{}, {}});
  const Problem skills =
      ProblemOf({{.skill = 1}, {}, {}, {.skill = 1}}, {{.group = 0}, {.group = 1}}, {{0, 1}, {1}});
  for (const Problem* problem : {&tiers, &skills}) {
    const Improved improved = ImproveRow(*problem);
    CHECK(improved.schedule.makespan == 120);
    CHECK(Keeps(*problem, improved.schedule));
  }
}

TEST_CASE("Two thousand and one jobs are not searched, but their ranks are varied") {
  std::vector<Job> jobs(2'001, Job{.minutes = 1});
  jobs[0].tier = 1;
  const std::vector<Worker> workers(3);
  const Improved varied = ImproveRow(ProblemOf(jobs, workers));
  CHECK(varied.schedule.makespan == 667);
  jobs.resize(5'001, Job{.minutes = 1});
  CHECK(ImproveRow(ProblemOf(jobs, workers)).schedule.makespan == 5'001);
}

TEST_CASE("A schedule whose agents hold too much is improved without the core") {
  // The first holds two jobs with room for one, which both run.
  const Problem problem = ProblemOf({{.held_by = 0}, {.held_by = 0}, {}, {}, {}}, {{}, {}});
  CHECK_FALSE(Relax(problem).has_value());
  const Improved improved = ImproveRow(problem);
  CHECK(improved.schedule.makespan == 120);
}

TEST_CASE("A shortest schedule above its bound is kept and proven to be shortest") {
  // Neither load nor chains nor overloaded intervals show more than 151.
  const Problem problem = ProblemOf({{.minutes = 53},
                                     {.minutes = 28},
                                     {.minutes = 29},
                                     {.minutes = 63},
                                     {.minutes = 74},
                                     {.minutes = 28},
                                     {.minutes = 28, .before = {5}},
                                     {.minutes = 72},
                                     {.minutes = 36, .before = {3}},
                                     {.minutes = 40}},
                                    {{}, {}, {}});
  const Relaxation relaxation = *Relax(problem);
  Schedule schedule =
      Distribute(problem, relaxation, SearchProject(relaxation.project, {.decodes = 2'000, .target = 153}));
  CHECK(schedule.makespan == 153);
  CHECK(Keeps(problem, schedule));
  const Column<std::int64_t> start = schedule.start;
  Bound bound = QuickBoundOf(problem);
  Improve(problem, 1, problem.minutes, schedule, bound);
  CHECK(schedule.start == start);
  CHECK(bound.minutes == 153);
  CHECK_THAT(bound.proof, ContainsSubstring("exhaustion"));
}

TEST_CASE("What the core cannot take is not relaxed") {
  CHECK_FALSE(Relax(ProblemOf({}, {{}})).has_value());
  CHECK(Relax(ProblemOf({{}}, {{.capacity = kMaxAmount}})).has_value());
  CHECK_FALSE(Relax(ProblemOf({{}}, {{.capacity = kMaxAmount}, {}})).has_value());
  const std::int64_t longest = ProjectDecoder::kMaxHorizon - 2;
  CHECK(Relax(ProblemOf({{.minutes = longest}, {.minutes = 1}}, {{}})).has_value());
  CHECK_FALSE(Relax(ProblemOf({{.minutes = longest}, {.minutes = 2}, {.minutes = 1}}, {{}})).has_value());
}

TEST_CASE("Only a relaxation that leaves nothing out is exact, and in the largest unit there is") {
  const Relaxation plain =
      *Relax(ProblemOf({{.minutes = 30}, {.minutes = 45, .uses = {0}}, {.uses = {0}}}, {{}}));
  CHECK(plain.exact);
  CHECK(plain.unit == 15);
  CHECK(plain.project.resources == 2);
  CHECK_FALSE(Relax(ProblemOf({{.uses = {0}}, {.uses = {1}}}, {{}}))->exact);  // work below the area
  CHECK_FALSE(Relax(ProblemOf({{}, {.tier = 1}}, {{}}))->exact);
  CHECK_FALSE(Relax(ProblemOf({{}}, {{}, {.group = 1}}, {{0, 1}}))->exact);
  // What runs may overlap with others in its area, so it does not demand it.
  const Relaxation running =
      *Relax(ProblemOf({{.uses = {0}, .held_by = 0}, {.uses = {0}}, {.uses = {0}}}, {{}}));
  CHECK_FALSE(running.exact);
  CHECK(running.project.Demand(0, 1) == 0);
  CHECK(running.project.Demand(1, 1) == 1);
}

TEST_CASE("The busiest areas are resources of the core, as many as it takes") {
  std::vector<Job> jobs;
  for (std::int32_t area = 0; area < 4; ++area) {
    jobs.push_back({.minutes = 10 + area, .uses = {2 * area}});
    jobs.push_back({.minutes = 10 + area, .uses = {2 * area}});
  }
  const Relaxation relaxation = *Relax(ProblemOf(jobs, {{}}));
  CHECK(relaxation.project.resources == kMaxResources);
  CHECK_FALSE(relaxation.exact);
  CHECK(relaxation.project.Demand(0, 3) == 0);
  CHECK(relaxation.project.Demand(7, 1) == 1);
}

TEST_CASE("Work for two skills is bounded by the agents that have one of them") {
  // Three agents, of whom two have the first skill and two the second; others do nothing.
  const std::vector<std::vector<std::int32_t>> skills = {{0, 1}, {1, 2}};
  std::vector<Worker> workers;
  for (std::int32_t group = 0; group < 9; ++group) workers.push_back({.group = group});
  const std::vector<Job> jobs = {{.skill = 0}, {.skill = 0}, {.skill = 1}, {.skill = 1}};
  CHECK(QuickBoundOf(ProblemOf(jobs, workers, skills)).minutes == 80);

  // With hundreds of other skills pairs are too many, with thousands each one is.
  for (std::int32_t group = 9; group < 5'000; ++group) workers.push_back({.group = group});
  auto some = skills;
  auto many = skills;
  for (std::int32_t group = 9; group < 5'000; ++group) (group < 400 ? some : many).push_back({group});
  many.insert(many.end(), some.begin() + 2, some.end());
  const std::vector<Worker> few(workers.begin(), workers.begin() + 400);
  CHECK(QuickBoundOf(ProblemOf(jobs, few, some)).minutes == 60);
  const std::vector<Job> busy(4, Job{.skill = 2});
  CHECK(QuickBoundOf(ProblemOf(busy, few, some)).minutes == 240);
  CHECK(QuickBoundOf(ProblemOf(busy, workers, many)).minutes == 60);
}

}  // namespace
}  // namespace clambake::planner
