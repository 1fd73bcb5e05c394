// GitHub, for one repository: GithubReader cannot write, GithubClient can.
//
// Both obey GitHub's limits across all processes that use the same token and
// cache directory, follow pages and renames, and repeat what is safe to repeat.
//
// Error codes say what to do next:
//   Unavailable         had no effect; the same call may work later
//   Unknown             writes only: no answer, it may have taken effect.
//                       Wait (settle), Probe, then repeat if not taken
//   ResourceExhausted   a rate limit; had no effect; GithubError::retry_at
//   Aborted             the world moved: conflict, no fast-forward. Plan again
//   AlreadyExists       another one holds that name
//   NotFound            absent, or private, or no permission
//   FailedPrecondition  GitHub will not do it until something is fixed
//   InvalidArgument     the caller's input
//   Unauthenticated, PermissionDenied   credentials
// Messages carry GitHub's own words and never the token.
#ifndef CLAMBAKE_GITHUB_CLIENT_H_
#define CLAMBAKE_GITHUB_CLIENT_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "clambake/clock.h"
#include "clambake/github_write.h"
#include "clambake/http_transport.h"
#include "clambake/model.h"
#include "clambake/secret.h"

namespace clambake {

struct GithubOptions {
  std::string api_url = "https://api.github.com";  // HTTPS, or HTTP on loopback
  std::string repository;                          // "owner/name"
  Secret token;                                    // empty: anonymous, 60 requests an hour
  std::string api_version = "2022-11-28";          // or "2026-03-10"
  std::string ca_file;                             // certificates to trust, PEM; empty: the system's
  std::string cache_dir;  // ETags and the shared gate; empty: in memory, for this object alone
  // What Perform does when a write's answer is lost: settle, probe and repeat
  // by itself, or return Unknown to a caller who journals.
  enum class LostAnswer { kProbeAndRepeat, kReturnUnknown } lost_answer = LostAnswer::kProbeAndRepeat;
  absl::Duration settle = absl::Seconds(60);  // longer than a lost request can still take effect
  absl::Duration max_limit_wait =
      absl::Minutes(15);                       // wait this long for a turn or a limit, else ResourceExhausted
  absl::Duration timeout = absl::Seconds(30);  // of one request
  int max_attempts = 4;                        // of one call, the first included
  int max_concurrent_reads = 8;                // 1 … 100
  std::size_t max_response_bytes = std::size_t{64} << 20U;
};

struct Repository {
  std::int64_t id = 0;
  std::string full_name;  // as GitHub spells it, after renames
  std::string default_branch;
  std::int64_t open_issues = 0;  // pull requests included
  std::optional<bool> may_push;  // what the token may do; unset: GitHub does not say
};

struct Ref {
  std::string name;  // "refs/heads/…"
  std::string sha;
};

struct Commit {
  std::string sha;
  std::string tree;
  std::string message;
  std::vector<std::string> parents;
};

struct Comment {
  std::int64_t id = 0;
  std::string author;  // login; "" where the account is gone
  std::string body;
};

struct PullDetails {
  Pull pull;
  bool merged = false;
  std::optional<bool> mergeable;  // unset: GitHub has not computed it yet
};

struct PullFilter {
  enum class Which { kOpen, kClosed, kAll } which = Which::kOpen;
  std::string head;  // branch name in this repository; "": any
  std::string base;
};

struct Comparison {
  std::string status;  // "ahead" "behind" "identical" "diverged"
  std::int64_t ahead_by = 0;
  std::int64_t behind_by = 0;
  std::vector<std::string> files;  // paths; of a renamed file both
  bool files_complete = true;      // false: GitHub cut the list at 300
};

// An issue that another one waits for, possibly in another repository.
struct Dependency {
  std::string repository;  // "owner/name"
  IssueNumber number = 0;
  std::int64_t id = 0;
  State state = State::kOpen;
};

struct RateLimit {
  std::string resource;  // "core" "graphql" …
  std::int64_t limit = 0;
  std::int64_t remaining = 0;
  absl::Time reset = absl::InfinitePast();
};

// Where a long read stands.
struct FetchProgress {
  std::string_view stage;  // "lists" "dependencies" …
  std::int64_t done = 0;   // requests answered so far, of `expected`
  std::int64_t expected = 0;
};

struct FetchOptions {
  std::function<void(const FetchProgress&)> progress;  // may be empty; called on the calling thread
  // A saved backlog may be used for so long, if GitHub says that nothing changed.
  absl::Duration max_age = absl::Minutes(15);
};

// Whether a write has taken effect, as the repository shows it now.
enum class Effect { kTaken, kNotTaken, kContradicted };

// What came of a write: enough to journal it and to build on it.
struct WriteReceipt {
  int http_status = 0;      // of the last answer; 0 if none came
  std::string request_id;   // GitHub's X-GitHub-Request-Id, for support
  int attempts = 1;         // requests sent
  bool probed = false;      // settled by reading the state, not by the answer
  std::int64_t number = 0;  // CreatePull: the pull request
  std::int64_t id = 0;      // CreateComment: the comment
  std::string sha;  // CreateTree, CreateCommit, MergeBranch, MergePull: the object; "": nothing to merge
};

struct ProbeResult {
  Effect effect = Effect::kNotTaken;
  WriteReceipt receipt;  // number, id, sha where kTaken
};

// Thread-compatible: one call at a time per object. Any number of objects and
// processes may work side by side.
class GithubReader {
 public:
  virtual ~GithubReader() = default;

  // "owner/name", as given.
  [[nodiscard]] virtual std::string_view repository() const = 0;

  virtual absl::StatusOr<Repository> GetRepository() = 0;
  virtual absl::StatusOr<std::string> GetLogin() = 0;  // who the token is
  virtual absl::StatusOr<Issue> GetIssue(IssueNumber number) = 0;
  virtual absl::StatusOr<std::vector<Dependency>> ListBlockedBy(IssueNumber issue) = 0;
  virtual absl::StatusOr<std::vector<Dependency>> ListSubIssues(IssueNumber issue) = 0;
  virtual absl::StatusOr<std::vector<Comment>> ListComments(IssueNumber issue) = 0;
  virtual absl::StatusOr<std::vector<std::string>> ListLabels() = 0;  // of the repository
  virtual absl::StatusOr<Ref> GetRef(std::string_view ref) = 0;
  virtual absl::StatusOr<std::vector<Ref>> ListRefs(std::string_view prefix) = 0;  // "refs/heads/agent"
  virtual absl::StatusOr<Commit> GetCommit(std::string_view sha) = 0;
  virtual absl::StatusOr<Comparison> Compare(std::string_view base, std::string_view head) = 0;
  virtual absl::StatusOr<std::vector<Pull>> ListPulls(const PullFilter& filter) = 0;
  virtual absl::StatusOr<PullDetails> GetPull(std::int64_t number) = 0;
  virtual absl::StatusOr<std::vector<std::string>> ListPullFiles(std::int64_t number) = 0;
  virtual absl::StatusOr<std::vector<RateLimit>> GetRateLimits() = 0;

  // GetPull until `mergeable` is known; DeadlineExceeded after `timeout`.
  virtual absl::StatusOr<PullDetails> WaitForMergeable(std::int64_t number, absl::Duration timeout) = 0;

  // Open issues, open pulls, agent branches and dependencies in the fewest
  // calls. Dependencies written in bodies are added (see Blockers); one that
  // cannot be read counts as blocking.
  virtual absl::StatusOr<Backlog> FetchBacklog(const FetchOptions& options) = 0;

  // Reads whether `write` has taken effect. An old list read cannot fool it
  // into kTaken.
  virtual absl::StatusOr<ProbeResult> Probe(const GithubWrite& write) = 0;
};

class GithubClient : public GithubReader {
 public:
  // Performs one write: serially, at least 1 s after the last on this token, 3 s
  // where people are notified. See GithubOptions::LostAnswer.
  virtual absl::StatusOr<WriteReceipt> Perform(const GithubWrite& write) = 0;
};

// InvalidArgument: an API URL that is neither HTTPS nor loopback, a repository
// that is not "owner/name", a token with characters no token has. `clock` is
// not owned and outlives the object. Sends nothing.
absl::StatusOr<std::unique_ptr<GithubReader>> NewGithubReader(const GithubOptions& options, Clock& clock);
absl::StatusOr<std::unique_ptr<GithubClient>> NewGithubClient(const GithubOptions& options, Clock& clock);

// The same on a transport of the caller's choice.
absl::StatusOr<std::unique_ptr<GithubReader>> NewGithubReader(const GithubOptions& options, Clock& clock,
                                                              std::unique_ptr<HttpTransport> transport);
absl::StatusOr<std::unique_ptr<GithubClient>> NewGithubClient(const GithubOptions& options, Clock& clock,
                                                              std::unique_ptr<HttpTransport> transport);

// The "owner/name" that a git remote's address stands for, in whatever spelling
// (https, ssh, git@host:owner/name, git). InvalidArgument: it is not on the
// GitHub that `api_url` belongs to. The message never shows what comes before
// the host: it may be a password.
absl::StatusOr<std::string> RepositoryOfRemote(std::string_view remote_url, std::string_view api_url);

// What an error of this header knows beyond code and message.
struct GithubError {
  int http_status = 0;  // 0: no answer
  std::string request_id;
  std::optional<absl::Time> retry_at;  // ResourceExhausted
};
GithubError ErrorDetails(const absl::Status& status);

}  // namespace clambake

#endif  // CLAMBAKE_GITHUB_CLIENT_H_
