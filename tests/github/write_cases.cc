#include "tests/github/write_cases.h"

#include <algorithm>

#include "fmt/format.h"

namespace clambake {
namespace {

using Github = SimulatedGithub;

std::string Expect(bool condition, const std::string& what) { return condition ? "" : what; }

std::string ExpectCount(std::int64_t count, std::int64_t wanted, const std::string& what) {
  return count == wanted ? "" : fmt::format("{} {} in place of {}", count, what, wanted);
}

bool Has(const std::vector<std::string>& names, const std::string& name) {
  return std::count(names.begin(), names.end(), name) == 1;
}

std::string MainSha(Github& github) { return github.git().FindRef("refs/heads/main").value_or(""); }

WriteCase LabelCreated() {
  return {[](Github&) {
            return CreateLabel{"route:ready", "00ff00", "may be taken"};
          },
          [](Github& g) { return Expect(g.world().labels.contains("route:ready"), "no label"); }};
}

WriteCase LabelsAdded() {
  return {
      [](Github& g) {
        return AddLabels{g.AddIssue("a", {"bug"}).number, {"agent001", "route:review"}};
      },
      [](Github& g) {
        const auto& labels = g.world().issues.at(1).labels;
        return Expect(labels == std::vector<std::string>{"bug", "agent001", "route:review"}, "wrong labels");
      }};
}

WriteCase LabelRemoved() {
  return {[](Github& g) {
            return RemoveLabel{g.AddIssue("a", {"bug", "route: ready/now"}).number, "route: ready/now"};
          },
          [](Github& g) {
            return Expect(g.world().issues.at(1).labels == std::vector<std::string>{"bug"}, "wrong labels");
          }};
}

WriteCase AssigneeAdded() {
  return {[](Github& g) {
            return AddAssignees{g.AddIssue("a").number, {"alice"}};
          },
          [](Github& g) { return Expect(Has(g.world().issues.at(1).assignees, "alice"), "not assigned"); }};
}

WriteCase AssigneeRemoved() {
  return {[](Github& g) {
            WorldIssue& issue = g.AddIssue("a");
            issue.assignees = {"alice", "bob"};
            return RemoveAssignees{issue.number, {"alice"}};
          },
          [](Github& g) {
            return Expect(g.world().issues.at(1).assignees == std::vector<std::string>{"bob"},
                          "wrong assignees");
          }};
}

WriteCase RefCreated() {
  return {[](Github& g) {
            return CreateRef{"refs/heads/agent001/1", g.AddCommit(MainSha(g), "claim", "run 7")};
          },
          [](Github& g) {
            return Expect(g.git().FindRef("refs/heads/agent001/1").has_value() &&
                              *g.git().FindRef("refs/heads/agent001/1") != MainSha(g),
                          "no ref");
          }};
}

WriteCase RefUpdated() {
  return {[](Github& g) {
            return UpdateRef{"refs/heads/main", g.AddCommit(MainSha(g), "next", "1")};
          },
          [](Github& g) {
            return Expect(g.git().FindCommit(MainSha(g))->message == "Change next", "main did not move");
          }};
}

WriteCase RefDeleted() {
  return {[](Github& g) {
            g.AddBranch("old", "x", "1");
            return DeleteRef{"refs/heads/old"};
          },
          [](Github& g) { return Expect(!g.git().FindRef("refs/heads/old"), "still there"); }};
}

WriteCase TreeCreated() {
  return {
      [](Github& g) {
        return CreateTree{g.git().FindCommit(MainSha(g))->tree, {{"a.txt", "100644", std::string(40, 'a')}}};
      },
      [](Github&) { return std::string(); }};
}

WriteCase CommitCreated() {
  return {[](Github& g) {
            const std::string main = MainSha(g);
            return CreateCommit{"run 7",           g.git().FindCommit(main)->tree,      {main}, "bot",
                                "bot@example.com", absl::FromUnixSeconds(1'700'000'000)};
          },
          [](Github&) { return std::string(); }};
}

WriteCase BranchMerged() {
  return {[](Github& g) {
            g.AddBranch("bundle/1", "bundled", "0");
            g.AddBranch("agent001/1", "x", "1");
            return MergeBranch{"bundle/1", "agent001/1", "Merge agent001/1"};
          },
          [](Github& g) {
            const auto bundle = g.git().FindRef("refs/heads/bundle/1");
            const auto head = g.git().FindRef("refs/heads/agent001/1");
            return ExpectCount(g.git().Compare(*bundle, *head)->ahead_by, 0, "commits are missing");
          }};
}

WriteCase PullCreated() {
  return {[](Github& g) {
            g.AddBranch("bundle/1", "x", "1");
            return CreatePull{"bundle/1", "main", "[BUNDLE] 1 issue", "Fixes #1\n" + Marker("run7.3"), false};
          },
          [](Github& g) {
            const auto count = std::count_if(g.world().issues.begin(), g.world().issues.end(),
                                             [](const auto& entry) { return entry.second.is_pull(); });
            return ExpectCount(count, 1, "pull requests");
          }};
}

WriteCase PullMerged() {
  return {[](Github& g) {
            const std::string head = g.AddBranch("agent001/1", "x", "1");
            return MergePull{g.AddPull("agent001/1", "main").number, head, "merge"};
          },
          [](Github& g) { return Expect(g.world().issues.at(1).merged, "not merged"); }};
}

WriteCase CommentCreated() {
  return {[](Github& g) {
            const std::int64_t issue = g.AddIssue("a").number;
            // Anybody can write somebody else's marker.
            g.world().comments[7] = {7, issue, "mallory", "done " + Marker("run7.4"), absl::UnixEpoch()};
            return CreateComment{issue, "Taken by agent001.\n" + Marker("run7.4")};
          },
          [](Github& g) {
            const auto count = std::count_if(g.world().comments.begin(), g.world().comments.end(),
                                             [](const auto& e) { return e.second.author == "clambake-bot"; });
            return ExpectCount(count, 1, "comments");
          }};
}

WriteCase CommentUpdated() {
  return {[](Github& g) {
            g.world().comments[7] = {7, g.AddIssue("a").number, "clambake-bot", "old", absl::UnixEpoch()};
            return UpdateComment{7, "new"};
          },
          [](Github& g) { return Expect(g.world().comments.at(7).body == "new", "old text"); }};
}

WriteCase CommentDeleted() {
  return {[](Github& g) {
            g.world().comments[7] = {7, g.AddIssue("a").number, "clambake-bot", "old", absl::UnixEpoch()};
            return DeleteComment{7};
          },
          [](Github& g) { return Expect(g.world().comments.empty(), "still there"); }};
}

WriteCase DependencyAdded() {
  return {[](Github& g) {
            g.AddIssue("a");
            return AddBlockedBy{1, g.AddIssue("b").id};
          },
          [](Github& g) {
            return Expect(g.world().issues.at(1).blocked_by == std::vector<std::int64_t>{2},
                          "wrong blockers");
          }};
}

WriteCase DependencyRemoved() {
  return {[](Github& g) {
            g.AddIssue("a");
            const std::int64_t id = g.AddIssue("b").id;
            g.world().issues.at(1).blocked_by = {2};
            return RemoveBlockedBy{1, id};
          },
          [](Github& g) { return Expect(g.world().issues.at(1).blocked_by.empty(), "still blocked"); }};
}

}  // namespace

const std::vector<WriteCase>& WriteCases() {
  static const std::vector<WriteCase> cases = {
      LabelCreated(),   LabelsAdded(),     LabelRemoved(),     AssigneeAdded(),  AssigneeRemoved(),
      RefCreated(),     RefUpdated(),      RefDeleted(),       TreeCreated(),    CommitCreated(),
      BranchMerged(),   PullCreated(),     PullMerged(),       CommentCreated(), CommentUpdated(),
      CommentDeleted(), DependencyAdded(), DependencyRemoved()};
  return cases;
}

}  // namespace clambake
