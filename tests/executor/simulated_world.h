// The scene of executor_world.h on a simulated GitHub, which has commits, limits
// and a virtual clock: what the model of GitHub leaves out.
#ifndef CLAMBAKE_TESTS_EXECUTOR_SIMULATED_WORLD_H_
#define CLAMBAKE_TESTS_EXECUTOR_SIMULATED_WORLD_H_

#include <memory>
#include <string>

#include "clambake/github_client.h"
#include "tests/executor/executor_world.h"
#include "tests/fakes/simulated_github.h"
#include "tests/fakes/simulated_transport.h"

namespace clambake {

struct SimulatedWorld {
  static constexpr std::string_view kRepository = "octo/hello";

  // As Scene: `free` issues, then `reviewed` ones with a branch each, in twos.
  SimulatedWorld(int free, int reviewed) : github(clock), scene(free, reviewed) {
    github.SetRoot("https://api.github.test");
    base = github.AddCommit("", "README.md", "hello");
    github.git().SetRef("refs/heads/main", base);
    scene.backlog.repository = std::string(kRepository);
    scene.bundles.base = scene.backlog.branches[0].sha = base;
    for (int i = 1; i <= free + reviewed; ++i) {
      github.AddIssue("Issue", {i <= free ? "route:ready" : "route:review"});
      if (i > free) Finish(i, i - free - 1);
    }
  }

  GithubOptions Options() const {
    GithubOptions options;
    options.api_url = "https://api.github.test";
    options.repository = std::string(kRepository);
    options.token = Secret(std::string(SimulatedGithub::kToken));
    return options;
  }

  // As `clambake run` makes it.
  std::unique_ptr<GithubClient> Client() {
    GithubOptions options = Options();
    options.lost_answer = GithubOptions::LostAnswer::kReturnUnknown;
    options.max_attempts = 1;
    options.max_limit_wait = absl::Seconds(15);
    return *NewGithubClient(options, clock, NewSimulatedTransport(github, clock));
  }

  std::unique_ptr<StateStore> NewStore() {
    static int made = 0;
    StoreOptions place;
    place.location = fmt::format("/simulated-world-{}", ++made);
    place.sqlite_vfs = "memdb";
    place.clock = &clock;
    return *OpenStateStore(place);
  }

  absl::StatusOr<RunOutcome> Run(StateStore& store, GithubClient& client, ApplyContext context = {}) {
    auto permit =
        Guard::Admit(FeatureFlags(), store,
                     {.generation = Generation::kV2, .scope = std::string(kRepository), .owner = "one"});
    if (!permit.ok()) return permit.status();
    PrepareRequest request{.backlog = &scene.backlog, .plan = &scene.plan, .bundles = &scene.bundles};
    request.pending = *store.PendingOperations(kRepository);
    const auto executor = NewV2Executor();
    const auto preparation = executor->Prepare(request);
    if (!preparation.ok()) return preparation.status();
    context.github = &client;
    context.store = &store;
    context.clock = &clock;
    return executor->Apply(*preparation, **permit, context);
  }

  ManualClock clock;
  SimulatedGithub github;
  std::string base;
  Scene scene;

 private:
  void Finish(int issue, int rank) {
    const std::string sha = github.AddCommit(base, fmt::format("file{}", issue), "text");
    github.git().SetRef(fmt::format("refs/heads/agent{:03}/{}", issue, issue), sha);
    scene.bundles.bundles[static_cast<std::size_t>(rank) / 2].heads[static_cast<std::size_t>(rank) % 2] = sha;
  }
};

}  // namespace clambake

#endif  // CLAMBAKE_TESTS_EXECUTOR_SIMULATED_WORLD_H_
