// The safe queue: work in progress, kept out of harm's way around a rollback.
#include "base/status_macros.h"
#include "store/sql_store.h"

namespace clambake::store {

absl::StatusOr<std::int64_t> SqlStore::MoveToSafeQueue(std::string_view scope) {
  return Transact([&] { return MoveHeldToSafeQueue(scope); });
}

absl::StatusOr<std::int64_t> SqlStore::MoveHeldToSafeQueue(std::string_view scope) {
  // A new fence voids the claims that holders still carry.
  CLAMBAKE_ASSIGN_OR_RETURN(const std::int64_t fence, NextFence());
  CLAMBAKE_ASSIGN_OR_RETURN(
      const Rows moved,
      Run("UPDATE work SET state = 'safe', fence = $2, lease_until = 0, updated_at = clambake_now() "
          "WHERE scope = $1 AND state IN ('claimed', 'settling') RETURNING issue",
          {scope, fence}));
  for (const Row& row : moved.rows) CLAMBAKE_RETURN_IF_ERROR(FinishRow(scope, row.Int(0)));
  return static_cast<std::int64_t>(moved.rows.size());
}

absl::StatusOr<std::vector<Claim>> SqlStore::ReturnFromSafeQueue(std::string_view scope,
                                                                 absl::Duration lease) {
  return Transact([&]() -> absl::StatusOr<std::vector<Claim>> {
    CLAMBAKE_ASSIGN_OR_RETURN(
        const Rows safe,
        Run("SELECT issue FROM work WHERE scope = $1 AND state = 'safe' ORDER BY issue", {scope}));
    std::vector<Claim> claims;
    for (const Row& row : safe.rows) {
      CLAMBAKE_ASSIGN_OR_RETURN(const std::int64_t fence, NextFence());
      CLAMBAKE_ASSIGN_OR_RETURN(
          const Rows claimed,
          Run("UPDATE work SET state = 'claimed', fence = $3, lease_until = clambake_now() + $4, "
              "updated_at = clambake_now() WHERE scope = $1 AND issue = $2 AND state = 'safe' "
              "RETURNING issue, owner, fence, lease_until",
              {scope, row.Int(0), fence, ToMicros(lease)}));
      CLAMBAKE_RETURN_IF_ERROR(FinishRow(scope, row.Int(0)));
      for (const Row& claim : claimed.rows) {
        claims.push_back({claim.Int(0), claim.Text(1), claim.Int(2), claim.Time(3)});
      }
    }
    return claims;
  });
}

}  // namespace clambake::store
