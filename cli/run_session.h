// What a run works with: flags, rollouts, the parts that these choose, GitHub,
// the clone and the backlog.
#ifndef CLAMBAKE_CLI_RUN_SESSION_H_
#define CLAMBAKE_CLI_RUN_SESSION_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "clambake/clock.h"
#include "clambake/factory.h"
#include "clambake/git_repo.h"
#include "clambake/github_client.h"
#include "clambake/github_lock.h"
#include "clambake/pipeline.h"
#include "cli/globals.h"
#include "cli/progress.h"
#include "cli/rollout_link.h"

namespace clambake::cli {

struct RunOptions {
  std::string expect_digest;
  std::string assignee;
  int max_bundle = 8;
  bool github_lock = false;
  bool make_labels = false;
  bool approximate = false;
  int shadow_percent = 2;
};

// All that a run works with; members are declared in the order they depend on.
struct RunSession {
  Globals globals;  // with the repository, where it is known
  const RunOptions& options;
  FeatureFlags flags;
  std::unique_ptr<Clock> clock = NewSystemClock();
  ProgressLine line{globals};
  std::string stage;                          // what the line says while git merges
  std::unique_ptr<GithubReader> reader;       // null with --from and no writes
  std::unique_ptr<GitRepo> repo;              // null where nothing is to be bundled
  std::unique_ptr<StateStore> rollout_store;  // null: there is none yet, or it cannot be read
  std::unique_ptr<RolloutLink> link;
  ChosenPlanner planner;
  ChosenBundler bundler;  // empty without a clone
  ChosenExecutor executor;
  Backlog backlog;
  PipelineInput input;
  std::unique_ptr<GithubClient> lock_client;
  std::unique_ptr<GithubLock> lock;  // null: not asked for

  [[nodiscard]] bool readonly() const { return flags.write_mode() == WriteMode::kReadOnly; }
  [[nodiscard]] PipelineParts parts() const {
    return {planner.planner.get(), bundler.bundler.get(), executor.executor.get()};
  }
};

// Reads flags, rollouts and agents, chooses planner and executor, and connects
// to GitHub where the run needs it.
absl::Status OpenSession(RunSession& session);

// Reads the backlog, and opens the clone where something is to be bundled, or
// asks GitHub in its place.
absl::Status LoadInput(RunSession& session);

// "" where the system does not tell.
std::string HostName();

// Who this is, for those who find the state or GitHub locked.
std::string Holder();

// The journal has the last word on every attempt: a client that repeats by
// itself, or waits longer than the lease, would act behind its back.
absl::StatusOr<std::unique_ptr<GithubClient>> NewJournaledClient(const RunSession& session);

// Does nothing unless asked to. To be called before anything is read: what is
// decided must be decided under the lock.
absl::Status LockGithub(RunSession& session);

}  // namespace clambake::cli

#endif  // CLAMBAKE_CLI_RUN_SESSION_H_
