// Documents changed by compare-and-swap, and the append-only audit log.
#include <algorithm>
#include <utility>

#include "base/status_macros.h"
#include "clambake/model.h"
#include "fmt/format.h"
#include "store/sql_store.h"

namespace clambake::store {
namespace {

// Binds a line of the audit log to all lines before it.
std::string ChainDigest(std::string_view before, const AuditRecord& record) {
  return Digest(fmt::format("{}|{}|{}:{}|{}:{}|{}:{}", before, absl::ToUnixMicros(record.at),
                            record.actor.size(), record.actor, record.event.size(), record.event,
                            record.detail.size(), record.detail));
}

}  // namespace

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
  return Transact([&] { return AppendAuditRow(scope, record); });
}

absl::Status SqlStore::AppendAuditRow(std::string_view scope, const AuditRecord& record) {
  // SQLite has one writer at a time anyway.
  if (connection_->engine() != "sqlite") {
    CLAMBAKE_RETURN_IF_ERROR(Run("SELECT pg_advisory_xact_lock(7305002)", {}).status());
  }
  CLAMBAKE_ASSIGN_OR_RETURN(
      const Rows last,
      Run("SELECT digest FROM audit WHERE scope = $1 ORDER BY sequence DESC LIMIT 1", {scope}));
  CLAMBAKE_ASSIGN_OR_RETURN(const Rows now, Run("SELECT clambake_now()", {}));
  AuditRecord dated = record;
  dated.at = now.rows[0].Time(0);
  const std::string digest = ChainDigest(last.rows.empty() ? "" : last.rows[0].Text(0), dated);
  return Run("INSERT INTO audit (scope, at, actor, event, detail, digest) VALUES ($1, $2, $3, $4, $5, $6)",
             {scope, now.rows[0].Int(0), dated.actor, dated.event, dated.detail, digest})
      .status();
}

absl::StatusOr<std::vector<AuditRecord>> SqlStore::ReadAudit(std::string_view scope, std::int64_t limit) {
  // One more than asked for: the oldest line is checked against the one before it.
  CLAMBAKE_ASSIGN_OR_RETURN(const Rows rows,
                            RunAlone("SELECT sequence, at, actor, event, detail, digest FROM audit "
                                     "WHERE scope = $1 ORDER BY sequence DESC LIMIT $2",
                                     {scope, limit + 1}));
  std::vector<AuditRecord> records;
  for (std::size_t i = 0; i < rows.rows.size() && std::cmp_less(i, limit); ++i) {
    const Row& row = rows.rows[i];
    AuditRecord record{row.Int(0), row.Time(1), row.Text(2), row.Text(3), row.Text(4)};
    const std::string before = i + 1 < rows.rows.size() ? rows.rows[i + 1].Text(5) : "";
    if (!row.Text(5).empty() && row.Text(5) != ChainDigest(before, record)) {
      return absl::FailedPreconditionError(fmt::format(
          "the audit log is damaged at or before line {}: its digest does not match", record.sequence));
    }
    records.push_back(std::move(record));
  }
  std::reverse(records.begin(), records.end());
  return records;
}

}  // namespace clambake::store
