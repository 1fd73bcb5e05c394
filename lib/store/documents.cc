// Documents changed by compare-and-swap, and the append-only audit log.
#include <algorithm>

#include "base/status_macros.h"
#include "fmt/format.h"
#include "store/sql_store.h"

namespace clambake::store {

absl::StatusOr<Document> SqlStore::ReadDocument(std::string_view scope, std::string_view key) {
  CLAMBAKE_ASSIGN_OR_RETURN(
      const Rows rows,
      RunAlone("SELECT value, version FROM documents WHERE scope = $1 AND key = $2", {scope, key}));
  if (rows.rows.empty()) return Document{};
  return Document{rows.rows[0].Text(0), rows.rows[0].Int(1)};
}

absl::StatusOr<std::int64_t> SqlStore::WriteDocument(std::string_view scope, std::string_view key,
                                                     std::string_view value, std::int64_t expected) {
  CLAMBAKE_ASSIGN_OR_RETURN(
      const Rows rows,
      expected == 0 ? RunAlone("INSERT INTO documents (scope, key, value, version) VALUES ($1, $2, $3, 1) "
                               "ON CONFLICT (scope, key) DO NOTHING",
                               {scope, key, value})
                    : RunAlone("UPDATE documents SET value = $3, version = version + 1 "
                               "WHERE scope = $1 AND key = $2 AND version = $4",
                               {scope, key, value, expected}));
  if (rows.changed == 0) return absl::AbortedError(fmt::format("{} was changed by somebody else", key));
  return expected + 1;
}

absl::Status SqlStore::AppendAudit(std::string_view scope, const AuditRecord& record) {
  return RunAlone(
             "INSERT INTO audit (scope, at, actor, event, detail) VALUES ($1, clambake_now(), $2, $3, $4)",
             {scope, record.actor, record.event, record.detail})
      .status();
}

absl::StatusOr<std::vector<AuditRecord>> SqlStore::ReadAudit(std::string_view scope, std::int64_t limit) {
  CLAMBAKE_ASSIGN_OR_RETURN(const Rows rows, RunAlone("SELECT sequence, at, actor, event, detail FROM audit "
                                                      "WHERE scope = $1 ORDER BY sequence DESC LIMIT $2",
                                                      {scope, limit}));
  std::vector<AuditRecord> records;
  for (const Row& row : rows.rows) {
    records.push_back({row.Int(0), row.Time(1), row.Text(2), row.Text(3), row.Text(4)});
  }
  std::reverse(records.begin(), records.end());
  return records;
}

}  // namespace clambake::store
