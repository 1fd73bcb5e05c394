// What every state store promises about work and claims.
#include <set>

#include "tests/support/catch.h"
#include "tests/support/store_world.h"

namespace clambake {
namespace {

constexpr std::string_view kScope = "octo/repo";
const absl::Duration kLease = absl::Minutes(10);
const absl::Duration kSettle = absl::Minutes(1);

std::vector<ReadyIssue> Items(int count) {
  std::vector<ReadyIssue> items;
  for (int i = 1; i <= count; ++i) items.push_back({i, 0});
  return items;
}

Work FindWork(StateStore& store, IssueNumber issue) {
  const auto all = store.ListWork(kScope);
  for (const Work& work : *all) {
    if (work.issue == issue) return work;
  }
  return {};
}

// Both generations' tables agree after whatever was done.
struct Checked {
  explicit Checked(Engine engine) : world(engine), store(world.Open()) {}
  ~Checked() { CHECK(store->CompareGenerations(kScope)->empty()); }
  StoreWorld world;
  std::unique_ptr<StateStore> store;
};

}  // namespace

TEST_CASE("an issue is handed out once, the most urgent first") {
  for (const Engine engine : EnginesHere()) {
    DYNAMIC_SECTION(Name(engine)) {
      Checked checked(engine);
      StateStore& store = *checked.store;
      REQUIRE(store.Enqueue(kScope, {{3, 2}, {9, 1}, {4, 1}}).ok());
      auto first = store.ClaimNext(kScope, "agent001", kLease);
      auto second = store.ClaimNext(kScope, "agent002", kLease);
      auto third = store.ClaimNext(kScope, "agent001", kLease);
      auto none = store.ClaimNext(kScope, "agent003", kLease);
      REQUIRE(first.ok());
      REQUIRE(none.ok());
      CHECK((*first)->issue == 4);
      CHECK((*second)->issue == 9);
      CHECK((*third)->issue == 3);
      CHECK_FALSE(none->has_value());
      CHECK((*first)->fence < (*second)->fence);
      CHECK((*second)->fence < (*third)->fence);
      CHECK((*first)->lease_until == checked.world.clock.Now() + kLease);
      CHECK(store.ClaimIssue(kScope, 4, "agent003", kLease).status().code() ==
            absl::StatusCode::kAlreadyExists);
      CHECK(store.ClaimIssue(kScope, 4, "agent001", kLease).status().code() ==
            absl::StatusCode::kAlreadyExists);
      CHECK(store.ClaimNext(kScope, "", kLease).status().code() == absl::StatusCode::kInvalidArgument);
      CHECK(store.ClaimNext("another/repo", "agent001", kLease)->has_value() == false);
    }
  }
}

TEST_CASE("an issue that is known keeps its state when it is enqueued again") {
  for (const Engine engine : EnginesHere()) {
    DYNAMIC_SECTION(Name(engine)) {
      Checked checked(engine);
      REQUIRE(checked.store->Enqueue(kScope, Items(1)).ok());
      REQUIRE(checked.store->ClaimNext(kScope, "agent001", kLease).ok());
      REQUIRE(checked.store->Enqueue(kScope, Items(2)).ok());
      CHECK(FindWork(*checked.store, 1).state == WorkState::kClaimed);
      CHECK(FindWork(*checked.store, 2).state == WorkState::kReady);
      const RunLease lease = *checked.store->StartRun(kScope, "one", kLease);
      REQUIRE(checked.store->RecordIntents(lease, {}, {{.issue = 2, .state = WorkState::kDone}}).ok());
      CHECK_FALSE((*checked.store->ClaimNext(kScope, "agent002", kLease)).has_value());
      REQUIRE(checked.store->Enqueue(kScope, Items(2)).ok());  // it was opened again
      CHECK(FindWork(*checked.store, 1).state == WorkState::kClaimed);
      CHECK((*checked.store->ClaimNext(kScope, "agent002", kLease))->issue == 2);
    }
  }
}

TEST_CASE("an ended lease settles before anybody else gets the issue, and its fence is void") {
  for (const Engine engine : EnginesHere()) {
    DYNAMIC_SECTION(Name(engine)) {
      Checked checked(engine);
      StateStore& store = *checked.store;
      REQUIRE(store.Enqueue(kScope, Items(1)).ok());
      const Claim old = **store.ClaimNext(kScope, "agent001", kLease);
      checked.world.clock.Advance(kLease);
      CHECK(store.Renew(kScope, old, kLease).status().code() == absl::StatusCode::kAborted);
      CHECK_FALSE(store.ClaimNext(kScope, "agent002", kLease)->has_value());
      CHECK(store.ExpireClaims(kScope, kSettle)->empty());
      CHECK(FindWork(store, 1).state == WorkState::kSettling);
      CHECK_FALSE(store.ClaimNext(kScope, "agent002", kLease)->has_value());
      checked.world.clock.Advance(kSettle - absl::Seconds(1));
      CHECK(store.ExpireClaims(kScope, kSettle)->empty());
      checked.world.clock.Advance(absl::Seconds(1));
      auto freed = store.ExpireClaims(kScope, kSettle);
      REQUIRE(freed->size() == 1);
      CHECK(freed->front().owner == "agent001");
      auto next = store.ClaimNext(kScope, "agent002", kLease);
      REQUIRE(next->has_value());
      CHECK((*next)->fence > old.fence);
      CHECK(store.Land(kScope, old, "agent001/1").code() == absl::StatusCode::kAborted);
      CHECK(store.Release(kScope, old).code() == absl::StatusCode::kAborted);
      CHECK(store.Renew(kScope, old, kLease).status().code() == absl::StatusCode::kAborted);
      CHECK(FindWork(store, 1).owner == "agent002");
    }
  }
}

TEST_CASE("a holder renews, lands, or gives back what it holds") {
  for (const Engine engine : EnginesHere()) {
    DYNAMIC_SECTION(Name(engine)) {
      Checked checked(engine);
      StateStore& store = *checked.store;
      REQUIRE(store.Enqueue(kScope, Items(2)).ok());
      const Claim one = **store.ClaimNext(kScope, "agent001", kLease);
      const Claim two = **store.ClaimNext(kScope, "agent002", kLease);
      checked.world.clock.Advance(kLease / 2);
      auto renewed = store.Renew(kScope, one, kLease);
      REQUIRE(renewed.ok());
      CHECK(renewed->fence == one.fence);
      CHECK(renewed->lease_until == checked.world.clock.Now() + kLease);
      REQUIRE(store.Land(kScope, one, "agent001/1").ok());
      CHECK(FindWork(store, 1).state == WorkState::kLanded);
      CHECK(FindWork(store, 1).branch == "agent001/1");
      CHECK(FindWork(store, 1).owner.empty());
      REQUIRE(store.Release(kScope, two).ok());
      // The fence is still theirs, the work is not: it is done, or anybody's.
      CHECK(absl::IsAborted(store.Land(kScope, one, "agent001/1-again")));
      CHECK(absl::IsAborted(store.Land(kScope, two, "agent002/2")));
      CHECK(absl::IsAborted(store.Release(kScope, one)));
      CHECK((*store.ClaimNext(kScope, "agent003", kLease))->issue == 2);
    }
  }
}

TEST_CASE("finished work is taken after its lease, as long as nobody else has claimed the issue") {
  for (const Engine engine : EnginesHere()) {
    DYNAMIC_SECTION(Name(engine)) {
      Checked checked(engine);
      REQUIRE(checked.store->Enqueue(kScope, Items(1)).ok());
      const Claim claim = **checked.store->ClaimNext(kScope, "agent001", kLease);
      checked.world.clock.Advance(kLease);
      REQUIRE(checked.store->ExpireClaims(kScope, kSettle).ok());
      CHECK(checked.store->Land(kScope, claim, "agent001/1").ok());
      CHECK(FindWork(*checked.store, 1).state == WorkState::kLanded);
    }
  }
}

TEST_CASE("the safe queue keeps holder and branch, voids old fences, and gives them back") {
  for (const Engine engine : EnginesHere()) {
    DYNAMIC_SECTION(Name(engine)) {
      Checked checked(engine);
      StateStore& store = *checked.store;
      REQUIRE(store.Enqueue(kScope, Items(3)).ok());
      const Claim one = **store.ClaimNext(kScope, "agent001", kLease);
      REQUIRE(store.ClaimNext(kScope, "agent002", kLease).ok());
      CHECK(*store.MoveToSafeQueue(kScope) == 2);
      CHECK(FindWork(store, 1).state == WorkState::kSafe);
      CHECK(FindWork(store, 3).state == WorkState::kReady);
      CHECK(store.Renew(kScope, one, kLease).status().code() == absl::StatusCode::kAborted);
      checked.world.clock.Advance(absl::Hours(100));
      CHECK(store.ExpireClaims(kScope, kSettle)->empty());
      CHECK(store.ClaimIssue(kScope, 1, "agent009", kLease).status().code() ==
            absl::StatusCode::kAlreadyExists);
      auto back = store.ReturnFromSafeQueue(kScope, kLease);
      REQUIRE(back->size() == 2);
      CHECK(back->at(0).owner == "agent001");
      CHECK(back->at(0).fence > one.fence);
      CHECK(back->at(1).owner == "agent002");
      CHECK(store.Renew(kScope, back->at(0), kLease).ok());
      CHECK(*store.MoveToSafeQueue("another/repo") == 0);
    }
  }
}

TEST_CASE("what another hand did to one generation's rows is found, and repaired from the other") {
  for (const Engine engine : EnginesHere()) {
    DYNAMIC_SECTION(Name(engine)) {
      Checked checked(engine);
      StateStore& store = *checked.store;
      REQUIRE(store.Enqueue(kScope, Items(4)).ok());
      REQUIRE(store.ClaimNext(kScope, "agent001", kLease).ok());
      checked.world.Execute("UPDATE legacy_work SET state = 'merged' WHERE issue = 1");
      checked.world.Execute("UPDATE legacy_work SET state = 'working', agent = 'agent007' WHERE issue = 2");
      checked.world.Execute("DELETE FROM legacy_work WHERE issue = 3");
      checked.world.Execute("DELETE FROM work WHERE issue = 4");
      auto differences = store.CompareGenerations(kScope);
      REQUIRE(differences.ok());
      REQUIRE(differences->size() == 4);
      CHECK(differences->at(0).legacy == "merged, agent agent001, branch -");
      CHECK(differences->at(0).v2 == "working, agent agent001, branch -");
      CHECK(differences->at(2).legacy.empty());
      CHECK(differences->at(3).v2.empty());
      SECTION("v2 is right") {
        CHECK(*store.RepairGenerations(kScope, Authority::kV2) == 4);
        CHECK(FindWork(store, 1).state == WorkState::kClaimed);
        CHECK(FindWork(store, 2).state == WorkState::kReady);
      }
      SECTION("legacy is right") {
        CHECK(*store.RepairGenerations(kScope, Authority::kLegacy) == 4);
        CHECK(FindWork(store, 1).state == WorkState::kDone);
        CHECK(FindWork(store, 2).state == WorkState::kSafe);
        CHECK(FindWork(store, 2).owner == "agent007");
      }
      CHECK(FindWork(store, 3).issue == 3);
      CHECK(FindWork(store, 4).issue == 4);
    }
  }
}

}  // namespace clambake
