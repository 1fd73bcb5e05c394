#include "clambake/github_client.h"

#include <utility>

#include "base/status_macros.h"
#include "github/fetch_backlog.h"
#include "github/perform.h"
#include "github/probe.h"
#include "github/read_channel.h"
#include "github/reads.h"
#include "github/session.h"
#include "github/write_channel.h"

namespace clambake {
namespace {

// The reads, once for both: a reader's channel has nothing that writes.
template <typename Interface, typename Channel>
class Reading : public Interface {
 public:
  explicit Reading(SessionParts parts) : channel_(std::move(parts)) {}

  [[nodiscard]] std::string_view repository() const override { return channel_.options().repository; }
  absl::StatusOr<Repository> GetRepository() override { return reads::GetRepository(channel_); }
  absl::StatusOr<std::string> GetLogin() override { return reads::GetLogin(channel_); }
  absl::StatusOr<Issue> GetIssue(IssueNumber number) override { return reads::GetIssue(channel_, number); }
  absl::StatusOr<std::vector<Dependency>> ListBlockedBy(IssueNumber issue) override {
    return reads::ListBlockedBy(channel_, issue);
  }
  absl::StatusOr<std::vector<Dependency>> ListSubIssues(IssueNumber issue) override {
    return reads::ListSubIssues(channel_, issue);
  }
  absl::StatusOr<std::vector<Comment>> ListComments(IssueNumber issue) override {
    return reads::ListComments(channel_, issue);
  }
  absl::StatusOr<std::vector<std::string>> ListLabels() override { return reads::ListLabels(channel_); }
  absl::StatusOr<Ref> GetRef(std::string_view ref) override { return reads::GetRef(channel_, ref); }
  absl::StatusOr<std::vector<Ref>> ListRefs(std::string_view prefix) override {
    return reads::ListRefs(channel_, prefix);
  }
  absl::StatusOr<Commit> GetCommit(std::string_view sha) override { return reads::GetCommit(channel_, sha); }
  absl::StatusOr<Comparison> Compare(std::string_view base, std::string_view head) override {
    return reads::Compare(channel_, base, head);
  }
  absl::StatusOr<std::vector<Pull>> ListPulls(const PullFilter& filter) override {
    return reads::ListPulls(channel_, filter);
  }
  absl::StatusOr<PullDetails> GetPull(std::int64_t number) override {
    return reads::GetPull(channel_, number);
  }
  absl::StatusOr<std::vector<std::string>> ListPullFiles(std::int64_t number) override {
    return reads::ListPullFiles(channel_, number);
  }
  absl::StatusOr<std::vector<RateLimit>> GetRateLimits() override { return reads::GetRateLimits(channel_); }
  absl::StatusOr<PullDetails> WaitForMergeable(std::int64_t number, absl::Duration timeout) override {
    return reads::WaitForMergeable(channel_, number, timeout);
  }
  absl::StatusOr<Backlog> FetchBacklog(const FetchOptions& options) override {
    return clambake::FetchBacklog(channel_, options);
  }
  absl::StatusOr<ProbeResult> Probe(const GithubWrite& write) override { return ProbeWrite(channel_, write); }

 protected:
  Channel channel_;
};

using Reader = Reading<GithubReader, ReadChannel>;

class Client final : public Reading<GithubClient, WriteChannel> {
 public:
  using Reading::Reading;
  absl::StatusOr<WriteReceipt> Perform(const GithubWrite& write) override {
    return PerformWrite(channel_, write);
  }
};

}  // namespace

absl::StatusOr<std::unique_ptr<GithubReader>> NewGithubReader(const GithubOptions& options, Clock& clock,
                                                              std::unique_ptr<HttpTransport> transport) {
  CLAMBAKE_ASSIGN_OR_RETURN(SessionParts parts, MakeSessionParts(options, clock, std::move(transport)));
  return std::make_unique<Reader>(std::move(parts));
}

absl::StatusOr<std::unique_ptr<GithubClient>> NewGithubClient(const GithubOptions& options, Clock& clock,
                                                              std::unique_ptr<HttpTransport> transport) {
  CLAMBAKE_ASSIGN_OR_RETURN(SessionParts parts, MakeSessionParts(options, clock, std::move(transport)));
  return std::make_unique<Client>(std::move(parts));
}

absl::StatusOr<std::unique_ptr<GithubReader>> NewGithubReader(const GithubOptions& options, Clock& clock) {
  return NewGithubReader(options, clock, NewCurlTransport(options.ca_file));
}

absl::StatusOr<std::unique_ptr<GithubClient>> NewGithubClient(const GithubOptions& options, Clock& clock) {
  return NewGithubClient(options, clock, NewCurlTransport(options.ca_file));
}

}  // namespace clambake
