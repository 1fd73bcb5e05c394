// StateStore over one SQL connection. Each public method is one transaction;
// the methods are grouped by file: work.cc, safe_queue.cc, runs.cc, journal.cc,
// documents.cc, generations.cc, snapshot.cc, cleanup.cc, damage.cc.
#ifndef CLAMBAKE_STORE_SQL_STORE_H_
#define CLAMBAKE_STORE_SQL_STORE_H_

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "clambake/state_store.h"
#include "store/sql.h"

namespace clambake::store {

class SqlStore : public StateStore {
 public:
  explicit SqlStore(std::unique_ptr<Connection> connection) : connection_(std::move(connection)) {}
  // To be called once, before anything else: what the schema has become.
  absl::Status ReadSchema();

  [[nodiscard]] std::string_view engine() const override { return connection_->engine(); }
  absl::StatusOr<absl::Time> Now() override;

  absl::Status Enqueue(std::string_view scope, const std::vector<ReadyIssue>& issues) override;
  absl::StatusOr<std::optional<Claim>> ClaimNext(std::string_view scope, std::string_view owner,
                                                 absl::Duration lease) override;
  absl::StatusOr<Claim> ClaimIssue(std::string_view scope, IssueNumber issue, std::string_view owner,
                                   absl::Duration lease) override;
  absl::StatusOr<Claim> Renew(std::string_view scope, const Claim& claim, absl::Duration lease) override;
  absl::Status Land(std::string_view scope, const Claim& claim, std::string_view branch) override;
  absl::Status Release(std::string_view scope, const Claim& claim) override;
  absl::StatusOr<std::vector<Work>> ExpireClaims(std::string_view scope, absl::Duration settle) override;
  absl::StatusOr<std::vector<Work>> ListWork(std::string_view scope) override;

  absl::StatusOr<std::int64_t> MoveToSafeQueue(std::string_view scope) override;
  absl::StatusOr<std::vector<Claim>> ReturnFromSafeQueue(std::string_view scope,
                                                         absl::Duration lease) override;

  absl::StatusOr<RunLease> StartRun(std::string_view scope, std::string_view owner,
                                    absl::Duration lease) override;
  absl::Status RenewRun(const RunLease& lease) override;
  absl::Status EndRun(const RunLease& lease) override;
  absl::StatusOr<std::vector<IssueNumber>> RecordIntents(const RunLease& lease,
                                                         const std::vector<JournalEntry>& entries,
                                                         const std::vector<WorkChange>& changes) override;
  absl::StatusOr<absl::Time> RecordAttempt(const RunLease& lease, std::string_view id) override;
  absl::Status RecordOutcome(const RunLease& lease, const JournalEntry& entry,
                             const std::vector<WorkChange>& changes) override;
  absl::StatusOr<std::vector<JournalEntry>> PendingOperations(std::string_view scope) override;
  absl::StatusOr<std::vector<JournalEntry>> ConfirmedOperations(std::string_view scope,
                                                                std::string_view kind) override;
  absl::StatusOr<JournalEntry> ReadOperation(std::string_view scope, std::string_view id) override;
  absl::Status ResolveManual(std::string_view scope, std::string_view id, OperationState next) override;

  absl::StatusOr<Document> ReadDocument(std::string_view scope, std::string_view key) override;
  absl::StatusOr<std::int64_t> WriteDocument(std::string_view scope, std::string_view key,
                                             std::string_view value, std::int64_t expected) override;
  absl::StatusOr<std::int64_t> WriteDocumentAudited(std::string_view scope, std::string_view key,
                                                    std::string_view value, std::int64_t expected,
                                                    const AuditRecord& record) override;
  absl::Status AppendAudit(std::string_view scope, const AuditRecord& record) override;
  absl::StatusOr<std::vector<AuditRecord>> ReadAudit(std::string_view scope, std::int64_t limit) override;

  absl::StatusOr<std::vector<RowDifference>> CompareGenerations(std::string_view scope) override;
  absl::StatusOr<std::int64_t> RepairGenerations(std::string_view scope, Authority authority) override;
  absl::StatusOr<std::vector<DamagedRow>> ListDamage() override;
  absl::StatusOr<std::vector<std::string>> ListScopes() override;
  absl::StatusOr<bool> IsCleanedUp() override;
  absl::StatusOr<CleanupReport> CleanUp(std::string_view scope, std::string_view actor,
                                        CleanupMode mode) override;
  absl::StatusOr<std::string> TakeSnapshot(std::string_view scope) override;
  absl::Status RestoreSnapshot(std::string_view scope, std::string_view snapshot,
                               std::string_view actor) override;

 private:
  using Arguments = std::initializer_list<Argument>;

  // Runs `body` (returning a Status or StatusOr) as one transaction, again if
  // it merely lost against another one.
  template <typename Body>
  auto Transact(Body body) -> decltype(body()) {
    const std::lock_guard lock(mutex_);
    decltype(body()) result = absl::UnavailableError("state: too many conflicting transactions");
    for (int attempt = 0; attempt < kMaxAttempts; ++attempt) {
      absl::Status begun = connection_->Begin();
      if (!begun.ok()) return begun;
      result = body();
      absl::Status status = StatusOf(result);
      if (status.ok()) status = connection_->Commit();
      if (status.ok()) return result;
      connection_->Rollback();
      result = status;
      if (status.code() != kRetry && !LearnsOfCleanup(status)) return result;
    }
    return absl::UnavailableError(StatusOf(result).message());
  }

  // The same for one statement, which is a transaction by itself.
  absl::StatusOr<Rows> RunAlone(std::string_view sql, Arguments arguments);
  absl::StatusOr<Rows> Run(std::string_view sql, Arguments arguments) {
    return connection_->Run(sql, arguments);
  }
  // Aborted with `lost` if the statement changed nothing.
  absl::Status RunFenced(std::string_view sql, Arguments arguments, std::string_view lost);

  // Within a transaction:
  absl::StatusOr<std::int64_t> NextFence();
  // After every change of a row of `work`: its seal, and its twin in the legacy table.
  absl::Status FinishRow(std::string_view scope, IssueNumber issue);
  absl::Status SealOperation(std::string_view scope, std::string_view id);
  absl::Status KeepRun(const RunLease& lease);
  absl::Status SealRun(std::string_view scope);
  absl::StatusOr<std::vector<IssueNumber>> ApplyChanges(std::string_view scope,
                                                        const std::vector<WorkChange>& changes);
  absl::StatusOr<bool> ApplyChange(std::string_view scope, const WorkChange& change);
  absl::Status InsertIntent(const RunLease& lease, const JournalEntry& entry);
  absl::StatusOr<std::optional<Claim>> ClaimFirst(std::string_view scope, std::string_view owner,
                                                  absl::Duration lease);
  absl::StatusOr<std::vector<RowDifference>> ReadDifferences(std::string_view scope);
  struct LegacyRow {
    std::string state, agent, branch;
  };
  absl::Status AdoptLegacyRow(std::string_view scope, IssueNumber issue, const LegacyRow& row);
  absl::Status AdoptLegacyRow(std::string_view scope, IssueNumber issue);
  absl::StatusOr<std::vector<DamagedRow>> ReadDamage();
  // How many rows of work were damaged, and are not any more.
  absl::StatusOr<std::int64_t> RepairSealedRows(std::string_view scope);
  // The same of leases and the counter of fences.
  absl::StatusOr<std::int64_t> RepairFences();
  absl::StatusOr<CleanupReport> Contract(std::string_view scope, std::string_view actor);
  // By Run, or RunAlone outside of a transaction.
  absl::StatusOr<std::int64_t> WriteDocumentBy(absl::StatusOr<Rows> (SqlStore::*run)(std::string_view,
                                                                                     Arguments),
                                               std::string_view scope, std::string_view key,
                                               std::string_view value, std::int64_t expected);
  absl::Status AppendAuditRow(std::string_view scope, const AuditRecord& record);
  absl::StatusOr<std::int64_t> MoveHeldToSafeQueue(std::string_view scope);
  absl::Status RestoreWork(std::string_view scope, const std::vector<std::string>& row);
  absl::Status RestoreLegacyRow(std::string_view scope, const std::vector<std::string>& row);
  absl::Status RestoreOperation(std::string_view scope, const std::vector<std::string>& row);
  absl::Status RestoreDocument(std::string_view scope, const std::vector<std::string>& row);

  static absl::Status StatusOf(const absl::Status& status) { return status; }
  template <typename T>
  static absl::Status StatusOf(const absl::StatusOr<T>& result) {
    return result.status();
  }

  // True if the call failed because another process has cleaned up meanwhile:
  // it may run again, without the legacy side.
  bool LearnsOfCleanup(const absl::Status& failed);

  static constexpr int kMaxAttempts = 50;
  std::mutex mutex_;
  std::unique_ptr<Connection> connection_;
  std::atomic<bool> cleaned_up_ = false;  // there is no legacy side any more
};

// How a row of `work` reads in the legacy table.
#define CLAMBAKE_LEGACY_STATE                                                       \
  "CASE state WHEN 'ready' THEN 'idle' WHEN 'landed' THEN 'landed' WHEN 'bundled' " \
  "THEN 'bundled' WHEN 'done' THEN 'merged' ELSE 'working' END"

// Seals: a digest over a row, kept in it. `clambake_seal` is SHA-256 of a text
// in hexadecimal digits; texts of free form carry their length.
#define CLAMBAKE_SIZED(text) "length(" text ") || ':' || " text
#define CLAMBAKE_WORK_SEAL(scope, issue, rank, state, owner, fence, lease, branch, updated)                 \
  "clambake_seal(" CLAMBAKE_SIZED(                                                                          \
      scope) " || '|' || " issue " || '|' || " rank " || '|' || " state                                     \
             " || '|' || " CLAMBAKE_SIZED(owner) " || '|' || " fence " || '|' || " lease                    \
                                                 " || '|' || " CLAMBAKE_SIZED(branch) " || '|' || " updated \
                                                                                      ")"
// Of the row's twin in the legacy table.
#define CLAMBAKE_TWIN_SEAL(scope, issue, state, owner, branch)                                             \
  "clambake_seal(" CLAMBAKE_SIZED(scope) " || '|' || " issue " || '|' || " state                           \
                                         " || '|' || " CLAMBAKE_SIZED(owner) " || '|' || " CLAMBAKE_SIZED( \
                                             branch) ")"
#define CLAMBAKE_SEAL_OF_WORK                                                                      \
  CLAMBAKE_WORK_SEAL("scope", "issue", "rank", "state", "owner", "fence", "lease_until", "branch", \
                     "updated_at")
#define CLAMBAKE_TWIN_OF_WORK CLAMBAKE_TWIN_SEAL("scope", "issue", CLAMBAKE_LEGACY_STATE, "owner", "branch")
#define CLAMBAKE_SEAL_OF_OPERATION \
  "clambake_seal(" CLAMBAKE_SIZED("scope") " || '|' || " CLAMBAKE_SIZED("id") " || '|' || " CLAMBAKE_SIZED("lane")  \
  " || '|' || " CLAMBAKE_SIZED("after_lane") " || '|' || position || '|' || issue || '|' || "                 \
  CLAMBAKE_SIZED("kind") " || '|' || " CLAMBAKE_SIZED("payload") " || '|' || state || '|' || attempts || '|' || "  \
  "attempted_at || '|' || probed || '|' || " CLAMBAKE_SIZED("detail") " || '|' || " CLAMBAKE_SIZED("next_step")    \
  " || '|' || " CLAMBAKE_SIZED("requests") " || '|' || latency_ms || '|' || result || '|' || fence)"
#define CLAMBAKE_RUN_SEAL(lease)                                         \
  "clambake_seal(" CLAMBAKE_SIZED("scope") " || '|' || " CLAMBAKE_SIZED( \
      "owner") " || '|' || fence || '|' || " lease ")"
#define CLAMBAKE_FENCE_SEAL(value) "clambake_seal('fence ' || (" value "))"
#define CLAMBAKE_DOCUMENT_SEAL(scope, key, value, version)                                       \
  "clambake_seal(" CLAMBAKE_SIZED(scope) " || '|' || " CLAMBAKE_SIZED(key) " || '|' || " version \
                                                                           " || '|' || " value ")"

}  // namespace clambake::store

#endif  // CLAMBAKE_STORE_SQL_STORE_H_
