// What every state store promises about runs, the journal, and the rest.
#include "tests/support/catch.h"
#include "tests/support/store_world.h"

namespace clambake {
namespace {

constexpr std::string_view kScope = "octo/repo";
const absl::Duration kLease = absl::Minutes(2);

JournalEntry Entry(std::string id, std::string lane, IssueNumber issue, std::int64_t position = 0) {
  JournalEntry entry;
  entry.id = std::move(id);
  entry.lane = std::move(lane);
  entry.issue = issue;
  entry.position = position;
  entry.kind = "add_labels";
  entry.payload = "{\"text\":\"ä 'quoted' $1 %s\"}";
  return entry;
}

WorkChange ClaimFor(IssueNumber issue, std::string agent) {
  WorkChange change;
  change.issue = issue;
  change.owner = std::move(agent);
  change.lease = absl::Hours(24);
  return change;
}

JournalEntry Outcome(std::string id, OperationState state) {
  JournalEntry entry = Entry(std::move(id), "", 0);
  entry.state = state;
  entry.probed = true;
  entry.detail = "because";
  entry.next_step = "look";
  entry.requests = "AB:12";
  entry.latency_ms = 42;
  return entry;
}

}  // namespace

TEST_CASE("one run at a time works on a scope: the next one may come when its lease has ended") {
  for (const Engine engine : EnginesHere()) {
    DYNAMIC_SECTION(Name(engine)) {
      StoreWorld world(engine);
      auto store = world.Open();
      auto other = world.Open();
      auto first = store->StartRun(kScope, "host:1", kLease);
      REQUIRE(first.ok());
      auto refused = other->StartRun(kScope, "host:2", kLease);
      CHECK(refused.status().code() == absl::StatusCode::kAlreadyExists);
      CHECK_THAT(std::string(refused.status().message()), ContainsSubstring("host:1"));
      CHECK(other->StartRun("another/repo", "host:2", kLease).ok());
      world.clock.Advance(kLease);
      auto second = other->StartRun(kScope, "host:2", kLease);
      REQUIRE(second.ok());
      CHECK(second->fence > first->fence);
      CHECK(store->RecordIntents(*first, {Entry("a", "l", 1)}, {}).status().code() ==
            absl::StatusCode::kAborted);
      REQUIRE(store->EndRun(*first).ok());
      CHECK(store->StartRun(kScope, "host:3", kLease).status().code() == absl::StatusCode::kAlreadyExists);
      REQUIRE(other->EndRun(*second).ok());
      CHECK(store->StartRun(kScope, "host:3", kLease).ok());
    }
  }
}

TEST_CASE("an operation goes from intent over attempt to its outcome, and only its run may move it") {
  for (const Engine engine : EnginesHere()) {
    DYNAMIC_SECTION(Name(engine)) {
      StoreWorld world(engine);
      auto store = world.Open();
      const RunLease old = *store->StartRun(kScope, "one", kLease);
      REQUIRE(store->RecordIntents(old, {Entry("a", "l", 1, 0), Entry("b", "l", 1, 1)}, {}).ok());
      CHECK(store->ReadOperation(kScope, "a")->payload == Entry("a", "l", 1).payload);
      CHECK(store->RecordAttempt(old, "a").ok());
      world.clock.Advance(kLease);
      const RunLease lease = *store->StartRun(kScope, "two", kLease);
      CHECK(store->RecordAttempt(old, "b").status().code() == absl::StatusCode::kAborted);
      CHECK(store->RecordOutcome(old, Outcome("a", OperationState::kConfirmed), {}).code() ==
            absl::StatusCode::kAborted);
      CHECK(store->PendingOperations(kScope)->at(0).state == OperationState::kAttempt);
      REQUIRE(store->RecordOutcome(lease, Outcome("a", OperationState::kUnknown), {}).ok());
      auto attempted = store->RecordAttempt(lease, "a");
      REQUIRE(attempted.ok());
      CHECK(*attempted == world.clock.Now());
      REQUIRE(store->RecordOutcome(lease, Outcome("a", OperationState::kConfirmed), {}).ok());
      const JournalEntry done = *store->ReadOperation(kScope, "a");
      CHECK(done.state == OperationState::kConfirmed);
      CHECK(done.attempts == 2);
      CHECK(done.probed);
      CHECK(done.requests == "AB:12");
      CHECK(done.latency_ms == 42);
      CHECK(store->RecordAttempt(lease, "a").status().code() == absl::StatusCode::kAborted);
      CHECK(store->RecordAttempt(lease, "no such").status().code() == absl::StatusCode::kAborted);
      CHECK(store->PendingOperations(kScope)->size() == 1);
      CHECK(store->ReadOperation(kScope, "no such").status().code() == absl::StatusCode::kNotFound);
    }
  }
}

TEST_CASE("a run that keeps working keeps its lease") {
  for (const Engine engine : EnginesHere()) {
    DYNAMIC_SECTION(Name(engine)) {
      StoreWorld world(engine);
      auto store = world.Open();
      const RunLease lease = *store->StartRun(kScope, "one", kLease);
      REQUIRE(store->RecordIntents(lease, {Entry("a", "l", 1)}, {}).ok());
      for (int i = 0; i < 5; ++i) {
        world.clock.Advance(kLease * 0.75);
        REQUIRE(store->RecordAttempt(lease, "a").ok());
        CHECK_FALSE(store->StartRun(kScope, "two", kLease).ok());
      }
    }
  }
}

TEST_CASE("intents and claims come together, without the issues that somebody else holds") {
  for (const Engine engine : EnginesHere()) {
    DYNAMIC_SECTION(Name(engine)) {
      StoreWorld world(engine);
      auto store = world.Open();
      REQUIRE(store->Enqueue(kScope, {{1, 0}, {2, 0}}).ok());
      REQUIRE(store->ClaimIssue(kScope, 2, "agent009", kLease).ok());
      const RunLease lease = *store->StartRun(kScope, "one", kLease);
      JournalEntry waits = Entry("w", "after-two", 0);
      waits.after = "two";
      auto held = store->RecordIntents(
          lease, {Entry("a", "one", 1), Entry("b", "two", 2), waits, Entry("c", "three", 3)},
          {ClaimFor(1, "agent001"), ClaimFor(2, "agent002"), ClaimFor(3, "agent003")});
      REQUIRE(held.ok());
      CHECK(*held == std::vector<IssueNumber>{2});
      const auto pending = store->PendingOperations(kScope);
      REQUIRE(pending->size() == 2);
      CHECK(pending->at(0).id == "a");
      CHECK(pending->at(1).id == "c");
      const auto work = store->ListWork(kScope);
      CHECK(work->at(0).owner == "agent001");
      CHECK(work->at(1).owner == "agent009");
      CHECK(work->at(2).owner == "agent003");
      CHECK(store->CompareGenerations(kScope)->empty());
      // The holder's own claim keeps its fence.
      const std::int64_t fence = work->at(0).fence;
      CHECK(store->RecordIntents(lease, {}, {ClaimFor(1, "agent001")})->empty());
      CHECK(store->ListWork(kScope)->at(0).fence == fence);
    }
  }
}

TEST_CASE("an intent that is pending stays: one that is finished starts over") {
  for (const Engine engine : EnginesHere()) {
    DYNAMIC_SECTION(Name(engine)) {
      StoreWorld world(engine);
      auto store = world.Open();
      const RunLease lease = *store->StartRun(kScope, "one", kLease);
      REQUIRE(store->RecordIntents(lease, {Entry("a", "l", 1)}, {}).ok());
      REQUIRE(store->RecordAttempt(lease, "a").ok());
      REQUIRE(store->RecordIntents(lease, {Entry("a", "l", 1)}, {}).ok());
      CHECK(store->ReadOperation(kScope, "a")->attempts == 1);
      REQUIRE(store->RecordOutcome(lease, Outcome("a", OperationState::kConfirmed), {}).ok());
      REQUIRE(store->RecordIntents(lease, {Entry("a", "l", 1)}, {}).ok());
      CHECK(store->ReadOperation(kScope, "a")->state == OperationState::kIntent);
      CHECK(store->ReadOperation(kScope, "a")->attempts == 0);
    }
  }
}

TEST_CASE("what waits for a person stays until it is retried or dropped") {
  for (const Engine engine : EnginesHere()) {
    DYNAMIC_SECTION(Name(engine)) {
      StoreWorld world(engine);
      auto store = world.Open();
      const RunLease lease = *store->StartRun(kScope, "one", kLease);
      REQUIRE(store->RecordIntents(lease, {Entry("a", "l", 1), Entry("b", "m", 2)}, {}).ok());
      CHECK(store->ResolveManual(kScope, "a", OperationState::kIntent).code() ==
            absl::StatusCode::kFailedPrecondition);
      REQUIRE(store->RecordAttempt(lease, "a").ok());
      REQUIRE(store->RecordOutcome(lease, Outcome("a", OperationState::kManual), {}).ok());
      REQUIRE(store->RecordOutcome(lease, Outcome("b", OperationState::kManual), {}).ok());
      REQUIRE(store->RecordIntents(lease, {Entry("a", "l", 1)}, {}).ok());
      CHECK(store->ReadOperation(kScope, "a")->state == OperationState::kManual);
      CHECK(store->ReadOperation(kScope, "a")->next_step == "look");
      CHECK(store->ResolveManual(kScope, "a", OperationState::kConfirmed).code() ==
            absl::StatusCode::kInvalidArgument);
      REQUIRE(store->ResolveManual(kScope, "a", OperationState::kIntent).ok());
      REQUIRE(store->ResolveManual(kScope, "b", OperationState::kDropped).ok());
      // It was sent once, so it is looked at before it is sent again.
      CHECK(store->ReadOperation(kScope, "a")->state == OperationState::kUnknown);
      CHECK(store->ReadOperation(kScope, "b")->state == OperationState::kDropped);
      CHECK(store->PendingOperations(kScope)->size() == 1);
    }
  }
}

TEST_CASE("a document changes only for who has seen its last version: the audit log only grows") {
  for (const Engine engine : EnginesHere()) {
    DYNAMIC_SECTION(Name(engine)) {
      StoreWorld world(engine);
      auto store = world.Open();
      CHECK(store->ReadDocument(kScope, "rollout")->version == 0);
      CHECK(*store->WriteDocument(kScope, "rollout", "{}", 0) == 1);
      CHECK(store->WriteDocument(kScope, "rollout", "x", 0).status().code() == absl::StatusCode::kAborted);
      CHECK(*store->WriteDocument(kScope, "rollout", "{\"step\":1}", 1) == 2);
      CHECK(store->WriteDocument(kScope, "rollout", "x", 1).status().code() == absl::StatusCode::kAborted);
      CHECK(store->ReadDocument(kScope, "rollout")->value == "{\"step\":1}");
      for (const char* event : {"one", "two", "three"}) {
        AuditRecord record;
        record.actor = "me";
        record.event = event;
        REQUIRE(store->AppendAudit(kScope, record).ok());
      }
      const auto log = store->ReadAudit(kScope, 2);
      REQUIRE(log->size() == 2);
      CHECK(log->at(0).event == "two");
      CHECK(log->at(1).event == "three");
      CHECK(log->at(1).at == world.clock.Now());
      CHECK(log->at(0).sequence < log->at(1).sequence);
    }
  }
}

TEST_CASE("a change of a document begins again where another came between, and gives up after many") {
  for (const Engine engine : EnginesHere()) {
    DYNAMIC_SECTION(Name(engine)) {
      StoreWorld world(engine);
      auto store = world.Open();
      auto other = world.Open();
      int meddle = 1;
      const auto add = [&](const std::string& text) -> absl::StatusOr<std::string> {
        if (meddle-- > 0) {
          const Document seen = *other->ReadDocument(kScope, "list");
          REQUIRE(other->WriteDocument(kScope, "list", seen.value + "other,", seen.version).ok());
        }
        return text + "mine,";
      };
      CHECK(ChangeDocument(*store, kScope, "list", add).ok());
      CHECK(store->ReadDocument(kScope, "list")->value == "other,mine,");
      meddle = 1'000;
      CHECK(absl::IsUnavailable(ChangeDocument(*store, kScope, "list", add)));
      const Document last = *store->ReadDocument(kScope, "list");
      CHECK(last.value.starts_with("other,mine,other,other,"));
      CHECK(ChangeDocument(*store, kScope, "list", [](const std::string& text) { return text; }).ok());
      const auto refuse = [](const std::string&) -> absl::StatusOr<std::string> {
        return absl::InvalidArgumentError("no");
      };
      CHECK(absl::IsInvalidArgument(ChangeDocument(*store, kScope, "list", refuse)));
      CHECK(store->ReadDocument(kScope, "list")->version == last.version);
    }
  }
}

TEST_CASE("a document and the line that tells of its change are written together, or neither is") {
  for (const Engine engine : EnginesHere()) {
    DYNAMIC_SECTION(Name(engine)) {
      StoreWorld world(engine);
      auto store = world.Open();
      const AuditRecord line{.actor = "me", .event = "cutover.hold", .detail = "why"};
      CHECK(*store->WriteDocumentAudited(kScope, "rollout", "held", 0, line) == 1);
      CHECK(store->ReadAudit(kScope, 10)->size() == 1);
      CHECK(absl::IsAborted(store->WriteDocumentAudited(kScope, "rollout", "lost", 0, line).status()));
      CHECK(store->ReadDocument(kScope, "rollout")->value == "held");
      CHECK(store->ReadAudit(kScope, 10)->size() == 1);
      CHECK(*store->WriteDocumentAudited(kScope, "rollout", "on", 1, line) == 2);
      CHECK(store->ReadAudit(kScope, 10)->size() == 2);
      CHECK(store->ListDamage()->empty());
    }
  }
}

TEST_CASE("a newer schema is refused with both versions, and an older one is brought up to date") {
  for (const Engine engine : EnginesHere()) {
    DYNAMIC_SECTION(Name(engine)) {
      StoreWorld world(engine);
      REQUIRE(world.Open()->Enqueue(kScope, {{1, 0}}).ok());
      StoreOptions options;
      options.location = world.location();
      options.clock = &world.clock;
      SECTION("newer") {
        world.Execute("UPDATE schema_version SET version = version + 1");
        auto refused = OpenStateStore(options);
        CHECK(refused.status().code() == absl::StatusCode::kFailedPrecondition);
        CHECK_THAT(std::string(refused.status().message()),
                   ContainsSubstring(std::to_string(SchemaVersion())));
        CHECK_THAT(std::string(refused.status().message()),
                   ContainsSubstring(std::to_string(SchemaVersion() + 1)));
      }
      SECTION("older") {
        world.Execute(
            "DROP TABLE documents; DROP TABLE audit; DROP TABLE audit_head; UPDATE schema_version SET "
            "version = 3;"
            "ALTER TABLE work DROP COLUMN seal; ALTER TABLE work DROP COLUMN twin;"
            "ALTER TABLE operations DROP COLUMN seal; ALTER TABLE schema_version DROP COLUMN contracted;"
            "ALTER TABLE run_lease DROP COLUMN seal");
        world.Execute(engine == Engine::kPostgres ? "DROP FUNCTION clambake_seal(text)"
                                                  : "ALTER TABLE fence DROP COLUMN seal");
        auto store = OpenStateStore(options);
        REQUIRE(store.ok());
        CHECK((*store)->ReadDocument(kScope, "x")->version == 0);
        CHECK((*store)->ListWork(kScope)->size() == 1);
        CHECK((*store)->ListDamage()->empty());
      }
    }
  }
}

}  // namespace clambake
