// The cleanup's contract, on each engine: all or nothing, and never twice.
#include "clambake/state_store.h"
#include "tests/support/catch.h"
#include "tests/support/store_world.h"

namespace clambake {
namespace {

constexpr std::string_view kScope = "octo/repo";

void Fill(StateStore& store) {
  REQUIRE(store.Enqueue(kScope, {{1, 1}, {2, 2}, {3, 3}}).ok());
  REQUIRE(store.Enqueue("other/repo", {{1, 1}}).ok());
  const Claim claim = **store.ClaimNext(kScope, "agent001", absl::Hours(1));
  REQUIRE(store.ClaimNext(kScope, "agent002", absl::Hours(1)).ok());
  REQUIRE(store.Land(kScope, claim, "agent001/1").ok());
}

TEST_CASE("D20: a rehearsal tells what the cleanup does, and changes nothing, on each engine") {
  for (const Engine engine : EnginesHere()) {
    StoreWorld world(engine);
    const std::unique_ptr<StateStore> store = world.Open();
    Fill(*store);
    const std::string before = *store->TakeSnapshot(kScope);
    const CleanupReport rehearsed = *store->CleanUp(kScope, "ada", CleanupMode::kRehearse);
    CHECK(rehearsed.rows == 4);
    CHECK(rehearsed.dropped == std::vector<std::string>{"legacy_work", "work.twin"});
    CHECK_FALSE(*store->IsCleanedUp());
    CHECK(*store->TakeSnapshot(kScope) == before);
    CHECK(store->ReadAudit(kScope, 10)->empty());
    const CleanupReport done = *store->CleanUp(kScope, "ada", CleanupMode::kConfirm);
    CHECK(done.digest == rehearsed.digest);
    CHECK(store->ReadAudit(kScope, 10)->back().event == "state.cleanup");
  }
}

TEST_CASE("D20: after the cleanup every kind of work goes on, in every process that had the state open") {
  for (const Engine engine : EnginesHere()) {
    StoreWorld world(engine);
    const std::unique_ptr<StateStore> store = world.Open();
    const std::unique_ptr<StateStore> claims = world.Open();
    const std::unique_ptr<StateStore> changes = world.Open();
    const std::unique_ptr<StateStore> compares = world.Open();
    Fill(*store);
    const Claim held = *claims->ClaimIssue("other/repo", 1, "agent009", absl::Hours(1));
    REQUIRE(store->CleanUp(kScope, "ada", CleanupMode::kConfirm).ok());
    CHECK((*claims->ClaimNext(kScope, "agent003", absl::Hours(1)))->issue == 3);
    INFO(Name(engine));
    const absl::Status renewed = changes->Renew("other/repo", held, absl::Hours(2)).status();
    INFO(renewed);
    CHECK(renewed.ok());
    CHECK(changes->Land("other/repo", held, "agent009/1").ok());
    CHECK(compares->CompareGenerations(kScope)->empty());
    CHECK(compares->ListDamage()->empty());
    CHECK(*compares->IsCleanedUp());
    CHECK(*store->MoveToSafeQueue(kScope) == 2);
    CHECK(store->ReturnFromSafeQueue(kScope, absl::Hours(1))->size() == 2);
    CHECK(world.Open()->ListWork(kScope)->size() == 3);
    CHECK(store->ListDamage()->empty());
  }
}

TEST_CASE("the archive holds every legacy row, and the deprecated column is gone, on each engine") {
  for (const Engine engine : EnginesHere()) {
    StoreWorld world(engine);
    const std::unique_ptr<StateStore> store = world.Open();
    Fill(*store);
    REQUIRE(store->CleanUp(kScope, "ada", CleanupMode::kConfirm).ok());
    // Division by zero unless all four rows are there, one of them agent002's.
    const std::string count =
        "CREATE TABLE proof AS SELECT 1 / (CASE WHEN (SELECT count(*) FROM legacy_archive) = 4 AND (SELECT "
        "count(*) "
        "FROM legacy_archive WHERE agent = 'agent002' AND state = 'working') = 1 THEN 1 ELSE 0 END) AS x";
    CHECK_NOTHROW(world.Execute(count));
    CHECK_NOTHROW(world.Execute("UPDATE proof SET x = 2 WHERE x = 1"));
    CHECK_THROWS(world.Execute("INSERT INTO proof SELECT issue FROM legacy_work"));
    CHECK_THROWS(world.Execute("UPDATE work SET twin = ''"));
  }
}

TEST_CASE("the cleanup refuses a second time, rows that differ and rows that are damaged, on each engine") {
  for (const Engine engine : EnginesHere()) {
    StoreWorld world(engine);
    const std::unique_ptr<StateStore> store = world.Open();
    Fill(*store);
    world.Execute("UPDATE legacy_work SET state = 'landed' WHERE scope = 'other/repo'");
    CHECK(std::string(store->CleanUp(kScope, "ada", CleanupMode::kConfirm).status().message())
              .find("other/repo: legacy and v2 differ in 1 row") != std::string::npos);
    REQUIRE(store->RepairGenerations("other/repo", Authority::kV2).ok());
    world.Execute("UPDATE work SET rank = 77 WHERE issue = 3");
    CHECK(std::string(store->CleanUp(kScope, "ada", CleanupMode::kConfirm).status().message())
              .find("damaged: 1 row, the first: work octo/repo 3") != std::string::npos);
    CHECK_FALSE(*store->IsCleanedUp());
    world.Execute("UPDATE work SET rank = 3 WHERE issue = 3");
    REQUIRE(store->CleanUp(kScope, "ada", CleanupMode::kConfirm).ok());
    const std::unique_ptr<StateStore> other = world.Open();
    for (const CleanupMode mode : {CleanupMode::kRehearse, CleanupMode::kConfirm}) {
      CHECK(other->CleanUp(kScope, "ada", mode).status().code() == absl::StatusCode::kFailedPrecondition);
    }
  }
}

TEST_CASE("a snapshot from before the cleanup brings everything back after it, on each engine") {
  for (const Engine engine : EnginesHere()) {
    StoreWorld world(engine);
    const std::unique_ptr<StateStore> store = world.Open();
    Fill(*store);
    world.Execute("DELETE FROM work WHERE scope = 'octo/repo' AND issue = 2");  // legacy alone knows it
    const std::string snapshot = *store->TakeSnapshot(kScope);
    REQUIRE(store->RepairGenerations(kScope, Authority::kV2).ok());
    REQUIRE(store->CleanUp(kScope, "ada", CleanupMode::kConfirm).ok());
    REQUIRE(store->RestoreSnapshot(kScope, snapshot, "ada").ok());
    CHECK(store->ListWork(kScope)->size() == 3);
    CHECK(store->ListWork(kScope)->at(1).owner == "agent002");
    CHECK(store->ListDamage()->empty());
  }
}

}  // namespace
}  // namespace clambake
