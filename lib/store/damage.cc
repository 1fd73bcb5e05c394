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
                                                                        "version")) " ORDER BY 1, 2";

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
  if (cleaned_up_) return damaged;
  CLAMBAKE_ASSIGN_OR_RETURN(const Rows twins, Run(kBrokenTwins, {}));
  Append(twins, damaged);
  return damaged;
}

absl::StatusOr<std::vector<DamagedRow>> SqlStore::ListDamage() {
  absl::MutexLock lock(&mutex_);
  absl::StatusOr<std::vector<DamagedRow>> damaged = ReadDamage();
  if (!damaged.ok() && LearnsOfCleanup(damaged.status())) return ReadDamage();
  return damaged;
}

}  // namespace clambake::store
