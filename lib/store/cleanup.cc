// The cleanup: the only place where the schema shrinks.
#include <array>

#include "base/counted.h"
#include "base/status_macros.h"
#include "clambake/model.h"
#include "fmt/format.h"
#include "store/sql_store.h"

namespace clambake::store {
namespace {

// Steps of the cleanup, numbered from 1 in schema_version.contracted. A step
// that has shipped is never edited.
constexpr std::int64_t kCleanedUp = 1;

constexpr std::string_view kArchive =
    "CREATE TABLE legacy_archive (scope TEXT NOT NULL, issue BIGINT NOT NULL, state TEXT NOT NULL, "
    "agent TEXT NOT NULL, branch TEXT NOT NULL, archived_at BIGINT NOT NULL, PRIMARY KEY (scope, issue));"
    "INSERT INTO legacy_archive SELECT scope, issue, state, agent, branch, clambake_now() FROM legacy_work";

struct Drop {
  std::string_view what;
  std::string_view sql;
};
constexpr std::array kDrops = {
    Drop{"legacy_work", "DROP TABLE legacy_work"},
    Drop{"work.twin", "ALTER TABLE work DROP COLUMN twin"},  // the digest of the legacy row
};

struct Content {
  std::int64_t rows = 0;
  std::string digest;
};

Content ContentOf(const Rows& rows) {
  std::string text;
  for (const Row& row : rows.rows) {
    for (std::size_t i = 0; i < 5; ++i) text += fmt::format("{}:{}|", row.Text(i).size(), row.Text(i));
  }
  return {static_cast<std::int64_t>(rows.rows.size()), Digest(text)};
}

}  // namespace

absl::Status SqlStore::ReadSchema() {
  CLAMBAKE_ASSIGN_OR_RETURN(const bool cleaned_up, IsCleanedUp());
  cleaned_up_ = cleaned_up;
  return absl::OkStatus();
}

absl::StatusOr<bool> SqlStore::IsCleanedUp() {
  if (cleaned_up_) return true;
  CLAMBAKE_ASSIGN_OR_RETURN(const Rows rows, RunAlone("SELECT contracted FROM schema_version", {}));
  if (rows.rows.size() != 1) return absl::FailedPreconditionError("state: schema_version is damaged");
  return rows.rows[0].Int(0) >= kCleanedUp;
}

bool SqlStore::LearnsOfCleanup(const absl::Status& failed) {
  if (cleaned_up_ || failed.code() != absl::StatusCode::kFailedPrecondition) return false;
  const absl::StatusOr<Rows> rows = connection_->Run("SELECT contracted FROM schema_version", {});
  cleaned_up_ = rows.ok() && rows->rows.size() == 1 && rows->rows[0].Int(0) >= kCleanedUp;
  return cleaned_up_;
}

absl::StatusOr<std::vector<std::string>> SqlStore::ListScopes() {
  CLAMBAKE_ASSIGN_OR_RETURN(const Rows rows, RunAlone("SELECT DISTINCT scope FROM work ORDER BY scope", {}));
  std::vector<std::string> scopes;
  for (const Row& row : rows.rows) scopes.push_back(row.Text(0));
  return scopes;
}

absl::StatusOr<CleanupReport> SqlStore::Contract(std::string_view scope, std::string_view actor) {
  constexpr std::string_view kLegacyRows =
      "SELECT scope, issue, state, agent, branch FROM legacy_work ORDER BY scope, issue";
  constexpr std::string_view kArchivedRows =
      "SELECT scope, issue, state, agent, branch FROM legacy_archive ORDER BY scope, issue";
  if (cleaned_up_) return absl::FailedPreconditionError("the cleanup was done before");
  CLAMBAKE_ASSIGN_OR_RETURN(const std::vector<DamagedRow> damaged, ReadDamage());
  if (!damaged.empty()) {
    return absl::FailedPreconditionError(fmt::format(
        "damaged: {}, the first: {} {}", Counted(damaged.size(), "row"), damaged[0].table, damaged[0].row));
  }
  CLAMBAKE_ASSIGN_OR_RETURN(const Rows before, Run(kLegacyRows, {}));
  CLAMBAKE_RETURN_IF_ERROR(connection_->RunScript(kArchive));
  CLAMBAKE_ASSIGN_OR_RETURN(const Rows after, Run(kArchivedRows, {}));
  const Content archived = ContentOf(after);
  if (archived.rows != ContentOf(before).rows || archived.digest != ContentOf(before).digest) {
    return absl::FailedPreconditionError("the archive is not equal to the legacy table: nothing was dropped");
  }
  CleanupReport report{archived.rows, archived.digest, {}};
  for (const Drop& drop : kDrops) {
    CLAMBAKE_RETURN_IF_ERROR(connection_->RunScript(drop.sql));
    report.dropped.emplace_back(drop.what);
  }
  CLAMBAKE_RETURN_IF_ERROR(Run("UPDATE schema_version SET contracted = $1", {kCleanedUp}).status());
  CLAMBAKE_RETURN_IF_ERROR(AppendAuditRow(
      scope,
      {.actor = std::string(actor),
       .event = "state.cleanup",
       .detail = fmt::format("{} archived, {}", Counted(static_cast<std::size_t>(report.rows), "legacy row"),
                             report.digest)}));
  return report;
}

absl::StatusOr<CleanupReport> SqlStore::CleanUp(std::string_view scope, std::string_view actor,
                                                CleanupMode mode) {
  CLAMBAKE_ASSIGN_OR_RETURN(const bool done, IsCleanedUp());
  if (done) return absl::FailedPreconditionError("the cleanup was done before");
  CLAMBAKE_ASSIGN_OR_RETURN(const std::vector<std::string> scopes, ListScopes());
  absl::StatusOr<CleanupReport> report = absl::UnavailableError("state: too many conflicting transactions");
  const absl::Status ended = Transact([&]() -> absl::Status {
    for (const std::string& each : scopes) {
      CLAMBAKE_ASSIGN_OR_RETURN(const std::vector<RowDifference> rows, ReadDifferences(each));
      if (rows.empty()) continue;
      return absl::FailedPreconditionError(
          fmt::format("{}: legacy and v2 differ in {}", each, Counted(rows.size(), "row")));
    }
    report = Contract(scope, actor);
    CLAMBAKE_RETURN_IF_ERROR(report.status());
    // A rehearsal ends as a failure would: everything is rolled back.
    return mode == CleanupMode::kConfirm ? absl::OkStatus() : absl::OutOfRangeError("rehearsed");
  });
  if (mode == CleanupMode::kRehearse && absl::IsOutOfRange(ended)) return report;
  if (!ended.ok()) return ended;
  cleaned_up_ = true;
  return report;
}

}  // namespace clambake::store
