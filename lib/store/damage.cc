// Rows that are not as the store left them: each carries a seal over itself.
#include "base/status_macros.h"
#include "fmt/format.h"
#include "store/sql_store.h"

namespace clambake::store {
namespace {

#define CLAMBAKE_UNSEALED(table, key, seal) \
  "SELECT '" table "', scope || ' ' || " key " FROM " table " WHERE seal <> " seal

constexpr std::string_view kBroken =
    CLAMBAKE_UNSEALED("work", "issue", CLAMBAKE_SEAL_OF_WORK) " UNION ALL " CLAMBAKE_UNSEALED(
        "operations", "id",
        CLAMBAKE_SEAL_OF_OPERATION) " UNION ALL " CLAMBAKE_UNSEALED("documents", "key",
                                                                    CLAMBAKE_DOCUMENT_SEAL(
                                                                        "scope", "key", "value",
                                                                        "version"))
    " UNION ALL " CLAMBAKE_UNSEALED("run_lease", "owner", CLAMBAKE_RUN_SEAL("lease_until")) " ORDER BY 1, 2";

// A counter that is behind would give a fence twice. PostgreSQL's is no row
// that could carry a seal; ahead it does no harm.
#define CLAMBAKE_FENCE_IN_USE                                                     \
  "(SELECT COALESCE(MAX(u.fence), 0) FROM (SELECT MAX(fence) AS fence FROM work " \
  "UNION ALL SELECT MAX(fence) FROM operations "                                  \
  "UNION ALL SELECT MAX(fence) FROM run_lease) u)"
constexpr std::string_view kFenceSqlite =
    "SELECT 'fence', 'the counter' FROM fence WHERE seal <> " CLAMBAKE_FENCE_SEAL(
        "value") " OR value < " CLAMBAKE_FENCE_IN_USE;
constexpr std::string_view kFencePostgres =
    "SELECT 'fence', 'the counter' FROM fence WHERE last_value < " CLAMBAKE_FENCE_IN_USE;
// Past every fence in use, and never back.
constexpr std::string_view kMendFenceSqlite =
    "UPDATE fence SET value = MAX(value, " CLAMBAKE_FENCE_IN_USE ") + 1";
constexpr std::string_view kSealFenceSqlite = "UPDATE fence SET seal = " CLAMBAKE_FENCE_SEAL("value");
constexpr std::string_view kMendFencePostgres =
    "SELECT setval('fence', GREATEST(last_value, " CLAMBAKE_FENCE_IN_USE ") + 1) FROM fence";

// The twin's digest is kept in the v2 row; no row: that is a difference
// between the generations, and not for here.
constexpr std::string_view kBrokenTwins =
    "SELECT 'legacy_work', w.scope || ' ' || w.issue FROM work w JOIN legacy_work l "
    "ON l.scope = w.scope AND l.issue = w.issue WHERE w.twin <> " CLAMBAKE_TWIN_SEAL(
        "l.scope", "l.issue", "l.state", "l.agent", "l.branch") " ORDER BY 2";

void Append(const Rows& rows, std::vector<DamagedRow>& damaged) {
  for (const Row& row : rows.rows) damaged.push_back({row.Text(0), row.Text(1)});
}

}  // namespace

absl::StatusOr<std::vector<DamagedRow>> SqlStore::ReadDamage() {
  std::vector<DamagedRow> damaged;
  CLAMBAKE_ASSIGN_OR_RETURN(const Rows broken, Run(kBroken, {}));
  Append(broken, damaged);
  CLAMBAKE_ASSIGN_OR_RETURN(const Rows fence, Run(engine() == "sqlite" ? kFenceSqlite : kFencePostgres, {}));
  Append(fence, damaged);
  if (cleaned_up_) return damaged;
  CLAMBAKE_ASSIGN_OR_RETURN(const Rows twins, Run(kBrokenTwins, {}));
  Append(twins, damaged);
  return damaged;
}

absl::StatusOr<std::vector<DamagedRow>> SqlStore::ListDamage() {
  const std::lock_guard lock(mutex_);
  absl::StatusOr<std::vector<DamagedRow>> damaged = ReadDamage();
  if (!damaged.ok() && LearnsOfCleanup(damaged.status())) return ReadDamage();
  return damaged;
}

// Rows in which the generations agree, and which another hand has changed all
// the same. What both say holds; what v2 alone says (fence, lease) is not to be
// trusted, so the work goes to the safe queue under a new fence.
absl::StatusOr<std::int64_t> SqlStore::RepairSealedRows(std::string_view scope) {
  if (cleaned_up_) return 0;  // there is no other side to take a row from
  CLAMBAKE_ASSIGN_OR_RETURN(
      const Rows broken,
      Run("SELECT issue FROM work WHERE scope = $1 AND seal <> " CLAMBAKE_SEAL_OF_WORK, {scope}));
  for (const Row& row : broken.rows) {
    CLAMBAKE_RETURN_IF_ERROR(AdoptLegacyRow(scope, row.Int(0)));
    CLAMBAKE_RETURN_IF_ERROR(FinishRow(scope, row.Int(0)));
  }
  CLAMBAKE_ASSIGN_OR_RETURN(
      const Rows twins,
      Run("SELECT issue FROM work WHERE scope = $1 AND twin <> " CLAMBAKE_TWIN_OF_WORK, {scope}));
  for (const Row& row : twins.rows) CLAMBAKE_RETURN_IF_ERROR(FinishRow(scope, row.Int(0)));
  return static_cast<std::int64_t>(broken.rows.size() + twins.rows.size());
}

// A damaged lease is nobody's: whoever runs under it finds that out before its
// next write.
absl::StatusOr<std::int64_t> SqlStore::RepairFences() {
  CLAMBAKE_ASSIGN_OR_RETURN(const Rows leases,
                            Run("DELETE FROM run_lease WHERE seal <> " CLAMBAKE_RUN_SEAL("lease_until"), {}));
  const bool sqlite = engine() == "sqlite";
  CLAMBAKE_ASSIGN_OR_RETURN(const Rows fence, Run(sqlite ? kFenceSqlite : kFencePostgres, {}));
  const auto repaired = leases.changed + static_cast<std::int64_t>(fence.rows.size());
  if (fence.rows.empty()) return repaired;
  CLAMBAKE_RETURN_IF_ERROR(Run(sqlite ? kMendFenceSqlite : kMendFencePostgres, {}).status());
  if (sqlite) CLAMBAKE_RETURN_IF_ERROR(Run(kSealFenceSqlite, {}).status());
  return repaired;
}

}  // namespace clambake::store
