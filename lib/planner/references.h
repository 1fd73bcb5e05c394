// References to issues in free text, as GitHub links them.
#ifndef CLAMBAKE_PLANNER_REFERENCES_H_
#define CLAMBAKE_PLANNER_REFERENCES_H_

#include <optional>
#include <string_view>
#include <vector>

#include "clambake/model.h"

namespace clambake::planner {

// Every issue of `repository` that the text names: "#12", "owner/name#12",
// ".../owner/name/issues/12", behind a closing keyword or not. Other
// repositories' issues do not count. Ascending, each once.
std::vector<IssueNumber> ReferencedIssues(std::string_view text, std::string_view repository);

// The issue of an agent's branch: 12 for "agent001/12" and "agent001/12-slug".
std::optional<IssueNumber> IssueOfAgentBranch(std::string_view branch);

}  // namespace clambake::planner

#endif  // CLAMBAKE_PLANNER_REFERENCES_H_
