#include "model/dependency_text.h"

#include <sstream>

#include "tests/support/catch.h"

namespace clambake {
namespace {

std::string Found(std::string_view body) {
  std::string all;
  for (const TextDependency& dependency : FindDependencies(body)) all += ToString(dependency) + " ";
  return all;
}

TEST_CASE("blockers are found as people write them") {
  CHECK(Found("Blocked by #12") == "#12 ");
  CHECK(Found("blocked by: #12, #13 and #14.") == "#12 #13 #14 ");
  CHECK(Found("This **depends on** owner/repo#3") == "owner/repo#3 ");
  CHECK(Found("Depends on https://github.com/o/r.x/issues/4#issuecomment-1") == "o/r.x#4 ");
  CHECK(Found("Depends upon #1 #2") == "#1 #2 ");
  CHECK(Found("- blocked on #5\r\n- nothing else") == "#5 ");
  CHECK(Found("Blocked by:\n- #6\n* owner/x#7\n- [x] #8\n\nOther:\n- #9") == "#6 owner/x#7 ");
}

TEST_CASE("open tasks wait for their issues, ticked ones do not") {
  CHECK(Found("- [ ] #1\n- [x] #2\n- [X] #3\n* [ ] o/r#4 and more\n- [ ] write tests for #5") == "#1 o/r#4 ");
}

TEST_CASE("what is not meant does not block") {
  CHECK(Found("See #12. Fixes #13.").empty());
  CHECK(Found("No longer blocked by #12").empty());
  CHECK(Found("not blocked by #12").empty());
  CHECK(Found("~~Blocked by #12~~").empty());
  CHECK(Found("> Blocked by #12").empty());
  CHECK(Found("`blocked by #12`").empty());
  CHECK(Found("```\nBlocked by #12\n```").empty());
  CHECK(Found("unblocked by #12").empty());
  CHECK(Found("blocked by #12abc").empty());
  CHECK(Found("blocked by #0 and #-1 and #99999999999999999999").empty());
}

TEST_CASE("a reference counts once, and a text cannot name endless many") {
  CHECK(Found("Blocked by #1. Blocked by #1. Depends on #1") == "#1 ");
  std::string body = "Blocked by #1";
  for (int i = 2; i < 1'000; ++i) body += ", #" + std::to_string(i);
  CHECK(FindDependencies(body).size() == kMaxTextDependencies);
}

Backlog MakeBacklog() {
  Backlog backlog;
  backlog.repository = "o/r";
  for (const IssueNumber number : {1, 2, 9}) {
    Issue issue;
    issue.number = number;
    backlog.issues.push_back(issue);
  }
  backlog.pulls.push_back(Pull{.number = 5});
  return backlog;
}

TEST_CASE("text adds to what the API says and is marked") {
  Backlog backlog = MakeBacklog();
  backlog.blocked_by.push_back({.issue = 9, .blocked_by = {1}});
  backlog.issues[2].body = "Blocked by #1, #2, #3, #5, #40, O/R#2, x/y#1, x/y#2 and #9";
  AddTextDependencies(backlog, {.closed = true, .closed_elsewhere = {{"x/y", 1}}});
  REQUIRE(backlog.blocked_by.size() == 1);
  const Blockers& blockers = backlog.blocked_by[0];
  CHECK(blockers.blocked_by == std::vector<IssueNumber>{1, 2});
  CHECK(blockers.unreadable == std::vector<std::string>{"#5 (an open pull request)", "#40", "x/y#2"});
  CHECK(blockers.from_text == std::vector<std::string>{"#2", "#5", "#40", "x/y#2"});
}

TEST_CASE("adding what the texts say twice changes nothing more") {
  Backlog backlog = MakeBacklog();
  backlog.issues[0].body = "Blocked by #2 and x/y#2";
  AddTextDependencies(backlog);
  const std::string once = BacklogToJson(backlog);
  AddTextDependencies(backlog);
  CHECK(BacklogToJson(backlog) == once);
}

TEST_CASE("a backlog that GitHub's answers completed is not judged again when it is read from a file") {
  Backlog backlog = MakeBacklog();
  backlog.issues[0].body = "Blocked by #3 and x/y#1";
  AddTextDependencies(backlog, {.closed = true, .closed_elsewhere = {{"x/y", 1}}});
  std::istringstream file(BacklogToJson(backlog));
  absl::StatusOr<Backlog> again = ReadBacklog(file, "file");
  REQUIRE(again.ok());
  AddTextDependencies(*again);
  CHECK(again->blocked_by.empty());
}

TEST_CASE("what a file does not hold blocks, what it holds as closed does not") {
  Backlog backlog = MakeBacklog();
  backlog.issues[1].state = State::kClosed;
  backlog.pulls.push_back(Pull{.number = 6, .state = State::kClosed});
  backlog.blocked_by.push_back({.issue = 9, .blocked_by = {4}});
  backlog.issues[2].body = "Depends on #2, #3, #4 and #6";
  AddTextDependencies(backlog);
  REQUIRE(backlog.blocked_by.size() == 1);
  CHECK(backlog.blocked_by[0].blocked_by == std::vector<IssueNumber>{4, 2});  // planners see that 2 is closed
  CHECK(backlog.blocked_by[0].unreadable == std::vector<std::string>{"#3"});
  CHECK(backlog.blocked_by[0].from_text == std::vector<std::string>{"#2", "#3"});
}

}  // namespace
}  // namespace clambake
