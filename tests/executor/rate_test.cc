// A long run on a virtual clock: GitHub's limits are used up, and never overrun.
#include "tests/executor/simulated_world.h"

namespace clambake {

TEST_CASE("a run of 1000 issues and 100 bundles uses at least 95 % of the allowed write rate") {
  SimulatedWorld world(1'000, 200);
  const auto client = world.Client();
  const auto store = world.NewStore();
  const absl::Time start = world.clock.Now();
  const auto outcome = world.Run(*store, *client);
  REQUIRE(outcome.ok());
  INFO(std::string(outcome->stopped.message()));
  CHECK(Succeeded(*outcome));
  CHECK(store->PendingOperations(SimulatedWorld::kRepository)->empty());

  // 500 writes an hour and 80 a minute: no run of so many writes is shorter.
  const Traffic& traffic = world.github.limits().traffic();
  const std::int64_t full_hours = (traffic.writes - 1) / 500;
  const absl::Duration shortest =
      absl::Hours(full_hours) +
      absl::Minutes(1) * (static_cast<double>(traffic.writes - full_hours * 500) / 80);
  const double share = absl::FDivDuration(shortest, world.clock.Now() - start);
  WARN(traffic.writes << " writes in " << absl::FormatDuration(world.clock.Now() - start) << ": " << share
                      << " of the allowed rate");
  CHECK(share >= 0.95);
  CHECK(traffic.breaches == 0);
  CHECK(traffic.sent_while_blocked == 0);
}

TEST_CASE("while one operation settles, those of other issues go on") {
  SimulatedWorld world(10, 0);
  world.github.faults().Add({.kind = FaultKind::kLostAnswer, .method = "POST", .path_part = "/git/refs"});
  const auto client = world.Client();
  const auto store = world.NewStore();
  const absl::Time start = world.clock.Now();
  const auto outcome = world.Run(*store, *client);
  REQUIRE(outcome.ok());
  CHECK(Succeeded(*outcome));
  // 30 writes, a third of them notifying, take 50 s at GitHub's pace. One after
  // another, the settling minute and what a lost answer takes would come on top.
  CHECK(world.clock.Now() - start < absl::Seconds(120));
  CHECK(outcome->outcomes.size() == 30);
  CHECK(outcome->outcomes.back().probed == false);
  std::size_t before_it = 0;
  while (!outcome->outcomes[before_it].probed) ++before_it;
  CHECK(before_it > 20);
}

}  // namespace clambake
