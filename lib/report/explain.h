// Why a plan says what it says, told from the plan and the backlog alone, so
// that it holds for both generations.
#ifndef CLAMBAKE_REPORT_EXPLAIN_H_
#define CLAMBAKE_REPORT_EXPLAIN_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "clambake/work_planner.h"

namespace clambake {

class Explainer {
 public:
  // Neither is owned; both outlive the object.
  Explainer(const Backlog& backlog, const Plan& plan);

  // A sentence each.
  [[nodiscard]] std::vector<std::string> WhyAssigned(const Assignment& assignment) const;
  [[nodiscard]] std::vector<std::string> WhyNot(const Unassigned& unassigned) const;

 private:
  struct Wait {
    IssueNumber blocker;
    bool sub_issue;
  };

  // " (as its text says)" where nothing else names that blocker of `issue`.
  [[nodiscard]] std::string_view SaidBy(IssueNumber issue, std::string_view reference) const;

  [[nodiscard]] std::string WhyThisAgent(const Assignment& assignment) const;
  [[nodiscard]] std::string WhyThisPriority(IssueNumber issue) const;
  [[nodiscard]] std::string NameIssue(IssueNumber issue) const;  // "#12 (open)"

  const Plan& plan_;
  absl::flat_hash_map<IssueNumber, const Issue*> issues_;
  absl::flat_hash_map<IssueNumber, std::vector<Wait>> waits_;
  absl::flat_hash_map<IssueNumber, std::vector<std::string>> unreadable_;
  absl::flat_hash_map<IssueNumber, const Blockers*> from_text_;
  absl::flat_hash_map<IssueNumber, const Assignment*> assigned_;
  absl::flat_hash_map<IssueNumber, UnassignedReason> unassigned_;
  std::vector<std::vector<const Assignment*>> by_agent_;  // by finish
};

}  // namespace clambake

#endif  // CLAMBAKE_REPORT_EXPLAIN_H_
