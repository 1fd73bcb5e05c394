// A long run on a virtual clock: GitHub's limits are used up, and never overrun.
#include "clambake/github_client.h"
#include "tests/executor/executor_world.h"
#include "tests/fakes/simulated_github.h"
#include "tests/fakes/simulated_transport.h"

namespace clambake {

TEST_CASE("a run of 1000 issues and 100 bundles uses at least 95 % of the allowed write rate") {
  constexpr int kFree = 1'000;
  constexpr int kReviewed = 200;
  ManualClock clock;
  SimulatedGithub github(clock);
  github.SetRoot("https://api.github.test");
  const std::string base = github.AddCommit("", "README.md", "hello");
  github.git().SetRef("refs/heads/main", base);
  Scene scene(kFree, kReviewed);
  scene.backlog.repository = "octo/hello";
  scene.bundles.base = scene.backlog.branches[0].sha = base;
  for (int i = 1; i <= kFree + kReviewed; ++i) {
    github.AddIssue("Issue", {i <= kFree ? "route:ready" : "route:review"});
    if (i <= kFree) continue;
    const std::string sha = github.AddCommit(base, fmt::format("file{}", i), "text");
    github.git().SetRef(fmt::format("refs/heads/agent{:03}/{}", i, i), sha);
    scene.bundles.bundles[static_cast<std::size_t>(i - kFree - 1) / 2]
        .heads[static_cast<std::size_t>(i - kFree - 1) % 2] = sha;
  }

  GithubOptions options;
  options.api_url = "https://api.github.test";
  options.repository = "octo/hello";
  options.token = Secret(std::string(SimulatedGithub::kToken));
  options.lost_answer = GithubOptions::LostAnswer::kReturnUnknown;
  options.max_attempts = 1;
  options.max_limit_wait = absl::Seconds(15);
  auto client = NewGithubClient(options, clock, NewSimulatedTransport(github, clock));
  REQUIRE(client.ok());
  StoreOptions place;
  place.location = "/rate";
  place.sqlite_vfs = "memdb";
  place.clock = &clock;
  auto store = OpenStateStore(place);
  REQUIRE(store.ok());

  const absl::Time start = clock.Now();
  auto permit = Guard::Admit(FeatureFlags(), **store,
                             {.generation = Generation::kV2, .scope = "octo/hello", .owner = "one"});
  const auto executor = NewV2Executor();
  const auto preparation =
      executor->Prepare({.backlog = &scene.backlog, .plan = &scene.plan, .bundles = &scene.bundles});
  REQUIRE(preparation.ok());
  auto outcome = executor->Apply(*preparation, **permit,
                                 {.github = client->get(), .store = store->get(), .clock = &clock});
  REQUIRE(outcome.ok());
  INFO(std::string(outcome->stopped.message()));
  CHECK(Succeeded(*outcome));
  CHECK(outcome->outcomes.size() == preparation->operations.size());

  // 500 writes an hour and 80 a minute: no run of so many writes is shorter.
  const Traffic& traffic = github.limits().traffic();
  const std::int64_t full_hours = (traffic.writes - 1) / 500;
  const absl::Duration shortest =
      absl::Hours(full_hours) +
      absl::Minutes(1) * (static_cast<double>(traffic.writes - full_hours * 500) / 80);
  const double share = absl::FDivDuration(shortest, clock.Now() - start);
  WARN(traffic.writes << " writes in " << absl::FormatDuration(clock.Now() - start) << ": " << share
                      << " of the allowed rate");
  CHECK(share >= 0.95);
  CHECK(traffic.breaches == 0);
  CHECK(traffic.sent_while_blocked == 0);
}

}  // namespace clambake
