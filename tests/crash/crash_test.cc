// Killed at any system call that leaves a trace, a whole run (lock, fetch, plan,
// bundle, execute) leaves nothing that the next one does not finish, and nothing
// happens twice. GitHub is simulated, and lives on in the test's own process.
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <set>

#include "clambake/factory.h"
#include "clambake/github_lock.h"
#include "clambake/pipeline.h"
#include "fmt/format.h"
#include "tests/crash/kill_at.h"
#include "tests/fakes/github_server.h"
#include "tests/fakes/shared_clock.h"
#include "tests/fakes/simulated_github.h"
#include "tests/support/catch.h"
#include "tests/support/store_world.h"

namespace clambake {
namespace {

constexpr std::string_view kRepository = "octo/hello";

// All finished branches in one bundle, which is known to merge into `tree`.
class OneBundle : public Bundler {
 public:
  explicit OneBundle(std::string tree) : tree_(std::move(tree)) {}
  [[nodiscard]] std::string_view name() const override { return "v2"; }
  absl::StatusOr<BundleSet> MakeBundles(const BundleRequest& request) override {
    BundleSet set;
    set.bundler = "v2";
    set.base = request.base;
    Bundle& bundle = set.bundles.emplace_back();
    bundle.name = "bundle/20260102_0300__2_3";
    bundle.tree = tree_;
    for (const Head& head : request.heads) {
      bundle.heads.push_back(head.rev);
      bundle.issues.push_back(head.issue);
    }
    return set;
  }

 private:
  std::string tree_;
};

// One free issue; two finished ones, to be bundled.
struct CrashWorld {
  explicit CrashWorld(Engine engine) : place(engine), github(clock), server(github) {
    base = github.AddBranch("main", "README", "hello");
    github.AddIssue("One", {"route:ready"});
    std::string merged = base;
    for (const int issue : {2, 3}) {
      github.AddIssue("Issue", {"route:review"});
      const std::string head = github.AddCommit(base, fmt::format("file{}", issue), "text");
      github.git().SetRef(fmt::format("refs/heads/agent00{}/{}", issue, issue), head);
      GitCommitData commit;
      commit.tree = tree = *github.git().MergeTrees(merged, head);
      commit.parents = {merged, head};
      merged = github.git().WriteCommit(commit);
    }
    std::string pattern = (std::filesystem::temp_directory_path() / "clambake-crash-XXXXXX").string();
    REQUIRE(mkdtemp(pattern.data()) != nullptr);
    cache = pattern;
  }
  ~CrashWorld() { std::filesystem::remove_all(cache); }
  CrashWorld(const CrashWorld&) = delete;
  CrashWorld& operator=(const CrashWorld&) = delete;

  [[nodiscard]] GithubOptions Options() const {
    GithubOptions options;
    options.api_url = server.url();
    options.repository = std::string(kRepository);
    options.token = Secret(std::string(SimulatedGithub::kToken));
    options.cache_dir = cache.string();
    return options;
  }

  StoreWorld place;
  SharedClock clock;
  SimulatedGithub github;
  GithubServer server;
  std::string base;
  std::string tree;
  std::filesystem::path cache;
};

// As `clambake run --github-lock`, on the virtual clock.
absl::StatusOr<RunOutcome> RunWhole(CrashWorld& world) {
  auto lock_client = NewGithubClient(world.Options(), world.clock);
  GithubOptions options = world.Options();
  options.lost_answer = GithubOptions::LostAnswer::kReturnUnknown;
  options.max_attempts = 1;
  options.max_limit_wait = absl::Seconds(15);
  auto client = NewGithubClient(options, world.clock);
  StoreOptions location;
  location.location = world.place.location();
  location.clock = &world.clock;
  auto store = OpenStateStore(location);
  if (!store.ok()) return store.status();
  auto permit =
      Guard::Admit(FeatureFlags(), **store,
                   {.generation = Generation::kV2, .scope = std::string(kRepository), .owner = "one"});
  if (!permit.ok()) return permit.status();
  auto lock = GithubLock::Take(**lock_client, world.clock, {.holder = "one", .nonce = "one"});
  if (!lock.ok()) return lock.status();
  const auto backlog = (*client)->FetchBacklog({});
  if (!backlog.ok()) return backlog.status();
  const auto refreshed = RefreshClaims(**store, kRepository, *backlog, absl::Hours(24));
  if (!refreshed.ok()) return refreshed.status();
  PipelineInput input{.backlog = &*backlog, .agents = {{"agent001", 1, {}}}};
  input.base = input.base_sha = world.base;
  if (absl::Status read = ReadState(**store, kRepository, input); !read.ok()) return read;
  const auto planner = *NewWorkPlanner(Generation::kV2);
  const auto executor = *NewExecutor(Generation::kV2);
  OneBundle bundler(world.tree);
  const PipelineParts parts{planner.get(), &bundler, executor.get()};
  const auto decided = Decide(parts, input);
  if (!decided.ok()) return decided.status();
  return Act(parts, *decided, "", **permit,
             {.github = client->get(), .store = store->get(), .clock = &world.clock, .lock = lock->get()});
}

int ExitOf(CrashWorld& world) {
  const auto outcome = RunWhole(world);
  if (!outcome.ok()) fmt::print(stderr, "{}\n", outcome.status().ToString());
  return outcome.ok() && Succeeded(*outcome) ? 0 : 1;
}

// What GitHub and the state look like in the end, whatever came first.
std::string EndOf(CrashWorld& world) {
  std::multiset<std::string> lines;
  for (const auto& [number, issue] : world.github.world().issues) {
    const std::set<std::string> labels(issue.labels.begin(), issue.labels.end());
    lines.insert(fmt::format("issue {} {} {} {}", issue.is_pull() ? issue.head_ref : issue.title, issue.open,
                             fmt::join(labels, ","), issue.body));
  }
  for (const auto& [id, comment] : world.github.world().comments) {
    lines.insert(fmt::format("comment {} {}", comment.issue, comment.body));
  }
  for (const auto& [name, sha] : world.github.git().ListRefs("refs/")) {
    lines.insert(fmt::format("{} {}", name, world.github.git().FindCommit(sha)->tree));
  }
  auto store = world.place.Open();
  const auto all = *store->ListWork(kRepository);
  for (const Work& work : all) {
    lines.insert(fmt::format("{} {} {} {}", work.issue, Name(work.state), work.owner, work.branch));
  }
  CHECK(store->CompareGenerations(kRepository)->empty());
  CHECK(store->PendingOperations(kRepository)->empty());
  return fmt::format("{}", fmt::join(lines, "\n"));
}

// Of all calls, or the first and last of each kind and some in between.
std::vector<std::size_t> Chosen(const std::vector<long>& calls) {
  constexpr std::size_t kSampled = 24;
  const char* const wanted = std::getenv("CLAMBAKE_CRASH");
  const std::size_t stride =
      wanted != nullptr && std::string_view(wanted) == "all" ? 1 : calls.size() / kSampled + 1;
  std::map<long, std::pair<std::size_t, std::size_t>> ends;
  for (std::size_t i = 0; i < calls.size(); ++i) ends.try_emplace(calls[i], i, i).first->second.second = i;
  std::set<std::size_t> chosen;
  for (const auto& [call, first_and_last] : ends) {
    chosen.insert(first_and_last.first);
    chosen.insert(first_and_last.second);
  }
  for (std::size_t i = 0; i < calls.size(); i += stride) chosen.insert(i);
  return {chosen.begin(), chosen.end()};
}

// Killed at its `k`-th call (from 0), then run again, later than the lock lasts.
std::string KilledOnce(Engine engine, std::size_t k) {
  CrashWorld world(engine);
  const KillReport report = KillAt(static_cast<int>(k) + 1, [&] { return ExitOf(world); });
  // Timing moves a call or two: the last ones may not come.
  if (!report.killed) CHECK(report.exit_code == 0);
  world.clock.Sleep(absl::Minutes(40));
  CHECK(RunForked([&] { return ExitOf(world); }) == 0);
  return EndOf(world);
}

}  // namespace

TEST_CASE("killed at a system call of a run, on either engine, the next run ends in the same state") {
  // What a killed process has written stays, synced or not: memory does, and is quick.
  if (access("/dev/shm", W_OK) == 0) setenv("TMPDIR", "/dev/shm", 1);
  for (const Engine engine : EnginesHere()) {
    DYNAMIC_SECTION(Name(engine)) {
      std::string expected;
      std::vector<long> calls;
      {
        CrashWorld calm(engine);
        const CallReport report = CallsOf([&] { return ExitOf(calm); });
        REQUIRE(report.exit_code == 0);
        CHECK(report.unclassified == std::set<long>());
        calls = report.effects;
        expected = EndOf(calm);
      }
      INFO(expected);
      const std::vector<std::size_t> chosen = Chosen(calls);
      for (const std::size_t k : chosen) {
        INFO("killed at call " << k << ", number " << calls[k]);
        CHECK(KilledOnce(engine, k) == expected);
      }
      // The check that this check does something.
      CHECK(calls.size() > 200);
      CHECK_THAT(expected, ContainsSubstring("refs/heads/bundle/"));
      WARN(Name(engine) << ": " << chosen.size() << " of " << calls.size() << " calls of "
                        << std::set<long>(calls.begin(), calls.end()).size() << " kinds");
    }
  }
}

}  // namespace clambake
