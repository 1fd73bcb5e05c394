// The schema, as numbered steps. A step that has shipped is never edited: add
// another one. Steps only expand; what is deprecated goes in the cleanup, which
// has numbered steps of its own (cleanup.cc).
#include <array>

#include "base/status_macros.h"
#include "clambake/state_store.h"
#include "fmt/format.h"
#include "store/sql_store.h"

namespace clambake {
namespace store {
namespace {

// 1: what the legacy generation keeps.
constexpr std::string_view kLegacyWork = R"sql(
CREATE TABLE legacy_work (
  scope TEXT NOT NULL, issue BIGINT NOT NULL, state TEXT NOT NULL, agent TEXT NOT NULL, branch TEXT NOT NULL,
  PRIMARY KEY (scope, issue));
)sql";

// 2: work and claims of v2. One row for an issue, so one holder; an index
// keeps any fence from being given twice.
constexpr std::string_view kWork = R"sql(
CREATE TABLE work (
  scope TEXT NOT NULL, issue BIGINT NOT NULL, rank BIGINT NOT NULL, state TEXT NOT NULL, owner TEXT NOT NULL,
  fence BIGINT NOT NULL, lease_until BIGINT NOT NULL, branch TEXT NOT NULL, updated_at BIGINT NOT NULL,
  PRIMARY KEY (scope, issue),
  CHECK (state IN ('ready', 'claimed', 'settling', 'landed', 'bundled', 'done', 'safe')),
  CHECK (state NOT IN ('claimed', 'settling', 'safe') OR owner <> ''));
CREATE INDEX work_ready ON work (scope, rank, issue) WHERE state = 'ready';
CREATE UNIQUE INDEX work_live ON work (scope, fence) WHERE state IN ('claimed', 'settling');
CREATE TABLE run_lease (
  scope TEXT NOT NULL PRIMARY KEY, owner TEXT NOT NULL, fence BIGINT NOT NULL, lease_until BIGINT NOT NULL);
)sql";
constexpr std::string_view kFenceSqlite =
    "CREATE TABLE fence (value BIGINT NOT NULL); INSERT INTO fence VALUES (0);";
// The clock is the database's own, unless a simulation sets clambake.now.
constexpr std::string_view kFencePostgres = R"sql(
CREATE SEQUENCE fence;
CREATE FUNCTION clambake_now() RETURNS bigint LANGUAGE sql VOLATILE AS $$
  SELECT COALESCE(NULLIF(current_setting('clambake.now', true), '')::bigint,
                  (extract(epoch FROM clock_timestamp()) * 1000000)::bigint) $$;
)sql";

// 3: the journal of operations.
constexpr std::string_view kOperations = R"sql(
CREATE TABLE operations (
  scope TEXT NOT NULL, id TEXT NOT NULL, lane TEXT NOT NULL, after_lane TEXT NOT NULL, position BIGINT NOT NULL,
  issue BIGINT NOT NULL, kind TEXT NOT NULL, payload TEXT NOT NULL, state TEXT NOT NULL,
  attempts BIGINT NOT NULL, attempted_at BIGINT NOT NULL, probed BIGINT NOT NULL, detail TEXT NOT NULL,
  next_step TEXT NOT NULL, requests TEXT NOT NULL, latency_ms BIGINT NOT NULL,
  result BIGINT NOT NULL, fence BIGINT NOT NULL,
  PRIMARY KEY (scope, id),
  CHECK (state IN ('intent', 'attempt', 'unknown', 'confirmed', 'refused', 'manual', 'dropped')));
CREATE INDEX operations_pending ON operations (scope, lane, position)
  WHERE state IN ('intent', 'attempt', 'unknown', 'manual');
CREATE INDEX operations_confirmed ON operations (scope, kind, id) WHERE state = 'confirmed';
)sql";

// 4: documents (rollout state, comment ids …) and the audit log.
constexpr std::string_view kDocuments = R"sql(
CREATE TABLE documents (
  scope TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, version BIGINT NOT NULL,
  PRIMARY KEY (scope, key));
)sql";
constexpr std::string_view kAuditSqlite = R"sql(
CREATE TABLE audit (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT, scope TEXT NOT NULL, at BIGINT NOT NULL, actor TEXT NOT NULL,
  event TEXT NOT NULL, detail TEXT NOT NULL);
CREATE INDEX audit_scope ON audit (scope, sequence);
)sql";
constexpr std::string_view kAuditPostgres = R"sql(
CREATE TABLE audit (
  sequence BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, scope TEXT NOT NULL, at BIGINT NOT NULL,
  actor TEXT NOT NULL, event TEXT NOT NULL, detail TEXT NOT NULL);
CREATE INDEX audit_scope ON audit (scope, sequence);
)sql";

// 5: each line of the audit log is bound to the one before it.
constexpr std::string_view kAuditChain = "ALTER TABLE audit ADD COLUMN digest TEXT NOT NULL DEFAULT ''";

// 6: rows are sealed; the end of the audit log is remembered; how many steps
// of the cleanup were taken.
constexpr std::string_view kSeals = R"sql(
ALTER TABLE work ADD COLUMN seal TEXT NOT NULL DEFAULT '';
ALTER TABLE work ADD COLUMN twin TEXT NOT NULL DEFAULT '';
ALTER TABLE operations ADD COLUMN seal TEXT NOT NULL DEFAULT '';
ALTER TABLE documents ADD COLUMN seal TEXT NOT NULL DEFAULT '';
ALTER TABLE schema_version ADD COLUMN contracted BIGINT NOT NULL DEFAULT 0;
CREATE TABLE audit_head (scope TEXT NOT NULL PRIMARY KEY, sequence BIGINT NOT NULL, digest TEXT NOT NULL);
INSERT INTO audit_head (scope, sequence, digest) SELECT a.scope, a.sequence, a.digest FROM audit a
  WHERE a.sequence = (SELECT MAX(b.sequence) FROM audit b WHERE b.scope = a.scope);
)sql";
#define CLAMBAKE_SEAL_ALL                                                           \
  "UPDATE work SET seal = " CLAMBAKE_SEAL_OF_WORK ", twin = " CLAMBAKE_TWIN_OF_WORK \
  ";"                                                                               \
  "UPDATE operations SET seal = " CLAMBAKE_SEAL_OF_OPERATION                        \
  ";"                                                                               \
  "UPDATE documents SET seal = " CLAMBAKE_DOCUMENT_SEAL("scope", "key", "value", "version") ";"
constexpr std::string_view kSealSqlite = CLAMBAKE_SEAL_ALL;  // clambake_seal is a function of ours there
constexpr std::string_view kSealPostgres =
    "CREATE FUNCTION clambake_seal(text) RETURNS text LANGUAGE sql IMMUTABLE AS "
    "$$ SELECT encode(sha256(convert_to($1, 'UTF8')), 'hex') $$;" CLAMBAKE_SEAL_ALL;

// 7: leases of runs are sealed and, where it is a row, the counter of fences.
constexpr std::string_view kRunSeal =
    "ALTER TABLE run_lease ADD COLUMN seal TEXT NOT NULL DEFAULT '';"
    "UPDATE run_lease SET seal = " CLAMBAKE_RUN_SEAL("lease_until");
constexpr std::string_view kFenceSeal =
    "ALTER TABLE fence ADD COLUMN seal TEXT NOT NULL DEFAULT '';"
    "UPDATE fence SET seal = " CLAMBAKE_FENCE_SEAL("value");

struct Step {
  std::string_view common;
  std::string_view sqlite;
  std::string_view postgres;
};
constexpr std::array kSteps = {
    Step{kLegacyWork, "", ""},      Step{kWork, kFenceSqlite, kFencePostgres},
    Step{kOperations, "", ""},      Step{kDocuments, kAuditSqlite, kAuditPostgres},
    Step{kAuditChain, "", ""},      Step{kSeals, kSealSqlite, kSealPostgres},
    Step{kRunSeal, kFenceSeal, ""},
};

absl::Status Newer(std::int64_t found) {
  return absl::FailedPreconditionError(
      fmt::format("state: its schema is version {}, and this program knows up to {}; use the newer clambake "
                  "that wrote it, or restore a snapshot taken before",
                  found, kSteps.size()));
}

absl::StatusOr<std::int64_t> ReadVersion(Connection& connection) {
  CLAMBAKE_ASSIGN_OR_RETURN(const Rows rows, connection.Run("SELECT version FROM schema_version", {}));
  if (rows.rows.size() != 1) return absl::FailedPreconditionError("state: schema_version is damaged");
  return rows.rows[0].Int(0);
}

// One step, in the transaction that the caller began. False: nothing is left.
absl::StatusOr<bool> StepUp(Connection& connection) {
  const bool sqlite = connection.engine() == "sqlite";
  // Two programs may start at once; SQLite's BEGIN IMMEDIATE is a lock already.
  if (!sqlite) {
    CLAMBAKE_RETURN_IF_ERROR(connection.RunScript("SELECT pg_advisory_xact_lock(7305001)"));
  }
  absl::Status made = connection.RunScript(
      "CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL);"
      "INSERT INTO schema_version (version) SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM schema_version)");
  if (!made.ok()) return made;
  CLAMBAKE_ASSIGN_OR_RETURN(const std::int64_t version, ReadVersion(connection));
  if (version > SchemaVersion()) return Newer(version);
  if (version == SchemaVersion()) return false;
  const Step& step = kSteps[static_cast<std::size_t>(version)];
  for (const std::string_view script : {step.common, sqlite ? step.sqlite : step.postgres}) {
    CLAMBAKE_RETURN_IF_ERROR(script.empty() ? absl::OkStatus() : connection.RunScript(script));
  }
  CLAMBAKE_ASSIGN_OR_RETURN(const Rows rows,
                            connection.Run("UPDATE schema_version SET version = version + 1", {}));
  return true;
}

}  // namespace

absl::Status Migrate(Connection& connection) {
  // The usual case takes no lock; before the first step there is no table.
  absl::StatusOr<std::int64_t> version = ReadVersion(connection);
  if (version.ok() && *version == SchemaVersion()) return absl::OkStatus();
  if (version.ok() && *version > SchemaVersion()) return Newer(*version);
  for (;;) {
    CLAMBAKE_RETURN_IF_ERROR(connection.Begin());
    absl::StatusOr<bool> more = StepUp(connection);
    absl::Status done = more.ok() ? connection.Commit() : more.status();
    if (!done.ok()) {
      connection.Rollback();
      return done;
    }
    if (!*more) return absl::OkStatus();
  }
}

}  // namespace store

std::int64_t SchemaVersion() { return static_cast<std::int64_t>(store::kSteps.size()); }

bool PostgresIsBuilt() { return CLAMBAKE_HAS_POSTGRES != 0; }

}  // namespace clambake
