#include "github/probe.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "base/status_macros.h"
#include "github/reads.h"

namespace clambake {
namespace {

using Cache = ReadChannel::Cache;

ProbeResult Is(bool taken) {
  ProbeResult result;
  result.effect = taken ? Effect::kTaken : Effect::kNotTaken;
  return result;
}

bool Contains(const std::vector<std::string>& have, std::string_view wanted) {
  // GitHub's names of labels and logins ignore case.
  return std::any_of(have.begin(), have.end(), [&](const std::string& name) {
    return absl::EqualsIgnoreCase(name, absl::string_view(wanted.data(), wanted.size()));
  });
}

bool ContainsAll(const std::vector<std::string>& have, const std::vector<std::string>& wanted) {
  return std::all_of(wanted.begin(), wanted.end(),
                     [&](const std::string& name) { return Contains(have, name); });
}

bool ContainsAny(const std::vector<std::string>& have, const std::vector<std::string>& wanted) {
  return std::any_of(wanted.begin(), wanted.end(),
                     [&](const std::string& name) { return Contains(have, name); });
}

// Each overload answers for one kind of write, past all caches.
class Prober {
 public:
  explicit Prober(ReadChannel& channel) : channel_(channel) {}
  using Result = absl::StatusOr<ProbeResult>;

  Result operator()(const CreateLabel& w) const {
    return Presence(reads::CheckLabel(channel_, w.name, Cache::kBypass));
  }
  Result operator()(const AddLabels& w) const {
    CLAMBAKE_ASSIGN_OR_RETURN(const Issue issue, reads::GetIssue(channel_, w.issue, Cache::kBypass));
    return Is(ContainsAll(issue.labels, w.labels));
  }
  Result operator()(const RemoveLabel& w) const {
    CLAMBAKE_ASSIGN_OR_RETURN(const Issue issue, reads::GetIssue(channel_, w.issue, Cache::kBypass));
    return Is(!Contains(issue.labels, w.label));
  }
  Result operator()(const AddAssignees& w) const {
    CLAMBAKE_ASSIGN_OR_RETURN(const Issue issue, reads::GetIssue(channel_, w.issue, Cache::kBypass));
    return Is(ContainsAll(issue.assignees, w.assignees));
  }
  Result operator()(const RemoveAssignees& w) const {
    CLAMBAKE_ASSIGN_OR_RETURN(const Issue issue, reads::GetIssue(channel_, w.issue, Cache::kBypass));
    return Is(!ContainsAny(issue.assignees, w.assignees));
  }
  Result operator()(const CreateRef& w) const {
    const absl::StatusOr<Ref> ref = reads::GetRef(channel_, w.ref, Cache::kBypass);
    if (absl::IsNotFound(ref.status())) return Is(false);
    if (!ref.ok()) return ref.status();
    ProbeResult result = Is(true);
    if (ref->sha != w.sha) result.effect = Effect::kContradicted;
    result.receipt.sha = ref->sha;
    return result;
  }
  Result operator()(const UpdateRef& w) const {
    CLAMBAKE_ASSIGN_OR_RETURN(const Ref ref, reads::GetRef(channel_, w.ref, Cache::kBypass));
    ProbeResult result = Is(ref.sha == w.sha);
    result.receipt.sha = ref.sha;
    return result;
  }
  Result operator()(const DeleteRef& w) const {
    return Absence(reads::GetRef(channel_, w.ref, Cache::kBypass).status());
  }
  // Objects are named by their content: making them again makes the same.
  Result operator()(const CreateTree& /*w*/) const { return Is(false); }
  Result operator()(const CreateCommit& /*w*/) const { return Is(false); }
  Result operator()(const MergeBranch& w) const {
    CLAMBAKE_ASSIGN_OR_RETURN(const Comparison comparison,
                              reads::Compare(channel_, w.base, w.head, Cache::kBypass));
    ProbeResult result = Is(comparison.ahead_by == 0);
    if (result.effect != Effect::kTaken) return result;
    CLAMBAKE_ASSIGN_OR_RETURN(const Ref base,
                              reads::GetRef(channel_, "refs/heads/" + w.base, Cache::kBypass));
    result.receipt.sha = base.sha;
    return result;
  }
  Result operator()(const CreatePull& w) const {
    const PullFilter filter{.which = PullFilter::Which::kAll, .head = w.head, .base = w.base};
    CLAMBAKE_ASSIGN_OR_RETURN(const std::vector<Pull> pulls,
                              reads::ListPulls(channel_, filter, Cache::kBypass));
    const std::string marker = FindMarker(w.body);
    ProbeResult result = Is(false);
    for (const Pull& pull : pulls) {
      if (pull.head_ref != w.head || pull.base_ref != w.base) continue;
      const bool mine =
          marker.empty() ? pull.title == w.title && pull.body == w.body : FindMarker(pull.body) == marker;
      if (!mine && pull.state == State::kClosed) continue;
      result.effect = mine ? Effect::kTaken : Effect::kContradicted;
      result.receipt.number = pull.number;
      if (mine) break;
    }
    return result;
  }
  Result operator()(const MergePull& w) const {
    CLAMBAKE_ASSIGN_OR_RETURN(const PullDetails details, reads::GetPull(channel_, w.pull, Cache::kBypass));
    ProbeResult result = Is(details.merged);
    if (details.merged) return result;
    const bool moved = details.pull.head_sha != w.sha || details.pull.state == State::kClosed;
    if (moved) result.effect = Effect::kContradicted;
    return result;
  }
  Result operator()(const CreateComment& w) const {
    CLAMBAKE_ASSIGN_OR_RETURN(const std::vector<std::int64_t> own, FindOwnComments(channel_, w));
    ProbeResult result = Is(!own.empty());
    if (!own.empty()) result.receipt.id = own.front();
    return result;
  }
  Result operator()(const UpdateComment& w) const {
    CLAMBAKE_ASSIGN_OR_RETURN(const Comment comment, reads::GetComment(channel_, w.comment, Cache::kBypass));
    return Is(comment.body == w.body);
  }
  Result operator()(const DeleteComment& w) const {
    return Absence(reads::GetComment(channel_, w.comment, Cache::kBypass).status());
  }
  Result operator()(const AddBlockedBy& w) const { return HasBlocker(w.issue, w.blocker_id, true); }
  Result operator()(const RemoveBlockedBy& w) const { return HasBlocker(w.issue, w.blocker_id, false); }

 private:
  static Result Presence(const absl::Status& read) {
    if (absl::IsNotFound(read)) return Is(false);
    if (!read.ok()) return read;
    return Is(true);
  }

  // 404 can also mean that the token may not look: ask for something that is there.
  Result Absence(const absl::Status& read) const {
    if (read.ok()) return Is(false);
    if (!absl::IsNotFound(read)) return read;
    CLAMBAKE_RETURN_IF_ERROR(reads::GetRepository(channel_).status());
    return Is(true);
  }

  Result HasBlocker(IssueNumber issue, std::int64_t blocker_id, bool wanted) const {
    CLAMBAKE_ASSIGN_OR_RETURN(const std::vector<Dependency> blockers,
                              reads::ListBlockedBy(channel_, issue, Cache::kBypass));
    const bool has = std::any_of(blockers.begin(), blockers.end(),
                                 [&](const Dependency& blocker) { return blocker.id == blocker_id; });
    return Is(has == wanted);
  }

  ReadChannel& channel_;
};

}  // namespace

absl::StatusOr<ProbeResult> ProbeWrite(ReadChannel& channel, const GithubWrite& write) {
  return std::visit(Prober(channel), write);
}

absl::StatusOr<std::vector<std::int64_t>> FindOwnComments(ReadChannel& channel,
                                                          const CreateComment& comment) {
  const std::string marker = FindMarker(comment.body);
  if (marker.empty()) {
    return absl::InvalidArgumentError("create_comment: the body has no marker to recognise it by");
  }
  CLAMBAKE_ASSIGN_OR_RETURN(const std::string login, reads::GetLogin(channel));
  CLAMBAKE_ASSIGN_OR_RETURN(const std::vector<Comment> comments,
                            reads::ListComments(channel, comment.issue, Cache::kBypass));
  std::vector<std::int64_t> own;
  for (const Comment& found : comments) {
    // The author counts: anybody can write somebody else's marker.
    if (found.author == login && FindMarker(found.body) == marker) own.push_back(found.id);
  }
  std::sort(own.begin(), own.end());
  return own;
}

}  // namespace clambake
