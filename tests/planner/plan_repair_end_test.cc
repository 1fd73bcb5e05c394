// The end of a schedule: what is added takes the place of something shorter, or not.
#include "planner/plan_repair.h"
#include "tests/planner/small_schedule.h"

namespace clambake::planner {
namespace {

TEST_CASE("Nothing is pushed back beyond the time at which a higher tier could start") {
  // The fifth is urgent, waits for the third and then for an agent.
  SmallSchedule schedule({{.agent = 0, .start = 0, .minutes = 10, .tier = 1},
                          {.agent = 0, .start = 10, .minutes = 30, .tier = 1},
                          {.agent = 2, .start = 0, .minutes = 15, .skill = 1},
                          {.agent = 1, .start = 0, .minutes = 40},
                          {.agent = 1, .start = 40, .minutes = 10, .before = {2}}},
                         {.capacity = {1, 1, 1}, .group = {0, 0, 1}, .skill_groups = {{0}, {1}}});
  schedule->Add({.minutes = 20, .tier = 1});
  CHECK(schedule.Places() == "0@0 0@10 2@0 1@0 1@40 0@40");
}

TEST_CASE("Nothing is pushed back onto a file area that is in use then") {
  SmallSchedule schedule({{.agent = 0, .start = 0, .minutes = 10},
                          {.agent = 0, .start = 10, .minutes = 30},
                          {.agent = 0, .start = 40, .minutes = 3, .uses = {All(0)}},
                          {.agent = 1, .start = 0, .minutes = 43},
                          {.agent = 1, .start = 43, .minutes = 4, .uses = {All(0)}}},
                         {.capacity = {1, 1}});
  schedule->Add({.minutes = 15});
  CHECK(schedule.Places() == "0@0 0@10 0@40 1@0 1@43 0@43");
}

// Where fifteen minutes go among a hundred lanes of twenty, one of which is in two pieces.
std::int64_t StartBesidePieces(std::size_t lane) {
  constexpr int kUnits = 100;
  std::vector<SmallJob> jobs(kUnits, {.minutes = 20});
  jobs[lane].minutes = 7;
  jobs.push_back({.start = 7, .minutes = 13});
  SmallSchedule schedule(jobs, {.capacity = {kUnits}});
  const std::int32_t added = schedule->Add({.minutes = 15});
  schedule.Places();
  return schedule->start(added);
}

TEST_CASE("Pieces to take the place of are sought among the last 64 that start early enough") {
  CHECK(StartBesidePieces(50) == 0);
  CHECK(StartBesidePieces(20) == 20);
}

}  // namespace
}  // namespace clambake::planner
