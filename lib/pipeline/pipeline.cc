#include "clambake/pipeline.h"

#include <map>
#include <set>
#include <string_view>

#include "base/status_macros.h"
#include "fmt/format.h"
#include "model/operations.h"

namespace clambake {
namespace {

// Where the state knows on which branch an issue was finished, its other
// branches are work that somebody gave up.
std::vector<Head> HeadsToBundle(const PipelineInput& input) {
  std::map<std::string_view, std::string_view> tips;
  for (const Branch& branch : input.backlog->branches) tips[branch.name] = branch.sha;
  std::map<IssueNumber, std::string_view> finished;
  for (const Work& work : input.work) {
    const auto tip = tips.find(work.branch);
    if (work.state == WorkState::kLanded && tip != tips.end()) finished[work.issue] = tip->second;
  }
  std::vector<Head> heads = FinishedHeads(*input.backlog);
  std::erase_if(heads, [&](const Head& head) {
    const auto known = finished.find(head.issue);
    return known != finished.end() && !known->second.empty() && head.rev != known->second;
  });
  return heads;
}

absl::StatusOr<BundleSet> MakeBundles(Bundler* bundler, const PipelineInput& input) {
  const std::vector<Head> heads = HeadsToBundle(input);
  if (bundler == nullptr || heads.empty()) return BundleSet{};
  const std::string base = input.base.empty() ? input.backlog->default_branch : input.base;
  return bundler->MakeBundles({.base = base, .heads = heads, .options = input.bundle});
}

// An issue that waits for another one is planned, and not free.
std::vector<ReadyIssue> ReadyIssues(const Backlog& backlog, const Plan& plan) {
  std::set<IssueNumber> open;
  for (const Issue& issue : backlog.issues) {
    if (issue.state == State::kOpen) open.insert(issue.number);
  }
  std::set<IssueNumber> blocked;
  for (const Blockers& blockers : backlog.blocked_by) {
    bool waits = !blockers.unreadable.empty();
    for (const IssueNumber blocker : blockers.blocked_by) waits = waits || open.contains(blocker);
    if (waits) blocked.insert(blockers.issue);
  }
  std::vector<ReadyIssue> ready;
  for (const Assignment& assignment : plan.assignments) {
    if (assignment.now || blocked.contains(assignment.issue)) continue;
    ready.push_back({assignment.issue, -static_cast<std::int64_t>(assignment.priority)});
  }
  return ready;
}

// Each in a lane of its own; one that an earlier run left is there already.
void AddLabelLanes(const std::vector<CreateLabel>& labels, Preparation& preparation) {
  std::vector<Operation>& operations = preparation.operations;
  std::set<std::string> prepared;
  for (const Operation& operation : operations) prepared.insert(operation.id);
  for (const CreateLabel& label : labels) {
    const std::string lane = fmt::format("label-{}", label.name);
    const std::string id = OperationId(lane, label);
    if (!prepared.contains(id)) operations.push_back({.id = id, .lane = lane, .write = label});
  }
}

}  // namespace

absl::Status ReadState(StateStore& store, std::string_view scope, PipelineInput& input) {
  CLAMBAKE_ASSIGN_OR_RETURN(input.work, store.ListWork(scope));
  CLAMBAKE_ASSIGN_OR_RETURN(input.pending, store.PendingOperations(scope));
  CLAMBAKE_ASSIGN_OR_RETURN(input.comments, store.ConfirmedOperations(scope, "create_comment"));
  return absl::OkStatus();
}

absl::StatusOr<Decided> Decide(const PipelineParts& parts, const PipelineInput& input) {
  Decided decided;
  PlanRequest plan{.backlog = input.backlog, .agents = input.agents, .options = input.plan};
  CLAMBAKE_ASSIGN_OR_RETURN(decided.plan, parts.planner->MakePlan(plan));
  CLAMBAKE_ASSIGN_OR_RETURN(decided.bundles, MakeBundles(parts.bundler, input));
  PrepareRequest prepare{.backlog = input.backlog, .plan = &decided.plan, .bundles = &decided.bundles};
  prepare.work = input.work;
  prepare.pending = input.pending;
  prepare.comments = input.comments;
  prepare.base_sha = input.base_sha;
  prepare.assignee = input.assignee;
  CLAMBAKE_ASSIGN_OR_RETURN(decided.preparation, parts.executor->Prepare(prepare));
  AddLabelLanes(input.labels, decided.preparation);
  decided.ready = ReadyIssues(*input.backlog, decided.plan);
  for (const std::string& note : decided.bundles.notes) decided.preparation.notes.push_back(note);
  return decided;
}

absl::StatusOr<RunOutcome> Act(const PipelineParts& parts, const Decided& decided,
                               std::string_view expected_digest, const WritePermit& permit,
                               const ApplyContext& context) {
  const std::string digest = OperationsDigest(decided.preparation);
  if (!expected_digest.empty() && expected_digest != digest) {
    return absl::FailedPreconditionError(
        fmt::format("the operations are not those expected: {} instead of {}; nothing was written", digest,
                    expected_digest));
  }
  CLAMBAKE_RETURN_IF_ERROR(context.store->Enqueue(permit.lease().scope, decided.ready));
  return parts.executor->Apply(decided.preparation, permit, context);
}

}  // namespace clambake
