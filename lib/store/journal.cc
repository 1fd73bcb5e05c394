// The journal of operations, and the part of it that waits for a person.
#include "base/status_macros.h"
#include "fmt/format.h"
#include "store/sql_store.h"

namespace clambake::store {
namespace {

#define CLAMBAKE_ENTRY_COLUMNS                                                                    \
  "id, lane, after_lane, position, issue, kind, payload, state, attempts, attempted_at, probed, " \
  "detail, next_step, requests, latency_ms, result"

OperationState OperationStateOf(std::string_view name) {
  for (const OperationState state :
       {OperationState::kIntent, OperationState::kAttempt, OperationState::kUnknown,
        OperationState::kConfirmed, OperationState::kRefused, OperationState::kDropped}) {
    if (name == Name(state)) return state;
  }
  return OperationState::kManual;
}

JournalEntry ReadEntry(const Row& row) {
  JournalEntry entry;
  std::size_t column = 0;
  entry.id = row.Text(column++);
  entry.lane = row.Text(column++);
  entry.after = row.Text(column++);
  entry.position = row.Int(column++);
  entry.issue = row.Int(column++);
  entry.kind = row.Text(column++);
  entry.payload = row.Text(column++);
  entry.state = OperationStateOf(row.Text(column++));
  entry.attempts = row.Int(column++);
  entry.attempted_at = row.Time(column++);
  entry.probed = row.Int(column++) != 0;
  entry.detail = row.Text(column++);
  entry.next_step = row.Text(column++);
  entry.requests = row.Text(column++);
  entry.latency_ms = row.Int(column++);
  entry.result = row.Int(column++);
  return entry;
}

std::vector<JournalEntry> ReadEntries(const Rows& rows) {
  std::vector<JournalEntry> entries;
  entries.reserve(rows.rows.size());
  for (const Row& row : rows.rows) entries.push_back(ReadEntry(row));
  return entries;
}

}  // namespace

absl::Status SqlStore::SealOperation(std::string_view scope, std::string_view id) {
  return Run("UPDATE operations SET seal = " CLAMBAKE_SEAL_OF_OPERATION " WHERE scope = $1 AND id = $2",
             {scope, id})
      .status();
}

// An id that is finished may come again (an issue is handed out a second time):
// then it starts over. One that is pending stays.
absl::Status SqlStore::InsertIntent(const RunLease& lease, const JournalEntry& entry) {
  CLAMBAKE_RETURN_IF_ERROR(
      Run("INSERT INTO operations (scope, fence, " CLAMBAKE_ENTRY_COLUMNS
          ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'intent', 0, 0, 0, '', '', '', 0, 0) "
          "ON CONFLICT (scope, id) DO UPDATE SET lane = excluded.lane, after_lane = excluded.after_lane, "
          "position = excluded.position, fence = excluded.fence, state = 'intent', attempts = 0, "
          "attempted_at = 0, probed = 0, detail = '', next_step = '', requests = '', latency_ms = 0, "
          "result = 0 "
          "WHERE operations.state IN ('confirmed', 'refused', 'dropped')",
          {lease.scope, lease.fence, entry.id, entry.lane, entry.after, entry.position, entry.issue,
           entry.kind, entry.payload})
          .status());
  return SealOperation(lease.scope, entry.id);
}

absl::StatusOr<absl::Time> SqlStore::RecordAttempt(const RunLease& lease, std::string_view id) {
  return Transact([&]() -> absl::StatusOr<absl::Time> {
    CLAMBAKE_RETURN_IF_ERROR(KeepRun(lease));
    CLAMBAKE_ASSIGN_OR_RETURN(
        const Rows rows, Run("UPDATE operations SET state = 'attempt', attempts = attempts + 1, fence = $3, "
                             "attempted_at = clambake_now() WHERE scope = $1 AND id = $2 "
                             "AND state IN ('intent', 'attempt', 'unknown') RETURNING attempted_at",
                             {lease.scope, id, lease.fence}));
    if (rows.rows.empty()) return absl::AbortedError(fmt::format("operation {} is finished already", id));
    CLAMBAKE_RETURN_IF_ERROR(SealOperation(lease.scope, id));
    return rows.rows[0].Time(0);
  });
}

absl::Status SqlStore::RecordOutcome(const RunLease& lease, const JournalEntry& entry,
                                     const std::vector<WorkChange>& changes) {
  return Transact([&]() -> absl::Status {
    CLAMBAKE_RETURN_IF_ERROR(KeepRun(lease));
    CLAMBAKE_RETURN_IF_ERROR(RunFenced(
        "UPDATE operations SET state = $3, probed = $4, detail = $5, next_step = $6, requests = $7, "
        "latency_ms = $8, result = $9 WHERE scope = $1 AND id = $2 AND state IN ('intent', 'attempt', "
        "'unknown')",
        {lease.scope, entry.id, Name(entry.state), std::int64_t{entry.probed ? 1 : 0}, entry.detail,
         entry.next_step, entry.requests, entry.latency_ms, entry.result},
        "the operation is finished already"));
    CLAMBAKE_RETURN_IF_ERROR(SealOperation(lease.scope, entry.id));
    return ApplyChanges(lease.scope, changes).status();
  });
}

absl::StatusOr<std::vector<JournalEntry>> SqlStore::PendingOperations(std::string_view scope) {
  CLAMBAKE_ASSIGN_OR_RETURN(const Rows rows,
                            RunAlone("SELECT " CLAMBAKE_ENTRY_COLUMNS " FROM operations WHERE scope = $1 "
                                     "AND state IN ('intent', 'attempt', 'unknown', 'manual') "
                                     "ORDER BY lane, position",
                                     {scope}));
  return ReadEntries(rows);
}

absl::StatusOr<std::vector<JournalEntry>> SqlStore::ConfirmedOperations(std::string_view scope,
                                                                        std::string_view kind) {
  CLAMBAKE_ASSIGN_OR_RETURN(const Rows rows,
                            RunAlone("SELECT " CLAMBAKE_ENTRY_COLUMNS " FROM operations WHERE scope = $1 "
                                     "AND kind = $2 AND state = 'confirmed' ORDER BY id",
                                     {scope, kind}));
  return ReadEntries(rows);
}

absl::StatusOr<JournalEntry> SqlStore::ReadOperation(std::string_view scope, std::string_view id) {
  CLAMBAKE_ASSIGN_OR_RETURN(const Rows rows, RunAlone("SELECT " CLAMBAKE_ENTRY_COLUMNS
                                                      " FROM operations WHERE scope = $1 AND id = $2",
                                                      {scope, id}));
  if (rows.rows.empty()) return absl::NotFoundError(fmt::format("there is no operation {}", id));
  return ReadEntry(rows.rows[0]);
}

absl::Status SqlStore::ResolveManual(std::string_view scope, std::string_view id, OperationState next) {
  if (next != OperationState::kIntent && next != OperationState::kDropped) {
    return absl::InvalidArgumentError("an operation of the manual queue can only be retried or dropped");
  }
  // Whatever was sent before has long settled; the attempt's time stays, so
  // that a retry still probes before it sends.
  return Transact([&]() -> absl::Status {
    CLAMBAKE_ASSIGN_OR_RETURN(const Rows rows,
                              Run("UPDATE operations SET state = CASE WHEN $3 = 'intent' AND attempts > 0 "
                                  "THEN 'unknown' ELSE $3 END, "
                                  "attempts = CASE WHEN $3 = 'intent' THEN 0 ELSE attempts END, "
                                  "detail = CASE WHEN $3 = 'intent' THEN '' ELSE detail END, next_step = '' "
                                  "WHERE scope = $1 AND id = $2 AND state = 'manual'",
                                  {scope, id, Name(next)}));
    if (rows.changed > 0) return SealOperation(scope, id);
    return absl::FailedPreconditionError(fmt::format("operation {} is not in the manual queue", id));
  });
}

}  // namespace clambake::store
