// A second lock for runs, kept on GitHub itself: a ref that only one can create.
//
// The state's own lease holds as long as there is one state. Where it may have
// been split or restored, two runs can each hold "the" lease; they still share
// GitHub. The ref points at a commit on no branch, whose message says who holds
// the lock and until when. A lock whose time is over is taken over by a
// fast-forward: of several who try, one succeeds.
//
// Safe while the machines' clocks differ by less than a minute.
#ifndef CLAMBAKE_GITHUB_LOCK_H_
#define CLAMBAKE_GITHUB_LOCK_H_

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "clambake/clock.h"
#include "clambake/github_client.h"

namespace clambake {

// Thread-compatible.
class GithubLock {
 public:
  static constexpr std::string_view kRef = "refs/clambake/run-lock";

  struct Options {
    std::string holder;                        // for others to read: "host:pid"
    std::string nonce;                         // of this run alone: RandomId
    absl::Duration lease = absl::Minutes(30);  // 5 minutes to a day; renewed at half-time, by two writes
  };

  // `github` settles lost answers by itself (LostAnswer::kProbeAndRepeat); it
  // and `clock` outlive the lock. AlreadyExists: another run holds it.
  // FailedPrecondition: what is there is no lock, or the repository is empty;
  // the message says what to do.
  static absl::StatusOr<std::unique_ptr<GithubLock>> Take(GithubClient& github, Clock& clock,
                                                          const Options& options);

  // Gives it back while it is certainly ours; else it ends by itself.
  ~GithubLock();
  GithubLock(const GithubLock&) = delete;
  GithubLock& operator=(const GithubLock&) = delete;

  // Renews it where that is due. Aborted: it is lost, for good.
  absl::Status Keep();

  // Whether it is ours for so long from now, without asking GitHub.
  [[nodiscard]] bool IsHeldFor(absl::Duration duration) const;

 private:
  GithubLock(GithubClient& github, Clock& clock, Options options)
      : github_(github), clock_(clock), options_(std::move(options)) {}

  absl::Status Acquire();
  absl::StatusOr<bool> TryCreate();
  absl::Status TakeOver(const Commit& stale);
  absl::StatusOr<std::string> NewCommit(const std::string& tree, std::vector<std::string> parents);
  absl::Status MoveTo(const std::string& tree, const std::string& parent);

  GithubClient& github_;
  Clock& clock_;
  Options options_;
  std::string tree_;
  std::string sha_;                          // our commit; "": not held
  absl::Time until_ = absl::InfinitePast();  // as that commit says
  absl::Time next_until_ = absl::InfinitePast();
};

}  // namespace clambake

#endif  // CLAMBAKE_GITHUB_LOCK_H_
