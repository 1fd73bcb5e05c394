// What v2 decides: a pure function of what it is given.
#include "model/operations.h"
#include "tests/executor/executor_world.h"

namespace clambake {
namespace {

struct Given {
  explicit Given(Scene from) : scene(std::move(from)) {
    request.backlog = &scene.backlog;
    request.plan = &scene.plan;
    request.bundles = &scene.bundles;
  }
  Preparation Prepared() const {
    auto preparation = NewV2Executor()->Prepare(request);
    REQUIRE(preparation.ok());
    return *preparation;
  }
  // "kind lane after" of each operation.
  std::vector<std::string> Steps() const {
    std::vector<std::string> steps;
    const Preparation preparation = Prepared();
    for (const Operation& operation : preparation.operations) {
      steps.push_back(fmt::format("{} {}{}", WriteKind(operation.write), operation.lane,
                                  operation.after.empty() ? "" : " after " + operation.after));
    }
    return steps;
  }
  Scene scene;
  PrepareRequest request;
};

Work Row(IssueNumber issue, WorkState state, std::string owner, std::string branch) {
  Work work;
  work.issue = issue;
  work.state = state;
  work.owner = std::move(owner);
  work.branch = std::move(branch);
  return work;
}

using Steps = std::vector<std::string>;

}  // namespace

TEST_CASE("equal requests give equal bytes, and another one another digest") {
  const Given one(Scene(2, 2));
  const Given two(Scene(2, 2));
  const Given three(Scene(3, 2));
  CHECK(RunToJson(one.Prepared(), nullptr, "p", "b") == RunToJson(two.Prepared(), nullptr, "p", "b"));
  CHECK(OperationsDigest(one.Prepared()) == OperationsDigest(two.Prepared()));
  CHECK(OperationsDigest(one.Prepared()) != OperationsDigest(three.Prepared()));
}

TEST_CASE("a bundle waits for no issue, and its issues wait for the bundle") {
  const Given given(Scene(0, 2));
  CHECK(given.Steps() == Steps{"create_ref bundle/20260102_0300__1", "merge_branch bundle/20260102_0300__1",
                               "merge_branch bundle/20260102_0300__1", "create_pull bundle/20260102_0300__1",
                               "add_labels bundle/20260102_0300__1#1 after bundle/20260102_0300__1",
                               "remove_label bundle/20260102_0300__1#1 after bundle/20260102_0300__1",
                               "create_comment bundle/20260102_0300__1#1 after bundle/20260102_0300__1",
                               "add_labels bundle/20260102_0300__1#2 after bundle/20260102_0300__1",
                               "remove_label bundle/20260102_0300__1#2 after bundle/20260102_0300__1",
                               "create_comment bundle/20260102_0300__1#2 after bundle/20260102_0300__1"});
}

TEST_CASE("a comment that is known is edited, a branch that is there is kept") {
  Given given(Scene(1));
  JournalEntry comment;
  comment.issue = 1;
  comment.result = 77;
  given.request.comments = {comment};
  given.scene.backlog.branches.push_back({"agent001/1-old-title", Sha(9), {}});
  CHECK(given.Steps() == Steps{"add_labels issue-1", "update_comment issue-1"});
}

TEST_CASE("what is pending is finished first, and its issue and agent are left alone") {
  Given given(Scene(2));
  const Preparation first = given.Prepared();
  JournalEntry unfinished = ToJournalEntry(first.operations[1], 1);
  unfinished.state = OperationState::kUnknown;
  given.request.pending = {unfinished};
  CHECK(given.Steps() ==
        Steps{"add_labels issue-1", "create_ref issue-2", "add_labels issue-2", "create_comment issue-2"});
  unfinished.state = OperationState::kManual;
  given.request.pending = {unfinished};
  CHECK(given.Steps() == Steps{"create_ref issue-2", "add_labels issue-2", "create_comment issue-2"});
  CHECK(given.Prepared().notes.size() == 1);
}

TEST_CASE("landed work moves to review without ever being without a route label") {
  Given given(Scene(1));
  given.scene.plan.assignments.clear();
  given.scene.backlog.issues[0].labels = {"route:ready", "agent001"};
  given.request.work = {Row(1, WorkState::kLanded, "", "agent001/1")};
  const Preparation preparation = given.Prepared();
  REQUIRE(preparation.operations.size() == 4);
  CHECK(std::get<AddLabels>(preparation.operations[0].write).labels == Steps{"route:review"});
  CHECK(std::get<RemoveLabel>(preparation.operations[1].write).label == "route:ready");
  CHECK(std::get<RemoveLabel>(preparation.operations[2].write).label == "agent001");
  given.scene.backlog.issues[0].labels = {"route:review"};
  CHECK(given.Steps().empty());
}

TEST_CASE("who gives an issue back loses its label, and nobody else does") {
  Given given(Scene(1));
  given.scene.plan.assignments.clear();
  given.scene.backlog.issues[0].labels = {"route:ready", "agent001"};
  given.request.work = {Row(1, WorkState::kReady, "", "agent001/1")};
  CHECK(given.Steps() == Steps{"remove_label issue-1", "create_comment issue-1"});
  given.scene.backlog.issues[0].labels = {"route:ready", "agent007"};
  CHECK(given.Steps().empty());
}

TEST_CASE("an issue that another agent holds on GitHub is not handed out on the word of this state alone") {
  Given given(Scene(1));
  given.scene.plan.assignments.clear();
  given.scene.backlog.issues[0].labels.push_back("agent009");
  given.request.work = {Row(1, WorkState::kClaimed, "agent001", "agent001/1")};
  CHECK(given.Steps().empty());
  const Preparation preparation = given.Prepared();
  REQUIRE(preparation.notes.size() == 1);
  CHECK_THAT(preparation.notes[0], ContainsSubstring("agent009 holds it on GitHub, agent001 in this state"));

  SECTION("unless it is the one who had it before") {
    given.request.work = {Row(1, WorkState::kClaimed, "agent001", "agent009/1")};
    CHECK(given.Steps() == std::vector<std::string>{"remove_label issue-1", "create_ref issue-1",
                                                    "add_labels issue-1", "create_comment issue-1"});
  }
}

TEST_CASE("an agent that claimed by itself is labelled, and gets nothing else") {
  Given given(Scene(2));
  given.request.work = {Row(2, WorkState::kClaimed, "agent001", "")};
  CHECK(given.Steps() == Steps{"create_ref issue-2", "add_labels issue-2", "create_comment issue-2"});
  CHECK(given.Prepared().changes.empty());
}

TEST_CASE("work on an issue that is closed is done: one missing from the list keeps its holder") {
  Given given(Scene(1));
  given.scene.plan.assignments.clear();
  given.scene.backlog.issues[0].state = State::kClosed;
  given.request.work = {Row(1, WorkState::kBundled, "", ""), Row(8, WorkState::kLanded, "", "agent001/8"),
                        Row(9, WorkState::kClaimed, "agent002", "")};
  const Preparation preparation = given.Prepared();
  REQUIRE(preparation.changes.size() == 2);
  CHECK(preparation.changes[0].issue == 1);
  CHECK(preparation.changes[1].issue == 8);
  CHECK(preparation.changes[1].state == WorkState::kDone);
}

TEST_CASE("a branch that conflicts with the base gets a pull request and leaves the queue") {
  Given given(Scene(0, 1));
  given.scene.bundles.bundles.clear();
  given.scene.bundles.individual = {{Sha(1), 1, "conflicts_with_base", {"a"}}, {Sha(5), 5, "merged", {}}};
  CHECK(given.Steps() == Steps{"create_pull agent001/1", "remove_label agent001/1#1 after agent001/1",
                               "create_comment agent001/1#1 after agent001/1"});
}

TEST_CASE("a bundle whose pull request is open is not built again") {
  Given given(Scene(0, 2));
  Pull pull;
  pull.head_ref = given.scene.bundles.bundles[0].name;
  given.scene.backlog.pulls = {pull};
  CHECK(given.Steps().empty());
}

TEST_CASE("text of issues never gets into what is written") {
  Given given(Scene(1, 2));
  for (Issue& issue : given.scene.backlog.issues)
    issue.title = issue.body = "Fixes #666 @everyone <!-- clambake:op=x -->";
  const std::string json = RunToJson(given.Prepared(), nullptr, "", "");
  CHECK(json.find("666") == std::string::npos);
  CHECK(json.find("everyone") == std::string::npos);
}

TEST_CASE("an operation survives the journal unchanged, and a damaged one is refused") {
  const Given given(Scene(1, 2));
  const Preparation preparation = given.Prepared();
  for (const Operation& operation : preparation.operations) {
    JournalEntry entry = ToJournalEntry(operation, 3);
    auto back = FromJournalEntry(entry);
    REQUIRE(back.ok());
    CHECK(ToJournalEntry(*back, 3).payload == entry.payload);
    CHECK(back->need == operation.need);
    CHECK(back->then == operation.then);
    CHECK(OperationId(back->lane, back->write) == operation.id);
    entry.payload.pop_back();
    CHECK(FromJournalEntry(entry).status().code() == absl::StatusCode::kInvalidArgument);
    entry.kind = "delete_repository";
    CHECK(FromJournalEntry(entry).status().code() == absl::StatusCode::kInvalidArgument);
  }
}

TEST_CASE("a plan that names an agent it does not have is refused") {
  Given given(Scene(1));
  given.scene.plan.assignments[0].agent = 5;
  CHECK(NewV2Executor()->Prepare(given.request).status().code() == absl::StatusCode::kInvalidArgument);
  CHECK(NewV2Executor()->Prepare({}).status().code() == absl::StatusCode::kInvalidArgument);
}

}  // namespace clambake
