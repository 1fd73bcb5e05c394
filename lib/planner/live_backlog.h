// A backlog that changes issue by issue, with its tables indexed.
#ifndef CLAMBAKE_PLANNER_LIVE_BACKLOG_H_
#define CLAMBAKE_PLANNER_LIVE_BACKLOG_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "clambake/live_plan.h"

namespace clambake::planner {

class LiveBacklog {
 public:
  explicit LiveBacklog(Backlog backlog);

  [[nodiscard]] const Backlog& get() const { return backlog_; }

  [[nodiscard]] bool Knows(IssueNumber issue) const { return at_.contains(issue); }
  // Null: no such issue, or a closed one.
  Issue* FindOpen(IssueNumber issue);
  [[nodiscard]] bool Closed(IssueNumber issue) const;
  [[nodiscard]] std::span<const IssueNumber> ChildrenOf(IssueNumber issue) const;
  // Whether an issue's label named the agent, since the beginning.
  [[nodiscard]] bool Names(const std::string& agent) const { return holders_.contains(agent); }
  // Whether a pull request or an agent's branch names it, in whatever state.
  [[nodiscard]] bool WorkNames(IssueNumber issue) const { return worked_on_.contains(issue); }

  void Add(const NewIssue& added);
  void SetEstimate(IssueNumber issue, std::int64_t minutes);
  void SetBlockers(IssueNumber issue, const std::vector<IssueNumber>& blocked_by);

 private:
  void MergeEstimates();
  void MergeBlockers();
  void NoteHolders(const Issue& issue);
  void NoteWork();

  Backlog backlog_;  // each issue once in estimates and blockers
  absl::flat_hash_map<IssueNumber, std::size_t> at_, estimate_at_, blockers_at_;  // places in it
  absl::flat_hash_map<IssueNumber, std::vector<IssueNumber>> children_;
  absl::flat_hash_set<std::string> holders_;
  absl::flat_hash_set<IssueNumber> worked_on_;
};

// Replaces whatever its labels say of its priority.
void SetPriorityLabel(Issue& issue, Priority priority);

}  // namespace clambake::planner

#endif  // CLAMBAKE_PLANNER_LIVE_BACKLOG_H_
