// The safe queue: work in progress, kept out of harm's way around a rollback.
#include "store/sql_store.h"

namespace clambake::store {

absl::StatusOr<std::int64_t> SqlStore::MoveToSafeQueue(std::string_view scope) {
  return Transact([&]() -> absl::StatusOr<std::int64_t> {
    // A new fence voids the claims that holders still carry.
    absl::StatusOr<std::int64_t> fence = NextFence();
    if (!fence.ok()) return fence.status();
    absl::StatusOr<Rows> moved =
        Run("UPDATE work SET state = 'safe', fence = $2, lease_until = 0, updated_at = clambake_now() "
            "WHERE scope = $1 AND state IN ('claimed', 'settling')",
            {scope, *fence});
    if (!moved.ok()) return moved.status();
    absl::Status written = WriteAllLegacyRows(scope);
    if (!written.ok()) return written;
    return moved->changed;
  });
}

absl::StatusOr<std::vector<Claim>> SqlStore::ReturnFromSafeQueue(std::string_view scope,
                                                                 absl::Duration lease) {
  return Transact([&]() -> absl::StatusOr<std::vector<Claim>> {
    absl::StatusOr<Rows> safe =
        Run("SELECT issue FROM work WHERE scope = $1 AND state = 'safe' ORDER BY issue", {scope});
    if (!safe.ok()) return safe.status();
    std::vector<Claim> claims;
    for (const Row& row : safe->rows) {
      absl::StatusOr<std::int64_t> fence = NextFence();
      if (!fence.ok()) return fence.status();
      absl::StatusOr<Rows> claimed =
          Run("UPDATE work SET state = 'claimed', fence = $3, lease_until = clambake_now() + $4, "
              "updated_at = clambake_now() WHERE scope = $1 AND issue = $2 AND state = 'safe' "
              "RETURNING issue, owner, fence, lease_until",
              {scope, row.Int(0), *fence, ToMicros(lease)});
      if (!claimed.ok()) return claimed.status();
      for (const Row& claim : claimed->rows) {
        claims.push_back({claim.Int(0), claim.Text(1), claim.Int(2), claim.Time(3)});
      }
    }
    return claims;
  });
}

}  // namespace clambake::store
