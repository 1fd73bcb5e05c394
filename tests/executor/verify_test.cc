// What GitHub merged is compared with what the bundler verified.
#include "tests/executor/simulated_world.h"

namespace clambake {
namespace {

// Two branches, and the tree that merging them makes.
struct Verified : SimulatedWorld {
  Verified() : SimulatedWorld(1, 2), client(Client()), store(NewStore()) {
    scene.bundles.bundles[0].tree = MergedTree();
  }
  std::string MergedTree() {
    const std::vector<std::string>& heads = scene.bundles.bundles[0].heads;
    GitCommitData first;
    first.tree = *github.git().MergeTrees(base, heads[0]);
    first.parents = {base, heads[0]};
    return *github.git().MergeTrees(github.git().WriteCommit(first), heads[1]);
  }
  std::size_t Pulls() {
    std::size_t pulls = 0;
    for (const auto& [number, issue] : github.world().issues) pulls += issue.is_pull() ? 1U : 0U;
    return pulls;
  }
  std::unique_ptr<GithubClient> client;
  std::unique_ptr<StateStore> store;
};

}  // namespace

TEST_CASE("a bundle whose merges make the verified tree gets its pull request") {
  Verified world;
  const auto outcome = world.Run(*world.store, *world.client);
  REQUIRE(outcome.ok());
  CHECK(Succeeded(*outcome));
  CHECK(outcome->corruption.empty());
  CHECK(world.Pulls() == 1);
}

TEST_CASE("a bundle that GitHub merged into another tree is not opened, and a person hears why") {
  Verified world;
  world.scene.bundles.bundles[0].tree = Sha(7);
  const auto outcome = world.Run(*world.store, *world.client);
  REQUIRE(outcome.ok());
  CHECK(world.Pulls() == 0);
  CHECK_FALSE(Succeeded(*outcome));
  REQUIRE(outcome->manual_queue.size() == 1);
  const JournalEntry& entry = outcome->manual_queue[0];
  CHECK(entry.kind == "create_pull");
  CHECK_THAT(entry.detail, ContainsSubstring("holds tree " + world.MergedTree()));
  CHECK_THAT(entry.detail, ContainsSubstring("verified as tree " + Sha(7)));
  CHECK_THAT(entry.next_step, ContainsSubstring("do not merge it"));
  CHECK(outcome->corruption == entry.detail);
  // Other issues went on; those of the bundle keep their labels.
  CHECK(world.github.world().issues.at(1).labels.back() == "agent001");
  CHECK(world.github.world().issues.at(2).labels == std::vector<std::string>{"route:review"});
}

TEST_CASE("somebody who pushes to a bundle's branch stops it: put right and retried, it is opened") {
  Verified world;
  const std::string branch = "refs/heads/" + world.scene.bundles.bundles[0].name;
  world.github.faults().Add(
      {.kind = FaultKind::kNotSent, .method = "POST", .path_part = "/pulls", .times = 5});
  REQUIRE(world.Run(*world.store, *world.client).ok());  // all but the pull request
  const std::string merged = *world.github.git().FindRef(branch);
  world.github.git().SetRef(branch, world.github.AddCommit(merged, "intruder", "text"));
  const auto stopped = world.Run(*world.store, *world.client);
  REQUIRE(stopped.ok());
  CHECK(world.Pulls() == 0);
  REQUIRE(stopped->manual_queue.size() == 1);
  world.github.git().SetRef(branch, merged);
  REQUIRE(
      world.store
          ->ResolveManual(SimulatedWorld::kRepository, stopped->manual_queue[0].id, OperationState::kIntent)
          .ok());
  const auto retried = world.Run(*world.store, *world.client);
  REQUIRE(retried.ok());
  CHECK(Succeeded(*retried));
  CHECK(world.Pulls() == 1);
}

TEST_CASE("a tree that cannot be read now is read later, and nothing is opened meanwhile") {
  const std::string part = GENERATE("/git/ref", "/git/commits");
  Verified world;
  world.github.faults().Add({.kind = FaultKind::k502, .method = "GET", .path_part = part, .times = 3});
  const auto outcome = world.Run(*world.store, *world.client);
  REQUIRE(outcome.ok());
  CHECK(Succeeded(*outcome));
  CHECK(world.Pulls() == 1);
}

}  // namespace clambake
