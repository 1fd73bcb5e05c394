// GitHub reduced to what writes do to it, for the executor's tests: a log of
// writes with the time each takes effect, from which the state follows.
//
// The log lies in memory that forked processes share, so that GitHub goes on
// when a process is killed. Faults come from a script.
#ifndef CLAMBAKE_TESTS_FAKES_MODEL_GITHUB_H_
#define CLAMBAKE_TESTS_FAKES_MODEL_GITHUB_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "clambake/clock.h"
#include "clambake/github_client.h"

namespace clambake {

// Writes in the order they arrived; shared with forked children.
class WriteLog {
 public:
  WriteLog();
  ~WriteLog();
  WriteLog(const WriteLog&) = delete;
  WriteLog& operator=(const WriteLog&) = delete;

  struct Record {
    std::int64_t effective_at;  // microseconds since 1970
    char kind[32];
    char payload[960];
  };
  void Append(const GithubWrite& write, absl::Time effective_at);
  void Clear();
  [[nodiscard]] std::vector<Record> Read() const;

 private:
  static constexpr std::size_t kMax = 20'000;
  struct Shared {
    std::atomic<std::uint32_t> count;
    Record records[kMax];
  };
  Shared* shared_;
};

struct GithubState {
  struct Comment {
    IssueNumber issue;
    std::string body;
  };
  std::map<IssueNumber, std::set<std::string>> labels;
  std::map<IssueNumber, std::set<std::string>> assignees;
  std::map<std::string, std::string> refs;                 // full name → sha it was made with
  std::map<std::string, std::vector<std::string>> merged;  // branch → heads, in order
  std::vector<CreatePull> pulls;                           // number = index + 1
  std::vector<Comment> comments;                           // id = index + 1
  bool operator==(const GithubState&) const;
};

class ModelGithub : public GithubClient {
 public:
  // What becomes of one write.
  struct Fault {
    absl::Status answer;  // OK: as the state says
    enum class Effect { kNow, kNever, kLate } effect = Effect::kNow;
    absl::Duration late;  // kLate
  };
  using Script = std::function<Fault(const GithubWrite& write)>;

  ModelGithub(WriteLog& log, Clock& clock, Script script = {})
      : log_(log), clock_(clock), script_(std::move(script)) {}

  [[nodiscard]] GithubState Now() const;
  std::int64_t performed = 0;  // calls of Perform

  absl::StatusOr<WriteReceipt> Perform(const GithubWrite& write) override;
  absl::StatusOr<ProbeResult> Probe(const GithubWrite& write) override;

  [[nodiscard]] std::string_view repository() const override { return "octo/repo"; }
  absl::StatusOr<Repository> GetRepository() override { return None(); }
  absl::StatusOr<std::string> GetLogin() override { return None(); }
  absl::StatusOr<Issue> GetIssue(IssueNumber) override { return None(); }
  absl::StatusOr<std::vector<Dependency>> ListBlockedBy(IssueNumber) override { return None(); }
  absl::StatusOr<std::vector<Dependency>> ListSubIssues(IssueNumber) override { return None(); }
  absl::StatusOr<std::vector<Comment>> ListComments(IssueNumber) override { return None(); }
  absl::StatusOr<std::vector<std::string>> ListLabels() override { return None(); }
  absl::StatusOr<Ref> GetRef(std::string_view) override { return None(); }
  absl::StatusOr<std::vector<Ref>> ListRefs(std::string_view) override { return None(); }
  absl::StatusOr<Commit> GetCommit(std::string_view) override { return None(); }
  absl::StatusOr<Comparison> Compare(std::string_view, std::string_view) override { return None(); }
  absl::StatusOr<std::vector<Pull>> ListPulls(const PullFilter&) override { return None(); }
  absl::StatusOr<PullDetails> GetPull(std::int64_t) override { return None(); }
  absl::StatusOr<std::vector<std::string>> ListPullFiles(std::int64_t) override { return None(); }
  absl::StatusOr<std::vector<RateLimit>> GetRateLimits() override { return None(); }
  absl::StatusOr<PullDetails> WaitForMergeable(std::int64_t, absl::Duration) override { return None(); }
  absl::StatusOr<Backlog> FetchBacklog(const FetchOptions&) override { return None(); }

 private:
  static absl::Status None() { return absl::UnimplementedError("the model has no such read"); }

  WriteLog& log_;
  Clock& clock_;
  Script script_;
};

}  // namespace clambake

#endif  // CLAMBAKE_TESTS_FAKES_MODEL_GITHUB_H_
