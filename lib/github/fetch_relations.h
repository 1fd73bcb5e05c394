// What issues wait for, and how far branches are ahead: by GraphQL, a hundred
// at a time, or by REST, one by one, where GraphQL is refused.
#ifndef CLAMBAKE_GITHUB_FETCH_RELATIONS_H_
#define CLAMBAKE_GITHUB_FETCH_RELATIONS_H_

#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "clambake/model.h"
#include "github/read_channel.h"
#include "model/dependency_text.h"

namespace clambake {

struct WantedRelations {
  std::vector<IssueNumber> blocked;   // have open blockers
  std::vector<IssueNumber> parents;   // have sub-issues
  std::vector<std::string> branches;  // compare with the default branch
};

// Adds blockers (the open ones), sub-issues and `ahead_by`. What may not be
// read becomes Blockers::unreadable.
absl::Status AddRelations(ReadChannel& channel, const WantedRelations& wanted, Backlog& backlog);

// Those of `references` that are closed for certain.
absl::StatusOr<std::set<TextDependency>> FindClosed(ReadChannel& channel,
                                                    const std::set<TextDependency>& references);

}  // namespace clambake

#endif  // CLAMBAKE_GITHUB_FETCH_RELATIONS_H_
