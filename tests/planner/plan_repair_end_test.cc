// The end of a schedule: what is added takes the place of something shorter, or not.
#include "planner/plan_repair.h"
#include "tests/planner/small_schedule.h"

namespace clambake::planner {
namespace {

// Where two issues go: `last`, of ten minutes, which begins at 30 and ends an
// agent's work, and `added`, of twelve. The other agent has nothing to do from 38 on.
std::string Ends(SmallJob last, const NewJob& added) {
  last.start = 30;
  SmallSchedule schedule({{.agent = 0, .minutes = 30}, {.agent = 1, .minutes = 38, .uses = {All(1)}}, last},
                         {.capacity = {1, 1}});
  schedule->Add(added);
  return schedule.Places();
}

TEST_CASE("What is added at the end takes the place of something shorter") {
  CHECK(Ends({}, {.minutes = 12}) == "0@0 1@0 1@38 0@30");
}

TEST_CASE("What is added at the end leaves alone what it may not displace") {
  constexpr auto kLeft = "0@0 1@0 0@30 1@38";
  CHECK(Ends({.uses = {All(0)}}, {.minutes = 12}) == kLeft);                   // others may be waiting for it
  CHECK(Ends({.tier = 0}, {.minutes = 12, .tier = 1}) == kLeft);               // more urgent
  CHECK(Ends({}, {.minutes = 12, .before = {0}, .uses = {All(1)}}) == kLeft);  // its area is in use at 30
  CHECK(Ends({}, {.minutes = 10}) == kLeft);                                   // not shorter
}

TEST_CASE("What is added at the end comes after what it waits for") {
  CHECK(Ends({}, {.minutes = 12, .before = {1}}) == "0@0 1@0 0@30 1@38");
}

// Where twenty minutes go among five agents of which each ends a minute after
// the one before, and `lane` with something shorter than twenty minutes.
std::int64_t StartBesideShorter(std::size_t lane) {
  std::vector<SmallJob> jobs(5);
  for (std::int32_t agent = 0; agent < 5; ++agent)
    jobs[static_cast<std::size_t>(agent)] = {.agent = agent, .minutes = 100 + agent};
  jobs.push_back({.agent = jobs[lane].agent, .start = 90, .minutes = jobs[lane].minutes - 90});
  jobs[lane].minutes = 90;
  SmallSchedule schedule(jobs, {.capacity = {1, 1, 1, 1, 1}});
  const std::int32_t added = schedule->Add({.minutes = 20});
  schedule.Places();
  return schedule->start(added);
}

TEST_CASE("Something shorter is sought on the four lanes that end first") {
  CHECK(StartBesideShorter(3) == 90);
  CHECK(StartBesideShorter(4) == 100);
}

// Where forty minutes go among agents of which the last job has the last.
std::string PlaceOfForty(const std::vector<SmallJob>& jobs, std::uint8_t tier = 0) {
  const auto agents = static_cast<std::size_t>(jobs.back().agent) + 1;
  SmallSchedule schedule(jobs, {.capacity = std::vector<std::int32_t>(agents, 1)});
  const std::int32_t added = schedule->Add({.minutes = 40, .tier = tier});
  schedule.Places();
  return std::to_string(schedule->agent(added)) + "@" + std::to_string(schedule->start(added));
}

TEST_CASE("Of what makes the schedule no longer the shortest gives way") {
  CHECK(PlaceOfForty({{.agent = 0, .minutes = 87},
                      {.agent = 0, .start = 87, .minutes = 13},
                      {.agent = 1, .minutes = 85},
                      {.agent = 1, .start = 85, .minutes = 16},
                      {.agent = 2, .minutes = 130}}) == "0@87");
}

TEST_CASE("Pieces give way only where nothing shorter does without making the schedule longer") {
  // Thirty minutes can give way, and twelve and nine together.
  CHECK(PlaceOfForty({{.agent = 0, .minutes = 70},
                      {.agent = 0, .start = 70, .minutes = 30},
                      {.agent = 1, .minutes = 80},
                      {.agent = 1, .start = 80, .minutes = 12},
                      {.agent = 1, .start = 92, .minutes = 9},
                      {.agent = 2, .minutes = 130}}) == "0@70");
}

TEST_CASE("Of pieces those give way of which the longest is the shortest") {
  CHECK(PlaceOfForty({{.agent = 0, .minutes = 60},
                      {.agent = 0, .start = 60, .minutes = 25},
                      {.agent = 0, .start = 85, .minutes = 15},
                      {.agent = 1, .minutes = 55},
                      {.agent = 1, .start = 55, .minutes = 20},
                      {.agent = 1, .start = 75, .minutes = 26}}) == "0@60");
}

TEST_CASE("Pieces for one of which others wait do not give way") {
  CHECK(PlaceOfForty({{.agent = 0, .minutes = 60},
                      {.agent = 0, .start = 60, .minutes = 25},
                      {.agent = 0, .start = 85, .minutes = 15},
                      {.agent = 1, .minutes = 101},
                      {.agent = 1, .start = 101, .minutes = 5, .before = {2}}}) == "0@100");
}

TEST_CASE("Pieces of which one is more urgent do not give way") {
  CHECK(PlaceOfForty({{.agent = 0, .minutes = 60, .tier = 1},
                      {.agent = 0, .start = 60, .minutes = 25, .tier = 1},
                      {.agent = 0, .start = 85, .minutes = 15, .before = {3}},
                      {.agent = 1, .minutes = 85, .tier = 1},
                      {.agent = 1, .start = 85, .minutes = 45, .tier = 1}},
                     1) == "0@100");
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
