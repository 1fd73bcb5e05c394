#include "planner/live_backlog.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "planner/references.h"

namespace clambake::planner {
namespace {

std::string LabelOf(Priority priority) {
  if (priority == Priority::kUnblocker) return "route:unblocker";
  return "route:priority-" + std::string(PriorityName(priority));
}

template <typename T>
void Append(std::vector<T>& into, const std::vector<T>& more) {
  into.insert(into.end(), more.begin(), more.end());
}

}  // namespace

LiveBacklog::LiveBacklog(Backlog backlog) : backlog_(std::move(backlog)) {
  for (std::size_t i = 0; i < backlog_.issues.size(); ++i) {
    at_.emplace(backlog_.issues[i].number, i);
    NoteHolders(backlog_.issues[i]);
  }
  for (const SubIssue& it : backlog_.sub_issues) children_[it.parent].push_back(it.child);
  MergeEstimates();
  MergeBlockers();
  NoteWork();
}

// The longest counts, as for planners.
void LiveBacklog::MergeEstimates() {
  std::vector<Estimate> merged;
  for (const Estimate& it : backlog_.estimates) {
    const auto [found, added] = estimate_at_.try_emplace(it.issue, merged.size());
    if (added) merged.push_back(it);
    merged[found->second].minutes = std::max(merged[found->second].minutes, it.minutes);
  }
  backlog_.estimates = std::move(merged);
}

void LiveBacklog::MergeBlockers() {
  std::vector<Blockers> merged;
  for (Blockers& it : backlog_.blocked_by) {
    const auto [found, added] = blockers_at_.try_emplace(it.issue, merged.size());
    if (added) {
      merged.push_back(std::move(it));
      continue;
    }
    Blockers& into = merged[found->second];
    Append(into.blocked_by, it.blocked_by);
    Append(into.unreadable, it.unreadable);
    Append(into.from_text, it.from_text);
  }
  backlog_.blocked_by = std::move(merged);
}

void LiveBacklog::NoteHolders(const Issue& issue) {
  for (const std::string& label : issue.labels) {
    if (issue.state == State::kOpen && IsAgentLabel(label)) holders_.insert(label);
  }
}

void LiveBacklog::NoteWork() {
  std::vector<std::string_view> names;
  for (const Branch& branch : backlog_.branches) names.push_back(branch.name);
  for (const Pull& pull : backlog_.pulls) {
    names.push_back(pull.head_ref);
    const std::vector<IssueNumber> named = ReferencedIssues(pull.body, backlog_.repository);
    worked_on_.insert(named.begin(), named.end());
  }
  for (const std::string_view name : names) {
    if (const auto issue = IssueOfAgentBranch(name)) worked_on_.insert(*issue);
  }
}

Issue* LiveBacklog::FindOpen(IssueNumber issue) {
  const auto found = at_.find(issue);
  if (found == at_.end() || backlog_.issues[found->second].state != State::kOpen) return nullptr;
  return &backlog_.issues[found->second];
}

bool LiveBacklog::Closed(IssueNumber issue) const {
  const auto found = at_.find(issue);
  return found != at_.end() && backlog_.issues[found->second].state != State::kOpen;
}

std::span<const IssueNumber> LiveBacklog::ChildrenOf(IssueNumber issue) const {
  const auto found = children_.find(issue);
  if (found == children_.end()) return {};
  return found->second;
}

void LiveBacklog::Add(const NewIssue& added) {
  const IssueNumber number = added.issue.number;
  at_.emplace(number, backlog_.issues.size());
  backlog_.issues.push_back(added.issue);
  NoteHolders(added.issue);
  if (added.minutes.has_value()) SetEstimate(number, *added.minutes);
  if (!added.blocked_by.empty()) SetBlockers(number, added.blocked_by);
  if (!added.touches.empty()) backlog_.touches.push_back({number, added.touches});
}

void LiveBacklog::SetEstimate(IssueNumber issue, std::int64_t minutes) {
  const auto [found, added] = estimate_at_.try_emplace(issue, backlog_.estimates.size());
  if (added) backlog_.estimates.push_back({issue, minutes});
  backlog_.estimates[found->second].minutes = minutes;
}

void LiveBacklog::SetBlockers(IssueNumber issue, const std::vector<IssueNumber>& blocked_by) {
  const auto [found, added] = blockers_at_.try_emplace(issue, backlog_.blocked_by.size());
  if (added) backlog_.blocked_by.emplace_back();
  backlog_.blocked_by[found->second] = {
      .issue = issue, .blocked_by = blocked_by, .unreadable = {}, .from_text = {}};
}

void SetPriorityLabel(Issue& issue, Priority priority) {
  std::erase_if(issue.labels, [](const std::string& label) {
    return label == "route:unblocker" || label.starts_with("route:priority-");
  });
  if (priority != Priority::kNone) issue.labels.push_back(LabelOf(priority));
}

}  // namespace clambake::planner
