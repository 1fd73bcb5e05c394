// The state that outlives a run: who holds which issue, and what was sent.
//
// One database holds the legacy table of work and the tables of v2; every
// change of an issue's work state writes both in one transaction, so that
// either generation can take over at any time. Two engines, SQLite and
// PostgreSQL, obey this one contract.
//
// Claims have a lease and a fence. The lease says until when the holder may
// act; the fence is a number that grows with every claim and that every later
// change must present, so that a holder who slept through its lease changes
// nothing. An expired claim settles before anybody else gets the issue.
//
// `scope` names whose state it is: "owner/name", or ShadowScope of it for
// read-only runs. All times are those of the store: its clock for SQLite, the
// database's own clock for PostgreSQL.
//
// Errors: Aborted, the claim or lease was lost, plan again; AlreadyExists,
// somebody else holds it; NotFound; Unavailable, the database is busy or away,
// try again; FailedPrecondition, stop until a person has fixed it (a newer
// schema, a damaged file). After any error nothing of the call was kept, or, for
// Unavailable alone, all of it may have been.
#ifndef CLAMBAKE_STATE_STORE_H_
#define CLAMBAKE_STATE_STORE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "clambake/clock.h"
#include "clambake/model.h"

namespace clambake {

std::string ShadowScope(std::string_view repository);

// ready → claimed → landed → bundled → done; claimed → settling → ready when
// the lease ends; claimed → safe → claimed around a rollback.
enum class WorkState { kReady, kClaimed, kSettling, kLanded, kBundled, kDone, kSafe };
std::string_view Name(WorkState state);  // "ready" "claimed" …

struct Work {
  IssueNumber issue = 0;
  std::int64_t rank = 0;
  WorkState state = WorkState::kReady;
  std::string owner;  // an agent's id, "" if nobody holds it
  std::int64_t fence = 0;
  absl::Time lease_until = absl::InfinitePast();  // while settling: until it is free
  std::string branch;                             // kept when work is abandoned
  absl::Time updated_at = absl::InfinitePast();
};

// An issue that may be claimed; lower ranks are handed out first.
struct ReadyIssue {
  IssueNumber issue = 0;
  std::int64_t rank = 0;
};

struct Claim {
  IssueNumber issue = 0;
  std::string owner;
  std::int64_t fence = 0;
  absl::Time lease_until = absl::InfinitePast();
};

// The right to run operations for a scope. One at a time.
struct RunLease {
  std::string scope;
  std::string owner;
  std::int64_t fence = 0;
  absl::Duration length;
};

// INTENT → ATTEMPT → CONFIRMED | UNKNOWN | REFUSED | MANUAL; a person may send
// MANUAL back to INTENT or drop it.
enum class OperationState { kIntent, kAttempt, kUnknown, kConfirmed, kRefused, kManual, kDropped };
std::string_view Name(OperationState state);  // "intent" "attempt" …

// True while there may be something left to do without a person.
bool IsUnfinished(OperationState state);

struct JournalEntry {
  std::string id;
  std::string lane;   // operations of a lane happen in order of position
  std::string after;  // this lane waits until all of that lane is confirmed; "" for none
  std::int64_t position = 0;
  IssueNumber issue = 0;  // 0: belongs to several
  std::string kind;
  std::string payload;  // the operation, as JSON
  OperationState state = OperationState::kIntent;
  std::int64_t attempts = 0;
  absl::Time attempted_at = absl::InfinitePast();  // of the last attempt
  bool probed = false;
  std::string detail;     // why it is in this state, for a person
  std::string next_step;  // MANUAL: what exactly a person should do
  std::string requests;   // GitHub's request ids, blank-separated
  std::int64_t latency_ms = 0;
  std::int64_t result = 0;  // what GitHub made: a pull request's number, a comment's id
};

// A lease on an issue to be taken, or a work state to be set, with the
// operations that carry it out.
struct WorkChange {
  IssueNumber issue = 0;
  std::int64_t rank = 0;
  WorkState state = WorkState::kClaimed;
  std::string owner;
  std::string branch;  // "" keeps what is known
  absl::Duration lease;
};

// A small piece of state under a name, changed by compare-and-swap.
struct Document {
  std::string value;
  std::int64_t version = 0;  // 0: does not exist
};

struct AuditRecord {
  std::int64_t sequence = 0;
  absl::Time at = absl::InfinitePast();
  std::string actor;
  std::string event;
  std::string detail;
};

// A row that the two generations' tables do not agree on.
struct RowDifference {
  IssueNumber issue = 0;
  std::string legacy;  // "state agent branch", "" if there is no row
  std::string v2;      // the same, as the v2 row would read in the legacy table
};
enum class Authority { kLegacy, kV2 };

// A row that is not as the store left it.
struct DamagedRow {
  std::string table;  // "work" "legacy_work" "operations" "documents" "audit"
  std::string row;    // "owner/name 12"
};

// What the cleanup does, or would do.
struct CleanupReport {
  std::int64_t rows = 0;             // of the legacy table, of all scopes
  std::string digest;                // over them, the same before and after they were archived
  std::vector<std::string> dropped;  // tables and columns
};
enum class CleanupMode { kRehearse, kConfirm };

// Thread-safe; calls on one object are served one after another.
class StateStore {
 public:
  virtual ~StateStore() = default;

  // "sqlite" or "postgresql".
  [[nodiscard]] virtual std::string_view engine() const = 0;
  virtual absl::StatusOr<absl::Time> Now() = 0;

  // --- Work and claims ---
  // Makes issues claimable; those already known keep their state, unless they
  // were done: then they were opened again.
  virtual absl::Status Enqueue(std::string_view scope, const std::vector<ReadyIssue>& issues) = 0;
  // The first ready issue by rank, then number; nullopt if there is none.
  virtual absl::StatusOr<std::optional<Claim>> ClaimNext(std::string_view scope, std::string_view owner,
                                                         absl::Duration lease) = 0;
  // That issue. AlreadyExists if it is held or settling, by whomever.
  virtual absl::StatusOr<Claim> ClaimIssue(std::string_view scope, IssueNumber issue, std::string_view owner,
                                           absl::Duration lease) = 0;
  // Lengthens the lease, from now. A lease that ended is lost, even if nobody noticed yet.
  virtual absl::StatusOr<Claim> Renew(std::string_view scope, const Claim& claim, absl::Duration lease) = 0;
  // The work is finished, on `branch`. The agent is free.
  virtual absl::Status Land(std::string_view scope, const Claim& claim, std::string_view branch) = 0;
  // Gives the issue back; others can claim it at once.
  virtual absl::Status Release(std::string_view scope, const Claim& claim) = 0;
  // Ended leases start to settle; what has settled becomes ready, branch kept.
  // Returns what became ready, as it was held.
  virtual absl::StatusOr<std::vector<Work>> ExpireClaims(std::string_view scope, absl::Duration settle) = 0;
  // By issue.
  virtual absl::StatusOr<std::vector<Work>> ListWork(std::string_view scope) = 0;

  // --- The safe queue, around a rollback ---
  // Every claimed or settling issue goes to the safe queue: its holder keeps it,
  // nothing expires, old fences are void. Returns how many.
  virtual absl::StatusOr<std::int64_t> MoveToSafeQueue(std::string_view scope) = 0;
  // The way back: claimed by the same holder, with a new fence and lease.
  virtual absl::StatusOr<std::vector<Claim>> ReturnFromSafeQueue(std::string_view scope,
                                                                 absl::Duration lease) = 0;

  // --- Runs and their journal ---
  // AlreadyExists while another run's lease lasts. Unfinished operations of
  // earlier runs then belong to this one.
  virtual absl::StatusOr<RunLease> StartRun(std::string_view scope, std::string_view owner,
                                            absl::Duration lease) = 0;
  // Lengthens the lease, from now.
  virtual absl::Status RenewRun(const RunLease& lease) = 0;
  virtual absl::Status EndRun(const RunLease& lease) = 0;
  // Writes all work changes and INTENTs, or nothing. An issue that somebody
  // else holds by now is left out, with the operations on it and the lanes that
  // wait for theirs; these issues are returned. An operation that is unfinished
  // or in the manual queue already stays as it is.
  virtual absl::StatusOr<std::vector<IssueNumber>> RecordIntents(const RunLease& lease,
                                                                 const std::vector<JournalEntry>& entries,
                                                                 const std::vector<WorkChange>& changes) = 0;
  // INTENT or UNKNOWN → ATTEMPT, attempts + 1; lengthens the run's lease. Must
  // have returned OK before the request is sent.
  virtual absl::StatusOr<absl::Time> RecordAttempt(const RunLease& lease, std::string_view id) = 0;
  // Takes state, probed, detail, next_step, requests, latency_ms and result of
  // `entry`, together with the work changes that follow from it.
  virtual absl::Status RecordOutcome(const RunLease& lease, const JournalEntry& entry,
                                     const std::vector<WorkChange>& changes) = 0;
  // Unfinished operations and the manual queue, by lane and position.
  virtual absl::StatusOr<std::vector<JournalEntry>> PendingOperations(std::string_view scope) = 0;
  // Confirmed operations of one kind, by id.
  virtual absl::StatusOr<std::vector<JournalEntry>> ConfirmedOperations(std::string_view scope,
                                                                        std::string_view kind) = 0;
  virtual absl::StatusOr<JournalEntry> ReadOperation(std::string_view scope, std::string_view id) = 0;
  // A person's word on an operation of the manual queue: kIntent (try again at
  // the next run) or kDropped. FailedPrecondition if it is not in the queue.
  virtual absl::Status ResolveManual(std::string_view scope, std::string_view id, OperationState next) = 0;

  // --- Documents and the audit log ---
  virtual absl::StatusOr<Document> ReadDocument(std::string_view scope, std::string_view key) = 0;
  // Aborted if the version is not `expected` (0: must not exist). Returns the new version.
  virtual absl::StatusOr<std::int64_t> WriteDocument(std::string_view scope, std::string_view key,
                                                     std::string_view value, std::int64_t expected) = 0;
  // The same, with a line of the audit log: both or neither.
  virtual absl::StatusOr<std::int64_t> WriteDocumentAudited(std::string_view scope, std::string_view key,
                                                            std::string_view value, std::int64_t expected,
                                                            const AuditRecord& record) = 0;
  virtual absl::Status AppendAudit(std::string_view scope, const AuditRecord& record) = 0;
  // The newest `limit`, oldest first.
  virtual absl::StatusOr<std::vector<AuditRecord>> ReadAudit(std::string_view scope, std::int64_t limit) = 0;

  // --- Both generations ---
  virtual absl::StatusOr<std::vector<RowDifference>> CompareGenerations(std::string_view scope) = 0;
  // Makes the other side equal to the authority, and mends broken seals of work. Returns the rows changed.
  virtual absl::StatusOr<std::int64_t> RepairGenerations(std::string_view scope, Authority authority) = 0;

  // Rows, of any scope, that something else than the store has changed.
  virtual absl::StatusOr<std::vector<DamagedRow>> ListDamage() = 0;

  // --- The cleanup: the point of no return ---
  // Every scope with work in it.
  virtual absl::StatusOr<std::vector<std::string>> ListScopes() = 0;
  // True once there is no legacy side any more.
  virtual absl::StatusOr<bool> IsCleanedUp() = 0;
  // Archives the legacy table of all scopes, compares rows and digest, drops
  // what is deprecated, and adds a line of `actor` to the audit log of `scope`:
  // one transaction, which a rehearsal rolls back. FailedPrecondition: the
  // generations differ, a row is damaged, or it was done before.
  virtual absl::StatusOr<CleanupReport> CleanUp(std::string_view scope, std::string_view actor,
                                                CleanupMode mode) = 0;

  // --- Snapshots ---
  // All rows of the scope, as one transaction sees them: `clambake.snapshot/1`
  // with a digest over everything but the digest itself.
  virtual absl::StatusOr<std::string> TakeSnapshot(std::string_view scope) = 0;
  // Puts the rows back, in one transaction; the audit log stays and gets a line
  // from `actor`. Fences only grow, so that no older claim becomes valid again;
  // operations that were sent since stay as they are, so that none happens twice,
  // and so does work that is finished by now, which nobody must go on with. What
  // was begun since the snapshot, which it does not know, stays as well; where
  // somebody holds it, in the safe queue.
  // InvalidArgument: digest or rows are not right, or another scope's snapshot.
  virtual absl::Status RestoreSnapshot(std::string_view scope, std::string_view snapshot,
                                       std::string_view actor) = 0;
};

enum class SqliteJournal { kRollback, kWal };
enum class IfMissing { kCreate, kFail };

struct StoreOptions {
  // A file's path, or postgresql://… ; off this host, PostgreSQL must be asked
  // for with sslmode=verify-full.
  std::string location;
  Clock* clock = nullptr;  // not owned. SQLite: required. PostgreSQL: only for simulations
  SqliteJournal journal = SqliteJournal::kRollback;
  IfMissing if_missing = IfMissing::kCreate;
  absl::Duration busy_timeout = absl::Seconds(30);
  std::string sqlite_vfs;  // "": the default one
};

// Opens the state and brings its schema up to date. NotFound: it is missing
// and shall not be made. FailedPrecondition: the schema is newer than this
// program, WAL is asked for on a SQLite that damages it, or this build has no
// PostgreSQL. InvalidArgument: a location that is not safe or not understood.
absl::StatusOr<std::unique_ptr<StateStore>> OpenStateStore(const StoreOptions& options);

// Writes what `change` makes of the document's text ("" where there is none),
// from the start again where another writer came between; nothing where it stays
// the same. An error of `change` is returned. Unavailable: too many writers came.
absl::Status ChangeDocument(StateStore& store, std::string_view scope, std::string_view key,
                            absl::FunctionRef<absl::StatusOr<std::string>(const std::string&)> change);

// `clambake.claims/1` and `clambake.queue/1`, rows in the order given.
std::string ClaimsToJson(std::string_view scope, const std::vector<Work>& work);
std::string QueueToJson(std::string_view scope, const std::vector<JournalEntry>& queue);

// The schema that this program reads and writes.
std::int64_t SchemaVersion();

// True if this build can talk to PostgreSQL.
bool PostgresIsBuilt();

}  // namespace clambake

#endif  // CLAMBAKE_STATE_STORE_H_
