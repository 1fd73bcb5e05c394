#include "executor/prepare.h"

#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/match.h"
#include "base/counted.h"
#include "base/status_macros.h"
#include "executor/lanes.h"
#include "fmt/format.h"

namespace clambake::executor {
namespace {

constexpr std::string_view kReady = "route:ready";
constexpr std::string_view kReview = "route:review";
constexpr std::string_view kMergeReady = "route:ready_to_merge";

std::string AgentBranch(std::string_view agent, IssueNumber issue) {
  return fmt::format("{}/{}", agent, issue);
}

// `agent001/12`, or `agent001/12-anything`.
bool IsBranchOf(std::string_view branch, std::string_view agent, IssueNumber issue) {
  const std::string plain = AgentBranch(agent, issue);
  return branch == plain || branch.starts_with(plain + "-");
}

// One pass over the request; each method adds the lanes of its subject.
class Preparer {
 public:
  explicit Preparer(const PrepareRequest& request) : request_(request), backlog_(*request.backlog) {
    for (const Issue& issue : backlog_.issues) issues_[issue.number] = &issue;
    for (const JournalEntry& comment : request.comments) comments_[comment.issue] = comment.result;
    for (const Pull& pull : backlog_.pulls) {
      if (pull.state == State::kOpen) open_heads_.insert(pull.head_ref);
    }
  }

  absl::StatusOr<Preparation> Run() {
    result_.executor = "v2";
    result_.repository = backlog_.repository;
    CLAMBAKE_RETURN_IF_ERROR(TakeUpUnfinished());
    for (const Work& work : request_.work) {
      if (work.state == WorkState::kClaimed || work.state == WorkState::kSafe) Hold(work);
    }
    for (const Assignment& assignment : request_.plan->assignments) {
      if (assignment.now && !assignment.running) Assign(assignment);
    }
    for (const Work& work : request_.work) {
      if (IsOver(work)) {
        result_.changes.push_back({.issue = work.issue, .state = WorkState::kDone});
      } else if (work.state == WorkState::kLanded) {
        Land(work);
      } else if (work.state == WorkState::kReady) {
        GiveBack(work);
      }
    }
    if (request_.bundles != nullptr) {
      for (const Bundle& bundle : request_.bundles->bundles) AddBundle(bundle);
      for (const Individual& individual : request_.bundles->individual) AddIndividual(individual);
    }
    return std::move(result_);
  }

 private:
  // What an earlier run left comes first, and its issues, agents and lanes are
  // not decided again: GitHub does not show yet what they will become.
  absl::Status TakeUpUnfinished() {
    std::size_t waiting = 0;
    for (const JournalEntry& entry : request_.pending) {
      busy_lanes_.insert(entry.lane);
      if (entry.issue != 0) busy_issues_.insert(entry.issue);
      const bool unfinished = IsUnfinished(entry.state);
      if (!unfinished) ++waiting;
      absl::StatusOr<Operation> operation = FromJournalEntry(entry);
      if (!operation.ok() && unfinished) return operation.status();
      if (!operation.ok()) continue;  // a person has it
      if (const auto* add = std::get_if<AddLabels>(&operation->write)) {
        busy_agents_.insert(add->labels.begin(), add->labels.end());
      }
      if (unfinished) result_.operations.push_back(*std::move(operation));
    }
    if (waiting > 0) {
      result_.notes.push_back(fmt::format(
          "waiting for a person: {} (clambake state queue list); what they belong to is left alone",
          Counted(static_cast<std::size_t>(waiting), "operation")));
    }
    return absl::OkStatus();
  }

  // Closed; or gone from the list of open issues, unless an agent holds it: a
  // list that is not whole must not take its claim away.
  bool IsOver(const Work& work) const {
    if (work.state == WorkState::kDone) return false;
    const Issue* issue = Find(work.issue);
    if (issue != nullptr) return issue->state == State::kClosed;
    return work.state == WorkState::kReady || work.state == WorkState::kLanded ||
           work.state == WorkState::kBundled;
  }

  bool IsBusy(IssueNumber issue) const { return busy_issues_.contains(issue); }

  const Issue* Find(IssueNumber issue) const {
    const auto found = issues_.find(issue);
    return found == issues_.end() ? nullptr : found->second;
  }

  bool HasBranch(std::string_view agent, IssueNumber issue) const {
    return std::any_of(backlog_.branches.begin(), backlog_.branches.end(),
                       [&](const Branch& branch) { return IsBranchOf(branch.name, agent, issue); });
  }

  // One comment for an issue, ever: made once, edited afterwards.
  void SetStatus(LaneBuilder& lane, IssueNumber issue, std::string_view text) {
    std::string body = fmt::format("{}\n\n{}\n", text, Marker(fmt::format("status-{}", issue)));
    const auto known = comments_.find(issue);
    if (known == comments_.end()) {
      if (!commented_.insert(issue).second) return;  // another lane of this run makes it
      lane.AddAdvisory(CreateComment{issue, std::move(body)});
    } else {
      lane.AddAdvisory(UpdateComment{known->second, std::move(body)});
    }
  }

  std::string TipOfBase() const {
    if (!request_.base_sha.empty()) return request_.base_sha;
    for (const Branch& branch : backlog_.branches) {
      if (branch.name == backlog_.default_branch) return branch.sha;
    }
    return "";
  }

  void Assign(const Assignment& assignment) {
    const std::string& agent = request_.plan->agents[static_cast<std::size_t>(assignment.agent)].id;
    const IssueNumber number = assignment.issue;
    if (IsBusy(number) || busy_agents_.contains(agent) || assigned_.contains(number)) return;
    const std::string branch = HandOut(number, agent);
    result_.changes.push_back({.issue = number,
                               .rank = RankOf(assignment.priority),
                               .state = WorkState::kClaimed,
                               .owner = agent,
                               .branch = branch,
                               .lease = request_.claim});
  }

  // An agent that claimed by itself: GitHub learns of it, and nobody else gets
  // the issue or gives the agent another one.
  void Hold(const Work& work) {
    busy_agents_.insert(work.owner);
    const Issue* issue = Find(work.issue);
    const bool known = issue == nullptr || issue->state == State::kClosed || !IsAgentLabel(work.owner) ||
                       HasLabel(issue->labels, work.owner);
    if (known || IsBusy(work.issue) || IsContested(*issue, work)) {
      assigned_.insert(work.issue);
    } else {
      HandOut(work.issue, work.owner, work.branch.substr(0, work.branch.find('/')));
    }
  }

  // GitHub names another holder, and not the one that this state knows to have
  // been before: the state was split, or restored. Nobody is added to that.
  bool IsContested(const Issue& issue, const Work& work) {
    for (const std::string& label : issue.labels) {
      if (!IsAgentLabel(label) || work.branch.starts_with(label + "/")) continue;
      result_.notes.push_back(
          fmt::format("issue {0}: {1} holds it on GitHub, {2} in this state: left alone; if GitHub is right, "
                      "`clambake state claims release --agent {2} --issue {0}`, else remove the label {1}",
                      work.issue, label, work.owner));
      return true;
    }
    return false;
  }

  // `former` had the issue before, and gave it back.
  std::string HandOut(IssueNumber number, const std::string& agent, std::string_view former = "") {
    assigned_.insert(number);
    LaneBuilder lane(fmt::format("issue-{}", number), number, result_.operations);
    const Issue* issue = Find(number);
    if (issue != nullptr && former != agent && HasLabel(issue->labels, former)) {
      lane.Add(RemoveLabel{number, std::string(former)});
    }
    std::string branch = AgentBranch(agent, number);
    if (!HasBranch(agent, number)) CreateAgentBranch(lane, branch);
    lane.Add(AddLabels{number, {agent}});
    if (!request_.assignee.empty()) lane.AddAdvisory(AddAssignees{number, {request_.assignee}});
    SetStatus(lane, number, fmt::format("{} works on this issue, on branch `{}`.", agent, branch));
    return branch;
  }

  static std::int64_t RankOf(Priority priority) { return -static_cast<std::int64_t>(priority); }

  void CreateAgentBranch(LaneBuilder& lane, const std::string& branch) {
    const std::string tip = TipOfBase();
    if (!tip.empty()) {
      lane.Add(CreateRef{"refs/heads/" + branch, tip});
    } else if (!noted_base_) {
      noted_base_ = true;
      result_.notes.push_back(fmt::format("the tip of {} is not known: agents make their branches themselves",
                                          backlog_.default_branch));
    }
  }

  // Finished work: it waits for a bundle, and its agent is free. The order
  // keeps the issue visible: it is never without a route label.
  void Land(const Work& work) {
    const Issue* issue = Find(work.issue);
    if (issue == nullptr || issue->state == State::kClosed || IsBusy(work.issue)) return;
    if (assigned_.contains(work.issue) || HasLabel(issue->labels, kMergeReady)) return;
    const std::string agent = work.branch.substr(0, work.branch.find('/'));
    const bool held = HasLabel(issue->labels, agent);
    if (HasLabel(issue->labels, kReview) && !HasLabel(issue->labels, kReady) && !held) return;
    LaneBuilder lane(fmt::format("issue-{}", work.issue), work.issue, result_.operations);
    if (!HasLabel(issue->labels, kReview)) lane.Add(AddLabels{work.issue, {std::string(kReview)}});
    if (HasLabel(issue->labels, kReady)) lane.Add(RemoveLabel{work.issue, std::string(kReady)});
    if (held) lane.Add(RemoveLabel{work.issue, agent});
    SetStatus(lane, work.issue, fmt::format("Finished on branch `{}`, waits for a bundle.", work.branch));
  }

  // Released or abandoned: the agent that had it, and nobody else, lets go.
  void GiveBack(const Work& work) {
    const Issue* issue = Find(work.issue);
    if (issue == nullptr || work.branch.empty() || IsBusy(work.issue) || assigned_.contains(work.issue))
      return;
    const std::string agent = work.branch.substr(0, work.branch.find('/'));
    if (!IsAgentLabel(agent) || !HasLabel(issue->labels, agent)) return;
    LaneBuilder lane(fmt::format("issue-{}", work.issue), work.issue, result_.operations);
    lane.Add(RemoveLabel{work.issue, agent});
    SetStatus(lane, work.issue,
              fmt::format("{} has given this issue back. Its branch `{}` is kept.", agent, work.branch));
  }

  void AddBundle(const Bundle& bundle) {
    if (busy_lanes_.contains(bundle.name) || open_heads_.contains(bundle.name)) return;
    if (std::any_of(bundle.issues.begin(), bundle.issues.end(),
                    [&](IssueNumber issue) { return IsBusy(issue); })) {
      return;
    }
    LaneBuilder lane(bundle.name, 0, result_.operations);
    lane.Add(CreateRef{"refs/heads/" + bundle.name, request_.bundles->base});
    for (const std::string& head : bundle.heads) {
      lane.Add(
          MergeBranch{bundle.name, head, fmt::format("Merge {} into {}", head.substr(0, 12), bundle.name)});
    }
    lane.Add(CreatePull{bundle.name, backlog_.default_branch, BundleTitle(bundle), BundleBody(bundle)});
    // A legacy bundle's tree comes from cherry-picks: merges need not agree with it.
    if (request_.bundles->bundler == "v2") lane.OnTree(bundle.tree);
    for (const IssueNumber issue : bundle.issues) {
      MoveOn(issue, bundle.name, fmt::format("Part of bundle `{}`.", bundle.name), kMergeReady);
    }
  }

  static std::string BundleTitle(const Bundle& bundle) {
    return "Bundle of " + Counted(bundle.issues.size(), "issue");
  }

  // Numbers alone: text of issues could close, mention or forge.
  static std::string BundleBody(const Bundle& bundle) {
    std::string body = fmt::format("{} branches, merged in this order onto {}:\n\n", bundle.heads.size(),
                                   "the default branch");
    for (const std::string& head : bundle.heads) body += fmt::format("- {}\n", head);
    body += "\n";
    for (const IssueNumber issue : bundle.issues) body += fmt::format("Fixes #{}\n", issue);
    return body + fmt::format("\n{}\n", Marker(bundle.name));
  }

  void AddIndividual(const Individual& individual) {
    if (individual.reason == "merged" || individual.reason == "empty" || individual.reason == "missing")
      return;
    const auto branch =
        std::find_if(backlog_.branches.begin(), backlog_.branches.end(), [&](const Branch& candidate) {
          return candidate.sha == individual.head || candidate.name == individual.head;
        });
    if (branch == backlog_.branches.end()) {
      result_.notes.push_back(
          fmt::format("no branch on GitHub points at {}: no pull request for it", individual.head));
      return;
    }
    if (busy_lanes_.contains(branch->name) || open_heads_.contains(branch->name) ||
        IsBusy(individual.issue)) {
      return;
    }
    LaneBuilder lane(branch->name, 0, result_.operations);
    lane.Add(CreatePull{branch->name, backlog_.default_branch, IndividualTitle(individual, branch->name),
                        IndividualBody(individual, branch->name)});
    const bool conflicts = individual.reason == "conflicts_with_base";
    const std::string text = conflicts
                                 ? fmt::format("Branch `{}` conflicts with {} and needs a rebase.",
                                               branch->name, backlog_.default_branch)
                                 : fmt::format("Branch `{}` has a pull request of its own.", branch->name);
    if (individual.issue != 0) MoveOn(individual.issue, branch->name, text, conflicts ? "" : kMergeReady);
  }

  static std::string IndividualTitle(const Individual& individual, std::string_view branch) {
    if (individual.issue == 0) return fmt::format("Finish {}", branch);
    return fmt::format("Finish issue {}", individual.issue);
  }

  static std::string IndividualBody(const Individual& individual, std::string_view branch) {
    std::string body = fmt::format("Branch `{}`, not bundled: {}.\n\n", branch, individual.reason);
    if (individual.issue != 0) body += fmt::format("Fixes #{}\n\n", individual.issue);
    return body + Marker(branch) + "\n";
  }

  // Out of the queue that bundles are made from, once the pull request is there.
  void MoveOn(IssueNumber number, std::string_view after, std::string_view text, std::string_view label) {
    const Issue* issue = Find(number);
    if (issue == nullptr) return;
    LaneBuilder lane(fmt::format("{}#{}", after, number), number, result_.operations);
    lane.After(after);
    if (!label.empty() && !HasLabel(issue->labels, label)) {
      lane.Add(AddLabels{number, {std::string(label)}}).Then(WorkState::kBundled);
    }
    if (HasLabel(issue->labels, kReview)) {
      lane.Add(RemoveLabel{number, std::string(kReview)}).Then(WorkState::kBundled);
    }
    SetStatus(lane, number, text);
  }

  const PrepareRequest& request_;
  const Backlog& backlog_;
  Preparation result_;
  std::map<IssueNumber, const Issue*> issues_;
  std::map<IssueNumber, std::int64_t> comments_;
  std::set<std::string, std::less<>> open_heads_;
  std::set<std::string, std::less<>> busy_lanes_;
  std::set<std::string, std::less<>> busy_agents_;
  std::set<IssueNumber> busy_issues_;
  std::set<IssueNumber> assigned_;
  std::set<IssueNumber> commented_;
  bool noted_base_ = false;
};

}  // namespace

absl::StatusOr<Preparation> PrepareV2(const PrepareRequest& request) {
  if (request.backlog == nullptr || request.plan == nullptr) {
    return absl::InvalidArgumentError("executor: a backlog and a plan are needed");
  }
  for (const Assignment& assignment : request.plan->assignments) {
    if (assignment.agent < 0 || static_cast<std::size_t>(assignment.agent) >= request.plan->agents.size()) {
      return absl::InvalidArgumentError(
          fmt::format("executor: the plan gives issue {} to an agent it does not list", assignment.issue));
    }
  }
  return Preparer(request).Run();
}

}  // namespace clambake::executor
