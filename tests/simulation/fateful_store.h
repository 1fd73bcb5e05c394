// A state as one process has it: fate stands between the process and the store.
#ifndef CLAMBAKE_TESTS_SIMULATION_FATEFUL_STORE_H_
#define CLAMBAKE_TESTS_SIMULATION_FATEFUL_STORE_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "clambake/state_store.h"
#include "tests/simulation/fate.h"

namespace clambake {

// Neither is owned. Every call is virtual, so that a test can plant a bug in one.
class FatefulStore : public StateStore {
 public:
  FatefulStore(StateStore& store, Fate& fate) : store_(store), fate_(fate) {}

  [[nodiscard]] std::string_view engine() const override { return store_.engine(); }
  absl::StatusOr<absl::Time> Now() override { return store_.Now(); }

  absl::Status Enqueue(std::string_view s, const std::vector<ReadyIssue>& i) override {
    return Call("Enqueue", [&] { return store_.Enqueue(s, i); });
  }
  absl::StatusOr<std::optional<Claim>> ClaimNext(std::string_view s, std::string_view o,
                                                 absl::Duration l) override {
    return Call("ClaimNext", [&] { return store_.ClaimNext(s, o, l); });
  }
  absl::StatusOr<Claim> ClaimIssue(std::string_view s, IssueNumber i, std::string_view o,
                                   absl::Duration l) override {
    return Call("ClaimIssue", [&] { return store_.ClaimIssue(s, i, o, l); });
  }
  absl::StatusOr<Claim> Renew(std::string_view s, const Claim& c, absl::Duration l) override {
    return Call("Renew", [&] { return store_.Renew(s, c, l); });
  }
  absl::Status Land(std::string_view s, const Claim& c, std::string_view b) override {
    return Call("Land", [&] { return store_.Land(s, c, b); });
  }
  absl::Status Release(std::string_view s, const Claim& c) override {
    return Call("Release", [&] { return store_.Release(s, c); });
  }
  absl::StatusOr<std::vector<Work>> ExpireClaims(std::string_view s, absl::Duration d) override {
    return Call("ExpireClaims", [&] { return store_.ExpireClaims(s, d); });
  }
  absl::StatusOr<std::vector<Work>> ListWork(std::string_view s) override {
    return Call("ListWork", [&] { return store_.ListWork(s); });
  }
  absl::StatusOr<std::int64_t> MoveToSafeQueue(std::string_view s) override {
    return Call("MoveToSafeQueue", [&] { return store_.MoveToSafeQueue(s); });
  }
  absl::StatusOr<std::vector<Claim>> ReturnFromSafeQueue(std::string_view s, absl::Duration l) override {
    return Call("ReturnFromSafeQueue", [&] { return store_.ReturnFromSafeQueue(s, l); });
  }
  absl::StatusOr<RunLease> StartRun(std::string_view s, std::string_view o, absl::Duration l) override {
    return Call("StartRun", [&] { return store_.StartRun(s, o, l); });
  }
  absl::Status RenewRun(const RunLease& l) override {
    return Call("RenewRun", [&] { return store_.RenewRun(l); });
  }
  // Called by a destructor: no fate, which would throw.
  absl::Status EndRun(const RunLease& l) override {
    return fate_.IsDead() ? absl::OkStatus() : store_.EndRun(l);
  }
  absl::StatusOr<std::vector<IssueNumber>> RecordIntents(const RunLease& l,
                                                         const std::vector<JournalEntry>& e,
                                                         const std::vector<WorkChange>& c) override {
    return Call("RecordIntents", [&] { return store_.RecordIntents(l, e, c); });
  }
  absl::StatusOr<absl::Time> RecordAttempt(const RunLease& l, std::string_view i) override {
    return Call("RecordAttempt", [&] { return store_.RecordAttempt(l, i); });
  }
  absl::Status RecordOutcome(const RunLease& l, const JournalEntry& e,
                             const std::vector<WorkChange>& c) override {
    return Call("RecordOutcome", [&] { return store_.RecordOutcome(l, e, c); });
  }
  absl::StatusOr<std::vector<JournalEntry>> PendingOperations(std::string_view s) override {
    return Call("PendingOperations", [&] { return store_.PendingOperations(s); });
  }
  absl::StatusOr<std::vector<JournalEntry>> ConfirmedOperations(std::string_view s,
                                                                std::string_view k) override {
    return Call("ConfirmedOperations", [&] { return store_.ConfirmedOperations(s, k); });
  }
  absl::StatusOr<JournalEntry> ReadOperation(std::string_view s, std::string_view i) override {
    return Call("ReadOperation", [&] { return store_.ReadOperation(s, i); });
  }
  absl::Status ResolveManual(std::string_view s, std::string_view i, OperationState n) override {
    return Call("ResolveManual", [&] { return store_.ResolveManual(s, i, n); });
  }
  absl::StatusOr<Document> ReadDocument(std::string_view s, std::string_view k) override {
    return Call("ReadDocument", [&] { return store_.ReadDocument(s, k); });
  }
  absl::StatusOr<std::int64_t> WriteDocument(std::string_view s, std::string_view k, std::string_view v,
                                             std::int64_t e) override {
    return Call("WriteDocument", [&] { return store_.WriteDocument(s, k, v, e); });
  }
  absl::StatusOr<std::int64_t> WriteDocumentAudited(std::string_view s, std::string_view k,
                                                    std::string_view v, std::int64_t e,
                                                    const AuditRecord& r) override {
    return Call("WriteDocumentAudited", [&] { return store_.WriteDocumentAudited(s, k, v, e, r); });
  }
  absl::Status AppendAudit(std::string_view s, const AuditRecord& r) override {
    return Call("AppendAudit", [&] { return store_.AppendAudit(s, r); });
  }
  absl::StatusOr<std::vector<AuditRecord>> ReadAudit(std::string_view s, std::int64_t l) override {
    return Call("ReadAudit", [&] { return store_.ReadAudit(s, l); });
  }
  absl::StatusOr<std::vector<RowDifference>> CompareGenerations(std::string_view s) override {
    return Call("CompareGenerations", [&] { return store_.CompareGenerations(s); });
  }
  absl::StatusOr<std::int64_t> RepairGenerations(std::string_view s, Authority a) override {
    return Call("RepairGenerations", [&] { return store_.RepairGenerations(s, a); });
  }
  absl::StatusOr<std::vector<DamagedRow>> ListDamage() override {
    return Call("ListDamage", [&] { return store_.ListDamage(); });
  }
  absl::StatusOr<std::vector<std::string>> ListScopes() override {
    return Call("ListScopes", [&] { return store_.ListScopes(); });
  }
  absl::StatusOr<bool> IsCleanedUp() override {
    return Call("IsCleanedUp", [&] { return store_.IsCleanedUp(); });
  }
  absl::StatusOr<CleanupReport> CleanUp(std::string_view s, std::string_view a, CleanupMode m) override {
    return Call("CleanUp", [&] { return store_.CleanUp(s, a, m); });
  }
  absl::StatusOr<std::string> TakeSnapshot(std::string_view s) override {
    return Call("TakeSnapshot", [&] { return store_.TakeSnapshot(s); });
  }
  absl::Status RestoreSnapshot(std::string_view s, std::string_view t, std::string_view a) override {
    return Call("RestoreSnapshot", [&] { return store_.RestoreSnapshot(s, t, a); });
  }

 protected:
  StateStore& store_;
  Fate& fate_;

 private:
  template <typename Body>
  auto Call(std::string_view name, Body body) -> decltype(body()) {
    if (absl::Status before = fate_.Before(name); !before.ok()) return before;
    auto result = body();
    if (absl::Status after = fate_.After(name); !after.ok()) return after;
    return result;
  }
};

}  // namespace clambake

#endif  // CLAMBAKE_TESTS_SIMULATION_FATEFUL_STORE_H_
