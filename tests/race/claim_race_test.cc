// Ten instances of twelve agents race for 10,000 issues on a real store, some
// of them killed, some asleep beyond their leases: nothing twice, nothing lost.
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <random>
#include <thread>

#include "tests/support/catch.h"
#include "tests/support/store_world.h"

namespace clambake {
namespace {

constexpr std::string_view kScope = "octo/repo";
constexpr int kIssues = 10'000;
constexpr int kInstances = 10;
constexpr int kAgents = 12;
const absl::Duration kLease = absl::Seconds(3);
const absl::Duration kSettle = absl::Milliseconds(500);

// What the instances saw: for each issue how often its landing was accepted,
// and the claim that is being worked on, to see two holders at once.
struct Board {
  std::array<std::atomic<int>, kIssues + 1> landed;
  std::array<std::atomic<std::int64_t>, kIssues + 1> newest_fence;
  std::atomic<int> overtaken;  // a fence given twice, or landed although a newer one was given before
};

class SharedBoard {
 public:
  SharedBoard() {
    void* memory = mmap(nullptr, sizeof(Board), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    REQUIRE(memory != MAP_FAILED);
    board_ = new (memory) Board();
  }
  ~SharedBoard() { munmap(board_, sizeof(Board)); }
  SharedBoard(const SharedBoard&) = delete;
  SharedBoard& operator=(const SharedBoard&) = delete;
  Board* operator->() { return board_; }

 private:
  Board* board_;
};

// Who stands still right after a claim notes it late, behind a newer one: that
// alone is no fault of the store's. Returns whether somebody had it before.
bool NoteClaim(SharedBoard& board, const Claim& claim) {
  std::atomic<std::int64_t>& newest = board->newest_fence[static_cast<std::size_t>(claim.issue)];
  std::int64_t noted = newest;
  while (noted < claim.fence && !newest.compare_exchange_weak(noted, claim.fence)) {
  }
  if (noted == claim.fence) ++board->overtaken;
  return noted != 0;
}

// Lands what was claimed, however often the store is busy.
void Finish(StateStore& store, SharedBoard& board, const Claim& claim, const std::string& agent) {
  const bool overtaken = board->newest_fence[static_cast<std::size_t>(claim.issue)] > claim.fence;
  absl::Status landed;
  do {
    landed = store.Land(kScope, claim, agent);
  } while (absl::IsUnavailable(landed));
  if (!landed.ok()) return;
  if (overtaken) ++board->overtaken;
  ++board->landed[static_cast<std::size_t>(claim.issue)];
}

void Sleep(absl::Duration duration) { usleep(static_cast<useconds_t>(absl::ToInt64Microseconds(duration))); }

bool AllLanded(StateStore& store) {
  if (!store.ExpireClaims(kScope, kSettle).ok()) return false;
  const auto work = store.ListWork(kScope);
  return work.ok() && std::all_of(work->begin(), work->end(),
                                  [](const Work& row) { return row.state == WorkState::kLanded; });
}

// Until nothing is left to be claimed. One in 500 claims is slept over: the
// holder wakes when its lease has ended, and lands all the same, while whoever
// has taken over is still at it: nothing but the fence tells them apart.
void RunAgent(StateStore& store, SharedBoard& board, const std::string& agent, unsigned seed) {
  std::mt19937 dice(seed);
  for (;;) {
    const auto claim = store.ClaimNext(kScope, agent, kLease);
    if (!claim.ok()) continue;  // busy: try again
    if (!claim->has_value()) {
      if (AllLanded(store)) return;
      usleep(200'000);
      continue;
    }
    if (NoteClaim(board, **claim)) Sleep(3 * kSettle);
    if (dice() % 500 == 0) Sleep(kLease + 2 * kSettle);
    Finish(store, board, **claim, agent);
    if (dice() % 100 == 0) store.ExpireClaims(kScope, kSettle).IgnoreError();
  }
}

// One instance: a process with one store, and a thread for each agent.
void RunInstance(const StoreOptions& options, SharedBoard& board, int number) {
  auto store = OpenStateStore(options);
  if (!store.ok()) _exit(3);
  std::vector<std::thread> agents;
  for (int i = 1; i <= kAgents; ++i) {
    const auto seed = static_cast<unsigned>(number * 7919 + i);
    const std::string agent = "agent" + std::to_string(100 * number + i);
    agents.emplace_back([&store, &board, agent, seed] { RunAgent(**store, board, agent, seed); });
  }
  for (std::thread& agent : agents) agent.join();
  _exit(0);
}

pid_t Start(const StoreOptions& options, SharedBoard& board, int number) {
  const pid_t child = fork();
  if (child == 0) RunInstance(options, board, number);
  return child;
}

// All of an instance stands still beyond its leases, wherever it is just now.
void StopForAWhile(pid_t instance) {
  kill(instance, SIGSTOP);
  Sleep(kLease + 2 * kSettle);
  kill(instance, SIGCONT);
}

void Race(StoreWorld& world) {
  std::unique_ptr<Clock> clock = NewSystemClock();
  StoreOptions options;
  options.location = world.location();
  options.clock = world.location().find("://") == std::string::npos ? clock.get() : nullptr;
  {
    std::vector<ReadyIssue> issues;
    for (int i = 1; i <= kIssues; ++i) issues.push_back({i, i % 5});
    REQUIRE((*OpenStateStore(options))->Enqueue(kScope, issues).ok());
  }
  SharedBoard board;
  std::vector<pid_t> instances;
  for (int i = 0; i < kInstances; ++i) instances.push_back(Start(options, board, i + 1));
  // Kills and pauses: the victim's claims stay behind, and another instance comes in its place.
  std::mt19937 dice(1);
  int struck = 0;  // while there was work
  for (int kills = 0; kills < 20; ++kills) {
    usleep(50'000);
    if (kills % 8 == 7) StopForAWhile(instances[dice() % instances.size()]);
    pid_t& victim = instances[dice() % instances.size()];
    kill(victim, SIGKILL);
    int status = 0;
    waitpid(victim, &status, 0);
    struck += WIFSIGNALED(status) ? 1 : 0;
    victim = Start(options, board, kInstances + kills + 1);
  }
  for (const pid_t instance : instances) {
    int status = 0;
    waitpid(instance, &status, 0);
    CHECK(status == 0);
  }
  CHECK(struck >= 5);
  auto store = *OpenStateStore(options);
  const auto work = *store->ListWork(kScope);
  CHECK(work.size() == kIssues);
  int lost = 0;
  int twice = 0;
  for (const Work& row : work) {
    if (row.state != WorkState::kLanded) ++lost;
    if (board->landed[static_cast<std::size_t>(row.issue)] > 1) ++twice;
  }
  CHECK(lost == 0);
  CHECK(twice == 0);
  CHECK(board->overtaken == 0);
  CHECK(store->CompareGenerations(kScope)->empty());
}

}  // namespace

TEST_CASE("racing for 10000 issues, no issue is done twice and none is lost") {
  // A killed process loses nothing it has written: memory will do, and is quick.
  if (access("/dev/shm", W_OK) == 0) setenv("TMPDIR", "/dev/shm", 1);
  for (const Engine engine : EnginesHere()) {
    DYNAMIC_SECTION(Name(engine)) {
      StoreWorld world(engine);
      Race(world);
    }
  }
}

}  // namespace clambake
