// A plan as a person reads it.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_join.h"
#include "base/safe_text.h"
#include "clambake/report.h"
#include "fmt/format.h"
#include "report/explain.h"
#include "report/table.h"

namespace clambake {
namespace {

constexpr std::size_t kMaxTitle = 200;

Ink PriorityInk(Priority priority) {
  switch (priority) {
    case Priority::kUnblocker:
      return Ink::kRed;
    case Priority::kVeryHigh:
      return Ink::kYellow;
    case Priority::kHigh:
      return Ink::kCyan;
    default:
      return Ink::kPlain;
  }
}

class PlanPage {
 public:
  PlanPage(const Backlog& backlog, const Plan& plan, const TextStyle& style)
      : plan_(plan), style_(style), explainer_(backlog, plan) {
    for (const Issue& issue : backlog.issues) issues_[issue.number] = &issue;
  }

  [[nodiscard]] std::string Head(const Decision& decision) const {
    const std::string why = decision.detail.empty() ? "" : ": " + decision.detail;
    return Colored(fmt::format("Plan for {}",
                               plan_.repository.empty() ? "the backlog" : SafeText(plan_.repository, 140)),
                   Ink::kBold, style_) +
           fmt::format(", made by the {} planner ({}{})\n\n", plan_.planner, Name(decision.reason), why);
  }

  [[nodiscard]] std::string Scheduled() const {
    Table table({">ISSUE", "PRIORITY", "AGENT", ">START", ">FINISH", "TITLE"}, style_);
    for (const Assignment& assignment : plan_.assignments) {
      const std::string start = assignment.running ? "running"
                                : assignment.now   ? "now"
                                                   : FormatMinutes(assignment.start_minutes);
      table.AddRow({{fmt::format("#{}", assignment.issue), Ink::kBold},
                    {std::string(PriorityName(assignment.priority)), PriorityInk(assignment.priority)},
                    {plan_.agents[static_cast<std::size_t>(assignment.agent)].id},
                    {start, assignment.now ? Ink::kGreen : Ink::kPlain},
                    {FormatMinutes(assignment.finish_minutes)},
                    {Title(assignment.issue)}},
                   Explains() ? explainer_.WhyAssigned(assignment) : std::vector<std::string>());
    }
    return table.empty() ? "  Nothing to hand out.\n" : table.Render("scheduled issues");
  }

  [[nodiscard]] std::string NotScheduled() const {
    if (plan_.unassigned.empty()) return "";
    Table table({">ISSUE", "PRIORITY", "WHY NOT", "TITLE"}, style_);
    for (const Unassigned& unassigned : plan_.unassigned) {
      const auto found = issues_.find(unassigned.issue);
      const Priority priority = found == issues_.end() ? Priority::kNone : PriorityOf(*found->second);
      table.AddRow({{fmt::format("#{}", unassigned.issue), Ink::kBold},
                    {std::string(PriorityName(priority)), PriorityInk(priority)},
                    {Reason(unassigned)},
                    {Title(unassigned.issue)}},
                   Explains() ? explainer_.WhyNot(unassigned) : std::vector<std::string>());
    }
    return "\n" + Colored("Not scheduled", Ink::kBold, style_) + "\n" +
           table.Render("issues that are not scheduled");
  }

  [[nodiscard]] std::string Summary() const {
    const auto now = std::count_if(plan_.assignments.begin(), plan_.assignments.end(),
                                   [](const Assignment& a) { return a.now && !a.running; });
    const auto running = std::count_if(plan_.assignments.begin(), plan_.assignments.end(),
                                       [](const Assignment& a) { return a.running; });
    std::string text = fmt::format("\n{}, {}: {} to hand out now, {} running, {} later, {} not scheduled.\n",
                                   Counted(static_cast<std::size_t>(plan_.issues_considered), "open issue"),
                                   Counted(plan_.agents.size(), "agent"), now, running,
                                   static_cast<std::int64_t>(plan_.assignments.size()) - now - running,
                                   plan_.unassigned.size());
    if (plan_.lower_bound_minutes > 0) {
      text +=
          fmt::format("Done in {}; no plan takes less than {} ({}): {:.2f} % above the bound.\n",
                      FormatMinutes(plan_.makespan_minutes), FormatMinutes(plan_.lower_bound_minutes),
                      plan_.lower_bound_proof.empty() ? "proved" : plan_.lower_bound_proof, 100 * Gap(plan_));
    }
    for (const std::string& note : plan_.notes) text += fmt::format("Note: {}\n", SafeText(note, 500));
    return text;
  }

 private:
  [[nodiscard]] bool Explains() const { return style_.explain == TextStyle::Explain::kYes; }

  [[nodiscard]] std::string Title(IssueNumber issue) const {
    const auto found = issues_.find(issue);
    return found == issues_.end() ? "" : SafeText(found->second->title, kMaxTitle);
  }

  // "blocked by #3, #4"
  [[nodiscard]] static std::string Reason(const Unassigned& unassigned) {
    constexpr std::size_t kMaxShown = 3;
    std::string text(UnassignedReasonName(unassigned.reason));
    if (unassigned.by.empty()) return text;
    text += unassigned.reason == UnassignedReason::kBlocked ? " by" : "";
    for (std::size_t i = 0; i < std::min(unassigned.by.size(), kMaxShown); ++i) {
      text += fmt::format("{} #{}", i == 0 ? "" : ",", unassigned.by[i]);
    }
    return unassigned.by.size() > kMaxShown ? text + " …" : text;
  }

  const Plan& plan_;
  TextStyle style_;
  Explainer explainer_;
  absl::flat_hash_map<IssueNumber, const Issue*> issues_;
};

}  // namespace

std::string FormatMinutes(std::int64_t minutes) {
  constexpr std::int64_t kHour = 60, kDay = 24 * kHour;
  if (minutes < kHour) return fmt::format("{}m", minutes);
  std::string text = minutes >= kDay ? fmt::format("{}d", minutes / kDay) : "";
  if (const std::int64_t hours = minutes % kDay / kHour; hours > 0) text += fmt::format("{}h", hours);
  if (const std::int64_t rest = minutes % kHour; rest > 0) text += fmt::format("{}m", rest);
  return text;
}

std::string PlanText(const Backlog& backlog, const Plan& plan, const Decision& decision,
                     const TextStyle& style) {
  const PlanPage page(backlog, plan, style);
  return page.Head(decision) + page.Scheduled() + page.NotScheduled() + page.Summary();
}

}  // namespace clambake
