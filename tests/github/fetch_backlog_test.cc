#include <algorithm>

#include "tests/fakes/github_scenes.h"
#include "tests/github/github_room.h"

namespace clambake {
namespace {

const Blockers* FindBlockers(const Backlog& backlog, IssueNumber issue) {
  const auto found = std::find_if(backlog.blocked_by.begin(), backlog.blocked_by.end(),
                                  [&](const Blockers& blockers) { return blockers.issue == issue; });
  return found == backlog.blocked_by.end() ? nullptr : &*found;
}

TEST_CASE("a large backlog is read whole, in at most 20 requests") {
  GithubRoom room;
  SetLargeScene(room.github);
  const absl::StatusOr<Backlog> backlog = room.Reader()->FetchBacklog({});
  REQUIRE(backlog.ok());
  CHECK(room.sent.size() <= 20);
  CHECK(backlog->repository == "octo/hello");
  CHECK(backlog->default_branch == "main");
  CHECK(backlog->issues.size() == 1'000);
  CHECK(backlog->pulls.size() == 200);
  CHECK(backlog->pulls.front().head_ref == "feature/0");
  CHECK(backlog->blocked_by.size() == 150);
  CHECK(FindBlockers(*backlog, 151)->blocked_by == std::vector<IssueNumber>{1});
  REQUIRE(backlog->branches.size() == 5);
  CHECK(backlog->branches.front().ahead_by == 1);
}

TEST_CASE("a backlog that did not change costs three requests and no budget") {
  GithubRoom room;
  SetLargeScene(room.github);
  auto reader = room.Reader();
  const absl::StatusOr<Backlog> first = reader->FetchBacklog({});
  REQUIRE(first.ok());
  room.sent.clear();
  room.github.limits().ForgetTraffic();
  const absl::StatusOr<Backlog> second = reader->FetchBacklog({});
  REQUIRE(second.ok());
  CHECK(room.sent.size() <= 3);
  CHECK(room.github.limits().traffic().primary_points == 0);
  CHECK(BacklogToJson(*second) == BacklogToJson(*first));
}

TEST_CASE("the next process profits from the cache of the last") {
  TemporaryFolder folder;
  GithubRoom room;
  room.options.cache_dir = folder.path();
  room.github.AddIssue("a");
  REQUIRE(room.Reader()->FetchBacklog({}).ok());
  room.github.limits().ForgetTraffic();
  REQUIRE(room.Reader()->FetchBacklog({}).ok());
  CHECK(room.github.limits().traffic().primary_points == 0);
}

TEST_CASE("any change makes the saved backlog worthless") {
  GithubRoom room;
  WorldIssue& issue = room.github.AddIssue("a");
  room.github.AddIssue("b");
  auto reader = room.Reader();
  REQUIRE(reader->FetchBacklog({}).ok());
  room.clock.Advance(absl::Seconds(5));

  SECTION("an issue was changed") {
    issue.title = "c";
    issue.updated_at = room.clock.Now();
    CHECK(reader->FetchBacklog({})->issues.front().title == "c");
  }
  SECTION("an issue was closed") {
    issue.open = false;
    issue.updated_at = issue.closed_at = room.clock.Now();
    CHECK(reader->FetchBacklog({})->issues.size() == 1);
  }
  SECTION("an issue was deleted") {
    room.github.world().issues.erase(1);
    CHECK(reader->FetchBacklog({})->issues.size() == 1);
  }
  SECTION("a branch appeared") {
    room.github.AddBranch("agent001/1-x", "x", "1");
    CHECK(reader->FetchBacklog({})->branches.size() == 1);
  }
  SECTION("it is too old") {
    room.clock.Advance(absl::Minutes(16));
    const absl::Time before = room.clock.Now();
    CHECK(reader->FetchBacklog({})->taken_at > before);
  }
}

TEST_CASE("where GraphQL is refused, REST alone gives the same backlog") {
  GithubRoom room;
  room.github.AddIssue("blocker");
  room.github.AddIssue("blocked").blocked_by = {1};
  room.github.AddIssue("parent").sub_issues = {1, 2};
  room.github.AddBranch("agent001/1-x", "x", "1");
  absl::StatusOr<Backlog> by_graphql = room.Reader()->FetchBacklog({});
  REQUIRE(by_graphql.ok());
  room.github.refuse_graphql = true;
  auto reader = room.Reader();
  absl::StatusOr<Backlog> by_rest = reader->FetchBacklog({});
  REQUIRE(by_rest.ok());
  by_rest->taken_at = by_graphql->taken_at;
  CHECK(BacklogToJson(*by_rest) == BacklogToJson(*by_graphql));
  CHECK(by_rest->sub_issues.size() == 2);
  CHECK(by_rest->branches.front().ahead_by == 1);
}

TEST_CASE("a closed blocker does not block, an unreadable one does") {
  GithubRoom room;
  room.github.AddIssue("closed").open = false;
  room.github.AddIssue("free").blocked_by = {1};
  WorldIssue& issue = room.github.AddIssue("waits elsewhere");
  issue.blocked_by = {1};
  issue.blocked_by_elsewhere = {"secret/repo#5", "octo/other#6"};
  room.github.world().elsewhere = {{"octo/other#6", true}};
  const absl::StatusOr<Backlog> backlog = room.Reader()->FetchBacklog({});
  REQUIRE(backlog.ok());
  CHECK(FindBlockers(*backlog, 2) == nullptr);
  REQUIRE(FindBlockers(*backlog, 3) != nullptr);
  CHECK(FindBlockers(*backlog, 3)->blocked_by.empty());
  CHECK(FindBlockers(*backlog, 3)->unreadable.size() == 2);
}

TEST_CASE("dependencies in bodies are added and marked as such") {
  GithubRoom room;
  room.github.AddIssue("open");
  room.github.AddIssue("closed").open = false;
  room.github.AddIssue("waits").body = "Blocked by #1 and #2.\n\nDepends on elsewhere/secret#9";
  const absl::StatusOr<Backlog> backlog = room.Reader()->FetchBacklog({});
  REQUIRE(backlog.ok());
  const Blockers* blockers = FindBlockers(*backlog, 3);
  REQUIRE(blockers != nullptr);
  CHECK(blockers->blocked_by == std::vector<IssueNumber>{1});
  CHECK(blockers->unreadable == std::vector<std::string>{"elsewhere/secret#9"});
  CHECK(blockers->from_text == std::vector<std::string>{"#1", "elsewhere/secret#9"});
}

TEST_CASE("a repository that changes while it is read is read again") {
  GithubRoom room;
  for (int i = 0; i < 250; ++i) room.github.AddIssue("a");
  // After the first lists are read, an issue closes and the pages shift.
  class Meddler : public HttpTransport {
   public:
    Meddler(GithubRoom& room, std::unique_ptr<HttpTransport> next) : room_(room), next_(std::move(next)) {}
    std::vector<absl::StatusOr<HttpResponse>> Send(const std::vector<HttpRequest>& requests,
                                                   const HttpLimits& limits) override {
      if (++calls_ == 3) {
        WorldIssue& issue = room_.github.world().issues.at(50);
        issue.open = false;
        issue.updated_at = issue.closed_at = room_.clock.Now();
      }
      return next_->Send(requests, limits);
    }

   private:
    GithubRoom& room_;
    std::unique_ptr<HttpTransport> next_;
    int calls_ = 0;
  };
  auto reader = NewGithubReader(room.options, room.clock, std::make_unique<Meddler>(room, room.Transport()));
  const absl::StatusOr<Backlog> backlog = (*reader)->FetchBacklog({});
  REQUIRE(backlog.ok());
  CHECK(backlog->issues.size() == 249);
}

TEST_CASE("both API versions give the same backlog") {
  const auto read = [](const std::string& version) {
    GithubRoom room;
    room.options.api_version = version;
    room.github.AddIssue("a", {"bug"}).assignees = {"alice"};
    room.github.AddPull("x", "main");
    return BacklogToJson(*room.Reader()->FetchBacklog({}));
  };
  CHECK(read("2022-11-28") == read("2026-03-10"));
}

TEST_CASE("progress counts the answers up to what is expected") {
  GithubRoom room;
  SetLargeScene(room.github);
  std::int64_t last = 0;
  FetchOptions options;
  options.progress = [&](const FetchProgress& progress) {
    CHECK(progress.done == last + 1);
    CHECK(progress.expected >= progress.done);
    last = progress.done;
  };
  REQUIRE(room.Reader()->FetchBacklog(options).ok());
  CHECK(last == static_cast<std::int64_t>(room.sent.size()));
}

TEST_CASE("a fault in the middle of a backlog is survived") {
  for (const FaultKind kind : AllFaults()) {
    GithubRoom room;
    for (int i = 0; i < 120; ++i) room.github.AddIssue("a");
    room.github.faults().Add({.kind = kind, .path_part = "issues", .skip = 1, .times = 1});
    INFO(Name(kind));
    const absl::StatusOr<Backlog> backlog = room.Reader()->FetchBacklog({});
    REQUIRE(backlog.ok());
    CHECK(backlog->issues.size() == 120);
    CHECK(room.github.limits().traffic().sent_while_blocked == 0);
  }
}

}  // namespace
}  // namespace clambake
