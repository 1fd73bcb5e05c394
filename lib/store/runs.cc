// Runs: one at a time on a scope, each with a lease and a fence.
#include "absl/container/flat_hash_set.h"
#include "base/status_macros.h"
#include "fmt/format.h"
#include "store/sql_store.h"

namespace clambake::store {

absl::StatusOr<RunLease> SqlStore::StartRun(std::string_view scope, std::string_view owner,
                                            absl::Duration lease) {
  return Transact([&]() -> absl::StatusOr<RunLease> {
    CLAMBAKE_ASSIGN_OR_RETURN(const std::int64_t fence, NextFence());
    CLAMBAKE_ASSIGN_OR_RETURN(
        const Rows taken,
        Run("INSERT INTO run_lease (scope, owner, fence, lease_until) "
            "VALUES ($1, $2, $3, clambake_now() + $4) ON CONFLICT (scope) DO UPDATE SET "
            "owner = excluded.owner, fence = excluded.fence, lease_until = excluded.lease_until "
            "WHERE run_lease.lease_until <= clambake_now()",
            {scope, owner, fence, ToMicros(lease)}));
    if (taken.changed > 0) {
      CLAMBAKE_RETURN_IF_ERROR(SealRun(scope));
      return RunLease{std::string(scope), std::string(owner), fence, lease};
    }
    CLAMBAKE_ASSIGN_OR_RETURN(const Rows holder,
                              Run("SELECT owner, lease_until FROM run_lease WHERE scope = $1", {scope}));
    if (holder.rows.empty()) return absl::UnavailableError("state: the run's lease is being changed");
    return absl::AlreadyExistsError(
        fmt::format("another run ({}) works on this state; its lease lasts until {}", holder.rows[0].Text(0),
                    absl::FormatTime(holder.rows[0].Time(1), absl::UTCTimeZone())));
  });
}

absl::Status SqlStore::RenewRun(const RunLease& lease) {
  return Transact([&] { return KeepRun(lease); });
}

absl::Status SqlStore::EndRun(const RunLease& lease) {
  return RunAlone("UPDATE run_lease SET lease_until = 0, seal = " CLAMBAKE_RUN_SEAL("0")  //
                  " WHERE scope = $1 AND fence = $2",
                  {lease.scope, lease.fence})
      .status();
}

// The row lock also keeps StartRun of another instance waiting until we commit.
absl::Status SqlStore::KeepRun(const RunLease& lease) {
  CLAMBAKE_RETURN_IF_ERROR(
      RunFenced("UPDATE run_lease SET lease_until = clambake_now() + $3 WHERE scope = $1 AND fence = $2",
                {lease.scope, lease.fence, ToMicros(lease.length)}, "another run has taken over this state"));
  return SealRun(lease.scope);
}

absl::Status SqlStore::SealRun(std::string_view scope) {
  return Run("UPDATE run_lease SET seal = " CLAMBAKE_RUN_SEAL("lease_until") " WHERE scope = $1", {scope})
      .status();
}

// True if done; false if somebody else holds the issue.
absl::StatusOr<bool> SqlStore::ApplyChange(std::string_view scope, const WorkChange& change) {
  CLAMBAKE_ASSIGN_OR_RETURN(const std::int64_t fence, NextFence());
  const bool claims = change.state == WorkState::kClaimed;
  const std::int64_t lease = claims ? ToMicros(change.lease) : 0;
  // The holder's own claim keeps its fence; a claim of anybody else wins over ours.
  CLAMBAKE_ASSIGN_OR_RETURN(
      const Rows rows,
      Run("INSERT INTO work (scope, issue, rank, state, owner, fence, lease_until, branch, updated_at) "
          "VALUES ($1, $2, $3, $4, $5, $6, CASE WHEN $4 = 'claimed' THEN clambake_now() + $7 ELSE 0 END, $8, "
          "clambake_now()) ON CONFLICT (scope, issue) DO UPDATE SET state = excluded.state, "
          "owner = excluded.owner, lease_until = excluded.lease_until, updated_at = excluded.updated_at, "
          "branch = CASE WHEN excluded.branch = '' THEN work.branch ELSE excluded.branch END, "
          "fence = CASE WHEN work.state = 'claimed' AND work.owner = excluded.owner THEN work.fence "
          "ELSE excluded.fence END "
          "WHERE excluded.state <> 'claimed' OR work.state NOT IN ('claimed', 'settling', 'safe') "
          "OR (work.owner = excluded.owner AND work.state = 'claimed')",
          {scope, change.issue, change.rank, Name(change.state), claims ? change.owner : "", fence, lease,
           change.branch}));
  if (rows.changed == 0) return false;
  CLAMBAKE_RETURN_IF_ERROR(FinishRow(scope, change.issue));
  return true;
}

absl::StatusOr<std::vector<IssueNumber>> SqlStore::ApplyChanges(std::string_view scope,
                                                                const std::vector<WorkChange>& changes) {
  std::vector<IssueNumber> held;
  for (const WorkChange& change : changes) {
    CLAMBAKE_ASSIGN_OR_RETURN(const bool done, ApplyChange(scope, change));
    if (!done) held.push_back(change.issue);
  }
  return held;
}

absl::StatusOr<std::vector<IssueNumber>> SqlStore::RecordIntents(const RunLease& lease,
                                                                 const std::vector<JournalEntry>& entries,
                                                                 const std::vector<WorkChange>& changes) {
  return Transact([&]() -> absl::StatusOr<std::vector<IssueNumber>> {
    CLAMBAKE_RETURN_IF_ERROR(KeepRun(lease));
    CLAMBAKE_ASSIGN_OR_RETURN(const std::vector<IssueNumber> held, ApplyChanges(lease.scope, changes));
    const absl::flat_hash_set<IssueNumber> held_issues(held.begin(), held.end());
    absl::flat_hash_set<std::string> held_lanes;
    for (const JournalEntry& entry : entries) {
      if (held_issues.contains(entry.issue)) held_lanes.insert(entry.lane);
    }
    for (const JournalEntry& entry : entries) {
      if (held_lanes.contains(entry.lane) || held_lanes.contains(entry.after)) continue;
      CLAMBAKE_RETURN_IF_ERROR(InsertIntent(lease, entry));
    }
    return held;
  });
}

}  // namespace clambake::store
