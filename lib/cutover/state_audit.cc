#include "clambake/state_audit.h"

#include <map>

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

std::vector<std::string> CompareLabels(const std::vector<Work>& work, const Backlog& backlog) {
  std::map<IssueNumber, const Work*> known;
  for (const Work& row : work) known[row.issue] = &row;
  std::map<IssueNumber, std::string> sentences;
  for (const Issue& issue : backlog.issues) {
    if (issue.state != State::kOpen) continue;
    const std::string agent = AgentOf(issue);
    const auto found = known.find(issue.number);
    const bool held = found != known.end() && IsHeld(found->second->state);
    const std::string holder = held ? found->second->owner : "";
    if (agent == holder) continue;
    sentences[issue.number] =
        fmt::format("#{}: GitHub says {}, the state says {}", issue.number, agent.empty() ? "nobody" : agent,
                    holder.empty() ? "nobody" : holder);
  }
  std::vector<std::string> result;
  for (auto& [issue, sentence] : sentences) result.push_back(std::move(sentence));
  return result;
}

}  // namespace clambake
