// Uses every operation of the client once, through a proxy that checks
// requests and responses against GitHub's OpenAPI description.
//   conformance_client PROXY_URL API_VERSION
// Fails if the proxy found a violation, or if an operation did not succeed.
#include <algorithm>
#include <cstdio>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "clambake/clock.h"
#include "clambake/github_client.h"
#include "fmt/format.h"
#include "tests/fakes/simulated_github.h"

namespace clambake {
namespace {

// Collects what the proxy has to say. GraphQL is not described by OpenAPI.
class WatchingTransport : public HttpTransport {
 public:
  WatchingTransport(std::unique_ptr<HttpTransport> next, int& violations)
      : next_(std::move(next)), violations_(violations) {}

  std::vector<absl::StatusOr<HttpResponse>> Send(const std::vector<HttpRequest>& requests,
                                                 const HttpLimits& limits) override {
    auto results = next_->Send(requests, limits);
    for (std::size_t i = 0; i < results.size(); ++i) {
      if (!results[i].ok() || requests[i].url.ends_with("/graphql")) continue;
      const std::string_view found = FindHeader(results[i]->headers, "sl-violations");
      // The description leaves out 304, which GitHub documents for every GET.
      if (found.empty() || results[i]->status == 304) continue;
      ++violations_;
      fmt::print("VIOLATION {} {} → {}\n  {}\n", requests[i].method, requests[i].url, results[i]->status,
                 found);
    }
    return results;
  }

 private:
  std::unique_ptr<HttpTransport> next_;
  int& violations_;
};

class Tour {
 public:
  explicit Tour(GithubClient& github) : github_(github) {}

  int Run() {
    Read();
    Write();
    Finish();
    fmt::print("{} operations, {} failed\n", count_, failed_);
    return failed_;
  }

 private:
  template <typename T>
  T Check(std::string_view what, absl::StatusOr<T> result) {
    ++count_;
    if (result.ok()) return *std::move(result);
    ++failed_;
    fmt::print("FAILED {}: {}\n", what, std::string(result.status().message()));
    return T{};
  }

  WriteReceipt Perform(const GithubWrite& write) { return Check(WriteKind(write), github_.Perform(write)); }

  void Read() {
    Check("repository", github_.GetRepository());
    Check("login", github_.GetLogin());
    Check("issue", github_.GetIssue(1));
    Check("blocked by", github_.ListBlockedBy(2));
    Check("sub-issues", github_.ListSubIssues(3));
    Check("comments", github_.ListComments(1));
    Check("labels", github_.ListLabels());
    main_ = Check("ref", github_.GetRef("refs/heads/main")).sha;
    Check("refs", github_.ListRefs("refs/heads/agent"));
    Check("compare", github_.Compare("main", "agent001/1-blocker"));
    Check("pulls", github_.ListPulls(
                       {.which = PullFilter::Which::kAll, .head = "agent001/1-blocker", .base = "main"}));
    Check("pull", github_.WaitForMergeable(5, absl::Seconds(10)));
    Check("pull files", github_.ListPullFiles(5));
    Check("rate limits", github_.GetRateLimits());
    Check("backlog", github_.FetchBacklog({}));
  }

  void Write() {
    const Commit main = Check("commit", github_.GetCommit(main_));
    Perform(CreateLabel{"route:review", "00ff00", "waits for a bundle"});
    Perform(CreateLabel{"route:review", "00ff00", "already there"});
    Perform(AddLabels{1, {"agent001", "route: odd/name"}});
    Perform(RemoveLabel{1, "route: odd/name"});
    Perform(RemoveLabel{1, "absent"});
    Perform(AddAssignees{1, {"bob"}});
    Perform(RemoveAssignees{1, {"bob"}});
    const auto tree = Perform(
        CreateTree{main.tree, {{"new.txt", "100644", std::string(40, 'a')}, {"README.md", "100644", ""}}});
    const auto commit = Perform(CreateCommit{
        "run 7", tree.sha, {main_}, "bot", "bot@example.com", absl::FromUnixSeconds(1'700'000'000)});
    Perform(CreateRef{"refs/heads/bundle/1", main_});
    Perform(UpdateRef{"refs/heads/bundle/1", commit.sha});
    Perform(MergeBranch{"bundle/1", "bundle/base", "Merge"});
    Perform(MergeBranch{"bundle/1", "bundle/base", "nothing to merge"});
    const auto pull =
        Perform(CreatePull{"bundle/1", "main", "[BUNDLE] 1 issue", "Fixes #1\n" + Marker("c.1"), true});
    const Ref head = Check("ref", github_.GetRef("refs/heads/bundle/1"));
    Perform(MergePull{pull.number, head.sha, "merge"});
    Perform(DeleteRef{"refs/heads/bundle/1"});
    const auto comment = Perform(CreateComment{1, "Taken. " + Marker("c.2")});
    Perform(UpdateComment{comment.id, "Done. " + Marker("c.2")});
    Check("probe", github_.Probe(UpdateComment{comment.id, "Done. " + Marker("c.2")}));
    Check("probe", github_.Probe(CreateLabel{"route:review", "", ""}));
    Perform(DeleteComment{comment.id});
  }

  void Finish() {
    const Issue blocker = Check("issue", github_.GetIssue(1));
    Perform(AddBlockedBy{3, blocker.id});
    Perform(AddBlockedBy{3, blocker.id});
    Perform(RemoveBlockedBy{3, blocker.id});
    // Refusals are described, too.
    ++count_;
    if (!absl::IsNotFound(github_.GetIssue(999).status())) ++failed_;
    if (!absl::IsAlreadyExists(github_.Perform(CreateRef{"refs/heads/main", main_}).status())) ++failed_;
    if (!absl::IsAborted(
            github_.Perform(MergeBranch{"agent001/1-blocker", "feature/conflict", "x"}).status()))
      ++failed_;
  }

  GithubClient& github_;
  std::string main_;
  int count_ = 0;
  int failed_ = 0;
};

// The real time, but pauses between writes last no time: the simulated
// GitHub's limits are not what is checked here.
class HastyClock : public Clock {
 public:
  absl::Time Now() override { return system_->Now() + skipped_; }
  absl::Duration Monotonic() override { return system_->Monotonic() + skipped_; }
  void Sleep(absl::Duration duration) override { skipped_ += std::max(duration, absl::ZeroDuration()); }

 private:
  std::unique_ptr<Clock> system_ = NewSystemClock();
  absl::Duration skipped_;
};

int Main(const std::string& url, const std::string& version) {
  HastyClock clock;
  int violations = 0;
  GithubOptions options;
  options.api_url = url;
  options.repository = "octo/hello";
  options.token = Secret(std::string(SimulatedGithub::kToken));
  options.api_version = version;
  auto client =
      NewGithubClient(options, clock, std::make_unique<WatchingTransport>(NewCurlTransport(), violations));
  if (!client.ok()) return 2;
  const int failed = Tour(**client).Run();
  fmt::print("version {}: {} violations\n", version, violations);
  return failed == 0 && violations == 0 ? 0 : 1;
}

}  // namespace
}  // namespace clambake

int main(int argc, char* argv[]) {
  if (argc != 3) return 2;
  return clambake::Main(argv[1], argv[2]);
}
