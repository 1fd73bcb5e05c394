#include "tests/fakes/github_scenes.h"

#include "fmt/format.h"

namespace clambake {
namespace {

void AddMain(SimulatedGithub& github) {
  github.git().SetRef("refs/heads/main", github.AddCommit("", "README.md", "hello"));
}

}  // namespace

void SetSmallScene(SimulatedGithub& github) {
  AddMain(github);
  github.AddIssue("Blocker", {"route:ready", "bug"}).assignees = {"alice"};
  WorldIssue& blocked = github.AddIssue("Blocked", {"route:ready"});
  blocked.blocked_by = {1};
  blocked.body = "Depends on #1";
  github.AddIssue("Parent").sub_issues = {1, 2};
  github.AddIssue("Closed").open = false;
  github.AddBranch("agent001/1-blocker", "a.txt", "1");
  github.AddBranch("bundle/base", "b.txt", "1");
  github.AddBranch("feature/conflict", "a.txt", "2");
  WorldIssue& pull = github.AddPull("agent001/1-blocker", "main", "Fixes #1");
  pull.labels = {"bug"};
  github.world().comments[7] = {7, 1, "clambake-bot", "hello " + std::string("world"), absl::UnixEpoch()};
}

void SetLargeScene(SimulatedGithub& github) {
  constexpr int kIssues = 1'000;
  constexpr int kBlocked = 150;
  constexpr int kPulls = 200;
  constexpr int kBranches = 5;
  AddMain(github);
  for (int i = 1; i <= kIssues; ++i) {
    WorldIssue& issue = github.AddIssue(fmt::format("Issue {}", i), {"route:ready"});
    issue.body = "What is wrong, how to see it, and what should happen instead. " + std::string(400, 'x');
    if (i > 1 && i <= kBlocked + 1) issue.blocked_by = {1};
  }
  for (int i = 0; i < kPulls; ++i) github.AddPull(fmt::format("feature/{}", i), "main", "Fixes #7");
  for (int i = 1; i <= kBranches; ++i) {
    github.AddBranch(fmt::format("agent{:03}/{}-x", i, i), "x", fmt::format("{}", i));
  }
}

}  // namespace clambake
