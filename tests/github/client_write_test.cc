#include "fmt/format.h"
#include "tests/github/github_room.h"

namespace clambake {
namespace {

TEST_CASE("what is described is what is sent") {
  GithubRoom room;
  room.github.AddIssue("a", {"needs work/now"});
  const GithubWrite write = RemoveLabel{1, "needs work/now"};
  const WireRequest request = Describe("octo/hello", write);
  CHECK(request.path == "/repos/octo/hello/issues/1/labels/needs%20work%2Fnow");
  REQUIRE(room.Client()->Perform(write).ok());
  CHECK(room.sent.back().method == request.method);
  CHECK(room.sent.back().url == "https://api.github.test" + request.path);
  CHECK(room.sent.back().body == request.body);
}

TEST_CASE("absent is done, and already there is done") {
  GithubRoom room;
  room.github.AddIssue("a");
  room.github.world().labels["bug"] = "123456";
  auto client = room.Client();
  CHECK(client->Perform(RemoveLabel{1, "nothing"}).ok());
  CHECK(client->Perform(RemoveAssignees{1, {"nobody"}}).ok());
  CHECK(client->Perform(DeleteRef{"refs/heads/nothing"}).ok());
  CHECK(client->Perform(DeleteComment{99}).ok());
  CHECK(client->Perform(CreateLabel{"bug", "00ff00", ""}).ok());
  room.github.AddIssue("b");
  const std::int64_t id = room.github.world().issues.at(2).id;
  CHECK(client->Perform(AddBlockedBy{1, id}).ok());
  CHECK(client->Perform(AddBlockedBy{1, id}).ok());
}

TEST_CASE("an issue that cannot be read is not the same as a label that is gone") {
  GithubRoom room;
  CHECK(room.Client()->Perform(RemoveLabel{99, "x"}).status().code() == absl::StatusCode::kNotFound);
}

TEST_CASE("a ref that another one holds is a refusal, even at the same commit") {
  GithubRoom room;
  auto client = room.Client();
  CHECK(client->Perform(CreateRef{"refs/heads/claim", room.base_sha}).ok());
  CHECK(client->Perform(CreateRef{"refs/heads/claim", room.base_sha}).status().code() ==
        absl::StatusCode::kAlreadyExists);
}

TEST_CASE("who lost a race for a ref is not told that he won") {
  GithubRoom room;
  const std::string mine = room.github.AddCommit(room.base_sha, "claim", "mine");
  room.github.git().SetRef("refs/heads/claim", room.github.AddCommit(room.base_sha, "claim", "theirs"));
  room.github.faults().Add({.kind = FaultKind::kCut, .method = "POST"});
  CHECK(room.Client()->Perform(CreateRef{"refs/heads/claim", mine}).status().code() ==
        absl::StatusCode::kAlreadyExists);
}

TEST_CASE("a ref moves forward only") {
  GithubRoom room;
  const std::string a = room.github.AddBranch("x", "a", "1");
  CHECK(room.Client()->Perform(UpdateRef{"refs/heads/x", room.base_sha}).status().code() ==
        absl::StatusCode::kAborted);
  CHECK(room.github.git().FindRef("refs/heads/x") == a);
}

TEST_CASE("whom GitHub silently does not assign is named") {
  GithubRoom room;
  room.github.AddIssue("a");
  const absl::Status status = room.Client()->Perform(AddAssignees{1, {"alice", "stranger"}}).status();
  CHECK(status.code() == absl::StatusCode::kFailedPrecondition);
  CHECK_THAT(std::string(status.message()), ContainsSubstring("did not assign stranger"));
  CHECK(room.Client()->Perform(AddAssignees{1, std::vector<std::string>(11, "alice")}).status().code() ==
        absl::StatusCode::kInvalidArgument);
}

TEST_CASE("no labels is no request: it would remove them all") {
  GithubRoom room;
  CHECK(room.Client()->Perform(AddLabels{1, {}}).status().code() == absl::StatusCode::kInvalidArgument);
  CHECK(room.sent.empty());
}

TEST_CASE("a comment without a marker is not sent: it could not be told from its repeat") {
  GithubRoom room;
  room.github.AddIssue("a");
  CHECK(room.Client()->Perform(CreateComment{1, "hello"}).status().code() ==
        absl::StatusCode::kInvalidArgument);
  CHECK(room.sent.empty());
}

TEST_CASE("a merge tells conflict, nothing to merge and done apart") {
  GithubRoom room;
  room.github.AddBranch("a", "x", "1");
  room.github.AddBranch("b", "x", "2");
  auto client = room.Client();
  const auto merged = client->Perform(MergeBranch{"main", "a", "m"});
  REQUIRE(merged.ok());
  CHECK(room.github.git().FindRef("refs/heads/main") == merged->sha);
  const auto again = client->Perform(MergeBranch{"main", "a", "m"});
  REQUIRE(again.ok());
  CHECK(again->sha.empty());
  CHECK(client->Perform(MergeBranch{"main", "b", "m"}).status().code() == absl::StatusCode::kAborted);
}

TEST_CASE("a pull request of another origin for the same branch is not taken for ours") {
  GithubRoom room;
  room.github.AddBranch("a", "x", "1");
  room.github.AddPull("a", "main", "somebody else's");
  const absl::Status status =
      room.Client()->Perform(CreatePull{"a", "main", "t", "b " + Marker("1"), false}).status();
  CHECK(status.code() == absl::StatusCode::kAlreadyExists);
}

TEST_CASE("a pull request that moved since it was judged is not merged") {
  GithubRoom room;
  room.github.AddBranch("a", "x", "1");
  room.github.AddPull("a", "main");
  CHECK(room.Client()->Perform(MergePull{1, room.base_sha, "merge"}).status().code() ==
        absl::StatusCode::kAborted);
  CHECK(!room.github.world().issues.at(1).merged);
}

TEST_CASE("a merge that was made already is done") {
  GithubRoom room;
  const std::string head = room.github.AddBranch("a", "x", "1");
  room.github.AddPull("a", "main");
  auto client = room.Client();
  REQUIRE(client->Perform(MergePull{1, head, "merge"}).ok());
  const auto again = client->Perform(MergePull{1, head, "merge"});
  REQUIRE(again.ok());
  CHECK(again->probed);
}

TEST_CASE("a write that never gets an answer says so, and how often it was sent") {
  GithubRoom room;
  room.github.AddIssue("a");
  room.github.faults().Add({.kind = FaultKind::kCut, .method = "POST", .times = 100});
  const absl::Status status = room.Client()->Perform(AddLabels{1, {"x"}}).status();
  CHECK(status.code() == absl::StatusCode::kUnknown);
  CHECK(room.github.world().issues.at(1).labels.empty());
}

TEST_CASE("a write whose state cannot be read afterwards stays unknown") {
  GithubRoom room;
  room.github.AddIssue("a");
  room.github.faults().Add({.kind = FaultKind::kLostAnswer, .method = "POST"});
  room.github.faults().Add({.kind = FaultKind::k502, .method = "GET", .times = 100});
  const absl::Status status = room.Client()->Perform(AddLabels{1, {"x"}}).status();
  CHECK(status.code() == absl::StatusCode::kUnknown);
  CHECK(room.github.effects().size() == 1);
}

TEST_CASE("a lost write is not probed before it can no longer take effect") {
  GithubRoom room;
  room.github.AddIssue("a");
  // Done 50 s later: a probe at once would see nothing, and repeat it.
  room.github.faults().Add({.kind = FaultKind::kLateEffect, .method = "POST", .duration = absl::Seconds(50)});
  const auto receipt = room.Client()->Perform(CreateComment{1, Marker("x")});
  REQUIRE(receipt.ok());
  CHECK(receipt->attempts == 1);
  CHECK(room.github.world().comments.size() == 1);

  SECTION("which a shorter settling time would have got wrong") {
    room.options.settle = absl::Seconds(1);
    room.github.faults().Add(
        {.kind = FaultKind::kLateEffect, .method = "POST", .duration = absl::Seconds(50)});
    CHECK(room.Client()->Perform(CreateComment{1, Marker("y")})->attempts == 2);
  }
}

TEST_CASE("markers are found again, and nothing else is taken for one") {
  CHECK(FindMarker("text\n" + Marker("run-7:3.x_1")) == "<!-- clambake:op=run-7:3.x_1 -->");
  CHECK(Marker("a b-->") == "<!-- clambake:op=ab-- -->");
  CHECK(FindMarker("<!-- clambake:op= -->").empty());
  CHECK(FindMarker("<!-- clambake:op=a b -->").empty());
  CHECK(FindMarker("<!-- clambake:op=a\" <!-- clambake:op=b -->") == "<!-- clambake:op=b -->");
}

TEST_CASE("nothing that is said anywhere contains the token") {
  for (const FaultKind kind : AllFaults()) {
    GithubRoom room;
    room.options.max_limit_wait = absl::ZeroDuration();
    room.github.AddIssue("a");
    room.github.faults().Add({.kind = kind, .times = 100});
    auto client = room.Client();
    for (const absl::Status& status :
         {client->GetIssue(1).status(), client->Perform(AddLabels{1, {"x"}}).status(),
          client->FetchBacklog({}).status()}) {
      CHECK(status.ToString().find(SimulatedGithub::kToken) == std::string::npos);
    }
  }
}

}  // namespace
}  // namespace clambake
