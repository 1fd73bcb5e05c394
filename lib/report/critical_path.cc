#include "report/critical_path.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"

namespace clambake {
namespace {

using Cause = CriticalStep::Cause;

class PathFinder {
 public:
  PathFinder(const Backlog& backlog, const Plan& plan) : plan_(plan) {
    for (std::size_t i = 0; i < plan.assignments.size(); ++i) {
      by_issue_[plan.assignments[i].issue] = i;
      by_finish_[plan.assignments[i].finish_minutes].push_back(i);
    }
    for (const Blockers& blockers : backlog.blocked_by) {
      for (IssueNumber blocker : blockers.blocked_by) blockers_[blockers.issue].push_back(blocker);
    }
    for (const SubIssue& sub : backlog.sub_issues) children_[sub.parent].push_back(sub.child);
    for (const Touches& touches : backlog.touches) {
      for (const std::string& path : touches.paths) paths_[touches.issue].insert(path);
    }
  }

  [[nodiscard]] std::vector<CriticalStep> Find() const {
    std::vector<CriticalStep> path;
    if (plan_.assignments.empty()) return path;
    std::size_t at = Last();
    while (path.size() <= plan_.assignments.size()) {  // a plan that contradicts itself ends, too
      const std::optional<CriticalStep> before = Before(at);
      path.push_back({before ? before->cause : Cause::kStart, at});
      if (!before) break;
      at = before->assignment;
    }
    std::reverse(path.begin(), path.end());
    return path;
  }

 private:
  [[nodiscard]] std::size_t Last() const {
    const auto last = std::max_element(
        plan_.assignments.begin(), plan_.assignments.end(),
        [](const Assignment& a, const Assignment& b) { return a.finish_minutes < b.finish_minutes; });
    return static_cast<std::size_t>(last - plan_.assignments.begin());
  }

  // The assignment that `at` waited for, and why; nothing at the start.
  [[nodiscard]] std::optional<CriticalStep> Before(std::size_t at) const {
    const Assignment& later = plan_.assignments[at];
    if (later.start_minutes <= 0) return std::nullopt;
    if (auto found = AmongIssues(blockers_, later)) return CriticalStep{Cause::kBlocker, *found};
    if (auto found = AmongIssues(children_, later)) return CriticalStep{Cause::kSubIssue, *found};
    const auto ending = by_finish_.find(later.start_minutes);
    if (ending == by_finish_.end()) return LatestBefore(later);
    for (const std::size_t i : ending->second) {
      if (plan_.assignments[i].agent == later.agent) return CriticalStep{Cause::kSameAgent, i};
    }
    for (const std::size_t i : ending->second) {
      if (ShareFiles(plan_.assignments[i].issue, later.issue)) return CriticalStep{Cause::kSameFiles, i};
    }
    return LatestBefore(later);
  }

  // One of the issues that `later` depends on that ends as `later` begins.
  [[nodiscard]] std::optional<std::size_t> AmongIssues(
      const absl::flat_hash_map<IssueNumber, std::vector<IssueNumber>>& edges,
      const Assignment& later) const {
    const auto found = edges.find(later.issue);
    if (found == edges.end()) return std::nullopt;
    for (IssueNumber issue : found->second) {
      const auto index = by_issue_.find(issue);
      if (index != by_issue_.end() &&
          plan_.assignments[index->second].finish_minutes == later.start_minutes) {
        return index->second;
      }
    }
    return std::nullopt;
  }

  [[nodiscard]] bool ShareFiles(IssueNumber a, IssueNumber b) const {
    const auto of_a = paths_.find(a);
    const auto of_b = paths_.find(b);
    if (of_a == paths_.end() || of_b == paths_.end()) return false;
    return std::any_of(of_a->second.begin(), of_a->second.end(),
                       [&](const std::string& path) { return of_b->second.contains(path); });
  }

  // The agent's own last work before an idle time.
  [[nodiscard]] std::optional<CriticalStep> LatestBefore(const Assignment& later) const {
    std::optional<std::size_t> best;
    for (std::size_t i = 0; i < plan_.assignments.size(); ++i) {
      const Assignment& earlier = plan_.assignments[i];
      if (earlier.agent != later.agent || earlier.finish_minutes > later.start_minutes) continue;
      if (!best || plan_.assignments[*best].finish_minutes < earlier.finish_minutes) best = i;
    }
    if (!best) return std::nullopt;
    return CriticalStep{Cause::kWait, *best};
  }

  const Plan& plan_;
  absl::flat_hash_map<IssueNumber, std::size_t> by_issue_;
  absl::flat_hash_map<std::int64_t, std::vector<std::size_t>> by_finish_;
  absl::flat_hash_map<IssueNumber, std::vector<IssueNumber>> blockers_;
  absl::flat_hash_map<IssueNumber, std::vector<IssueNumber>> children_;
  absl::flat_hash_map<IssueNumber, absl::flat_hash_set<std::string>> paths_;
};

}  // namespace

std::vector<CriticalStep> CriticalPath(const Backlog& backlog, const Plan& plan) {
  return PathFinder(backlog, plan).Find();
}

std::string_view Explain(Cause cause) {
  constexpr std::array<std::string_view, 6> kTexts = {
      "starts now",           "was blocked by the one before",     "waited for its sub-issue before",
      "waited for its agent", "waited for work on the same files", "follows after an idle time"};
  return kTexts[static_cast<std::size_t>(cause)];
}

}  // namespace clambake
