// Small backlogs for tests, in a line or two.
#ifndef CLAMBAKE_TESTS_SUPPORT_BACKLOG_BUILDER_H_
#define CLAMBAKE_TESTS_SUPPORT_BACKLOG_BUILDER_H_

#include <string>
#include <utility>
#include <vector>

#include "clambake/model.h"

namespace clambake {

struct IssueSpec {
  IssueNumber number = 0;
  std::string title;
  std::vector<std::string> labels = {"route:ready"};
  State state = State::kOpen;
  std::vector<std::string> assignees = {};
};

inline Backlog MakeBacklog(const std::vector<IssueSpec>& specs) {
  Backlog backlog;
  backlog.repository = "owner/name";
  for (const IssueSpec& spec : specs) {
    Issue issue;
    issue.number = spec.number;
    issue.title = spec.title;
    issue.labels = spec.labels;
    issue.state = spec.state;
    issue.assignees = spec.assignees;
    backlog.issues.push_back(std::move(issue));
  }
  return backlog;
}

inline Pull MakePull(std::int64_t number, std::string body, std::vector<std::string> labels = {}) {
  Pull pull;
  pull.number = number;
  pull.body = std::move(body);
  pull.labels = std::move(labels);
  return pull;
}

}  // namespace clambake

#endif  // CLAMBAKE_TESTS_SUPPORT_BACKLOG_BUILDER_H_
