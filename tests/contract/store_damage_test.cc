// Every byte of every row: whatever changes it past the store is noticed.
#include <algorithm>
#include <array>

#include "clambake/state_audit.h"
#include "fmt/format.h"
#include "tests/support/catch.h"
#include "tests/support/store_world.h"

namespace clambake {
namespace {

constexpr std::string_view kScope = "octo/repo";

struct Column {
  std::string table;
  std::string name;
  int length = 0;  // of the text in it; 0: an integer
};

// Flips one bit, so that doing it again is the way back.
std::string Flip(Engine engine, const Column& column, int byte) {
  const bool sqlite = engine == Engine::kSqlite;
  std::string flipped;
  if (column.length == 0) {
    flipped = fmt::format("({0} | {1}) - ({0} & {1})", column.name, std::int64_t{1} << (8 * byte));
  } else {
    const std::string code =
        fmt::format("{}(substr({}, {}, 1))", sqlite ? "unicode" : "ascii", column.name, byte + 1);
    flipped = fmt::format("substr({0}, 1, {1}) || {2}(({3} | 1) - ({3} & 1)) || substr({0}, {4})",
                          column.name, byte, sqlite ? "char" : "chr", code, byte + 2);
  }
  return fmt::format("{}UPDATE {} SET {} = {}",
                     sqlite ? "PRAGMA ignore_check_constraints=1; PRAGMA synchronous=OFF; " : "",
                     column.table, column.name, flipped);
}

// One row in each table, with a text in every column of text.
void Fill(StateStore& store) {
  REQUIRE(store.Enqueue(kScope, {{12, 3}}).ok());
  const Claim claim = **store.ClaimNext(kScope, "agent001", absl::Hours(1));
  REQUIRE(store.Renew(kScope, claim, absl::Hours(1)).ok());
  const RunLease run = *store.StartRun(kScope, "test", absl::Hours(1));
  JournalEntry entry;
  entry.id = "0123456789abcdef";
  entry.lane = "issue-12";
  entry.after = "issue-11";
  entry.issue = 12;
  entry.kind = "add_labels";
  entry.payload = "{\"issue\":12}";
  REQUIRE(store
              .RecordIntents(
                  run, {entry},
                  {{.issue = 12, .rank = 3, .owner = "agent001", .branch = "b/12", .lease = absl::Hours(1)}})
              .ok());
  REQUIRE(store.RecordAttempt(run, entry.id).ok());
  entry.state = OperationState::kManual;
  entry.detail = "why";
  entry.next_step = "then";
  entry.requests = "A1";
  REQUIRE(store.RecordOutcome(run, entry, {}).ok());
  REQUIRE(store.WriteDocument(kScope, "note", "value", 0).ok());
  REQUIRE(store.AppendAudit(kScope, {.actor = "ada", .event = "one", .detail = "first"}).ok());
}

const std::array kColumns = {
    Column{"work", "scope", 9},
    Column{"work", "issue"},
    Column{"work", "rank"},
    Column{"work", "state", 7},
    Column{"work", "owner", 8},
    Column{"work", "fence"},
    Column{"work", "lease_until"},
    Column{"work", "branch", 4},
    Column{"work", "updated_at"},
    Column{"work", "seal", 64},
    Column{"work", "twin", 64},
    Column{"legacy_work", "scope", 9},
    Column{"legacy_work", "issue"},
    Column{"legacy_work", "state", 7},
    Column{"legacy_work", "agent", 8},
    Column{"legacy_work", "branch", 4},
    Column{"operations", "scope", 9},
    Column{"operations", "id", 16},
    Column{"operations", "lane", 8},
    Column{"operations", "after_lane", 8},
    Column{"operations", "position"},
    Column{"operations", "issue"},
    Column{"operations", "kind", 10},
    Column{"operations", "payload", 12},
    Column{"operations", "state", 6},
    Column{"operations", "attempts"},
    Column{"operations", "attempted_at"},
    Column{"operations", "probed"},
    Column{"operations", "detail", 3},
    Column{"operations", "next_step", 4},
    Column{"operations", "requests", 2},
    Column{"operations", "latency_ms"},
    Column{"operations", "result"},
    Column{"operations", "fence"},
    Column{"operations", "seal", 64},
    Column{"documents", "scope", 9},
    Column{"documents", "key", 4},
    Column{"documents", "value", 5},
    Column{"documents", "version"},
    Column{"documents", "seal", 64},
    Column{"run_lease", "scope", 9},
    Column{"run_lease", "owner", 4},
    Column{"run_lease", "fence"},
    Column{"run_lease", "lease_until"},
    Column{"run_lease", "seal", 64},
    Column{"fence", "value"},
    Column{"fence", "seal", 64},
    Column{"audit", "sequence"},
    Column{"audit", "scope", 9},
    Column{"audit", "at"},
    Column{"audit", "actor", 3},
    Column{"audit", "event", 3},
    Column{"audit", "detail", 5},
    Column{"audit", "digest", 76},
    Column{"audit_head", "scope", 9},
    Column{"audit_head", "sequence"},
    Column{"audit_head", "digest", 76},
};

// So that nothing but the audit can notice.
void LiftConstraints(StoreWorld& world, Engine engine) {
  if (engine == Engine::kSqlite) return;
  world.Execute(
      "DO $$ DECLARE r record; BEGIN FOR r IN SELECT conname, conrelid::regclass AS t FROM pg_constraint "
      "WHERE contype = 'c' AND connamespace = 'clambake'::regnamespace LOOP "
      "EXECUTE 'ALTER TABLE ' || r.t || ' DROP CONSTRAINT ' || r.conname; END LOOP; END $$; "
      "ALTER TABLE audit ALTER sequence DROP IDENTITY");
}

TEST_CASE(
    "one bit of any byte of any row, legacy, v2, journal, document or audit log, is noticed, on each "
    "engine") {
  for (const Engine engine : EnginesHere()) {
    StoreWorld world(engine);
    const std::unique_ptr<StateStore> store = world.Open();
    Fill(*store);
    LiftConstraints(world, engine);
    REQUIRE(AuditState(*store, kScope)->clean());
    for (const Column& column : kColumns) {
      // PostgreSQL's counter is no row: see below.
      if (engine == Engine::kPostgres && column.table == "fence") continue;
      for (int byte = 0; byte < (column.length == 0 ? 7 : column.length); ++byte) {
        const std::string flip = Flip(engine, column, byte);
        INFO(Name(engine) << " " << column.table << "." << column.name << " byte " << byte);
        world.Execute(flip);
        CHECK_FALSE(AuditState(*store, kScope)->clean());
        world.Execute(flip);
      }
    }
    CHECK(AuditState(*store, kScope)->clean());
  }
}

TEST_CASE(
    "a counter of fences that was set back is noticed, also after it counted on, and repaired past every "
    "fence in use, on each engine") {
  for (const Engine engine : EnginesHere()) {
    INFO(Name(engine));
    StoreWorld world(engine);
    const std::unique_ptr<StateStore> store = world.Open();
    Fill(*store);
    REQUIRE(store->Enqueue(kScope, {{13, 3}, {14, 3}}).ok());
    const Claim last = **store->ClaimNext(kScope, "agent002", absl::Hours(1));
    world.Execute(engine == Engine::kSqlite ? "UPDATE fence SET value = 0" : "SELECT setval('fence', 1)");
    CHECK_FALSE(AuditState(*store, kScope)->clean());
    REQUIRE(store->Enqueue(kScope, {{15, 3}}).ok());
    store->StartRun("other/repo", "test", absl::Hours(1)).IgnoreError();
    CHECK(AuditState(*store, kScope)->broken.at(0).text.starts_with("fence the counter"));
    CHECK(*store->RepairGenerations(kScope, Authority::kLegacy) == 1);
    CHECK(AuditState(*store, kScope)->clean());
    CHECK((*store->ClaimNext(kScope, "agent003", absl::Hours(1)))->fence > last.fence);
  }
}

TEST_CASE(
    "a row of work that was changed is whole after the repair, whichever column it was, on each engine") {
  for (const Engine engine : EnginesHere()) {
    for (const Column& column : kColumns) {
      const bool of_work = column.table == "work" || column.table == "legacy_work";
      if (!of_work || column.name == "scope") continue;  // another repository's work, then
      INFO(Name(engine) << " " << column.table << "." << column.name);
      StoreWorld world(engine);
      const std::unique_ptr<StateStore> store = world.Open();
      REQUIRE(store->Enqueue(kScope, {{12, 3}}).ok());
      REQUIRE(store->ClaimNext(kScope, "agent001", absl::Hours(1))->has_value());
      LiftConstraints(world, engine);
      // An empty text has no byte to flip: what this row lacks, it gets.
      world.Execute(column.name == "branch" ? fmt::format("UPDATE {} SET branch = 'b/12'", column.table)
                                            : Flip(engine, column, 0));
      REQUIRE_FALSE(AuditState(*store, kScope)->clean());
      CHECK(*store->RepairGenerations(kScope, Authority::kLegacy) >= 1);
      CHECK(AuditState(*store, kScope)->clean());
      const std::vector<Work> work = *store->ListWork(kScope);
      const auto held = [](const Work& row) {
        return row.state == WorkState::kSafe || row.state == WorkState::kClaimed;
      };
      CHECK(std::any_of(work.begin(), work.end(), held));  // nothing is lost, or handed out twice
    }
  }
}

TEST_CASE("a damaged lease of a run is nobody's after the repair, on each engine") {
  for (const Engine engine : EnginesHere()) {
    INFO(Name(engine));
    StoreWorld world(engine);
    const std::unique_ptr<StateStore> store = world.Open();
    const RunLease run = *store->StartRun(kScope, "test", absl::Hours(1));
    world.Execute("UPDATE run_lease SET lease_until = lease_until + 4000000000000000");
    CHECK(*store->RepairGenerations(kScope, Authority::kLegacy) == 1);
    CHECK(AuditState(*store, kScope)->clean());
    CHECK(absl::IsAborted(store->RenewRun(run)));
    CHECK(store->StartRun(kScope, "another", absl::Hours(1)).ok());
  }
}

TEST_CASE("the last line of the audit log cannot be taken off unnoticed, nor all of them, on each engine") {
  for (const Engine engine : EnginesHere()) {
    for (const char* damage : {"DELETE FROM audit WHERE event = 'two'", "DELETE FROM audit"}) {
      StoreWorld world(engine);
      const std::unique_ptr<StateStore> store = world.Open();
      for (const char* event : {"one", "two"})
        REQUIRE(store->AppendAudit(kScope, {.actor = "ada", .event = event}).ok());
      world.Execute(damage);
      INFO(damage);
      CHECK(AuditState(*store, kScope)->broken.at(0).rule == "audit_log");
    }
  }
}

}  // namespace
}  // namespace clambake
