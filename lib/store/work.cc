// Work and claims.
#include <algorithm>
#include <array>

#include "base/safe_text.h"
#include "base/status_macros.h"
#include "fmt/format.h"
#include "store/sql_store.h"

namespace clambake::store {
namespace {

constexpr std::string_view kLost =
    "the claim is not this holder's any more: its lease ended, or it was given up";

#define CLAMBAKE_UPSERT_LEGACY                                                                 \
  " ON CONFLICT (scope, issue) DO UPDATE SET state = excluded.state, agent = excluded.agent, " \
  "branch = excluded.branch"

// MATERIALIZED: without it, old statistics let the planner lock every ready row.
#define CLAMBAKE_CLAIM_NEXT                                                                           \
  "WITH p AS MATERIALIZED (SELECT scope, issue FROM work WHERE scope = $1 AND state = 'ready' "       \
  "ORDER BY rank, issue FOR UPDATE SKIP LOCKED LIMIT 1), "                                            \
  "f AS MATERIALIZED (SELECT scope, issue, nextval('fence') AS fence, clambake_now() AS at FROM p), " \
  "c AS (UPDATE work w SET state = 'claimed', owner = $2, fence = f.fence, lease_until = f.at + $3, " \
  "updated_at = f.at, seal = " CLAMBAKE_WORK_SEAL("w.scope", "w.issue", "w.rank", "'claimed'", "$2",  \
                                                  "f.fence", "(f.at + $3)", "w.branch", "f.at")
#define CLAMBAKE_CLAIM_OF                                                                                \
  " FROM f WHERE w.scope = f.scope AND w.issue = f.issue RETURNING w.scope, w.issue, w.owner, w.fence, " \
  "w.lease_until, w.branch) "
#define CLAMBAKE_CLAIMED "SELECT issue, owner, fence, lease_until FROM c"
constexpr std::string_view kClaimInOneStatement = CLAMBAKE_CLAIM_NEXT
    ", twin = " CLAMBAKE_TWIN_SEAL("w.scope", "w.issue", "'working'", "$2", "w.branch") CLAMBAKE_CLAIM_OF
    ", l AS (INSERT INTO legacy_work (scope, issue, state, agent, branch) "
    "SELECT scope, issue, 'working', owner, branch FROM c" CLAMBAKE_UPSERT_LEGACY ") " CLAMBAKE_CLAIMED;
constexpr std::string_view kClaimWithoutLegacy = CLAMBAKE_CLAIM_NEXT CLAMBAKE_CLAIM_OF CLAMBAKE_CLAIMED;

constexpr std::string_view kClaimFirstReady =
    "UPDATE work SET state = 'claimed', owner = $2, fence = $4, lease_until = clambake_now() + $3, "
    "updated_at = clambake_now() WHERE scope = $1 AND issue = (SELECT issue FROM work "
    "WHERE scope = $1 AND state = 'ready' ORDER BY rank, issue LIMIT 1) "
    "RETURNING issue, owner, fence, lease_until";

Claim ReadClaim(const Row& row) { return {row.Int(0), row.Text(1), row.Int(2), row.Time(3)}; }

WorkState WorkStateOf(std::string_view name) {
  for (const WorkState state : {WorkState::kReady, WorkState::kClaimed, WorkState::kSettling,
                                WorkState::kLanded, WorkState::kBundled, WorkState::kDone}) {
    if (name == Name(state)) return state;
  }
  return WorkState::kSafe;
}

Work ReadWork(const Row& row) {
  return {row.Int(0),  row.Int(1), WorkStateOf(row.Text(2)), row.Text(3), row.Int(4), row.Time(5),
          row.Text(6), row.Time(7)};
}

#define CLAMBAKE_WORK_COLUMNS "issue, rank, state, owner, fence, lease_until, branch, updated_at"

absl::Status CheckHolder(std::string_view owner, absl::Duration lease) {
  constexpr std::size_t kMaxOwner = 200;
  if (owner.empty() || owner.size() > kMaxOwner) {
    return absl::InvalidArgumentError("claim: the holder's name must have 1 to 200 bytes");
  }
  if (!IsUtf8(owner)) return absl::InvalidArgumentError("claim: the holder's name must be UTF-8");
  if (lease <= absl::ZeroDuration())
    return absl::InvalidArgumentError("claim: the lease must be longer than 0");
  return absl::OkStatus();
}

}  // namespace

absl::Status SqlStore::FinishRow(std::string_view scope, IssueNumber issue) {
  if (cleaned_up_) {
    return Run("UPDATE work SET seal = " CLAMBAKE_SEAL_OF_WORK " WHERE scope = $1 AND issue = $2",
               {scope, issue})
        .status();
  }
  CLAMBAKE_RETURN_IF_ERROR(Run("UPDATE work SET seal = " CLAMBAKE_SEAL_OF_WORK
                               ", twin = " CLAMBAKE_TWIN_OF_WORK " WHERE scope = $1 AND issue = $2",
                               {scope, issue})
                               .status());
  return Run("INSERT INTO legacy_work (scope, issue, state, agent, branch) "
             "SELECT scope, issue, " CLAMBAKE_LEGACY_STATE
             ", owner, branch FROM work "
             "WHERE scope = $1 AND issue = $2" CLAMBAKE_UPSERT_LEGACY,
             {scope, issue})
      .status();
}

absl::Status SqlStore::Enqueue(std::string_view scope, const std::vector<ReadyIssue>& issues) {
  return Transact([&]() -> absl::Status {
    for (const ReadyIssue& item : issues) {
      CLAMBAKE_ASSIGN_OR_RETURN(
          const Rows inserted,
          Run("INSERT INTO work (scope, issue, rank, state, owner, fence, lease_until, branch, updated_at) "
              "VALUES ($1, $2, $3, 'ready', '', 0, 0, '', clambake_now()) ON CONFLICT (scope, issue) DO "
              "UPDATE SET state = 'ready', rank = excluded.rank, branch = '', "
              "updated_at = excluded.updated_at WHERE work.state = 'done'",
              {scope, item.issue, item.rank}));
      CLAMBAKE_RETURN_IF_ERROR(inserted.changed > 0 ? FinishRow(scope, item.issue) : absl::OkStatus());
    }
    return absl::OkStatus();
  });
}

// Within a transaction, for an engine that needs several statements.
absl::StatusOr<std::optional<Claim>> SqlStore::ClaimFirst(std::string_view scope, std::string_view owner,
                                                          absl::Duration lease) {
  CLAMBAKE_ASSIGN_OR_RETURN(const std::int64_t fence, NextFence());
  CLAMBAKE_ASSIGN_OR_RETURN(const Rows rows, Run(kClaimFirstReady, {scope, owner, ToMicros(lease), fence}));
  if (rows.rows.empty()) return std::nullopt;
  const Claim claim = ReadClaim(rows.rows[0]);
  CLAMBAKE_RETURN_IF_ERROR(FinishRow(scope, claim.issue));
  return claim;
}

absl::StatusOr<std::optional<Claim>> SqlStore::ClaimNext(std::string_view scope, std::string_view owner,
                                                         absl::Duration lease) {
  CLAMBAKE_RETURN_IF_ERROR(CheckHolder(owner, lease));
  if (connection_->writable_cte() == Connection::WritableCte::kNo) {
    return Transact([&] { return ClaimFirst(scope, owner, lease); });
  }
  const auto claim = [&] {
    return RunAlone(cleaned_up_ ? kClaimWithoutLegacy : kClaimInOneStatement,
                    {scope, owner, ToMicros(lease)});
  };
  absl::StatusOr<Rows> rows = claim();
  const auto learns = [&] {
    const std::lock_guard lock(mutex_);
    return LearnsOfCleanup(rows.status());
  };
  if (!rows.ok() && learns()) rows = claim();
  if (!rows.ok()) return rows.status();
  if (rows->rows.empty()) return std::nullopt;
  return ReadClaim(rows->rows[0]);
}

absl::StatusOr<Claim> SqlStore::ClaimIssue(std::string_view scope, IssueNumber issue, std::string_view owner,
                                           absl::Duration lease) {
  CLAMBAKE_RETURN_IF_ERROR(CheckHolder(owner, lease));
  return Transact([&]() -> absl::StatusOr<Claim> {
    CLAMBAKE_ASSIGN_OR_RETURN(const std::int64_t fence, NextFence());
    CLAMBAKE_ASSIGN_OR_RETURN(
        const Rows rows,
        Run("UPDATE work SET state = 'claimed', owner = $3, fence = $4, lease_until = clambake_now() + $5, "
            "updated_at = clambake_now() WHERE scope = $1 AND issue = $2 AND state = 'ready' "
            "RETURNING issue, owner, fence, lease_until",
            {scope, issue, owner, fence, ToMicros(lease)}));
    if (rows.rows.empty()) {
      return absl::AlreadyExistsError(fmt::format("issue #{} is not free to be claimed", issue));
    }
    CLAMBAKE_RETURN_IF_ERROR(FinishRow(scope, issue));
    return ReadClaim(rows.rows[0]);
  });
}

absl::StatusOr<Claim> SqlStore::Renew(std::string_view scope, const Claim& claim, absl::Duration lease) {
  CLAMBAKE_RETURN_IF_ERROR(CheckHolder(claim.owner, lease));
  return Transact([&]() -> absl::StatusOr<Claim> {
    CLAMBAKE_ASSIGN_OR_RETURN(
        const Rows rows, Run("UPDATE work SET lease_until = clambake_now() + $4, updated_at = clambake_now() "
                             "WHERE scope = $1 AND issue = $2 AND fence = $3 AND state = 'claimed' "
                             "AND lease_until > clambake_now() RETURNING issue, owner, fence, lease_until",
                             {scope, claim.issue, claim.fence, ToMicros(lease)}));
    if (rows.rows.empty()) return absl::AbortedError(absl::string_view(kLost.data(), kLost.size()));
    CLAMBAKE_RETURN_IF_ERROR(FinishRow(scope, claim.issue));
    return ReadClaim(rows.rows[0]);
  });
}

// Landing and giving back are taken even after the lease, as long as nobody
// else has claimed the issue: refusing would only lose finished work.
absl::Status SqlStore::Land(std::string_view scope, const Claim& claim, std::string_view branch) {
  if (!IsUtf8(branch)) return absl::InvalidArgumentError("land: the branch's name must be UTF-8");
  return Transact([&]() -> absl::Status {
    absl::Status landed = RunFenced(
        "UPDATE work SET state = 'landed', owner = '', lease_until = 0, branch = $4, "
        "updated_at = clambake_now() WHERE scope = $1 AND issue = $2 AND fence = $3 "
        "AND state IN ('claimed', 'settling')",
        {scope, claim.issue, claim.fence, branch}, kLost);
    return landed.ok() ? FinishRow(scope, claim.issue) : landed;
  });
}

absl::Status SqlStore::Release(std::string_view scope, const Claim& claim) {
  return Transact([&]() -> absl::Status {
    absl::Status released = RunFenced(
        "UPDATE work SET state = 'ready', owner = '', lease_until = 0, updated_at = clambake_now() "
        "WHERE scope = $1 AND issue = $2 AND fence = $3 AND state IN ('claimed', 'settling')",
        {scope, claim.issue, claim.fence}, kLost);
    return released.ok() ? FinishRow(scope, claim.issue) : released;
  });
}

absl::StatusOr<std::vector<Work>> SqlStore::ExpireClaims(std::string_view scope, absl::Duration settle) {
  return Transact([&]() -> absl::StatusOr<std::vector<Work>> {
    // RETURNING shows rows as they became: read the holders first.
    CLAMBAKE_ASSIGN_OR_RETURN(const Rows settled,
                              Run("SELECT " CLAMBAKE_WORK_COLUMNS " FROM work WHERE scope = $1 "
                                  "AND state = 'settling' AND lease_until <= clambake_now() ORDER BY issue",
                                  {scope}));
    std::vector<Work> freed;
    for (const Row& row : settled.rows) {
      const Work work = ReadWork(row);
      CLAMBAKE_ASSIGN_OR_RETURN(
          const Rows ready,
          Run("UPDATE work SET state = 'ready', owner = '', lease_until = 0, updated_at = clambake_now() "
              "WHERE scope = $1 AND issue = $2 AND fence = $3 AND state = 'settling'",
              {scope, work.issue, work.fence}));
      if (ready.changed == 0) continue;
      CLAMBAKE_RETURN_IF_ERROR(FinishRow(scope, work.issue));
      freed.push_back(work);
    }
    CLAMBAKE_ASSIGN_OR_RETURN(const Rows ended,
                              Run("UPDATE work SET state = 'settling', lease_until = clambake_now() + $2, "
                                  "updated_at = clambake_now() WHERE scope = $1 AND state = 'claimed' "
                                  "AND lease_until <= clambake_now() RETURNING issue",
                                  {scope, ToMicros(settle)}));
    for (const Row& row : ended.rows) CLAMBAKE_RETURN_IF_ERROR(FinishRow(scope, row.Int(0)));
    return freed;
  });
}

absl::StatusOr<std::vector<Work>> SqlStore::ListWork(std::string_view scope) {
  CLAMBAKE_ASSIGN_OR_RETURN(
      const Rows rows,
      RunAlone("SELECT " CLAMBAKE_WORK_COLUMNS " FROM work WHERE scope = $1 ORDER BY issue", {scope}));
  std::vector<Work> work;
  work.reserve(rows.rows.size());
  for (const Row& row : rows.rows) work.push_back(ReadWork(row));
  return work;
}

}  // namespace clambake::store
