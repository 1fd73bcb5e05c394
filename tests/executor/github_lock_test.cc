// Two states that do not know of each other, and one GitHub that both share.
#include "clambake/github_lock.h"

#include "tests/executor/simulated_world.h"

namespace clambake {
namespace {

constexpr std::string_view kRepository = SimulatedWorld::kRepository;

// Lets a test do something right before the first request of a method.
class Interrupted : public HttpTransport {
 public:
  Interrupted(std::unique_ptr<HttpTransport> inner, std::string method, std::function<void()> before)
      : inner_(std::move(inner)), method_(std::move(method)), before_(std::move(before)) {}
  std::vector<absl::StatusOr<HttpResponse>> Send(const std::vector<HttpRequest>& requests,
                                                 const HttpLimits& limits) override {
    if (before_ && requests.front().method == method_) std::exchange(before_, nullptr)();
    return inner_->Send(requests, limits);
  }

 private:
  std::unique_ptr<HttpTransport> inner_;
  std::string method_;
  std::function<void()> before_;
};

struct SplitWorld : SimulatedWorld {
  SplitWorld() : SimulatedWorld(2, 0) {}

  // What settles lost answers by itself, as the lock needs it.
  std::unique_ptr<GithubClient> Settling(std::string interrupted = "", std::function<void()> before = {}) {
    auto transport = std::make_unique<Interrupted>(NewSimulatedTransport(github, clock),
                                                   std::move(interrupted), std::move(before));
    return *NewGithubClient(Options(), clock, std::move(transport));
  }
  absl::StatusOr<std::unique_ptr<GithubLock>> Take(GithubClient& client, const std::string& holder) {
    return GithubLock::Take(client, clock, {.holder = holder, .nonce = holder});
  }
  // Holds the lock as a process that was killed would.
  void Abandon(const std::string& holder) {
    auto client = Settling();
    auto lock = Take(*client, holder);
    REQUIRE(lock.ok());
    const std::string sha = *LockSha();
    lock->reset();
    github.git().SetRef(std::string(GithubLock::kRef), sha);
  }
  std::optional<std::string> LockSha() { return github.git().FindRef(std::string(GithubLock::kRef)); }
  std::string CommentsOf(std::int64_t issue) {
    std::string text;
    for (const auto& [id, comment] : github.world().comments) text += comment.issue == issue ? "1" : "";
    return text;
  }
};

// Runs under the lock, on a state of its own, as `clambake run --github-lock` does.
absl::StatusOr<RunOutcome> LockedRun(SplitWorld& world, StateStore& store, const std::string& holder) {
  auto settling = world.Settling();
  auto client = world.Client();
  auto lock = world.Take(*settling, holder);
  if (!lock.ok()) return lock.status();
  return world.Run(store, *client, {.lock = lock->get()});
}

}  // namespace

TEST_CASE("the lock is a ref that lasts as long as it is held, and names its holder") {
  SplitWorld world;
  auto client = world.Settling();
  {
    auto lock = world.Take(*client, "host-a pid 7");
    REQUIRE(lock.ok());
    REQUIRE(world.LockSha());
    CHECK_THAT(world.github.git().FindCommit(*world.LockSha())->message,
               ContainsSubstring("holder: host-a pid 7"));
    auto second_client = world.Settling();
    const auto second = world.Take(*second_client, "host-b");
    CHECK(second.status().code() == absl::StatusCode::kAlreadyExists);
    CHECK_THAT(std::string(second.status().message()), ContainsSubstring("host-a pid 7"));
  }
  CHECK_FALSE(world.LockSha());
  CHECK(world.Take(*client, "host-a").ok());
}

TEST_CASE("two states run against one GitHub: with the lock only one of them writes") {
  SplitWorld world;
  auto store_a = world.NewStore();
  auto store_b = world.NewStore();
  SECTION("without it both do, and an issue hears of its agent twice") {
    auto client = world.Client();
    REQUIRE(Succeeded(*world.Run(*store_a, *client)));
    REQUIRE(Succeeded(*world.Run(*store_b, *client)));  // what it read is what A read
    CHECK(world.CommentsOf(1) == "11");
  }
  SECTION("with it the second is refused while the first works") {
    auto settling = world.Settling();
    auto client = world.Client();
    auto lock = world.Take(*settling, "a");
    REQUIRE(lock.ok());
    std::size_t refused = 0;
    ApplyContext context{.lock = lock->get()};
    context.progress = [&](const RunProgress&) {
      const auto other = LockedRun(world, *store_b, "b");
      refused += absl::IsAlreadyExists(other.status()) ? 1U : 0U;
    };
    REQUIRE(Succeeded(*world.Run(*store_a, *client, context)));
    CHECK(refused == 6);
    CHECK(world.CommentsOf(1) == "1");
    CHECK(world.CommentsOf(2) == "1");
    CHECK(store_b->ListWork(kRepository)->empty());
  }
}

TEST_CASE("a lock that a killed run left is taken over after its time, and not before") {
  SplitWorld world;
  world.Abandon("killed");
  auto client = world.Settling();
  world.clock.Advance(absl::Minutes(29));
  CHECK(world.Take(*client, "early").status().code() == absl::StatusCode::kAlreadyExists);
  world.clock.Advance(absl::Minutes(3));
  auto lock = world.Take(*client, "late");
  REQUIRE(lock.ok());
  CHECK((*lock)->IsHeldFor(absl::Minutes(29)));
}

TEST_CASE("of two that take over a stale lock at once, one gets it") {
  SplitWorld world;
  world.Abandon("killed");
  world.clock.Advance(absl::Hours(1));
  auto first_client = world.Settling();
  absl::StatusOr<std::unique_ptr<GithubLock>> first = absl::UnknownError("not tried");
  auto second_client = world.Settling("PATCH", [&] { first = world.Take(*first_client, "first"); });
  const auto second = world.Take(*second_client, "second");
  REQUIRE(first.ok());
  CHECK(second.status().code() == absl::StatusCode::kAlreadyExists);
  CHECK((*first)->Keep().ok());
}

TEST_CASE("of two that create the lock at once, one gets it") {
  SplitWorld world;
  auto first_client = world.Settling();
  absl::StatusOr<std::unique_ptr<GithubLock>> first = absl::UnknownError("not tried");
  auto second_client = world.Settling("POST", [&] { first = world.Take(*first_client, "first"); });
  const auto second = world.Take(*second_client, "second");
  REQUIRE(first.ok());
  CHECK(second.status().code() == absl::StatusCode::kAlreadyExists);
}

TEST_CASE("a run that slept through its lock sends nothing more, and does not touch its successor's") {
  SplitWorld world;
  auto store_a = world.NewStore();
  auto store_b = world.NewStore();
  auto settling = world.Settling();
  auto client = world.Client();
  std::string successors;
  auto other = world.Settling();
  absl::StatusOr<std::unique_ptr<GithubLock>> successor = absl::UnknownError("not tried");
  {
    auto lock = world.Take(*settling, "a");
    REQUIRE(lock.ok());
    std::size_t effects = 0;
    ApplyContext context{.lock = lock->get()};
    context.progress = [&, steps = 0](const RunProgress&) mutable {
      if (++steps != 2) return;
      world.clock.Advance(absl::Hours(2));
      successor = world.Take(*other, "b");
      effects = world.github.effects().size();
    };
    const auto outcome = world.Run(*store_a, *client, context);
    REQUIRE(outcome.ok());
    REQUIRE(successor.ok());
    CHECK(outcome->stopped.code() == absl::StatusCode::kAborted);
    CHECK(world.github.effects().size() == effects);
    successors = *world.LockSha();
  }
  CHECK(world.LockSha() == successors);
}

TEST_CASE("a long run keeps its lock, through lost answers, too") {
  SplitWorld world;
  auto client = world.Settling();
  auto lock = world.Take(*client, "a");
  REQUIRE(lock.ok());
  for (int hour = 0; hour < 10; ++hour) {
    world.github.faults().Add({.kind = FaultKind::kLostAnswer, .method = hour % 2 == 0 ? "PATCH" : "POST"});
    for (int minute = 0; minute < 60; minute += 10) {
      world.clock.Advance(absl::Minutes(10));
      REQUIRE((*lock)->Keep().ok());
    }
  }
  lock->reset();
  CHECK_FALSE(world.LockSha());
}

TEST_CASE("a state restored from before a run does not do that run's work again") {
  SplitWorld world;
  auto store = world.NewStore();
  const std::string before = *store->TakeSnapshot(kRepository);
  REQUIRE(Succeeded(*LockedRun(world, *store, "a")));
  auto restored = world.NewStore();
  REQUIRE(restored->RestoreSnapshot(kRepository, before, "operator").ok());
  // What is read under the lock shows what was done under it.
  for (std::size_t i = 0; i < 2; ++i) {
    world.scene.backlog.issues[i].labels = world.github.world().issues.at(static_cast<int>(i) + 1).labels;
    world.scene.plan.assignments[i].running = true;
  }
  const std::size_t effects = world.github.effects().size();
  REQUIRE(Succeeded(*LockedRun(world, *restored, "b")));
  CHECK(world.CommentsOf(1) == "1");
  CHECK(world.github.effects().size() == effects + 3);  // the lock: commit, ref, and away
}

TEST_CASE("what is no lock is left alone, and a person hears how to remove it") {
  SplitWorld world;
  auto client = world.Settling();
  world.github.git().SetRef(std::string(GithubLock::kRef), world.base);
  const auto taken = world.Take(*client, "a");
  CHECK(taken.status().code() == absl::StatusCode::kFailedPrecondition);
  CHECK_THAT(std::string(taken.status().message()),
             ContainsSubstring("git push origin :refs/clambake/run-lock"));
  CHECK(world.LockSha() == world.base);
}

}  // namespace clambake
