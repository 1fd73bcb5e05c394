// A small backlog, its plan and bundles, and a GitHub to act on.
#ifndef CLAMBAKE_TESTS_EXECUTOR_EXECUTOR_WORLD_H_
#define CLAMBAKE_TESTS_EXECUTOR_EXECUTOR_WORLD_H_

#include <functional>
#include <memory>
#include <string>

#include "clambake/executor.h"
#include "executor/v2_executor.h"
#include "fmt/format.h"
#include "tests/fakes/model_github.h"
#include "tests/support/catch.h"
#include "tests/support/store_world.h"

namespace clambake {

inline constexpr std::string_view kScope = "octo/repo";

inline std::string Sha(int n) { return fmt::format("{:040x}", n); }

inline Issue MakeIssue(IssueNumber number, std::vector<std::string> labels) {
  Issue issue;
  issue.number = number;
  issue.title = "Issue";
  issue.labels = std::move(labels);
  return issue;
}

// Issues 1 … `free` are ready, the next `reviewed` are finished and bundled in twos.
struct Scene {
  explicit Scene(int free, int reviewed = 0) {
    backlog.repository = std::string(kScope);
    backlog.branches.push_back({"main", Sha(0xbeef), {}});
    plan.planner = "v2";
    plan.repository = backlog.repository;
    for (int i = 1; i <= free; ++i) {
      backlog.issues.push_back(MakeIssue(i, {"route:ready"}));
      plan.agents.push_back({fmt::format("agent{:03}", i), 1, {}});
      Assignment assignment;
      assignment.issue = i;
      assignment.agent = i - 1;
      assignment.finish_minutes = 60;
      assignment.now = true;
      plan.assignments.push_back(assignment);
    }
    bundles.bundler = "v2";
    bundles.base = Sha(0xbeef);
    for (int i = free + 1; i <= free + reviewed; ++i) {
      backlog.issues.push_back(MakeIssue(i, {"route:review"}));
      backlog.branches.push_back({fmt::format("agent{:03}/{}", i, i), Sha(i), 1});
      if ((i - free) % 2 == 1)
        bundles.bundles.push_back({fmt::format("bundle/20260102_0300__{}", i), {}, {}, ""});
      bundles.bundles.back().heads.push_back(Sha(i));
      bundles.bundles.back().issues.push_back(i);
    }
  }

  Backlog backlog;
  Plan plan;
  BundleSet bundles;
};

// One instance: prepares and applies as `clambake run` does. `observe` gives
// what GitHub shows, once writing is allowed.
inline absl::StatusOr<RunOutcome> RunOnce(const std::function<Scene()>& observe, StateStore& store,
                                          GithubClient& github, Clock& clock, std::string_view owner = "one",
                                          absl::Duration settle = absl::Seconds(60)) {
  const auto executor = NewV2Executor();
  auto permit = Guard::Admit(
      FeatureFlags(), store,
      {.generation = Generation::kV2, .scope = std::string(kScope), .owner = std::string(owner)});
  if (!permit.ok()) return permit.status();
  const Scene scene = observe();
  PrepareRequest request;
  request.backlog = &scene.backlog;
  request.plan = &scene.plan;
  request.bundles = &scene.bundles;
  request.assignee = "octo";
  auto work = store.ListWork(kScope);
  auto pending = store.PendingOperations(kScope);
  auto comments = store.ConfirmedOperations(kScope, "create_comment");
  for (const absl::Status& status : {work.status(), pending.status(), comments.status()}) {
    if (!status.ok()) return status;
  }
  request.work = *work;
  request.pending = *pending;
  request.comments = *comments;
  auto preparation = executor->Prepare(request);
  if (!preparation.ok()) return preparation.status();
  ApplyContext context;
  context.github = &github;
  context.store = &store;
  context.clock = &clock;
  context.settle = settle;
  return executor->Apply(*preparation, **permit, context);
}

inline absl::StatusOr<RunOutcome> RunOnce(const Scene& scene, StateStore& store, GithubClient& github,
                                          Clock& clock) {
  return RunOnce([&] { return scene; }, store, github, clock);
}

// `scene` as GitHub shows it after what was done there.
inline Scene Observe(Scene scene, const GithubState& github) {
  for (Issue& issue : scene.backlog.issues) {
    const auto labels = github.labels.find(issue.number);
    if (labels == github.labels.end()) continue;
    const bool bundled = labels->second.contains("route:ready_to_merge");
    if (bundled) std::erase(issue.labels, "route:review");
    issue.labels.insert(issue.labels.end(), labels->second.begin(), labels->second.end());
  }
  for (Assignment& assignment : scene.plan.assignments) {
    const Issue& issue = scene.backlog.issues[static_cast<std::size_t>(assignment.issue - 1)];
    assignment.running =
        HasLabel(issue.labels, scene.plan.agents[static_cast<std::size_t>(assignment.agent)].id);
  }
  for (const auto& [ref, sha] : github.refs) {
    scene.backlog.branches.push_back({ref.substr(std::string_view("refs/heads/").size()), sha, {}});
  }
  for (const CreatePull& made : github.pulls) {
    Pull pull;
    pull.head_ref = made.head;
    pull.body = made.body;
    scene.backlog.pulls.push_back(pull);
  }
  return scene;
}

}  // namespace clambake

#endif  // CLAMBAKE_TESTS_EXECUTOR_EXECUTOR_WORLD_H_
