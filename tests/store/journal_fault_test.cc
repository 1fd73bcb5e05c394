// A database that fails at any statement of a call of the journal.
#include <functional>

#include "store/sql_store.h"
#include "tests/support/catch.h"
#include "tests/support/store_world.h"

namespace clambake {
namespace {

constexpr std::string_view kScope = "octo/repo";

// The k-th thing that is asked of it fails, COMMIT as well.
class FailingConnection : public store::Connection {
 public:
  FailingConnection(std::unique_ptr<Connection> inner, int k) : inner_(std::move(inner)), left_(k) {}

  [[nodiscard]] std::string_view engine() const override { return inner_->engine(); }
  [[nodiscard]] WritableCte writable_cte() const override { return inner_->writable_cte(); }
  absl::StatusOr<store::Rows> Run(std::string_view sql,
                                  std::initializer_list<store::Argument> arguments) override {
    if (Fails()) return Failure();
    return inner_->Run(sql, arguments);
  }
  absl::Status RunScript(std::string_view script) override {
    return Fails() ? Failure() : inner_->RunScript(script);
  }
  absl::Status Begin() override { return Fails() ? Failure() : inner_->Begin(); }
  absl::Status Commit() override { return Fails() ? Failure() : inner_->Commit(); }
  void Rollback() override { inner_->Rollback(); }

  static absl::Status Failure() { return absl::UnavailableError("I/O error"); }

 private:
  bool Fails() { return --left_ == 0; }

  std::unique_ptr<Connection> inner_;
  int left_;
};

JournalEntry Entry(std::string id, OperationState state) {
  JournalEntry entry;
  entry.id = std::move(id);
  entry.lane = "lane";
  entry.kind = "add_labels";
  entry.state = state;
  return entry;
}

std::string Dump(StateStore& store) {
  const auto snapshot = store.TakeSnapshot(kScope);
  REQUIRE(snapshot.status() == absl::OkStatus());
  return *snapshot;
}

absl::StatusOr<std::unique_ptr<StateStore>> OpenToFail(StoreWorld& world, int k) {
  StoreOptions options;
  options.location = world.location();
  options.clock = &world.clock;
  auto connection = store::OpenSqlite(options);
  if (!connection.ok()) return connection.status();
  return std::make_unique<store::SqlStore>(std::make_unique<FailingConnection>(*std::move(connection), k));
}

}  // namespace

TEST_CASE(
    "a state that fails at the k-th statement of a call of the journal, for every k: an error, and all is as "
    "it was") {
  StoreWorld world(Engine::kSqlite);
  const auto calm = world.Open();
  const RunLease lease = *calm->StartRun(kScope, "run", absl::Minutes(3));
  const WorkChange claim{.issue = 2, .owner = "agent002", .branch = "agent002/2", .lease = absl::Hours(1)};
  enum class Kind { kWrites, kReads };
  struct Call {
    std::string name;
    Kind kind;
    std::function<absl::Status(StateStore&)> make;
  };
  const std::vector<Call> calls = {
      {"RecordIntents", Kind::kWrites,
       [&](StateStore& store) {
         return store
             .RecordIntents(lease, {Entry("a", OperationState::kIntent), Entry("b", OperationState::kIntent)},
                            {claim})
             .status();
       }},
      {"RecordAttempt", Kind::kWrites,
       [&](StateStore& store) { return store.RecordAttempt(lease, "a").status(); }},
      {"RecordOutcome, with what follows from it", Kind::kWrites,
       [&](StateStore& store) {
         return store.RecordOutcome(lease, Entry("a", OperationState::kConfirmed),
                                    {{.issue = 2, .state = WorkState::kBundled}});
       }},
      {"RecordOutcome", Kind::kWrites,
       [&](StateStore& store) {
         return store.RecordOutcome(lease, Entry("b", OperationState::kManual), {});
       }},
      {"PendingOperations", Kind::kReads,
       [&](StateStore& store) { return store.PendingOperations(kScope).status(); }},
      {"ConfirmedOperations", Kind::kReads,
       [&](StateStore& store) { return store.ConfirmedOperations(kScope, "add_labels").status(); }},
      {"ReadOperation", Kind::kReads,
       [&](StateStore& store) { return store.ReadOperation(kScope, "a").status(); }},
      {"ResolveManual", Kind::kWrites,
       [&](StateStore& store) { return store.ResolveManual(kScope, "b", OperationState::kIntent); }}};
  for (const Call& call : calls) {
    const std::string before = Dump(*calm);
    bool failed = true;
    int failures = 0;
    for (int k = 1; failed; ++k) {
      INFO(call.name << ", statement " << k);
      const auto store = OpenToFail(world, k);
      REQUIRE(store.ok());
      const absl::Status status = call.make(**store);
      failed = !status.ok();
      if (!failed) continue;
      ++failures;
      REQUIRE(status == FailingConnection::Failure());
      REQUIRE(Dump(*calm) == before);
    }
    INFO(call.name);
    // A transaction is three statements at least, and a reading one.
    CHECK((call.kind == Kind::kReads ? failures == 1 : failures > 3));
    CHECK((Dump(*calm) == before) == (call.kind == Kind::kReads));
    CHECK(calm->ListDamage()->empty());
  }
}

}  // namespace clambake
