// Whatever the disk does, at whatever call: what was reported as done is there
// afterwards, what was not is there whole or not at all.
#include "clambake/state_store.h"
#include "fmt/format.h"
#include "tests/fakes/manual_clock.h"
#include "tests/store/fault_vfs.h"
#include "tests/support/catch.h"

namespace clambake {
namespace {

constexpr std::string_view kScope = "octo/repo";

absl::StatusOr<std::unique_ptr<StateStore>> Open(Clock& clock) {
  StoreOptions options;
  options.location = "/state.db";
  options.sqlite_vfs = "fault";
  options.clock = &clock;
  return OpenStateStore(options);
}

std::string Dump(StateStore& store) {
  std::string dump;
  const auto all = store.ListWork(kScope);
  REQUIRE(all.ok());
  for (const Work& work : *all) {
    dump +=
        fmt::format("{} {} {} {} {}\n", work.issue, Name(work.state), work.owner, work.fence, work.branch);
  }
  const auto pending = store.PendingOperations(kScope);
  REQUIRE(pending.ok());
  for (const JournalEntry& entry : *pending) dump += fmt::format("{} {}\n", entry.id, Name(entry.state));
  dump += store.ReadDocument(kScope, "doc")->value;
  CHECK(store.CompareGenerations(kScope)->empty());
  return dump;
}

// A life of the state, step by step.
class Story {
 public:
  explicit Story(StateStore& store) : store_(store) {}
  static constexpr int kSteps = 8;

  absl::Status Step(int number) {
    switch (number) {
      case 0:
        return store_.Enqueue(kScope, {{1, 0}, {2, 0}, {3, 0}});
      case 1:
        return Keep(store_.ClaimNext(kScope, "agent001", absl::Hours(1)), claim_);
      case 2:
        return Keep(store_.StartRun(kScope, "run", absl::Minutes(3)), lease_);
      case 3:
        return store_.RecordIntents(lease_, {Entry("a"), Entry("b")}, {ClaimFor(2)}).status();
      case 4:
        return store_.RecordAttempt(lease_, "a").status();
      case 5:
        return store_.RecordOutcome(lease_, Confirmed("a"), {{.issue = 3, .state = WorkState::kBundled}});
      case 6:
        return store_.Land(kScope, *claim_, "agent001/1");
      default:
        return store_.WriteDocument(kScope, "doc", std::string(6000, 'x'), 0).status();
    }
  }

 private:
  template <typename T>
  static absl::Status Keep(absl::StatusOr<T> from, T& to) {
    if (from.ok()) to = *from;
    return from.status();
  }
  static JournalEntry Entry(std::string id) {
    JournalEntry entry;
    entry.id = std::move(id);
    entry.lane = "lane";
    entry.payload = std::string(2000, 'p');
    return entry;
  }
  static JournalEntry Confirmed(std::string id) {
    JournalEntry entry = Entry(std::move(id));
    entry.state = OperationState::kConfirmed;
    return entry;
  }
  static WorkChange ClaimFor(IssueNumber issue) {
    return {.issue = issue, .owner = "agent002", .branch = "agent002/2", .lease = absl::Hours(1)};
  }

  StateStore& store_;
  std::optional<Claim> claim_;
  RunLease lease_;
};

// The state after each step, undisturbed.
std::vector<std::string> Chapters() {
  FaultVfs vfs;
  ManualClock clock;
  auto store = *Open(clock);
  std::vector<std::string> chapters = {Dump(*store)};
  Story story(*store);
  for (int step = 0; step < Story::kSteps; ++step) {
    REQUIRE(story.Step(step).ok());
    chapters.push_back(Dump(*store));
  }
  return chapters;
}

// Lives until the disk fails; how many steps were reported as done.
int LiveUntilFault(Clock& clock) {
  auto store = Open(clock);
  if (!store.ok()) return 0;
  Story story(**store);
  int done = 0;
  while (done < Story::kSteps && story.Step(done).ok()) ++done;
  return done;
}

// One fault, then the state as the next process finds it. False: nothing failed.
bool Survives(FaultVfs::Kind kind, int n, unsigned seed, const std::vector<std::string>& chapters) {
  FaultVfs vfs;
  ManualClock clock;
  vfs.Arm(kind, n);
  const int done = LiveUntilFault(clock);
  const bool fired = vfs.Fired();
  if (kind == FaultVfs::Kind::kPowerLoss) vfs.RestorePower(seed);
  vfs.Arm(FaultVfs::Kind::kNone, 0);
  INFO("fault at call " << n << " after " << done << " steps, seed " << seed);
  auto store = Open(clock);
  REQUIRE(store.ok());
  const std::string found = Dump(**store);
  const auto step = static_cast<std::size_t>(done);
  const bool whole = found == chapters[step] || (step + 1 < chapters.size() && found == chapters[step + 1]);
  CHECK(whole);
  return fired;
}

void SurvivesEverywhere(FaultVfs::Kind kind, unsigned seeds) {
  const std::vector<std::string> chapters = Chapters();
  int faults = 0;
  for (int n = 1;; ++n) {
    bool fired = false;
    for (unsigned seed = 1; seed <= seeds; ++seed) fired = Survives(kind, n, seed, chapters) || fired;
    if (!fired) break;
    ++faults;
  }
  CHECK(faults > Story::kSteps);
}

}  // namespace

TEST_CASE("a power loss at any write, sync or removal leaves a state that opens, whole") {
  SurvivesEverywhere(FaultVfs::Kind::kPowerLoss, 5);
}

TEST_CASE("a write that fails at any call leaves a state that opens, whole") {
  SurvivesEverywhere(FaultVfs::Kind::kWriteError, 1);
}

TEST_CASE("a disk that is full at any call leaves a state that opens, whole") {
  SurvivesEverywhere(FaultVfs::Kind::kDiskFull, 1);
}

TEST_CASE("a sync that fails at any call leaves a state that opens, whole") {
  SurvivesEverywhere(FaultVfs::Kind::kSyncError, 1);
}

}  // namespace clambake
