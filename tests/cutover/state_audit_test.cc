#include "clambake/state_audit.h"
#include "tests/support/backlog_builder.h"
#include "tests/support/catch.h"
#include "tests/support/store_world.h"

namespace clambake {
namespace {

constexpr std::string_view kScope = "octo/repo";

TEST_CASE("a state that went through claims and landings is clean, on each engine") {
  for (const Engine engine : EnginesHere()) {
    StoreWorld world(engine);
    const std::unique_ptr<StateStore> store = world.Open();
    REQUIRE(store->Enqueue(kScope, {{1, 1}, {2, 2}, {3, 3}}).ok());
    const Claim claim = **store->ClaimNext(kScope, "agent001", absl::Hours(1));
    REQUIRE(store->ClaimNext(kScope, "agent002", absl::Hours(1)).ok());
    REQUIRE(store->Land(kScope, claim, "agent001/1").ok());
    CHECK(AuditState(*store, kScope)->clean());
  }
}

TEST_CASE("each thing that must never be is found, by its rule") {
  const std::vector<BrokenInvariant> broken =
      CheckWork({{.issue = 1, .state = WorkState::kClaimed, .owner = "", .fence = 1},
                 {.issue = 2, .state = WorkState::kLanded, .branch = ""},
                 {.issue = 3, .state = WorkState::kClaimed, .owner = "agent001", .fence = 9},
                 {.issue = 4, .state = WorkState::kSettling, .owner = "agent002", .fence = 9},
                 {.issue = 6, .state = WorkState::kSafe, .owner = "agent003", .fence = 9},
                 {.issue = 5, .state = WorkState::kReady, .fence = 9}});
  REQUIRE(broken.size() == 3);
  CHECK(broken[0].rule == "holder");
  CHECK(broken[1].rule == "branch");
  CHECK(broken[2].rule == "fence");
  CHECK(broken[2].issue == 4);
}

TEST_CASE("D17: legacy is right up to phase2, v2 from phase3") {
  CHECK(AuthorityIn(Phase::kLegacy) == Authority::kLegacy);
  CHECK(AuthorityIn(Phase::kPhase2) == Authority::kLegacy);
  CHECK(AuthorityIn(Phase::kPhase3) == Authority::kV2);
  CHECK(AuthorityIn(Phase::kCleanup) == Authority::kV2);
}

TEST_CASE("D18: labels on GitHub are compared with who holds what") {
  const Backlog backlog = MakeBacklog({{.number = 1, .labels = {"agent001"}},
                                       {.number = 2, .labels = {"agent002"}},
                                       {.number = 3, .labels = {}},
                                       {.number = 4, .labels = {"agent004"}, .state = State::kClosed}});
  const std::vector<Work> work = {{.issue = 1, .state = WorkState::kSafe, .owner = "agent001"},
                                  {.issue = 3, .state = WorkState::kClaimed, .owner = "agent003"}};
  CHECK(CompareLabels(work, backlog) ==
        std::vector<HolderDifference>{{2, "agent002", ""}, {3, "", "agent003"}});
}

TEST_CASE("a line of the audit log that was changed or taken out is noticed, on each engine") {
  for (const Engine engine : EnginesHere()) {
    for (const char* damage : {"UPDATE audit SET detail = 'x' WHERE event = 'second'",
                               "UPDATE audit SET actor = 'eve' WHERE event = 'first'",
                               "UPDATE audit SET at = at + 1 WHERE event = 'third'",
                               "UPDATE audit SET digest = 'sha256:0' WHERE event = 'second'",
                               "DELETE FROM audit WHERE event = 'second'"}) {
      StoreWorld world(engine);
      const std::unique_ptr<StateStore> store = world.Open();
      for (const char* event : {"first", "second", "third"}) {
        REQUIRE(store->AppendAudit(kScope, {.actor = "ada", .event = event, .detail = "d"}).ok());
        REQUIRE(store->AppendAudit("other/repo", {.actor = "ada", .event = event, .detail = "d"}).ok());
      }
      CHECK(AuditState(*store, kScope)->clean());
      world.Execute(std::string(damage) + (damage[0] == 'D' ? " AND scope = 'octo/repo'" : ""));
      INFO(damage);
      CHECK(AuditState(*store, kScope)->broken.at(0).rule == "audit_log");
      CHECK_FALSE(store->ReadAudit(kScope, 3).ok());
    }
  }
}

// --- Snapshots ---

TEST_CASE("D19: a snapshot brings every issue back: work in progress waits in the safe queue") {
  for (const Engine engine : EnginesHere()) {
    StoreWorld world(engine);
    const std::unique_ptr<StateStore> store = world.Open();
    REQUIRE(store->Enqueue(kScope, {{1, 1}, {2, 2}, {3, 3}}).ok());
    REQUIRE(store->Enqueue("other/repo", {{9, 1}}).ok());
    const Claim old = **store->ClaimNext(kScope, "agent001", absl::Hours(1));
    REQUIRE(store->WriteDocument(kScope, "note", "kept", 0).ok());
    const std::string snapshot = *store->TakeSnapshot(kScope);
    CHECK(*store->TakeSnapshot(kScope) == snapshot);

    REQUIRE(store->Release(kScope, old).ok());
    REQUIRE(store->Enqueue(kScope, {{4, 4}}).ok());
    REQUIRE(store->WriteDocument(kScope, "note", "changed", 1).ok());
    REQUIRE(store->RestoreSnapshot(kScope, snapshot, "ada").ok());

    const std::vector<Work> work = *store->ListWork(kScope);
    REQUIRE(work.size() == 3);
    CHECK(work[0].state == WorkState::kSafe);
    CHECK(work[0].owner == "agent001");
    CHECK(work[0].fence > old.fence);
    CHECK(work[1].state == WorkState::kReady);
    CHECK(store->ReadDocument(kScope, "note")->value == "kept");
    CHECK(store->ListWork("other/repo")->size() == 1);
    CHECK(AuditState(*store, kScope)->clean());
    CHECK(store->ReadAudit(kScope, 1)->back().event == "state.restore");
    CHECK(store->Land(kScope, old, "late").code() == absl::StatusCode::kAborted);
  }
}

TEST_CASE(
    "a snapshot that was changed in any byte, cut, or of another scope is refused, and nothing changes") {
  StoreWorld world(Engine::kSqlite);
  const std::unique_ptr<StateStore> store = world.Open();
  REQUIRE(store->Enqueue(kScope, {{1, 1}, {2, 2}}).ok());
  const std::string snapshot = *store->TakeSnapshot(kScope);
  REQUIRE(store->Enqueue(kScope, {{3, 3}}).ok());
  for (std::size_t at = 0; at < snapshot.size(); ++at) {
    std::string bad = snapshot;
    bad[at] = static_cast<char>(bad[at] ^ 1);
    INFO("byte " << at);
    CHECK(store->RestoreSnapshot(kScope, bad, "ada").code() == absl::StatusCode::kInvalidArgument);
    CHECK_FALSE(store->RestoreSnapshot(kScope, snapshot.substr(0, at), "ada").ok());
  }
  CHECK(store->RestoreSnapshot("other/repo", snapshot, "ada").code() == absl::StatusCode::kInvalidArgument);
  CHECK(store->ListWork(kScope)->size() == 3);
}

TEST_CASE("restoring a snapshot leaves work that was finished since finished, on each engine") {
  for (const Engine engine : EnginesHere()) {
    StoreWorld world(engine);
    const std::unique_ptr<StateStore> store = world.Open();
    REQUIRE(store->Enqueue(kScope, {{1, 1}, {2, 2}}).ok());
    const Claim claim = **store->ClaimNext(kScope, "agent001", absl::Hours(1));
    const std::string snapshot = *store->TakeSnapshot(kScope);
    REQUIRE(store->Land(kScope, claim, "agent001/1").ok());
    REQUIRE(store->RestoreSnapshot(kScope, snapshot, "ada").ok());
    const std::vector<Work> work = *store->ListWork(kScope);
    REQUIRE(work.size() == 2);
    CHECK(work[0].state == WorkState::kLanded);
    CHECK(work[0].branch == "agent001/1");
    CHECK(work[1].state == WorkState::kReady);
    CHECK(AuditState(*store, kScope)->clean());
  }
}

TEST_CASE("restoring a snapshot keeps work that was begun since: held in the safe queue, given up ready") {
  for (const Engine engine : EnginesHere()) {
    StoreWorld world(engine);
    const std::unique_ptr<StateStore> store = world.Open();
    const std::string snapshot = *store->TakeSnapshot(kScope);
    REQUIRE(store->Enqueue(kScope, {{1, 1}, {2, 2}, {3, 3}}).ok());
    const Claim held = **store->ClaimNext(kScope, "agent001", absl::Hours(1));
    const Claim given_up = **store->ClaimNext(kScope, "agent002", absl::Hours(1));
    REQUIRE(store->Release(kScope, given_up).ok());
    REQUIRE(store->RestoreSnapshot(kScope, snapshot, "ada").ok());
    const std::vector<Work> work = *store->ListWork(kScope);
    REQUIRE(work.size() == 2);  // nobody had begun the third
    CHECK(work[0].state == WorkState::kSafe);
    CHECK(work[0].owner == "agent001");
    CHECK(work[0].fence > held.fence);
    CHECK(work[1].state == WorkState::kReady);
    CHECK(AuditState(*store, kScope)->clean());
  }
}

TEST_CASE("restoring a snapshot does not forget what was sent to GitHub since") {
  for (const Engine engine : EnginesHere()) {
    StoreWorld world(engine);
    const std::unique_ptr<StateStore> store = world.Open();
    const RunLease run = *store->StartRun(kScope, "one", absl::Minutes(3));
    JournalEntry comment{.id = "c", .lane = "issue-1", .issue = 1, .kind = "create_comment"};
    const JournalEntry other{.id = "d", .lane = "issue-2", .issue = 2, .kind = "create_comment"};
    REQUIRE(store->RecordIntents(run, {comment, other}, {}).ok());
    const std::string snapshot = *store->TakeSnapshot(kScope);
    REQUIRE(store->RecordAttempt(run, "c").ok());
    comment.state = OperationState::kConfirmed;
    comment.result = 7;
    REQUIRE(store->RecordOutcome(run, comment, {}).ok());

    REQUIRE(store->RestoreSnapshot(kScope, snapshot, "ada").ok());
    CHECK(store->ReadOperation(kScope, "c")->state == OperationState::kConfirmed);
    CHECK(store->ConfirmedOperations(kScope, "create_comment")->at(0).result == 7);
    CHECK(store->ReadOperation(kScope, "d")->state == OperationState::kIntent);
  }
}

TEST_CASE(
    "D19: a snapshot holds the labels and assignees seen on GitHub: what changed since is told, not undone") {
  StoreWorld world(Engine::kSqlite);
  const std::unique_ptr<StateStore> store = world.Open();
  const Backlog then = MakeBacklog({{.number = 1, .labels = {"agent001", "route:ready", "bug"}},
                                    {.number = 2, .labels = {"route:ready"}},
                                    {.number = 3, .labels = {"bug"}}});
  CHECK(CompareGithubManifest(*store, kScope, then).status().code() == absl::StatusCode::kNotFound);
  REQUIRE(KeepGithubManifest(*store, kScope, then).ok());
  const std::string snapshot = *store->TakeSnapshot(kScope);
  CHECK(snapshot.find("agent001") != std::string::npos);
  Backlog now = then;
  now.issues[0].labels = {"route:review", "feature"};
  now.issues[1].assignees = {"octo"};
  REQUIRE(KeepGithubManifest(*store, kScope, now).ok());
  REQUIRE(store->RestoreSnapshot(kScope, snapshot, "ada").ok());
  CHECK(*CompareGithubManifest(*store, kScope, now) ==
        std::vector<GithubChange>{{1, {"agent001", "route:ready"}, {"route:review"}}, {2, {}, {"@octo"}}});
  CHECK(CompareGithubManifest(*store, kScope, then)->empty());
}

TEST_CASE("D22: blue hands its work to green: a snapshot of one state, restored in another, loses nothing") {
  for (const Engine engine : EnginesHere()) {
    StoreWorld blue(engine);
    StoreWorld green(engine);
    const std::unique_ptr<StateStore> from = blue.Open();
    const std::unique_ptr<StateStore> to = green.Open();
    REQUIRE(from->Enqueue(kScope, {{1, 1}, {2, 2}, {3, 3}}).ok());
    const Claim held = **from->ClaimNext(kScope, "agent001", absl::Hours(1));
    CHECK(*from->MoveToSafeQueue(kScope) == 1);
    REQUIRE(to->RestoreSnapshot(kScope, *from->TakeSnapshot(kScope), "ada").ok());
    const std::vector<Claim> claims = *to->ReturnFromSafeQueue(kScope, absl::Hours(24));
    REQUIRE(claims.size() == 1);
    CHECK(claims[0].issue == held.issue);
    CHECK(claims[0].owner == "agent001");
    CHECK(to->ListWork(kScope)->size() == 3);
    CHECK(AuditState(*to, kScope)->clean());
    CHECK(from->Land(kScope, held, "late").code() == absl::StatusCode::kAborted);  // blue's fence is void
  }
}

TEST_CASE("D18: restoring a snapshot never lifts a latch") {
  StoreWorld world(Engine::kSqlite);
  const std::unique_ptr<StateStore> store = world.Open();
  const std::string snapshot = *store->TakeSnapshot(kScope);
  REQUIRE(store->WriteDocument(kScope, "rollout/planner", "latched", 0).ok());
  REQUIRE(store->RestoreSnapshot(kScope, snapshot, "ada").ok());
  CHECK(store->ReadDocument(kScope, "rollout/planner")->value == "latched");
}

TEST_CASE("what legacy alone knew comes back too") {
  StoreWorld world(Engine::kSqlite);
  const std::unique_ptr<StateStore> store = world.Open();
  REQUIRE(store->Enqueue(kScope, {{1, 1}, {2, 2}}).ok());
  world.Execute("DELETE FROM work WHERE issue = 2");
  const std::string snapshot = *store->TakeSnapshot(kScope);
  REQUIRE(store->RestoreSnapshot(kScope, snapshot, "ada").ok());
  CHECK(store->ListWork(kScope)->size() == 2);
  CHECK(AuditState(*store, kScope)->clean());
}

}  // namespace
}  // namespace clambake
