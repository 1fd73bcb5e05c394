#include "cli/job_summary.h"

#include <algorithm>
#include <map>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "clambake/report.h"
#include "cli/github_actions.h"
#include "fmt/format.h"

namespace clambake::cli {
namespace {

constexpr std::size_t kMaxRows = 50;

bool ToHandOut(const Assignment& assignment) { return assignment.now && !assignment.running; }

std::size_t CountToHandOut(const Plan& plan) {
  return static_cast<std::size_t>(std::count_if(plan.assignments.begin(), plan.assignments.end(), ToHandOut));
}

std::string HandOutTable(const Backlog& backlog, const Plan& plan) {
  absl::flat_hash_map<IssueNumber, std::string_view> titles;
  for (const Issue& issue : backlog.issues) titles[issue.number] = issue.title;
  std::string table = "| Issue | Agent | Priority | Done in | Title |\n| ---: | --- | --- | ---: | --- |\n";
  std::size_t rows = 0;
  for (const Assignment& assignment : plan.assignments) {
    if (!ToHandOut(assignment) || rows++ >= kMaxRows) continue;
    table += fmt::format("| #{} | {} | {} | {} | {} |\n", assignment.issue,
                         MarkdownCell(plan.agents[static_cast<std::size_t>(assignment.agent)].id),
                         PriorityName(assignment.priority), FormatMinutes(assignment.finish_minutes),
                         MarkdownCell(titles[assignment.issue]));
  }
  if (rows == 0) return "Nothing to hand out.\n";
  return rows > kMaxRows ? table + fmt::format("\n… and {} more.\n", rows - kMaxRows) : table;
}

std::string ReasonTable(const Plan& plan) {
  if (plan.unassigned.empty()) return "";
  std::map<std::string_view, std::size_t> counts;
  for (const Unassigned& unassigned : plan.unassigned) ++counts[UnassignedReasonName(unassigned.reason)];
  std::string table = "\n| Not scheduled because | Issues |\n| --- | ---: |\n";
  for (const auto& [reason, count] : counts) table += fmt::format("| {} | {} |\n", reason, count);
  return table;
}

}  // namespace

std::string PlanSummary(const Backlog& backlog, const Plan& plan, const Decision& decision) {
  const std::string bound =
      plan.lower_bound_minutes > 0
          ? fmt::format("; no plan takes less than {}", FormatMinutes(plan.lower_bound_minutes))
          : "";
  return fmt::format(
      "### Plan for {}\n\n{}, {}, {} to hand out now. Done in {}{}. Made by the {} "
      "planner "
      "({}).\n\n{}{}",
      plan.repository.empty() ? "the backlog" : MarkdownCell(plan.repository),
      Counted(static_cast<std::size_t>(plan.issues_considered), "open issue"),
      Counted(plan.agents.size(), "agent"), CountToHandOut(plan), FormatMinutes(plan.makespan_minutes), bound,
      plan.planner, Name(decision.reason), HandOutTable(backlog, plan), ReasonTable(plan));
}

absl::Status LeaveInJob(const Backlog& backlog, const Plan& plan, const Decision& decision) {
  if (!InGithubActions()) return absl::OkStatus();
  absl::Status status = AddOutput("digest", PlanDigest(plan));
  status.Update(AddOutput("now", fmt::format("{}", CountToHandOut(plan))));
  status.Update(AddOutput("unassigned", fmt::format("{}", plan.unassigned.size())));
  status.Update(AddOutput("makespan", fmt::format("{}", plan.makespan_minutes)));
  status.Update(AddOutput("lower_bound", fmt::format("{}", plan.lower_bound_minutes)));
  status.Update(AddSummary(PlanSummary(backlog, plan, decision)));
  return status;
}

absl::Status LeaveInJob(const Decided& decided, const RunOutcome* outcome) {
  if (!InGithubActions()) return absl::OkStatus();
  const Preparation& preparation = decided.preparation;
  absl::Status status = AddOutput("digest", OperationsDigest(preparation));
  status.Update(AddOutput("operations", fmt::format("{}", preparation.operations.size())));
  std::string summary = fmt::format(
      "### clambake run\n\n| operations | confirmed | for a person | left |\n"
      "|---|---|---|---|\n| {} |",
      preparation.operations.size());
  if (outcome == nullptr) {
    summary += " read-only | | |\n";
  } else {
    std::size_t confirmed = 0;
    for (const Outcome& one : outcome->outcomes) confirmed += one.state == OperationState::kConfirmed ? 1 : 0;
    summary += fmt::format(" {} | {} | {} |\n", confirmed, outcome->manual_queue.size(), outcome->unfinished);
    std::size_t rows = 0;
    for (const JournalEntry& entry : outcome->manual_queue) {
      if (rows++ >= kMaxRows) break;
      summary += fmt::format("- {}: {}; {}\n", MarkdownCell(entry.lane), MarkdownCell(entry.detail),
                             MarkdownCell(entry.next_step));
    }
    if (rows > kMaxRows) summary += fmt::format("- … and {} more\n", outcome->manual_queue.size() - kMaxRows);
  }
  status.Update(AddSummary(summary));
  return status;
}

}  // namespace clambake::cli
