// "Blocked by #12" in the words of people.
#include <set>

#include "absl/strings/match.h"
#include "fmt/format.h"
#include "model/dependency_text.h"
#include "tests/fuzz/fuzz.h"

namespace clambake {
namespace {

std::string Quoted(std::string_view body) {
  std::string quoted;
  for (fuzz::Input lines(body); !lines.empty();) quoted += fmt::format("> {}\n", lines.Line());
  return quoted;
}

// What one sentence says is what was found in the text.
void CheckSentence(const TextDependency& found) {
  FUZZ_CHECK(found.number > 0 && found.number < 1'000'000'000'000'000);
  const std::vector<TextDependency> again = FindDependencies("Blocked by " + ToString(found));
  FUZZ_CHECK(again.size() == 1 && again[0] == found);
  FUZZ_CHECK(FindDependencies("No longer blocked by " + ToString(found)).empty());
}

// What must block the issue then, given the backlog below; "": nothing.
std::string Blocking(const TextDependency& dependency) {
  const bool here = dependency.repository.empty() || absl::EqualsIgnoreCase(dependency.repository, "o/n");
  if (!here) return ToString(dependency);
  const bool closed = dependency.number < 12 || dependency.number == 13;
  return closed ? "" : fmt::format("#{}", dependency.number);
}

// Nothing that is found gets lost: it blocks, unless it is known to be closed.
void CheckClosed(std::string_view body, const std::vector<TextDependency>& found) {
  Backlog backlog{.repository = "o/n"};
  backlog.issues.push_back({.number = 1, .body = std::string(body)});
  backlog.issues.push_back({.number = 12});
  backlog.issues.push_back({.number = 13, .state = State::kClosed});
  backlog.pulls.push_back({.number = 14});
  AddTextDependencies(backlog, {});
  const std::string once = BacklogToJson(backlog);
  AddTextDependencies(backlog, {});
  FUZZ_CHECK(BacklogToJson(backlog) == once);
  std::set<std::string> blocking = {""};
  for (const Blockers& blockers : backlog.blocked_by) {
    for (const IssueNumber number : blockers.blocked_by) blocking.insert(fmt::format("#{}", number));
    for (const std::string& name : blockers.unreadable) blocking.insert(name.substr(0, name.find(' ')));
  }
  for (const TextDependency& dependency : found) FUZZ_CHECK(blocking.count(Blocking(dependency)) == 1);
}

FUZZ_TARGET(input) {
  const std::vector<TextDependency> found = FindDependencies(input);
  FUZZ_CHECK(found.size() <= kMaxTextDependencies);
  FUZZ_CHECK(std::set<TextDependency>(found.begin(), found.end()).size() == found.size());
  for (const TextDependency& dependency : found) CheckSentence(dependency);
  FUZZ_CHECK(FindDependencies(Quoted(input)).empty());
  CheckClosed(input, found);
}

}  // namespace
}  // namespace clambake
