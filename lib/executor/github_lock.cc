#include "clambake/github_lock.h"

#include <optional>
#include <utility>

#include "base/safe_text.h"
#include "base/status_macros.h"
#include "fmt/format.h"

namespace clambake {
namespace {

constexpr std::string_view kTitle = "clambake run lock\n";
constexpr std::string_view kHolder = "\nholder: ";
constexpr std::string_view kUntil = "\nuntil: ";
constexpr absl::Duration kSkew = absl::Minutes(1);  // between clocks
constexpr absl::Duration kShortest = absl::Minutes(5);
constexpr absl::Duration kLongest = absl::Hours(24);
constexpr int kLooks = 3;  // at a lock that comes and goes

std::string Line(std::string_view text, std::string_view key) {
  const std::size_t at = text.find(key);
  if (at == std::string_view::npos) return "";
  text.remove_prefix(at + key.size());
  return std::string(text.substr(0, text.find('\n')));
}

std::optional<absl::Time> EndOf(std::string_view message) {
  absl::Time until;
  std::string error;
  if (!message.starts_with(kTitle)) return std::nullopt;
  if (!absl::ParseTime(absl::RFC3339_sec, Line(message, kUntil), &until, &error)) return std::nullopt;
  return until;
}

std::string Utc(absl::Time time) { return absl::FormatTime(absl::RFC3339_sec, time, absl::UTCTimeZone()); }

absl::Status NoLock(std::string_view what) {
  return absl::FailedPreconditionError(
      fmt::format("{} {}; if no run is at work, delete it: git push origin :{}", GithubLock::kRef, what,
                  GithubLock::kRef));
}

absl::Status HeldBy(const Commit& commit, absl::Time until) {
  constexpr std::size_t kMaxShown = 100;
  return absl::AlreadyExistsError(fmt::format("another run ({}) holds {} on GitHub until {}",
                                              SafeText(Line(commit.message, kHolder), kMaxShown),
                                              GithubLock::kRef, Utc(until)));
}

// Its answer is not known, or it had no effect: the lock is as it was, or ours.
bool MayPass(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsUnknown(status) || absl::IsResourceExhausted(status);
}

}  // namespace

absl::StatusOr<std::unique_ptr<GithubLock>> GithubLock::Take(GithubClient& github, Clock& clock,
                                                             const Options& options) {
  if (options.lease < kShortest || options.lease > kLongest || options.nonce.empty()) {
    return absl::InvalidArgumentError("run lock: a lease of 5 minutes to a day, and a nonce are needed");
  }
  std::unique_ptr<GithubLock> lock(new GithubLock(github, clock, options));
  CLAMBAKE_RETURN_IF_ERROR(lock->Acquire());
  return lock;
}

// A delete cannot compare: it must not hit the lock of whoever came after us.
GithubLock::~GithubLock() {
  if (sha_.empty() || !IsHeldFor(kShortest / 2)) return;
  const absl::StatusOr<Ref> ref = github_.GetRef(kRef);
  if (ref.ok() && ref->sha == sha_) github_.Perform(DeleteRef{std::string(kRef)}).IgnoreError();
}

absl::Status GithubLock::Acquire() {
  for (int look = 0; look < kLooks; ++look) {
    const absl::StatusOr<Ref> ref = github_.GetRef(kRef);
    if (absl::IsNotFound(ref.status())) {
      CLAMBAKE_ASSIGN_OR_RETURN(const bool created, TryCreate());
      if (created) return absl::OkStatus();
      continue;
    }
    if (!ref.ok()) return ref.status();
    const absl::StatusOr<Commit> commit = github_.GetCommit(ref->sha);
    if (absl::IsNotFound(commit.status())) return NoLock("points at no commit");
    if (!commit.ok()) return commit.status();
    const std::optional<absl::Time> until = EndOf(commit->message);
    if (!until) return NoLock("points at a commit that is no lock");
    if (*until > clock_.Now() + kLongest + kSkew) return NoLock("lasts until " + Utc(*until));
    if (*until + kSkew > clock_.Now()) return HeldBy(*commit, *until);
    return TakeOver(*commit);
  }
  return absl::AlreadyExistsError(fmt::format("{} on GitHub is being taken by others", kRef));
}

// False: somebody else was first.
absl::StatusOr<bool> GithubLock::TryCreate() {
  CLAMBAKE_ASSIGN_OR_RETURN(const Repository repository, github_.GetRepository());
  const absl::StatusOr<Ref> tip = github_.GetRef("refs/heads/" + repository.default_branch);
  if (absl::IsNotFound(tip.status())) {
    return absl::FailedPreconditionError("run lock: the repository has no commit yet");
  }
  if (!tip.ok()) return tip.status();
  CLAMBAKE_ASSIGN_OR_RETURN(const Commit commit, github_.GetCommit(tip->sha));
  CLAMBAKE_ASSIGN_OR_RETURN(std::string sha, NewCommit(commit.tree, {}));
  const absl::Status created = github_.Perform(CreateRef{std::string(kRef), sha}).status();
  if (absl::IsAlreadyExists(created)) return false;
  CLAMBAKE_RETURN_IF_ERROR(created);
  tree_ = commit.tree;
  sha_ = std::move(sha);
  until_ = next_until_;
  return true;
}

absl::Status GithubLock::TakeOver(const Commit& stale) {
  absl::Status moved = MoveTo(stale.tree, stale.sha);
  if (moved.ok() || MayPass(moved)) return moved;
  return absl::AlreadyExistsError(fmt::format("another run has just taken {} over", kRef));
}

absl::StatusOr<std::string> GithubLock::NewCommit(const std::string& tree, std::vector<std::string> parents) {
  CreateCommit commit;
  next_until_ = clock_.Now() + options_.lease;
  commit.message = fmt::format("{}{}{}{}{}\nnonce: {}\n", kTitle, kHolder, options_.holder, kUntil,
                               Utc(next_until_), options_.nonce);
  commit.tree = tree;
  commit.parents = std::move(parents);
  commit.author_name = "clambake";
  commit.author_email = "clambake@localhost";
  commit.date = clock_.Now();
  CLAMBAKE_ASSIGN_OR_RETURN(WriteReceipt made, github_.Perform(commit));
  return std::move(made.sha);
}

// Compare-and-swap: a child of `parent` fast-forwards the ref only while it is there.
absl::Status GithubLock::MoveTo(const std::string& tree, const std::string& parent) {
  CLAMBAKE_ASSIGN_OR_RETURN(std::string sha, NewCommit(tree, {parent}));
  CLAMBAKE_RETURN_IF_ERROR(github_.Perform(UpdateRef{std::string(kRef), sha}).status());
  tree_ = tree;
  sha_ = std::move(sha);
  until_ = next_until_;
  return absl::OkStatus();
}

bool GithubLock::IsHeldFor(absl::Duration duration) const {
  return !sha_.empty() && clock_.Now() + duration < until_;
}

absl::Status GithubLock::Keep() {
  const std::string lost = fmt::format("{} on GitHub is lost: its time was over, or it was taken away", kRef);
  if (sha_.empty()) return absl::AbortedError(lost);
  if (IsHeldFor(options_.lease / 2)) return absl::OkStatus();
  const absl::Status renewed =
      IsHeldFor(absl::ZeroDuration()) ? MoveTo(tree_, sha_) : absl::AbortedError(lost);
  if (renewed.ok()) return absl::OkStatus();
  if (MayPass(renewed) && IsHeldFor(kShortest / 2)) return absl::OkStatus();
  sha_.clear();
  return absl::AbortedError(lost);
}

}  // namespace clambake
