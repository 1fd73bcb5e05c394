// Agents' claims seen from GitHub: a branch that grows is work that goes on.
#include <map>
#include <string>

#include "base/status_macros.h"
#include "clambake/executor.h"
#include "fmt/format.h"

namespace clambake {
namespace {

// Long enough for an agent that has just noticed to stop pushing.
constexpr absl::Duration kSettle = absl::Minutes(5);

// Renews the claim if the branch is not where it was last seen.
absl::Status RenewIfMoved(StateStore& store, std::string_view scope, const Work& work, const std::string& tip,
                          absl::Duration claim) {
  const std::string key = fmt::format("tip/{}", work.branch);
  CLAMBAKE_ASSIGN_OR_RETURN(const Document seen, store.ReadDocument(scope, key));
  if (seen.value == tip) return absl::OkStatus();
  absl::Status renewed =
      store.Renew(scope, {work.issue, work.owner, work.fence, work.lease_until}, claim).status();
  // Lost in the meantime: it settles like any other.
  if (!renewed.ok() && !absl::IsAborted(renewed)) return renewed;
  const absl::Status written = store.WriteDocument(scope, key, tip, seen.version).status();
  return absl::IsAborted(written) ? absl::OkStatus() : written;
}

}  // namespace

absl::StatusOr<std::vector<Work>> RefreshClaims(StateStore& store, std::string_view scope,
                                                const Backlog& backlog, absl::Duration claim) {
  std::map<std::string_view, const Branch*> branches;
  for (const Branch& branch : backlog.branches) branches[branch.name] = &branch;
  CLAMBAKE_ASSIGN_OR_RETURN(const std::vector<Work> all, store.ListWork(scope));
  for (const Work& work : all) {
    const auto branch = branches.find(work.branch);
    if (work.state != WorkState::kClaimed || branch == branches.end()) continue;
    CLAMBAKE_RETURN_IF_ERROR(RenewIfMoved(store, scope, work, branch->second->sha, claim));
  }
  return store.ExpireClaims(scope, kSettle);
}

}  // namespace clambake
