#include "report/explain.h"

#include <algorithm>

#include "absl/strings/str_join.h"
#include "base/safe_text.h"
#include "clambake/report.h"
#include "fmt/format.h"

namespace clambake {
namespace {

std::string Numbers(const std::vector<std::int64_t>& numbers, std::string_view separator = ", ") {
  constexpr std::size_t kMaxShown = 8;
  const std::size_t shown = std::min(numbers.size(), kMaxShown);
  std::string text = absl::StrJoin(
      numbers.begin(), numbers.begin() + static_cast<std::ptrdiff_t>(shown), std::string(separator),
      [](std::string* out, std::int64_t number) { out->append(fmt::format("#{}", number)); });
  if (shown < numbers.size()) text += fmt::format(" and {} more", numbers.size() - shown);
  return text;
}

}  // namespace

Explainer::Explainer(const Backlog& backlog, const Plan& plan) : plan_(plan), by_agent_(plan.agents.size()) {
  for (const Issue& issue : backlog.issues) issues_[issue.number] = &issue;
  for (const Blockers& blockers : backlog.blocked_by) {
    for (IssueNumber blocker : blockers.blocked_by) waits_[blockers.issue].push_back({blocker, false});
    for (const std::string& reference : blockers.unreadable) unreadable_[blockers.issue].push_back(reference);
    if (!blockers.from_text.empty()) from_text_[blockers.issue] = &blockers;
  }
  for (const SubIssue& sub_issue : backlog.sub_issues)
    waits_[sub_issue.parent].push_back({sub_issue.child, true});
  for (const Assignment& assignment : plan.assignments) {
    assigned_[assignment.issue] = &assignment;
    by_agent_[static_cast<std::size_t>(assignment.agent)].push_back(&assignment);
  }
  for (auto& assignments : by_agent_) {
    std::sort(assignments.begin(), assignments.end(), [](const Assignment* a, const Assignment* b) {
      return std::pair(a->finish_minutes, a->issue) < std::pair(b->finish_minutes, b->issue);
    });
  }
  for (const Unassigned& unassigned : plan.unassigned) unassigned_[unassigned.issue] = unassigned.reason;
}

std::string_view Explainer::SaidBy(IssueNumber issue, std::string_view reference) const {
  const auto found = from_text_.find(issue);
  if (found == from_text_.end()) return {};
  const std::string_view name = reference.substr(0, reference.find(' '));
  const std::vector<std::string>& names = found->second->from_text;
  return std::find(names.begin(), names.end(), name) == names.end() ? "" : " (as its text says)";
}

std::string Explainer::NameIssue(IssueNumber issue) const {
  const auto found = issues_.find(issue);
  if (found == issues_.end()) return fmt::format("#{} (not in the backlog, so it counts as open)", issue);
  if (const auto reason = unassigned_.find(issue); reason != unassigned_.end()) {
    return fmt::format("#{} ({})", issue, UnassignedReasonName(reason->second));
  }
  return fmt::format("#{}", issue);
}

std::string Explainer::WhyThisPriority(IssueNumber issue) const {
  const auto found = issues_.find(issue);
  if (found == issues_.end()) return "priority unknown";
  const Priority priority = PriorityOf(*found->second);
  if (priority == Priority::kNone) {
    return plan_.planner == "legacy" ? "no priority label: legacy ranks it below low"
                                     : "no priority label: it ranks with medium";
  }
  return fmt::format("priority {}", PriorityName(priority));
}

std::string Explainer::WhyThisAgent(const Assignment& assignment) const {
  const Agent& agent = plan_.agents[static_cast<std::size_t>(assignment.agent)];
  if (assignment.running) return fmt::format("{} holds it already and keeps it", agent.id);
  const auto& own = by_agent_[static_cast<std::size_t>(assignment.agent)];
  const auto after = std::find_if(own.rbegin(), own.rend(), [&](const Assignment* other) {
    return other->finish_minutes <= assignment.start_minutes && other != &assignment;
  });
  std::string why = after == own.rend()
                        ? fmt::format("{} is free", agent.id)
                        : fmt::format("{} is free once #{} is done", agent.id, (*after)->issue);
  const auto issue = issues_.find(assignment.issue);
  if (agent.skills.empty() || issue == issues_.end()) return why;
  for (const std::string& skill : agent.skills) {
    if (HasLabel(issue->second->labels, skill))
      why += fmt::format(", and has the skill \"{}\"", SafeText(skill, 60));
  }
  return why;
}

std::vector<std::string> Explainer::WhyAssigned(const Assignment& assignment) const {
  std::vector<std::string> why = {WhyThisPriority(assignment.issue) + "; " + WhyThisAgent(assignment)};
  if (plan_.planner == "legacy") return why;
  const auto waits = waits_.find(assignment.issue);
  if (waits == waits_.end()) return why;
  for (const Wait& wait : waits->second) {
    const auto blocker = assigned_.find(wait.blocker);
    if (blocker == assigned_.end()) continue;
    const std::string name = fmt::format("#{}", wait.blocker);
    why.push_back(fmt::format("waits for {} {}{}, done at {}",
                              wait.sub_issue ? "its sub-issue" : "its blocker", name,
                              wait.sub_issue ? "" : SaidBy(assignment.issue, name),
                              FormatMinutes(blocker->second->finish_minutes)));
  }
  return why;
}

std::vector<std::string> Explainer::WhyNot(const Unassigned& unassigned) const {
  switch (unassigned.reason) {
    case UnassignedReason::kBlocked: {
      std::vector<std::string> why;
      for (IssueNumber blocker : unassigned.by)
        why.push_back(fmt::format("blocked by {}{}, which has no place in this plan", NameIssue(blocker),
                                  SaidBy(unassigned.issue, fmt::format("#{}", blocker))));
      if (const auto found = unreadable_.find(unassigned.issue); found != unreadable_.end()) {
        for (const std::string& reference : found->second) {
          why.push_back(fmt::format("blocked by {}{}, which could not be read", SafeText(reference, 100),
                                    SaidBy(unassigned.issue, reference)));
        }
      }
      return why;
    }
    case UnassignedReason::kCycle:
      return {"waits for itself: " + Numbers(unassigned.by, " → ") +
              (unassigned.by.empty() ? "" : fmt::format(" → #{}", unassigned.by.front())) +
              "; remove one of these dependencies"};
    case UnassignedReason::kHumanOnly:
      return {"labelled route:human-only: never for agents"};
    case UnassignedReason::kNotReady:
      return {"has none of the labels route:ready and route:unblocker"};
    case UnassignedReason::kReview:
      return {"labelled route:review: its work is finished and waits for a bundle"};
    case UnassignedReason::kReadyToMerge:
      return {"labelled route:ready_to_merge: it is to be merged, not worked on"};
    case UnassignedReason::kBranchCompleted:
      return {"its agent branch is ahead of the base: the work is done"};
    case UnassignedReason::kOpenPull:
      return {"an open pull request works on it: " + Numbers(unassigned.by)};
    case UnassignedReason::kHeld:
      return {"an agent holds it that this plan does not hand it to"};
    case UnassignedReason::kNoIdleAgent:
      return {"eligible, and every agent has something to do"};
    case UnassignedReason::kNoSkilledAgent:
      return {"no agent has the skills that its labels ask for"};
  }
  return {};
}

}  // namespace clambake
