// Documents changed by compare-and-swap, and the append-only audit log.
#include <algorithm>
#include <utility>

#include "base/status_macros.h"
#include "clambake/model.h"
#include "fmt/format.h"
#include "store/sql_store.h"

namespace clambake::store {
namespace {

// Binds a line of the audit log to all lines before it. Older lines do not know
// their number, and begin with "sha256:".
constexpr std::string_view kNumbered = "line:";

std::string ChainDigest(std::string_view before, const AuditRecord& record) {
  return Digest(fmt::format("{}|{}|{}:{}|{}:{}|{}:{}", before, absl::ToUnixMicros(record.at),
                            record.actor.size(), record.actor, record.event.size(), record.event,
                            record.detail.size(), record.detail));
}

std::string NumberedDigest(std::string_view before, const AuditRecord& record) {
  return std::string(kNumbered) + Digest(fmt::format("{}|{}", record.sequence, ChainDigest(before, record)));
}

bool IsChained(std::string_view before, const AuditRecord& record, std::string_view digest) {
  if (digest.empty()) return true;  // from before lines were bound to each other
  return digest ==
         (digest.starts_with(kNumbered) ? NumberedDigest(before, record) : ChainDigest(before, record));
}

absl::Status LogIsDamaged(std::int64_t line) {
  return absl::FailedPreconditionError(
      fmt::format("the audit log is damaged at or before line {}: its digest does not match", line));
}

}  // namespace

absl::StatusOr<Document> SqlStore::ReadDocument(std::string_view scope, std::string_view key) {
  CLAMBAKE_ASSIGN_OR_RETURN(
      const Rows rows,
      RunAlone("SELECT value, version FROM documents WHERE scope = $1 AND key = $2", {scope, key}));
  if (rows.rows.empty()) return Document{};
  return Document{rows.rows[0].Text(0), rows.rows[0].Int(1)};
}

absl::StatusOr<std::int64_t> SqlStore::WriteDocumentBy(absl::StatusOr<Rows> (SqlStore::*run)(std::string_view,
                                                                                             Arguments),
                                                       std::string_view scope, std::string_view key,
                                                       std::string_view value, std::int64_t expected) {
  CLAMBAKE_ASSIGN_OR_RETURN(
      const Rows rows,
      expected == 0
          ? (this->*run)(
                "INSERT INTO documents (scope, key, value, version, seal) VALUES ($1, $2, $3, "
                "1, " CLAMBAKE_DOCUMENT_SEAL("$1", "$2", "$3", "1") ") ON CONFLICT (scope, key) DO NOTHING",
                {scope, key, value})
          : (this->*run)(
                "UPDATE documents SET value = $3, version = version + 1, seal = " CLAMBAKE_DOCUMENT_SEAL(
                    "scope", "key", "$3", "(version + 1)") " WHERE scope = $1 AND key = $2 AND version = $4",
                {scope, key, value, expected}));
  if (rows.changed == 0) return absl::AbortedError(fmt::format("{} was changed by somebody else", key));
  return expected + 1;
}

absl::StatusOr<std::int64_t> SqlStore::WriteDocument(std::string_view scope, std::string_view key,
                                                     std::string_view value, std::int64_t expected) {
  return WriteDocumentBy(&SqlStore::RunAlone, scope, key, value, expected);
}

absl::StatusOr<std::int64_t> SqlStore::WriteDocumentAudited(std::string_view scope, std::string_view key,
                                                            std::string_view value, std::int64_t expected,
                                                            const AuditRecord& record) {
  return Transact([&]() -> absl::StatusOr<std::int64_t> {
    CLAMBAKE_ASSIGN_OR_RETURN(const std::int64_t version,
                              WriteDocumentBy(&SqlStore::Run, scope, key, value, expected));
    CLAMBAKE_RETURN_IF_ERROR(AppendAuditRow(scope, record));
    return version;
  });
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
  CLAMBAKE_ASSIGN_OR_RETURN(const Rows written,
                            Run("INSERT INTO audit (scope, at, actor, event, detail) VALUES ($1, $2, $3, $4, "
                                "$5) RETURNING sequence",
                                {scope, now.rows[0].Int(0), dated.actor, dated.event, dated.detail}));
  dated.sequence = written.rows[0].Int(0);
  const std::string digest = NumberedDigest(last.rows.empty() ? "" : last.rows[0].Text(0), dated);
  CLAMBAKE_RETURN_IF_ERROR(
      Run("UPDATE audit SET digest = $2 WHERE sequence = $1", {dated.sequence, digest}).status());
  // The last line has none after it to be bound by.
  return Run("INSERT INTO audit_head (scope, sequence, digest) VALUES ($1, $2, $3) ON CONFLICT (scope) "
             "DO UPDATE SET sequence = excluded.sequence, digest = excluded.digest",
             {scope, dated.sequence, digest})
      .status();
}

absl::StatusOr<std::vector<AuditRecord>> SqlStore::ReadAudit(std::string_view scope, std::int64_t limit) {
  // One more than asked for: the oldest line is checked against the one before it.
  CLAMBAKE_ASSIGN_OR_RETURN(
      const Rows rows,
      RunAlone("SELECT a.sequence, a.at, a.actor, a.event, a.detail, a.digest, h.sequence, h.digest "
               "FROM audit a LEFT JOIN audit_head h ON h.scope = a.scope "
               "WHERE a.scope = $1 ORDER BY a.sequence DESC LIMIT $2",
               {scope, limit + 1}));
  std::vector<AuditRecord> records;
  if (!rows.rows.empty()) {
    const Row& last = rows.rows[0];
    if (last.Text(0) != last.Text(6) || last.Text(5) != last.Text(7)) return LogIsDamaged(last.Int(0));
  } else {
    CLAMBAKE_ASSIGN_OR_RETURN(const Rows head,
                              RunAlone("SELECT sequence FROM audit_head WHERE scope = $1", {scope}));
    if (!head.rows.empty()) return LogIsDamaged(head.rows[0].Int(0));
  }
  for (std::size_t i = 0; i < rows.rows.size() && std::cmp_less(i, limit); ++i) {
    const Row& row = rows.rows[i];
    AuditRecord record{row.Int(0), row.Time(1), row.Text(2), row.Text(3), row.Text(4)};
    const std::string before = i + 1 < rows.rows.size() ? rows.rows[i + 1].Text(5) : "";
    if (!IsChained(before, record, row.Text(5))) return LogIsDamaged(record.sequence);
    records.push_back(std::move(record));
  }
  std::reverse(records.begin(), records.end());
  return records;
}

}  // namespace clambake::store
