// Why two planners hand out different issues.
#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "clambake/cutover.h"

namespace clambake {
namespace {

// What a plan does with each issue, by number.
class Dispositions {
 public:
  explicit Dispositions(const Plan& plan) : plan_(plan) {
    for (const Assignment& assignment : plan.assignments) assigned_[assignment.issue] = &assignment;
    for (const Unassigned& unassigned : plan.unassigned) unassigned_[unassigned.issue] = unassigned.reason;
  }

  // The agent that is handed the issue now; "" if none is.
  [[nodiscard]] std::string_view HandedTo(IssueNumber issue) const {
    const auto found = assigned_.find(issue);
    if (found == assigned_.end() || !found->second->now || found->second->running) return "";
    return plan_.agents[static_cast<std::size_t>(found->second->agent)].id;
  }

  [[nodiscard]] std::optional<UnassignedReason> Reason(IssueNumber issue) const {
    const auto found = unassigned_.find(issue);
    return found == unassigned_.end() ? std::nullopt : std::optional(found->second);
  }

  [[nodiscard]] std::string Describe(IssueNumber issue) const {
    if (const std::string_view agent = HandedTo(issue); !agent.empty()) return std::string(agent);
    if (const auto reason = Reason(issue)) return std::string(UnassignedReasonName(*reason));
    const auto found = assigned_.find(issue);
    if (found == assigned_.end()) return "absent";
    return found->second->running ? "running" : "later";
  }

  [[nodiscard]] bool IsRunningAgent(std::string_view agent) const {
    return std::any_of(plan_.assignments.begin(), plan_.assignments.end(), [&](const Assignment& a) {
      return a.running && plan_.agents[static_cast<std::size_t>(a.agent)].id == agent;
    });
  }

  [[nodiscard]] bool AnySkills() const {
    return std::any_of(plan_.agents.begin(), plan_.agents.end(),
                       [](const Agent& a) { return !a.skills.empty(); });
  }

  // How many more issues the agents can hold than the one each that legacy allows.
  [[nodiscard]] std::int64_t ExtraCapacity() const {
    std::int64_t extra = 0;
    for (const Agent& agent : plan_.agents) extra += agent.capacity - 1;
    return extra;
  }

 private:
  const Plan& plan_;
  absl::flat_hash_map<IssueNumber, const Assignment*> assigned_;
  absl::flat_hash_map<IssueNumber, UnassignedReason> unassigned_;
};

// Issues that wait for an open issue: a blocker, or a sub-issue.
absl::flat_hash_set<IssueNumber> WaitingIssues(const Backlog& backlog) {
  absl::flat_hash_set<IssueNumber> closed;
  for (const Issue& issue : backlog.issues) {
    if (issue.state == State::kClosed) closed.insert(issue.number);
  }
  absl::flat_hash_set<IssueNumber> waiting;
  for (const Blockers& blockers : backlog.blocked_by) {
    const bool open = std::any_of(blockers.blocked_by.begin(), blockers.blocked_by.end(),
                                  [&](IssueNumber blocker) { return !closed.contains(blocker); });
    if (open || !blockers.unreadable.empty()) waiting.insert(blockers.issue);
  }
  for (const SubIssue& sub_issue : backlog.sub_issues) {
    if (!closed.contains(sub_issue.child)) waiting.insert(sub_issue.parent);
  }
  return waiting;
}

class Comparison {
 public:
  Comparison(const Backlog& backlog, const Plan& control, const Plan& candidate)
      : backlog_(backlog), control_(control), candidate_(candidate), waiting_(WaitingIssues(backlog)) {
    for (const Touches& touches : backlog.touches) touching_.insert(touches.issue);
  }

  PlanComparison Run() {
    for (const Issue& issue : backlog_.issues) {
      if (issue.state == State::kOpen) Sort(issue);
    }
    PairWithinTiers();
    PairUnlabelled();
    SettleLost();
    FillFreedSlots();
    std::sort(result_.differences.begin(), result_.differences.end(),
              [](const PlanDifference& a, const PlanDifference& b) { return a.issue < b.issue; });
    return std::move(result_);
  }

 private:
  void Record(IssueNumber issue, DifferenceClass classification, std::string_view code) {
    ++result_.counts[static_cast<std::size_t>(classification)];
    if (classification == DifferenceClass::kSame) return;
    result_.differences.push_back(
        {issue, classification, std::string(code), control_.Describe(issue), candidate_.Describe(issue)});
  }

  // First look at one issue. What depends on the others is put aside.
  void Sort(const Issue& issue) {
    const std::string_view control = control_.HandedTo(issue.number);
    const std::string_view candidate = candidate_.HandedTo(issue.number);
    if (control == candidate) return Record(issue.number, DifferenceClass::kSame, "");
    if (!control.empty() && !candidate.empty()) {
      return Record(issue.number, DifferenceClass::kEquivalent, "agent_order");
    }
    if (control.empty()) {
      const bool waited = control_.Reason(issue.number) == UnassignedReason::kNoIdleAgent;
      if (!waited) return Record(issue.number, DifferenceClass::kDifferent, "unexplained");
      gained_[Tier(PriorityOf(issue))].push_back(&issue);
      return;
    }
    if (const std::string_view code = WithheldBecause(issue.number); !code.empty()) {
      freed_.emplace_back(code);
      return Record(issue.number, DifferenceClass::kExpected, code);
    }
    lost_[Tier(PriorityOf(issue))].push_back(&issue);
  }

  // The declared reason why the candidate withholds what the control hands out.
  [[nodiscard]] std::string_view WithheldBecause(IssueNumber issue) const {
    const std::optional<UnassignedReason> reason = candidate_.Reason(issue);
    if (!reason) return waiting_.contains(issue) ? "L1_blocked" : "";
    switch (*reason) {
      case UnassignedReason::kBlocked:
      case UnassignedReason::kCycle:
        return "L1_blocked";
      case UnassignedReason::kHumanOnly:
        return "L12_human_only";
      case UnassignedReason::kOpenPull:
        return "L7_pr_body_first_match";
      case UnassignedReason::kNoSkilledAgent:
        return "v2_skills";
      case UnassignedReason::kBranchCompleted:
        return "v2_branch_completed";
      default:
        return "";
    }
  }

  // Another issue of the same tier: the order among equals is free.
  void PairWithinTiers() {
    for (auto& [tier, lost] : lost_) {
      auto& gained = gained_[tier];
      while (!lost.empty() && !gained.empty()) {
        Record(lost.front()->number, DifferenceClass::kEquivalent, "tie_order");
        Record(gained.front()->number, DifferenceClass::kEquivalent, "tie_order");
        lost.pop_front();
        gained.pop_front();
      }
    }
  }

  // An unlabelled issue is served before one that is labelled `low`.
  void PairUnlabelled() {
    auto& lost = lost_[Tier(Priority::kLow)];
    auto& gained = gained_[Tier(Priority::kNone)];
    const auto unlabelled = [](const Issue* issue) { return PriorityOf(*issue) == Priority::kNone; };
    while (!lost.empty()) {
      const auto found = std::find_if(gained.begin(), gained.end(), unlabelled);
      if (found == gained.end()) return;
      Record(lost.front()->number, DifferenceClass::kExpected, "L2_unlabelled_low");
      Record((*found)->number, DifferenceClass::kExpected, "L2_unlabelled_low");
      lost.pop_front();
      gained.erase(found);
    }
  }

  // What the candidate could hand out now and does not.
  void SettleLost() {
    const bool skills = candidate_.AnySkills();
    for (auto& [tier, lost] : lost_) {
      for (const Issue* issue : lost) {
        std::string_view code = "unexplained";
        if (candidate_.IsRunningAgent(control_.HandedTo(issue->number))) {
          code = "v2_agent_busy";
        } else if (touching_.contains(issue->number)) {
          code = "v2_file_overlap";
        } else if (skills) {
          code = "v2_skills";
        }
        const bool declared = code != "unexplained";
        if (declared) freed_.emplace_back(code);
        Record(issue->number, declared ? DifferenceClass::kExpected : DifferenceClass::kDifferent, code);
      }
    }
  }

  // The agents that the control gave withheld issues to take the next ones, highest tier first.
  void FillFreedSlots() {
    for (auto tier = gained_.rbegin(); tier != gained_.rend(); ++tier) {
      for (const Issue* issue : std::exchange(tier->second, {})) {
        if (!freed_.empty()) {
          Record(issue->number, DifferenceClass::kExpected, freed_.front());
          freed_.pop_front();
        } else if (extra_capacity_ > 0) {
          Record(issue->number, DifferenceClass::kExpected, "v2_capacity");
          --extra_capacity_;
        } else {
          Record(issue->number, DifferenceClass::kDifferent, "unexplained");
        }
      }
    }
  }

  const Backlog& backlog_;
  Dispositions control_;
  Dispositions candidate_;
  absl::flat_hash_set<IssueNumber> waiting_;
  absl::flat_hash_set<IssueNumber> touching_;
  std::map<int, std::deque<const Issue*>> lost_;    // by tier: handed out by the control alone
  std::map<int, std::deque<const Issue*>> gained_;  // by tier: handed out by the candidate alone
  std::deque<std::string> freed_;                   // codes of the slots that the candidate has free
  std::int64_t extra_capacity_ = candidate_.ExtraCapacity();
  PlanComparison result_;
};

}  // namespace

std::string_view Name(DifferenceClass c) {
  constexpr std::array<std::string_view, 4> kNames = {"same", "equivalent", "expected", "different"};
  return kNames[static_cast<std::size_t>(c)];
}

PlanComparison ComparePlans(const Backlog& backlog, const Plan& control, const Plan& candidate) {
  return Comparison(backlog, control, candidate).Run();
}

}  // namespace clambake
