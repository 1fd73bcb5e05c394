// A store of one's own: what is written to the audit log is told to others at
// once, here on standard output. All the rest is SQLite's. A store of another
// kind implements the same methods; their contract is in state_store.h.
//   store STATE.db
#include <iostream>
#include <memory>
#include <utility>

#include "clambake/clock.h"
#include "clambake/rollouts.h"
#include "clambake/state_store.h"

namespace {

class TellingStore : public clambake::StateStore {
 public:
  explicit TellingStore(std::unique_ptr<clambake::StateStore> store) : store_(std::move(store)) {}

  // Told only once it is really there.
  absl::Status AppendAudit(std::string_view scope, const clambake::AuditRecord& record) override {
    absl::Status appended = store_->AppendAudit(scope, record);
    if (appended.ok()) Tell(scope, record);
    return appended;
  }
  absl::StatusOr<std::int64_t> WriteDocumentAudited(std::string_view scope, std::string_view key,
                                                    std::string_view value, std::int64_t expected,
                                                    const clambake::AuditRecord& record) override {
    absl::StatusOr<std::int64_t> version = store_->WriteDocumentAudited(scope, key, value, expected, record);
    if (version.ok()) Tell(scope, record);
    return version;
  }

  [[nodiscard]] std::string_view engine() const override { return store_->engine(); }
  absl::StatusOr<absl::Time> Now() override { return store_->Now(); }
  absl::Status Enqueue(std::string_view scope, const std::vector<clambake::ReadyIssue>& issues) override {
    return store_->Enqueue(scope, issues);
  }
  absl::StatusOr<std::optional<clambake::Claim>> ClaimNext(std::string_view scope, std::string_view owner,
                                                           absl::Duration lease) override {
    return store_->ClaimNext(scope, owner, lease);
  }
  absl::StatusOr<clambake::Claim> ClaimIssue(std::string_view scope, clambake::IssueNumber issue,
                                             std::string_view owner, absl::Duration lease) override {
    return store_->ClaimIssue(scope, issue, owner, lease);
  }
  absl::StatusOr<clambake::Claim> Renew(std::string_view scope, const clambake::Claim& claim,
                                        absl::Duration lease) override {
    return store_->Renew(scope, claim, lease);
  }
  absl::Status Land(std::string_view scope, const clambake::Claim& claim, std::string_view branch) override {
    return store_->Land(scope, claim, branch);
  }
  absl::Status Release(std::string_view scope, const clambake::Claim& claim) override {
    return store_->Release(scope, claim);
  }
  absl::StatusOr<std::vector<clambake::Work>> ExpireClaims(std::string_view scope,
                                                           absl::Duration settle) override {
    return store_->ExpireClaims(scope, settle);
  }
  absl::StatusOr<std::vector<clambake::Work>> ListWork(std::string_view scope) override {
    return store_->ListWork(scope);
  }
  absl::StatusOr<std::int64_t> MoveToSafeQueue(std::string_view scope) override {
    return store_->MoveToSafeQueue(scope);
  }
  absl::StatusOr<std::vector<clambake::Claim>> ReturnFromSafeQueue(std::string_view scope,
                                                                   absl::Duration lease) override {
    return store_->ReturnFromSafeQueue(scope, lease);
  }
  absl::StatusOr<clambake::RunLease> StartRun(std::string_view scope, std::string_view owner,
                                              absl::Duration lease) override {
    return store_->StartRun(scope, owner, lease);
  }
  absl::Status RenewRun(const clambake::RunLease& lease) override { return store_->RenewRun(lease); }
  absl::Status EndRun(const clambake::RunLease& lease) override { return store_->EndRun(lease); }
  absl::StatusOr<std::vector<clambake::IssueNumber>> RecordIntents(
      const clambake::RunLease& lease, const std::vector<clambake::JournalEntry>& entries,
      const std::vector<clambake::WorkChange>& changes) override {
    return store_->RecordIntents(lease, entries, changes);
  }
  absl::StatusOr<absl::Time> RecordAttempt(const clambake::RunLease& lease, std::string_view id) override {
    return store_->RecordAttempt(lease, id);
  }
  absl::Status RecordOutcome(const clambake::RunLease& lease, const clambake::JournalEntry& entry,
                             const std::vector<clambake::WorkChange>& changes) override {
    return store_->RecordOutcome(lease, entry, changes);
  }
  absl::StatusOr<std::vector<clambake::JournalEntry>> PendingOperations(std::string_view scope) override {
    return store_->PendingOperations(scope);
  }
  absl::StatusOr<std::vector<clambake::JournalEntry>> ConfirmedOperations(std::string_view scope,
                                                                          std::string_view kind) override {
    return store_->ConfirmedOperations(scope, kind);
  }
  absl::StatusOr<clambake::JournalEntry> ReadOperation(std::string_view scope, std::string_view id) override {
    return store_->ReadOperation(scope, id);
  }
  absl::Status ResolveManual(std::string_view scope, std::string_view id,
                             clambake::OperationState next) override {
    return store_->ResolveManual(scope, id, next);
  }
  absl::StatusOr<clambake::Document> ReadDocument(std::string_view scope, std::string_view key) override {
    return store_->ReadDocument(scope, key);
  }
  absl::StatusOr<std::int64_t> WriteDocument(std::string_view scope, std::string_view key,
                                             std::string_view value, std::int64_t expected) override {
    return store_->WriteDocument(scope, key, value, expected);
  }
  absl::StatusOr<std::vector<clambake::AuditRecord>> ReadAudit(std::string_view scope,
                                                               std::int64_t limit) override {
    return store_->ReadAudit(scope, limit);
  }
  absl::StatusOr<std::vector<clambake::RowDifference>> CompareGenerations(std::string_view scope) override {
    return store_->CompareGenerations(scope);
  }
  absl::StatusOr<std::int64_t> RepairGenerations(std::string_view scope,
                                                 clambake::Authority authority) override {
    return store_->RepairGenerations(scope, authority);
  }
  absl::StatusOr<std::vector<clambake::DamagedRow>> ListDamage() override { return store_->ListDamage(); }
  absl::StatusOr<std::vector<std::string>> ListScopes() override { return store_->ListScopes(); }
  absl::StatusOr<bool> IsCleanedUp() override { return store_->IsCleanedUp(); }
  absl::StatusOr<clambake::CleanupReport> CleanUp(std::string_view scope, std::string_view actor,
                                                  clambake::CleanupMode mode) override {
    return store_->CleanUp(scope, actor, mode);
  }
  absl::StatusOr<std::string> TakeSnapshot(std::string_view scope) override {
    return store_->TakeSnapshot(scope);
  }
  absl::Status RestoreSnapshot(std::string_view scope, std::string_view snapshot,
                               std::string_view actor) override {
    return store_->RestoreSnapshot(scope, snapshot, actor);
  }

 private:
  static void Tell(std::string_view scope, const clambake::AuditRecord& record) {
    std::cout << scope << ": " << record.actor << " " << record.event << "\n";
  }

  std::unique_ptr<clambake::StateStore> store_;
};

}  // namespace

int main(int argc, char* argv[]) {
  if (argc != 2) return 2;
  const auto clock = clambake::NewSystemClock();
  const auto rng = clambake::NewSystemRng();
  auto sqlite = clambake::OpenStateStore({.location = argv[1], .clock = clock.get()});
  if (!sqlite.ok()) {
    std::cerr << sqlite.status() << "\n";
    return 2;
  }
  TellingStore store(*std::move(sqlite));
  clambake::Rollouts rollouts(store, "octo/repo", *rng);
  const auto planner = clambake::Component::kPlanner;
  const auto started = rollouts.Start(
      planner, {.ladder = *clambake::FindLadder("standard"), .change = {"example", "to show a store"}});
  const auto back = rollouts.RollBack(planner, {"example", "that was all"});
  if (!started.ok() || !back.ok()) return 2;
  std::cout << "the planner is " << (back->latch.holds ? "latched" : "free") << "\n";
  return 0;
}
