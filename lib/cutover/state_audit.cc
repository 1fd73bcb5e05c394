#include "clambake/state_audit.h"

#include <map>
#include <utility>

#include "base/status_macros.h"
#include "fmt/format.h"

namespace clambake {
namespace {

bool IsHeld(WorkState state) {
  return state == WorkState::kClaimed || state == WorkState::kSettling || state == WorkState::kSafe;
}

std::string AgentOf(const Issue& issue) {
  for (const std::string& label : issue.labels) {
    if (IsAgentLabel(label)) return label;
  }
  return "";
}

}  // namespace

std::vector<BrokenInvariant> CheckWork(const std::vector<Work>& work) {
  std::vector<BrokenInvariant> broken;
  std::map<std::int64_t, IssueNumber> fences;
  for (const Work& row : work) {
    if (IsHeld(row.state) && row.owner.empty()) {
      broken.push_back({"holder", row.issue, fmt::format("{}, and held by nobody", Name(row.state))});
    }
    if ((row.state == WorkState::kLanded || row.state == WorkState::kBundled) && row.branch.empty()) {
      broken.push_back({"branch", row.issue, fmt::format("{}, and no branch is known", Name(row.state))});
    }
    // What waits in the safe queue was moved there under one fence.
    if (row.state != WorkState::kClaimed && row.state != WorkState::kSettling) continue;
    const auto [first, fresh] = fences.emplace(row.fence, row.issue);
    if (!fresh) {
      broken.push_back(
          {"fence", row.issue, fmt::format("fence {} is also that of #{}", row.fence, first->second)});
    }
  }
  return broken;
}

absl::StatusOr<StateAudit> AuditState(StateStore& store, std::string_view scope) {
  StateAudit audit;
  CLAMBAKE_ASSIGN_OR_RETURN(audit.rows, store.CompareGenerations(scope));
  CLAMBAKE_ASSIGN_OR_RETURN(const std::vector<Work> work, store.ListWork(scope));
  audit.broken = CheckWork(work);
  CLAMBAKE_ASSIGN_OR_RETURN(const std::vector<DamagedRow> damaged, store.ListDamage());
  for (const DamagedRow& row : damaged) {
    audit.broken.push_back(
        {"seal", 0, fmt::format("{} {}: changed by something else than this program", row.table, row.row)});
  }
  constexpr std::int64_t kMaxLines = 1'000'000;
  const absl::Status log = store.ReadAudit(scope, kMaxLines).status();
  if (absl::IsFailedPrecondition(log)) {
    audit.broken.push_back({"audit_log", 0, std::string(log.message())});
  } else if (!log.ok()) {
    return log;
  }
  return audit;
}

Authority AuthorityIn(Phase phase) {
  return phase == Phase::kPhase3 || phase == Phase::kCleanup ? Authority::kV2 : Authority::kLegacy;
}

std::vector<HolderDifference> CompareLabels(const std::vector<Work>& work, const Backlog& backlog) {
  std::map<IssueNumber, std::string> holders;
  for (const Work& row : work) {
    if (IsHeld(row.state)) holders[row.issue] = row.owner;
  }
  std::map<IssueNumber, HolderDifference> differences;
  for (const Issue& issue : backlog.issues) {
    if (issue.state != State::kOpen) continue;
    const auto held = holders.find(issue.number);
    const std::string holder = held == holders.end() ? "" : held->second;
    const std::string agent = AgentOf(issue);
    if (agent != holder) differences[issue.number] = {issue.number, agent, holder};
  }
  std::vector<HolderDifference> result;
  result.reserve(differences.size());
  for (auto& [issue, difference] : differences) result.push_back(std::move(difference));
  return result;
}

absl::StatusOr<Reconciliation> Reconcile(StateStore& store, std::string_view scope, const Backlog* backlog) {
  Reconciliation result;
  CLAMBAKE_ASSIGN_OR_RETURN(result.moved, store.MoveToSafeQueue(scope));
  if (backlog == nullptr) return result;
  CLAMBAKE_ASSIGN_OR_RETURN(const std::vector<Work> work, store.ListWork(scope));
  result.holders = CompareLabels(work, *backlog);
  absl::StatusOr<std::vector<GithubChange>> since = CompareGithubManifest(store, scope, *backlog);
  if (!since.ok() && !absl::IsNotFound(since.status())) return since.status();
  if (since.ok()) result.since = *std::move(since);
  return result;
}

}  // namespace clambake
