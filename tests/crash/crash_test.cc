// Killed at any system call, a run leaves nothing that the next one does not
// finish, and nothing happens twice.
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>

#include "tests/crash/kill_at.h"
#include "tests/executor/executor_world.h"

namespace clambake {
namespace {

// What GitHub looks like, whatever the order of comments.
std::string Shown(GithubState github) {
  std::sort(github.comments.begin(), github.comments.end(), [](const auto& a, const auto& b) {
    return std::tie(a.issue, a.body) < std::tie(b.issue, b.body);
  });
  std::string text;
  for (const auto& [issue, labels] : github.labels) {
    for (const std::string& label : labels) text += fmt::format("{} has {}\n", issue, label);
  }
  for (const auto& [issue, logins] : github.assignees)
    text += fmt::format("{} to {}\n", issue, *logins.begin());
  for (const auto& [ref, sha] : github.refs) text += fmt::format("{} {}\n", ref, sha);
  for (const auto& [branch, heads] : github.merged)
    text += fmt::format("{} {}\n", branch, fmt::join(heads, " "));
  for (const CreatePull& pull : github.pulls) text += fmt::format("pull {} {}\n", pull.head, pull.body);
  for (const auto& comment : github.comments) text += fmt::format("{}: {}\n", comment.issue, comment.body);
  return text;
}

struct End {
  std::string github;
  std::string work;
  bool operator==(const End&) const = default;
};

// Runs as another process would, at `minutes` after the start.
absl::StatusOr<RunOutcome> RunAt(const StoreWorld& world, WriteLog& log, int minutes) {
  ManualClock clock;
  clock.Advance(absl::Minutes(minutes));
  StoreOptions options;
  options.location = world.location();
  options.clock = &clock;
  auto store = OpenStateStore(options);
  if (!store.ok()) return store.status();
  ModelGithub github(log, clock);
  return RunOnce([&] { return Observe(Scene(1, 2), github.Now()); }, **store, github, clock);
}

End EndOf(StoreWorld& world, WriteLog& log) {
  world.clock.Advance(absl::Hours(10));
  auto store = world.Open();
  End end;
  end.github = Shown(ModelGithub(log, world.clock).Now());
  const auto all = *store->ListWork(kScope);
  for (const Work& work : all) {
    end.work += fmt::format("{} {} {} {}\n", work.issue, Name(work.state), work.owner, work.branch);
  }
  CHECK(store->CompareGenerations(kScope)->empty());
  CHECK(store->PendingOperations(kScope)->empty());
  return end;
}

}  // namespace

TEST_CASE("killed at each system call of a run, the next run ends in the same state") {
  // What a killed process has written stays, synced or not: memory does, and is quick.
  if (access("/dev/shm", W_OK) == 0) setenv("TMPDIR", "/dev/shm", 1);
  for (const Engine engine : EnginesHere()) {
    DYNAMIC_SECTION(Name(engine)) {
      StoreWorld calm(engine);
      WriteLog log;
      REQUIRE(Succeeded(*RunAt(calm, log, 0)));
      const End expected = EndOf(calm, log);
      std::map<long, int> killed_at;
      for (int k = 1;; ++k) {
        StoreWorld world(engine);
        log.Clear();
        const KillReport report = KillAt(k, [&] {
          const auto outcome = RunAt(world, log, 0);
          return outcome.ok() && Succeeded(*outcome) ? 0 : 1;
        });
        if (!report.killed) {
          REQUIRE(report.exit_code == 0);
          break;
        }
        ++killed_at[report.system_call];
        INFO("killed at call " << k << ", number " << report.system_call);
        const auto outcome = RunAt(world, log, 10);
        REQUIRE(outcome.ok());
        CHECK(Succeeded(*outcome));
        CHECK(EndOf(world, log) == expected);
      }
      // The check that this check does something.
      int kills = 0;
      for (const auto& [call, count] : killed_at) kills += count;
      CHECK(kills > 50);
      WARN(Name(engine) << ": " << kills << " kills at " << killed_at.size() << " system calls");
    }
  }
}

}  // namespace clambake
