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
using Kind = FaultVfs::Kind;

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

// The state as the next process finds it: what was reported as done, or a step more.
void CheckWhole(Clock& clock, int done, const std::vector<std::string>& chapters) {
  auto store = Open(clock);
  REQUIRE(store.ok());
  const std::string found = Dump(**store);
  const auto step = static_cast<std::size_t>(done);
  const bool whole = found == chapters[step] || (step + 1 < chapters.size() && found == chapters[step + 1]);
  CHECK(whole);
}

enum class Then { kNextProcess, kPowerLoss };

// One fault, then the state as the next process finds it. False: nothing failed.
bool Survives(Kind kind, int n, Then then, unsigned seed, const std::vector<std::string>& chapters) {
  FaultVfs vfs;
  ManualClock clock;
  vfs.Arm(kind, n);
  const int done = LiveUntilFault(clock);
  const bool fired = vfs.Fired();
  if (then == Then::kPowerLoss) vfs.RestorePower(seed);
  vfs.Arm(Kind::kNone, 0);
  INFO("fault at call " << n << " after " << done << " steps, seed " << seed);
  CheckWhole(clock, done, chapters);
  return fired;
}

void SurvivesEverywhere(Kind kind, Then then = Then::kNextProcess, unsigned seeds = 1) {
  const std::vector<std::string> chapters = Chapters();
  int faults = 0;
  for (int n = 1;; ++n) {
    bool fired = false;
    for (unsigned seed = 1; seed <= seeds; ++seed) fired = Survives(kind, n, then, seed, chapters) || fired;
    if (!fired) break;
    ++faults;
  }
  // The check that this check does something.
  CHECK(faults > (kind == Kind::kOpenError ? 1 : Story::kSteps));
}

// Loses power at each ninth call, and meets a second fault at each call of the
// recovery. How many of these there were.
int RecoveriesSurvived(Kind second) {
  const std::vector<std::string> chapters = Chapters();
  int recoveries = 0;
  for (int n = 1;; n += 9) {
    bool fired = false;
    bool again = true;
    for (int m = 1; again; ++m) {
      INFO("power lost at call " << n << ", then a fault at call " << m);
      FaultVfs vfs;
      ManualClock clock;
      vfs.Arm(Kind::kPowerLoss, n);
      const int done = LiveUntilFault(clock);
      fired = vfs.Fired();
      vfs.RestorePower(1);
      vfs.Arm(second, m);
      Open(clock).IgnoreError();
      again = vfs.Fired();
      if (second == Kind::kPowerLoss) vfs.RestorePower(2);
      vfs.Arm(Kind::kNone, 0);
      CheckWhole(clock, done, chapters);
      recoveries += again ? 1 : 0;
    }
    if (!fired) return recoveries;
  }
}

}  // namespace

TEST_CASE("a power loss at any write, sync or removal leaves a state that opens, whole") {
  SurvivesEverywhere(Kind::kPowerLoss, Then::kPowerLoss, 10);
}

TEST_CASE("a power loss right after a step was reported as done does not undo it") {
  const std::vector<std::string> chapters = Chapters();
  for (int steps = 0; steps <= Story::kSteps; ++steps) {
    for (unsigned seed = 1; seed <= 20; ++seed) {
      INFO("after step " << steps << ", seed " << seed);
      FaultVfs vfs;
      ManualClock clock;
      {
        auto store = *Open(clock);
        Story story(*store);
        for (int step = 0; step < steps; ++step) REQUIRE(story.Step(step).ok());
        vfs.RestorePower(seed);
      }
      const bool kept = Dump(**Open(clock)) == chapters[static_cast<std::size_t>(steps)];
      CHECK(kept);
    }
  }
}

TEST_CASE("whatever fails while the state recovers from a power loss, the next process finds it whole") {
  for (const Kind kind : {Kind::kPowerLoss, Kind::kReadError, Kind::kWriteError, Kind::kDiskFull,
                          Kind::kTruncateError, Kind::kSyncError, Kind::kDeleteError}) {
    INFO("kind " << static_cast<int>(kind));
    CHECK(RecoveriesSurvived(kind) > 10);
  }
}

TEST_CASE("a file that cannot be opened, at any call, leaves a state that opens, whole") {
  SurvivesEverywhere(Kind::kOpenError);
}

TEST_CASE("a read that fails at any call leaves a state that opens, whole") {
  SurvivesEverywhere(Kind::kReadError);
}

TEST_CASE("a write that fails at any call leaves a state that opens, whole") {
  SurvivesEverywhere(Kind::kWriteError);
}

TEST_CASE("a disk that is full at any call leaves a state that opens, whole") {
  SurvivesEverywhere(Kind::kDiskFull);
}

TEST_CASE("a truncation that fails at any call leaves a state that opens, whole") {
  SurvivesEverywhere(Kind::kTruncateError);
}

TEST_CASE("a sync that fails at any call leaves a state that opens, whole, even if the power goes, too") {
  SurvivesEverywhere(Kind::kSyncError);
  SurvivesEverywhere(Kind::kSyncError, Then::kPowerLoss, 10);
}

}  // namespace clambake
