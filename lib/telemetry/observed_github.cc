// GitHub, watched: each call has a span, and its requests hang below that.
#include <string>
#include <utility>

#include "clambake/observed.h"
#include "telemetry/call.h"

namespace clambake {
namespace {

// The reads, once for both. Every one is named here: a new one does not compile
// until it is watched.
template <typename Interface>
class Watched : public Interface {
 public:
  Watched(std::unique_ptr<Interface> github, Observer observer)
      : github_(std::move(github)), observer_(std::move(observer)) {}

  [[nodiscard]] std::string_view repository() const override { return github_->repository(); }
  absl::StatusOr<Repository> GetRepository() override {
    return Watch("get_repository", [&] { return github_->GetRepository(); });
  }
  absl::StatusOr<std::string> GetLogin() override {
    return Watch("get_login", [&] { return github_->GetLogin(); });
  }
  absl::StatusOr<Issue> GetIssue(IssueNumber number) override {
    return Watch("get_issue", [&] { return github_->GetIssue(number); });
  }
  absl::StatusOr<std::vector<Dependency>> ListBlockedBy(IssueNumber issue) override {
    return Watch("list_blocked_by", [&] { return github_->ListBlockedBy(issue); });
  }
  absl::StatusOr<std::vector<Dependency>> ListSubIssues(IssueNumber issue) override {
    return Watch("list_sub_issues", [&] { return github_->ListSubIssues(issue); });
  }
  absl::StatusOr<std::vector<Comment>> ListComments(IssueNumber issue) override {
    return Watch("list_comments", [&] { return github_->ListComments(issue); });
  }
  absl::StatusOr<std::vector<std::string>> ListLabels() override {
    return Watch("list_labels", [&] { return github_->ListLabels(); });
  }
  absl::StatusOr<Ref> GetRef(std::string_view ref) override {
    return Watch("get_ref", [&] { return github_->GetRef(ref); });
  }
  absl::StatusOr<std::vector<Ref>> ListRefs(std::string_view prefix) override {
    return Watch("list_refs", [&] { return github_->ListRefs(prefix); });
  }
  absl::StatusOr<Commit> GetCommit(std::string_view sha) override {
    return Watch("get_commit", [&] { return github_->GetCommit(sha); });
  }
  absl::StatusOr<Comparison> Compare(std::string_view base, std::string_view head) override {
    return Watch("compare", [&] { return github_->Compare(base, head); });
  }
  absl::StatusOr<std::vector<Pull>> ListPulls(const PullFilter& filter) override {
    return Watch("list_pulls", [&] { return github_->ListPulls(filter); });
  }
  absl::StatusOr<PullDetails> GetPull(std::int64_t number) override {
    return Watch("get_pull", [&] { return github_->GetPull(number); });
  }
  absl::StatusOr<std::vector<std::string>> ListPullFiles(std::int64_t number) override {
    return Watch("list_pull_files", [&] { return github_->ListPullFiles(number); });
  }
  absl::StatusOr<std::vector<RateLimit>> GetRateLimits() override {
    return Watch("get_rate_limits", [&] { return github_->GetRateLimits(); });
  }
  absl::StatusOr<PullDetails> WaitForMergeable(std::int64_t number, absl::Duration timeout) override {
    return Watch("wait_for_mergeable", [&] { return github_->WaitForMergeable(number, timeout); });
  }
  absl::StatusOr<Backlog> FetchBacklog(const FetchOptions& options) override {
    return Watch("fetch_backlog", [&] { return github_->FetchBacklog(options); });
  }
  absl::StatusOr<ProbeResult> Probe(const GithubWrite& write) override {
    return Watch("probe", [&] { return github_->Probe(write); });
  }

 protected:
  template <typename Call>
  auto Watch(std::string_view name, Call call, std::string_view path = {}) {
    Span span = StartBelow(observer_, name);
    if (!path.empty()) span.AddField({"path", path});
    const Enclosing enclosing(observer_, span);
    auto result = call();
    span.SetStatus(result.status());
    return result;
  }

  std::unique_ptr<Interface> github_;
  Observer observer_;
};

class WatchedClient final : public Watched<GithubClient> {
 public:
  using Watched::Watched;
  absl::StatusOr<WriteReceipt> Perform(const GithubWrite& write) override {
    const auto perform = [&] { return github_->Perform(write); };
    if (!observer_.telemetry.enabled()) return perform();
    return Watch(WriteKind(write), perform, Describe(repository(), write).path);
  }
};

}  // namespace

std::unique_ptr<GithubReader> NewObservedGithub(std::unique_ptr<GithubReader> github, Observer observer) {
  return std::make_unique<Watched<GithubReader>>(std::move(github), std::move(observer));
}

std::unique_ptr<GithubClient> NewObservedGithub(std::unique_ptr<GithubClient> github, Observer observer) {
  return std::make_unique<WatchedClient>(std::move(github), std::move(observer));
}

}  // namespace clambake
