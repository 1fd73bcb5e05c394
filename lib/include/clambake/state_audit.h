// Is the state sound, and does it agree with itself and with GitHub?
#ifndef CLAMBAKE_STATE_AUDIT_H_
#define CLAMBAKE_STATE_AUDIT_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "clambake/feature_flags.h"
#include "clambake/model.h"
#include "clambake/state_store.h"

namespace clambake {

// Something that must never be: which rule, and a sentence.
struct BrokenInvariant {
  std::string rule;  // "holder" "branch" "fence", "seal" "audit_log" (issue 0)
  IssueNumber issue = 0;
  std::string text;
};

struct StateAudit {
  std::vector<RowDifference> rows;  // legacy against v2
  std::vector<BrokenInvariant> broken;

  [[nodiscard]] bool clean() const { return rows.empty() && broken.empty(); }
};

absl::StatusOr<StateAudit> AuditState(StateStore& store, std::string_view scope);

// The invariants alone: a held issue has a holder, finished work has a branch,
// no fence is given to two claims.
std::vector<BrokenInvariant> CheckWork(const std::vector<Work>& work);

// Who is right where the generations differ: legacy up to `phase2`, v2 from `phase3`.
Authority AuthorityIn(Phase phase);

// Held issues whose labels on GitHub do not name the holder, and issues that
// name an agent on GitHub and are held by nobody here. A sentence each, by issue.
std::vector<std::string> CompareLabels(const std::vector<Work>& work, const Backlog& backlog);

// What GitHub showed of the open issues that somebody holds or that wait:
// labels and assignees. Kept as a document, so that snapshots have it; nothing
// ever writes it back to GitHub.
absl::Status KeepGithubManifest(StateStore& store, std::string_view scope, const Backlog& backlog);
// How GitHub differs now from what the manifest says, a sentence each, by
// issue. NotFound: none was kept.
absl::StatusOr<std::vector<std::string>> CompareGithubManifest(StateStore& store, std::string_view scope,
                                                               const Backlog& backlog);

}  // namespace clambake

#endif  // CLAMBAKE_STATE_AUDIT_H_
