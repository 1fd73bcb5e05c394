// ValidatePlan: lists, hand-outs, precedence. Agents, areas and tiers have
// files of their own.
#include <algorithm>
#include <set>

#include "clambake/work_planner.h"
#include "fmt/format.h"
#include "planner/labels.h"
#include "planner/path_table.h"
#include "planner/plan_check.h"
#include "planner/references.h"

namespace clambake {
namespace planner {
namespace {

absl::Status MakeCheck(const PlanRequest& request, const Plan& plan, PlanCheck& check) {
  check.request = &request;
  check.plan = &plan;
  for (const Issue& issue : request.backlog->issues) check.issues[issue.number] = &issue;
  for (const Assignment& assignment : plan.assignments) {
    const auto found = check.issues.find(assignment.issue);
    if (found == check.issues.end())
      return Breach(fmt::format("#{} is not in the backlog", assignment.issue));
    if (!check.job_of.try_emplace(assignment.issue, check.jobs.size()).second) {
      return Breach(fmt::format("#{} is assigned twice", assignment.issue));
    }
    CheckedJob job;
    job.assignment = &assignment;
    job.issue = found->second;
    job.tier = TierOf(PriorityOf(*found->second));
    check.jobs.push_back(std::move(job));
  }
  for (const Touches& touches : request.backlog->touches) {
    const auto found = check.job_of.find(touches.issue);
    if (found == check.job_of.end()) continue;
    auto& paths = check.jobs[found->second].paths;
    for (const std::string& path : touches.paths) paths.push_back(NormalPath(path));
    std::sort(paths.begin(), paths.end());
    paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
  }
  return absl::OkStatus();
}

bool HeldBy(const Issue& issue, std::string_view agent) { return HasLabel(issue.labels, agent); }

bool HeldByAnybody(const Issue& issue) {
  return std::any_of(issue.labels.begin(), issue.labels.end(),
                     [](const std::string& l) { return IsAgentLabel(l); });
}

absl::Status CheckFigures(const PlanCheck& check) {
  const Plan& plan = *check.plan;
  std::int64_t makespan = 0;
  for (const Assignment& assignment : plan.assignments)
    makespan = std::max(makespan, assignment.finish_minutes);
  if (makespan != plan.makespan_minutes) {
    return Breach(fmt::format("the makespan is {}, not {}", makespan, plan.makespan_minutes));
  }
  if (plan.lower_bound_minutes > makespan) {
    return Breach(
        fmt::format("the lower bound {} is above the makespan {}", plan.lower_bound_minutes, makespan));
  }
  return absl::OkStatus();
}

absl::Status CheckHandOut(const PlanCheck& check, const CheckedJob& job) {
  const Issue& issue = *job.issue;
  const Assignment& it = *job.assignment;
  const auto breach = [&](std::string_view what) {
    return Breach(fmt::format("#{} {}", issue.number, what));
  };
  for (const std::string_view label : {"route:human-only", "route:review", "route:ready_to_merge"}) {
    if (HasLabel(issue.labels, label)) return breach(fmt::format("is assigned although it is {}", label));
  }
  if (!HasLabel(issue.labels, "route:ready") && !HasLabel(issue.labels, "route:unblocker")) {
    return breach("is assigned without route:ready");
  }
  if (it.finish_minutes <= it.start_minutes || it.start_minutes < 0)
    return breach("has an empty or negative time");
  if (it.now != (it.start_minutes == 0)) return breach("is marked now without starting now, or the reverse");
  const std::string& agent = check.plan->agents[static_cast<std::size_t>(it.agent)].id;
  if (it.running != HeldByAnybody(issue))
    return breach("is marked running without being held, or the reverse");
  if (it.running && !HeldBy(issue, agent))
    return breach(fmt::format("runs elsewhere and was moved to {}", agent));
  if (it.running && it.start_minutes != 0) return breach("runs already and was moved to later");
  if (it.priority != PriorityOf(issue)) return breach("has the wrong priority");
  return absl::OkStatus();
}

absl::Status CheckPulls(const PlanCheck& check) {
  const Backlog& backlog = *check.request->backlog;
  for (const Pull& pull : backlog.pulls) {
    if (pull.state != State::kOpen || HasLabel(pull.labels, "route:ready_to_merge")) continue;
    std::vector<IssueNumber> numbers = ReferencedIssues(pull.body, backlog.repository);
    if (const auto number = IssueOfAgentBranch(pull.head_ref)) numbers.push_back(*number);
    for (const IssueNumber number : numbers) {
      if (!check.job_of.contains(number)) continue;
      return Breach(
          fmt::format("#{} is assigned although pull request #{} works on it", number, pull.number));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckWait(PlanCheck& check, IssueNumber issue, IssueNumber blocker) {
  const auto job = check.job_of.find(issue);
  if (job == check.job_of.end() || check.jobs[job->second].assignment->running) return absl::OkStatus();
  const auto known = check.issues.find(blocker);
  if (known == check.issues.end()) return Breach(fmt::format("#{} waits for unknown #{}", issue, blocker));
  if (known->second->state == State::kClosed) return absl::OkStatus();
  const auto before = check.job_of.find(blocker);
  if (before == check.job_of.end())
    return Breach(fmt::format("#{} waits for #{}, which is not planned", issue, blocker));
  CheckedJob& waiting = check.jobs[job->second];
  const std::int64_t finish = check.jobs[before->second].assignment->finish_minutes;
  if (waiting.assignment->start_minutes < finish)
    return Breach(fmt::format("#{} starts before #{} has finished", issue, blocker));
  waiting.ready = std::max(waiting.ready, finish);
  return absl::OkStatus();
}

}  // namespace

absl::Status Breach(std::string_view what) {
  return absl::FailedPreconditionError(fmt::format("plan: {}", what));
}

absl::Status CheckLists(const PlanCheck& check) {
  const Plan& plan = *check.plan;
  std::size_t open = 0;
  for (const auto& [number, issue] : check.issues) open += issue->state == State::kOpen ? 1U : 0U;
  std::set<IssueNumber> unassigned;
  for (const Unassigned& out : plan.unassigned) {
    const auto found = check.issues.find(out.issue);
    if (found == check.issues.end() || found->second->state != State::kOpen) {
      return Breach(fmt::format("#{} is listed and not an open issue", out.issue));
    }
    if (!unassigned.insert(out.issue).second || check.job_of.contains(out.issue)) {
      return Breach(fmt::format("#{} is listed twice", out.issue));
    }
  }
  for (const CheckedJob& job : check.jobs) {
    if (job.issue->state != State::kOpen)
      return Breach(fmt::format("#{} is assigned and closed", job.issue->number));
  }
  if (open != plan.assignments.size() + plan.unassigned.size() ||
      plan.issues_considered != static_cast<std::int64_t>(open)) {
    return Breach(fmt::format("{} issues are open, {} considered, {} assigned, {} listed as unassigned", open,
                              plan.issues_considered, plan.assignments.size(), plan.unassigned.size()));
  }
  return CheckFigures(check);
}

absl::Status CheckHandOuts(const PlanCheck& check) {
  for (const CheckedJob& job : check.jobs) {
    if (job.assignment->agent < 0 ||
        static_cast<std::size_t>(job.assignment->agent) >= check.plan->agents.size()) {
      return Breach(fmt::format("#{} is assigned to nobody", job.issue->number));
    }
    if (auto status = CheckHandOut(check, job); !status.ok()) return status;
  }
  for (const Branch& branch : check.request->backlog->branches) {
    const auto number = IssueOfAgentBranch(branch.name);
    if (!number.has_value() || !check.job_of.contains(*number) || branch.ahead_by.value_or(0) <= 0) continue;
    return Breach(fmt::format("#{} is assigned although {} is finished", *number, branch.name));
  }
  return CheckPulls(check);
}

absl::Status CheckPrecedence(PlanCheck& check) {
  for (const Blockers& blockers : check.request->backlog->blocked_by) {
    for (const IssueNumber blocker : blockers.blocked_by) {
      if (auto status = CheckWait(check, blockers.issue, blocker); !status.ok()) return status;
    }
    const auto job = check.job_of.find(blockers.issue);
    if (blockers.unreadable.empty() || job == check.job_of.end()) continue;
    if (!check.jobs[job->second].assignment->running) {
      return Breach(fmt::format("#{} waits for a blocker that could not be read", blockers.issue));
    }
  }
  for (const SubIssue& sub : check.request->backlog->sub_issues) {
    if (auto status = CheckWait(check, sub.parent, sub.child); !status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace planner

absl::Status ValidatePlan(const PlanRequest& request, const Plan& plan) {
  using namespace planner;  // NOLINT(google-build-using-namespace)
  PlanCheck check;
  if (auto status = MakeCheck(request, plan, check); !status.ok()) return status;
  if (auto status = CheckLists(check); !status.ok()) return status;
  if (auto status = CheckHandOuts(check); !status.ok()) return status;
  if (auto status = CheckAgents(check); !status.ok()) return status;
  if (auto status = CheckPrecedence(check); !status.ok()) return status;
  if (request.options.overlap == PlanOptions::Overlap::kHard) {
    if (auto status = CheckAreas(check); !status.ok()) return status;
  }
  return CheckTiers(check);
}

Workload WorkloadOf(const Plan& plan) {
  Workload workload;
  std::vector<std::int64_t> load(plan.agents.size());
  std::int64_t total = 0;
  std::int64_t longest = 0;
  for (const Assignment& assignment : plan.assignments) {
    const std::int64_t minutes = assignment.finish_minutes - assignment.start_minutes;
    load[static_cast<std::size_t>(assignment.agent)] += minutes;
    total += minutes;
    longest = std::max(longest, minutes);
  }
  std::int64_t capacity = 0;
  std::int64_t largest = 1;
  const auto share = [](std::int64_t minutes, std::int64_t by) { return (minutes + by - 1) / by; };
  for (std::size_t agent = 0; agent < plan.agents.size(); ++agent) {
    const std::int64_t units = plan.agents[agent].capacity;
    capacity += units;
    largest = std::max(largest, units);
    workload.busiest_minutes = std::max(workload.busiest_minutes, share(load[agent], units));
  }
  workload.optimal_minutes = std::max(plan.workload_bound_minutes, share(longest, largest));
  if (capacity > 0) workload.optimal_minutes = std::max(workload.optimal_minutes, share(total, capacity));
  workload.within_ten_percent = workload.busiest_minutes * 10 <= workload.optimal_minutes * 11;
  return workload;
}

}  // namespace clambake
