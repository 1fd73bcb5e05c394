// Any change of any small schedule: the result is sound to an independent eye.
#include "planner/rng.h"
#include "tests/planner/small_schedule.h"

namespace clambake::planner {
namespace {

class RandomChanges {
 public:
  explicit RandomChanges(std::uint64_t seed) : random_(seed) {}

  SmallTeam Team() {
    SmallTeam team{.capacity = {1}, .group = {0}, .skill_groups = {{0}, {1}, {0, 1}}};
    if (Chance(50)) team.skill_groups = {{0}};
    for (int more = Below(4); more > 0; --more) {
      team.capacity.push_back(1 + Below(2));
      team.group.push_back(team.skill_groups.size() == 1 ? 0 : Below(2));
    }
    if (team.skill_groups.size() > 1) {
      team.capacity.push_back(1);
      team.group.push_back(1);
    }
    return team;
  }

  // Advice that may be wrong in every way.
  std::vector<SmallJob> Jobs(const SmallTeam& team) {
    tiers_ = 1 + Below(3);
    std::vector<SmallJob> jobs;
    for (std::int32_t job = 0, count = 2 + Below(14); job < count; ++job) {
      SmallJob made{.agent = Below(static_cast<int>(team.capacity.size())),
                    .start = Below(60),
                    .minutes = 1 + Below(Chance(20) ? 60 : 12),
                    .tier = Tier(),
                    .skill = Below(static_cast<int>(team.skill_groups.size()))};
      made.held = Chance(8) && MayTake(team, made);
      if (!made.held && job > 0 && Chance(30)) made.before = Some(Below(job), Below(job));
      if (Chance(25)) made.uses = Some(Below(6), Below(6));
      jobs.push_back(made);
    }
    return jobs;
  }

  void Change(SmallSchedule& schedule) {
    const Problem& problem = schedule->problem();
    const std::int32_t job = Below(problem.jobs());
    switch (Below(8)) {
      case 0:
        return schedule->Remove(job);
      case 1:
      case 2:
        return schedule->SetMinutes(job, 1 + Below(Chance(30) ? 60 : 15));
      case 3:
        return schedule->SetTier(job, Tier());
      case 4:
        if (const std::int32_t blocker = Below(problem.jobs()); blocker != job && !schedule->removed(blocker))
          schedule.SetBlockers(job, Chance(70) ? std::vector{blocker} : std::vector<std::int32_t>());
        return;
      case 5:
        schedule->AddAgent(1 + Below(2), Below(problem.group_count));
        return;
      case 6:
        if (const std::int32_t agent = Below(problem.agents()); problem.capacity[agent] > 0 && Chance(50))
          schedule->RemoveAgent(agent);
        return;
      default:
        NewJob made{.minutes = 1 + Below(30), .tier = Tier(), .skill = Below(problem.skill_groups.size())};
        if (Chance(30) && !schedule->removed(job)) made.before = {job};
        if (Chance(30)) made.uses = {Below(8)};
        schedule->Add(made);
    }
  }

 private:
  static bool MayTake(const SmallTeam& team, const SmallJob& job) {
    const auto& groups = team.skill_groups[static_cast<std::size_t>(job.skill)];
    return std::binary_search(groups.begin(), groups.end(), team.group[static_cast<std::size_t>(job.agent)]);
  }
  std::int32_t Below(int limit) { return random_.Below(limit); }
  std::vector<std::int32_t> Some(std::int32_t one, std::int32_t other) {
    if (one == other || Chance(60)) return {one};
    return {std::min(one, other), std::max(one, other)};
  }
  bool Chance(int percent) { return Below(100) < percent; }
  std::uint8_t Tier() { return static_cast<std::uint8_t>(Below(tiers_)); }

  SearchRng random_;
  int tiers_ = 1;
};

TEST_CASE("Whatever changes, a schedule of a few issues stays sound") {
  int changes = 0;
  for (std::uint64_t seed = 1; seed <= 700; ++seed) {
    RandomChanges random(seed);
    const SmallTeam team = random.Team();
    SmallSchedule schedule(random.Jobs(team), team, PlanRepair::Trust::kAdvice);
    for (int change = 0; change < 12 && schedule->complete(); ++change, ++changes) {
      INFO("seed " << seed << " change " << change);
      REQUIRE_THAT(schedule.Faults(), Catch::Equals(""));
      random.Change(schedule);
    }
    if (schedule->complete()) REQUIRE_THAT(schedule.Faults(), Catch::Equals(""));
  }
  CHECK(changes > 4'000);
}

}  // namespace
}  // namespace clambake::planner
