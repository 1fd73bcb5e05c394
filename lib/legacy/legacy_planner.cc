#include "legacy/legacy_planner.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <numeric>
#include <optional>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "base/status_macros.h"
#include "fmt/format.h"

namespace clambake {
namespace {

// The priority as a value; an issue without any ranks below `low` (L2).
int Value(Priority priority) {
  switch (priority) {
    case Priority::kUnblocker:
      return 200;
    case Priority::kReadyToMerge:
      return 100;
    case Priority::kVeryHigh:
      return 4;
    case Priority::kHigh:
      return 3;
    case Priority::kMedium:
      return 2;
    case Priority::kLow:
      return 1;
    case Priority::kNone:
      break;
  }
  return 0;
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// The number after the first `#` that digits follow; the rest of the body is
// not looked at (L7).
std::optional<IssueNumber> FirstReference(std::string_view body) {
  for (std::size_t hash = body.find('#'); hash != std::string_view::npos; hash = body.find('#', hash + 1)) {
    if (hash + 1 >= body.size() || !IsDigit(body[hash + 1])) continue;
    IssueNumber number = 0;
    const auto result = std::from_chars(body.data() + hash + 1, body.data() + body.size(), number);
    if (result.ec == std::errc()) return number;
  }
  return std::nullopt;
}

// "agent001/12" or "agent001/12-slug" → {"agent001", 12}.
std::optional<std::pair<std::string_view, IssueNumber>> AgentBranch(std::string_view name) {
  const std::size_t slash = name.find('/');
  if (slash == std::string_view::npos || !IsAgentLabel(name.substr(0, slash))) return std::nullopt;
  IssueNumber number = 0;
  const char* const end = name.data() + name.size();
  const auto result = std::from_chars(name.data() + slash + 1, end, number);
  if (result.ec != std::errc() || (result.ptr != end && *result.ptr != '-')) return std::nullopt;
  return std::pair(name.substr(0, slash), number);
}

// What the rules need to know about the whole backlog, gathered once.
class Facts {
 public:
  explicit Facts(const Backlog& backlog)
      : owner_(backlog.repository.substr(0, backlog.repository.find('/'))) {
    for (const Pull& pull : backlog.pulls) {
      if (pull.state != State::kOpen || HasLabel(pull.labels, "route:ready_to_merge")) continue;
      if (const auto issue = FirstReference(pull.body)) pulls_[*issue].push_back(pull.number);
    }
    std::string base_sha;
    for (const Branch& branch : backlog.branches) {
      if (branch.name == backlog.default_branch) base_sha = branch.sha;
    }
    for (const Branch& branch : backlog.branches) {
      // Where nothing tells whether it is ahead, it counts as finished work.
      const bool ahead = branch.ahead_by ? *branch.ahead_by > 0 : base_sha.empty() || branch.sha != base_sha;
      if (const auto agent_branch = AgentBranch(branch.name); agent_branch && ahead) {
        completed_.insert({std::string(agent_branch->first), agent_branch->second});
        completed_issues_.insert(agent_branch->second);
      }
    }
  }

  // Why the issue is not handed out; nullopt: it is eligible.
  [[nodiscard]] std::optional<Unassigned> Refusal(const Issue& issue) const {
    const auto refuse = [&](UnassignedReason reason) { return Unassigned{issue.number, reason, {}}; };
    if (HasLabel(issue.labels, "route:human-only") && !AssignedToOwner(issue)) {
      return refuse(UnassignedReason::kHumanOnly);
    }
    if (const auto pulls = pulls_.find(issue.number); pulls != pulls_.end()) {
      std::vector<std::int64_t> by = pulls->second;
      std::sort(by.begin(), by.end());
      return Unassigned{issue.number, UnassignedReason::kOpenPull, std::move(by)};
    }
    if (HasLabel(issue.labels, "route:review")) return refuse(UnassignedReason::kReview);
    const bool unblocker = HasLabel(issue.labels, "route:unblocker");
    if (unblocker && HoldersBranchCompleted(issue)) return refuse(UnassignedReason::kBranchCompleted);
    if (!unblocker) {
      if (HasLabel(issue.labels, "route:ready_to_merge")) return refuse(UnassignedReason::kReadyToMerge);
      if (!HasLabel(issue.labels, "route:ready")) return refuse(UnassignedReason::kNotReady);
      if (completed_issues_.contains(issue.number)) return refuse(UnassignedReason::kBranchCompleted);
    }
    if (std::any_of(issue.labels.begin(), issue.labels.end(), IsAgentLabel))
      return refuse(UnassignedReason::kHeld);
    return std::nullopt;
  }

 private:
  // The owner may take a human-only issue, and then any agent does (L12).
  [[nodiscard]] bool AssignedToOwner(const Issue& issue) const {
    return !owner_.empty() && HasLabel(issue.assignees, owner_);
  }

  [[nodiscard]] bool HoldersBranchCompleted(const Issue& issue) const {
    return std::any_of(issue.labels.begin(), issue.labels.end(), [&](const std::string& label) {
      return completed_.contains({label, issue.number});
    });
  }

  std::string owner_;
  absl::flat_hash_map<IssueNumber, std::vector<std::int64_t>> pulls_;
  absl::flat_hash_set<std::pair<std::string, IssueNumber>> completed_;
  absl::flat_hash_set<IssueNumber> completed_issues_;
};

// An agent is busy while an open issue with route:ready carries its label.
absl::flat_hash_set<std::string> BusyAgents(const Backlog& backlog) {
  absl::flat_hash_set<std::string> busy;
  for (const Issue& issue : backlog.issues) {
    if (issue.state != State::kOpen || !HasLabel(issue.labels, "route:ready")) continue;
    for (const std::string& label : issue.labels) {
      if (IsAgentLabel(label)) busy.insert(label);
    }
  }
  return busy;
}

class LegacyPlanner : public WorkPlanner {
 public:
  [[nodiscard]] std::string_view name() const override { return "legacy"; }

  [[nodiscard]] absl::StatusOr<Plan> MakePlan(const PlanRequest& request) const override {
    const Backlog& backlog = *request.backlog;
    Plan plan{.planner = "legacy", .repository = backlog.repository, .agents = request.agents};
    CLAMBAKE_RETURN_IF_ERROR(SortAgents(plan.agents));
    HandOut(Queue(backlog, plan), BusyAgents(backlog), request.options.default_estimate_minutes, plan);
    std::sort(plan.unassigned.begin(), plan.unassigned.end(),
              [](const Unassigned& a, const Unassigned& b) { return a.issue < b.issue; });
    return plan;
  }

 private:
  static absl::Status SortAgents(std::vector<Agent>& agents) {
    std::sort(agents.begin(), agents.end(), [](const Agent& a, const Agent& b) { return a.id < b.id; });
    const auto twice = std::adjacent_find(agents.begin(), agents.end(),
                                          [](const Agent& a, const Agent& b) { return a.id == b.id; });
    if (twice == agents.end()) return absl::OkStatus();
    return absl::InvalidArgumentError(fmt::format("agent \"{}\" appears twice", twice->id));
  }

  // The eligible issues in the order they are handed out; the others go to plan.unassigned.
  static std::vector<const Issue*> Queue(const Backlog& backlog, Plan& plan) {
    const Facts facts(backlog);
    std::vector<const Issue*> queue;
    for (const Issue& issue : backlog.issues) {
      if (issue.state != State::kOpen) continue;
      ++plan.issues_considered;
      if (std::optional<Unassigned> refusal = facts.Refusal(issue)) {
        plan.unassigned.push_back(*std::move(refusal));
      } else {
        queue.push_back(&issue);
      }
    }
    std::stable_sort(queue.begin(), queue.end(), [](const Issue* a, const Issue* b) {
      const int value_a = Value(PriorityOf(*a)), value_b = Value(PriorityOf(*b));
      return value_a != value_b ? value_a > value_b : a->title < b->title;
    });
    return queue;
  }

  static void HandOut(const std::vector<const Issue*>& queue, const absl::flat_hash_set<std::string>& busy,
                      std::int64_t minutes, Plan& plan) {
    auto next = queue.begin();
    for (std::size_t agent = 0; agent < plan.agents.size() && next != queue.end(); ++agent) {
      if (busy.contains(plan.agents[agent].id)) continue;
      plan.assignments.push_back({.issue = (*next)->number,
                                  .agent = static_cast<std::int32_t>(agent),
                                  .start_minutes = 0,
                                  .finish_minutes = minutes,
                                  .now = true,
                                  .running = false,
                                  .priority = PriorityOf(**next)});
      plan.makespan_minutes = minutes;
      ++next;
    }
    for (; next != queue.end(); ++next) {
      plan.unassigned.push_back({(*next)->number, UnassignedReason::kNoIdleAgent, {}});
    }
  }
};

}  // namespace

std::unique_ptr<WorkPlanner> NewLegacyPlanner() { return std::make_unique<LegacyPlanner>(); }

}  // namespace clambake
