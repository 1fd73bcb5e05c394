// What a change does to a schedule of a few jobs.
#include "planner/plan_repair.h"

#include "tests/planner/small_schedule.h"

namespace clambake::planner {
namespace {

TEST_CASE("What has been removed takes no further change") {
  SmallSchedule schedule({{.start = 0}, {.start = 10}, {.start = 20}});
  schedule->Remove(1);
  CHECK(schedule.Places() == "0@0 - 0@20");
  CHECK(schedule->agent(1) == kNone);
  schedule->Remove(1);
  schedule->SetMinutes(1, 500);
  schedule->SetTier(1, 3);
  CHECK(schedule->SetBlockers(1, {0}));
  CHECK(schedule->touched().empty());
  CHECK(schedule.Places() == "0@0 - 0@20");
}

TEST_CASE("A schedule of nothing takes its first issue") {
  SmallSchedule schedule({});
  CHECK(schedule->makespan() == 0);
  CHECK_FALSE(schedule->worn());
  CHECK(schedule->Add({.minutes = 30}) == 0);
  CHECK(schedule.Places() == "0@0");
  CHECK(schedule->makespan() == 30);
}

TEST_CASE("An issue without an agent is placed where one is free") {
  SmallSchedule schedule({{.agent = 0, .start = 0}, {.agent = kNone, .start = 0}}, {},
                         PlanRepair::Trust::kAdvice);
  CHECK(schedule.Places() == "0@0 0@10");
}

TEST_CASE("What runs stays where it is, and the rest makes room as it takes longer") {
  SmallSchedule schedule({{.agent = 0, .minutes = 10, .uses = {All(0)}, .held = true},
                          {.agent = 1, .minutes = 20, .uses = {All(0)}, .held = true},
                          {.agent = 0, .start = 20, .uses = {All(0)}}},
                         {.capacity = {1, 1}});
  schedule->SetMinutes(0, 30);
  CHECK(schedule.Places() == "0@0 1@0 0@30");
  schedule->SetTier(0, 1);
  CHECK(schedule->SetBlockers(0, {2}));
  CHECK(schedule->touched().empty());
  schedule->Remove(0);
  CHECK(schedule.Places() == "- 1@0 0@30");
}

TEST_CASE("Of more running issues than an agent's capacity each change is left to a new plan") {
  const std::vector<SmallJob> jobs = {
      {.minutes = 30, .held = true}, {.minutes = 20, .held = true}, {.start = 30}};
  SmallSchedule longer(jobs);
  longer->SetMinutes(1, 40);
  CHECK_FALSE(longer->complete());
  SmallSchedule done(jobs);
  done->Remove(1);
  CHECK_FALSE(done->complete());
}

TEST_CASE("What is added behind a running issue follows it as it takes longer") {
  SmallSchedule schedule({{.minutes = 10, .held = true}});
  schedule->Add({.minutes = 5, .before = {0}});
  schedule->Add({.minutes = 5, .before = {1}});
  CHECK(schedule.Places() == "0@0 0@10 0@15");
  schedule->SetMinutes(0, 25);
  CHECK(schedule.Places() == "0@0 0@25 0@30");
}

TEST_CASE("What is added keeps off the file areas of others, known or new") {
  SmallSchedule schedule({{.uses = {All(0)}}}, {.capacity = {1, 1}});
  schedule->Add({.minutes = 10, .uses = {All(0)}});
  CHECK(schedule.Places() == "0@0 0@10");
  schedule->Add({.minutes = 10, .uses = {Below(3)}});
  schedule->Add({.minutes = 20, .uses = {All(3)}});
  CHECK(schedule.Places() == "0@0 0@10 1@0 1@10");
}

TEST_CASE("An issue waits for whom it was last said to wait for") {
  SmallSchedule schedule({{.agent = 0}, {.agent = 0, .start = 10}, {.agent = 1, .start = 10, .before = {0}}},
                         {.capacity = {1, 1}});
  REQUIRE(schedule.SetBlockers(2, {}));
  schedule->SetMinutes(0, 20);
  CHECK(schedule.Places() == "0@0 0@20 1@10");
  REQUIRE(schedule.SetBlockers(2, {0}));
  CHECK(schedule.Places() == "0@0 0@20 1@20");
  REQUIRE(schedule.SetBlockers(2, {1}));
  CHECK(schedule.Places() == "0@0 0@20 0@30");
  REQUIRE(schedule.SetBlockers(2, {}));
  REQUIRE(schedule.SetBlockers(2, {1}));
  schedule->SetMinutes(1, 30);
  CHECK(schedule.Places() == "0@0 0@20 0@50");
  CHECK_FALSE(schedule.SetBlockers(1, {2}));
  CHECK(schedule.Places() == "0@0 0@20 0@50");
}

TEST_CASE("What waits along two ways is found once, and a circle through it is refused") {
  SmallSchedule schedule({{.start = 0},
                          {.start = 10, .before = {0}},
                          {.start = 20, .before = {0}},
                          {.start = 30, .before = {1, 2}},
                          {.start = 40, .before = {3}}});
  CHECK_FALSE(schedule.SetBlockers(0, {4}));
  CHECK(schedule.SetBlockers(4, {0}));
  CHECK(schedule.Places() == "0@0 0@10 0@20 0@30 0@40");
}

TEST_CASE("Without an agent for an issue, or for what another waits for, a new plan is asked for") {
  const SmallTeam team = {.capacity = {1, 1}, .group = {0, 1}, .skill_groups = {{0}, {1}}};
  SmallSchedule skills({{.agent = 0}, {.agent = 0, .start = 10, .before = {0}}, {.agent = 1, .skill = 1}},
                       team);
  skills->RemoveAgent(0);
  CHECK_FALSE(skills->complete());
  SmallSchedule last(std::vector<SmallJob>(1));
  last->RemoveAgent(0);
  CHECK_FALSE(last->complete());
}

TEST_CASE("An agent that comes is not given what would meet others on its file area") {
  // The second waits for the others of its group, the third for the fourth.
  SmallSchedule schedule({{.agent = 0, .minutes = 25},
                          {.agent = 0, .start = 25, .uses = {All(0)}},
                          {.agent = 1, .start = 5, .skill = 1, .uses = {All(0)}},
                          {.agent = 1, .minutes = 5, .skill = 1}},
                         {.capacity = {1, 1}, .group = {0, 1}, .skill_groups = {{0}, {1}}});
  CHECK(schedule->AddAgent(1, 0) == 2);
  CHECK(schedule.Places() == "0@0 0@25 1@5 1@0");
}

TEST_CASE("An agent that comes is not given anything once too many have to wait") {
  std::vector<SmallJob> jobs(16'400, {.minutes = 1, .before = {0}});
  for (std::size_t job = 0; job < jobs.size(); ++job) jobs[job].start = static_cast<std::int64_t>(job);
  jobs[0].before.clear();
  jobs.push_back({.start = 16'400, .minutes = 1});  // could begin now
  SmallSchedule schedule(jobs);
  schedule->AddAgent(1, 0);
  CHECK(schedule->complete());
  CHECK(schedule->touched().empty());
}

}  // namespace
}  // namespace clambake::planner
