// The simulated GitHub over a real repository: refs, compare and merges are
// what git itself makes of them.
#include "tests/github/github_room.h"
#include "tests/support/test_repo.h"

namespace clambake {
namespace {

struct BareRoom {
  tests::TestRepo repo;
  ManualClock clock;
  SimulatedGithub github{clock, NewBareGit(repo.path())};
  std::unique_ptr<GithubClient> client;

  BareRoom() {
    const auto text = [](std::string content) { return tests::Blob{std::move(content)}; };
    repo.Commit("main", {}, {{"a.txt", text("1\n2\n3\n4\n5\n")}});
    repo.Commit("top", {"main"}, {{"a.txt", text("one\n2\n3\n4\n5\n")}});
    repo.Commit("bottom", {"main"}, {{"a.txt", text("1\n2\n3\n4\nfive\n")}});
    repo.Commit("clash", {"main"}, {{"a.txt", text("uno\n2\n3\n4\n5\n")}});
    repo.Build();
    GithubOptions options;
    options.api_url = "https://api.github.test";
    github.SetRoot(options.api_url);
    options.repository = "octo/hello";
    options.token = Secret(std::string(SimulatedGithub::kToken));
    client = *NewGithubClient(options, clock, NewSimulatedTransport(github, clock));
  }
};

TEST_CASE("bare repository: merging on the server gives the tree that git gives") {
  BareRoom room;
  REQUIRE(room.client->Perform(CreateRef{"refs/heads/bundle/1", room.repo.Id("main")}).ok());
  REQUIRE(room.client->Perform(MergeBranch{"bundle/1", "top", "one"}).ok());
  REQUIRE(room.client->Perform(MergeBranch{"bundle/1", "bottom", "two"}).ok());
  CHECK(room.repo.Git({"show", "bundle/1:a.txt"}) == "one\n2\n3\n4\nfive\n");
  CHECK(room.client->Perform(MergeBranch{"bundle/1", "clash", "three"}).status().code() ==
        absl::StatusCode::kAborted);
  CHECK(room.client->Compare("main", "bundle/1")->ahead_by == 4);
  CHECK(room.client->Compare("main", "bundle/1")->files == std::vector<std::string>{"a.txt"});
}

TEST_CASE("bare repository: refs and commits are made as asked") {
  BareRoom room;
  const std::string main = room.repo.Id("main");
  const auto base = room.client->GetCommit(main);
  REQUIRE(base.ok());
  const std::string blob = room.repo.Id("top:a.txt");
  const auto tree =
      room.client->Perform(CreateTree{base->tree, {{"dir/b.txt", "100644", blob}, {"a.txt", "100644", ""}}});
  REQUIRE(tree.ok());
  const CreateCommit commit{"run 7", tree->sha,         {main},
                            "bot",   "bot@example.com", absl::FromUnixSeconds(1'700'000'000)};
  const auto first = room.client->Perform(commit);
  REQUIRE(first.ok());
  CHECK(room.client->Perform(commit)->sha == first->sha);
  REQUIRE(room.client->Perform(UpdateRef{"refs/heads/main", first->sha}).ok());
  CHECK(room.repo.Git({"ls-tree", "-r", "--name-only", "main"}) == "dir/b.txt\n");
  CHECK(room.client->Perform(UpdateRef{"refs/heads/main", room.repo.Id("top")}).status().code() ==
        absl::StatusCode::kAborted);
  REQUIRE(room.client->Perform(DeleteRef{"refs/heads/top"}).ok());
  CHECK(room.client->ListRefs("refs/heads/")->size() == 3);
}

}  // namespace
}  // namespace clambake
