// Where a repair looks for a place, and when it stops looking.
#include "planner/plan_repair.h"
#include "tests/planner/small_schedule.h"

namespace clambake::planner {
namespace {

// Jobs one after another on an agent.
class Row {
 public:
  std::int32_t Add(SmallJob job) {
    job.start = end_;
    end_ += job.minutes;
    jobs_.push_back(std::move(job));
    return static_cast<std::int32_t>(jobs_.size()) - 1;
  }
  [[nodiscard]] const std::vector<SmallJob>& jobs() const { return jobs_; }

 private:
  std::vector<SmallJob> jobs_;
  std::int64_t end_ = 0;
};

// Where something of five minutes comes that takes a hole of that length, or
// else the start of a lower tier, behind so many holes of one minute.
std::int64_t StartBehindHoles(int holes) {
  Row row;
  std::vector<std::int32_t> gone;
  for (int i = 0; i < holes; ++i) {
    row.Add({.minutes = 2});
    gone.push_back(row.Add({.minutes = 1}));
  }
  row.Add({.minutes = 2});
  gone.push_back(row.Add({.minutes = 5}));
  row.Add({.minutes = 2});
  row.Add({.minutes = 5, .tier = 1});
  SmallSchedule schedule(row.jobs());
  for (const std::int32_t job : gone) schedule->Remove(job);
  const std::int32_t added = schedule->Add({.minutes = 5, .tier = 0});
  schedule.Places();
  return schedule->start(added);
}

TEST_CASE("A hole is found behind 31 that are too short, and not behind 32") {
  CHECK(StartBehindHoles(31) == 31 * 3 + 2);
  CHECK(StartBehindHoles(32) == 32 * 3 + 2 + 5 + 2);
}

// The same with holes in which a higher tier could start, which waits in all but the last.
TEST_CASE("Of holes that are a higher tier's a dozen are looked at") {
  Row row;
  std::vector<std::int32_t> gone;
  for (int i = 0; i < 14; ++i) {
    row.Add({.minutes = 2});
    gone.push_back(row.Add({.minutes = 5}));
  }
  row.Add({.minutes = 2});
  const std::int32_t lowest = row.Add({.minutes = 5, .tier = 2});
  SmallSchedule schedule(row.jobs());
  for (const std::int32_t job : gone) schedule->Remove(job);
  const std::int64_t start = schedule->start(lowest);
  const std::int32_t added = schedule->Add({.minutes = 5, .tier = 1});
  schedule.Places();
  CHECK(schedule->start(added) == start);
}

// Where something comes that could have a hole at 5 before so many of a higher
// tier, none of which is ready then.
std::int64_t StartBefore(int higher) {
  std::vector<SmallJob> jobs = {{.agent = 1, .minutes = 20, .skill = 1},
                                {.agent = 0, .minutes = 5},
                                {.agent = 0, .start = 5, .minutes = 15}};
  for (int i = 0; i < higher; ++i) jobs.push_back({.agent = 0, .start = 20 + i, .minutes = 1, .before = {0}});
  jobs.push_back({.agent = 0, .start = 20 + higher, .tier = 2});
  SmallSchedule schedule(jobs, {.capacity = {1, 1}, .group = {0, 1}, .skill_groups = {{0}, {1}}});
  schedule->Remove(2);
  const std::int32_t added = schedule->Add({.minutes = 5, .tier = 1});
  schedule.Places();
  return schedule->start(added);
}

TEST_CASE("A hole before too many of a higher tier is left alone, though none of them be ready") {
  CHECK(StartBefore(8) == 5);
  CHECK(StartBefore(9) == 29);
}

TEST_CASE("Of those that start at the same time the first 64 are compared in length") {
  constexpr int kUnits = 70;
  std::vector<SmallJob> jobs(kUnits, {.minutes = 10});
  jobs.resize(2 * kUnits, {.start = 10, .minutes = 20, .tier = 1});
  const std::int32_t near = kUnits + 63;
  const std::int32_t nearest = kUnits + 64;
  jobs[near].minutes = 13;
  jobs.back().minutes = 60;  // or what is displaced would take the next one's place
  jobs[nearest].minutes = 12;
  SmallSchedule schedule(jobs, {.capacity = {kUnits}});
  const std::int32_t added = schedule->Add({.minutes = 12, .tier = 0});
  schedule.Places();
  CHECK(schedule->start(added) == 10);
  CHECK(schedule->start(nearest) == 10);
  CHECK(schedule->start(near) > 10);
}

// Each leaf is shorter than what is added, which would push away what others wait for.
TEST_CASE("A place among leaves is sought 256 times, then at the end") {
  const auto start = [](int leaves) {
    Row row;
    SmallJob last;
    for (int i = 0; i < leaves; ++i) {
      row.Add({.minutes = 1});
      last.before.push_back(row.Add({.minutes = 1}));
    }
    row.Add({.minutes = 6});
    row.Add(last);
    SmallSchedule schedule(row.jobs());
    const std::int32_t added = schedule->Add({.minutes = 5, .uses = {All(0)}});
    schedule.Places();
    return schedule->start(added);
  };
  CHECK(start(20) == 2 * 20);             // that of the long leaf
  CHECK(start(400) == 2 * 400 + 6 + 10);  // behind all others
}

}  // namespace
}  // namespace clambake::planner
