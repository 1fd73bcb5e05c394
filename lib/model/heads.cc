// Heads for the bundler: out of a list, or out of the backlog.
#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "clambake/bundler.h"
#include "fmt/format.h"

namespace clambake {
namespace {

constexpr std::size_t kMaxHeads = 100'000;
constexpr std::size_t kMaxLine = 1'000;

std::optional<IssueNumber> ParseNumber(std::string_view text) {
  IssueNumber number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 1) return std::nullopt;
  return number;
}

// 12 of "agent001/12" and "agent001/12-slug".
std::optional<IssueNumber> IssueOfBranch(std::string_view branch) {
  const std::size_t slash = branch.find('/');
  if (slash == std::string_view::npos || !IsAgentLabel(branch.substr(0, slash))) return std::nullopt;
  const std::string_view rest = branch.substr(slash + 1);
  return ParseNumber(rest.substr(0, rest.find('-')));
}

// The numbers in "bundle/20260102_0310__issues_1_3".
std::vector<IssueNumber> IssuesOfBundle(std::string_view branch) {
  constexpr std::string_view kMark = "__issues_";
  std::vector<IssueNumber> issues;
  const std::size_t mark = branch.find(kMark);
  if (!branch.starts_with("bundle/") || mark == std::string_view::npos) return issues;
  const std::string_view list = branch.substr(mark + kMark.size());
  for (absl::string_view piece : absl::StrSplit(absl::string_view(list.data(), list.size()), '_')) {
    const std::optional<IssueNumber> number = ParseNumber({piece.data(), piece.size()});
    if (!number) break;
    issues.push_back(*number);
  }
  return issues;
}

}  // namespace

absl::StatusOr<std::vector<Head>> ReadHeads(std::istream& in, std::string_view name) {
  std::vector<Head> heads;
  std::string line;
  for (int number = 1; std::getline(in, line); ++number) {
    const auto wrong = [&](std::string_view what) {
      return absl::InvalidArgumentError(fmt::format("{}:{}: {}", name, number, what));
    };
    if (line.size() > kMaxLine) return wrong(fmt::format("a line has more than {} bytes", kMaxLine));
    line.resize(std::min(line.size(), line.find('#')));
    std::vector<std::string> words = absl::StrSplit(line, absl::ByAnyChar(" \t\r"), absl::SkipEmpty());
    if (words.empty()) continue;
    Head head{words[0], 0};
    if (words.size() > 2) return wrong("expected \"<rev> [<issue>]\"");
    if (words.size() == 2) {
      const std::optional<IssueNumber> issue = ParseNumber(words[1]);
      if (!issue) return wrong(fmt::format("expected the number of an issue, found \"{}\"", words[1]));
      head.issue = *issue;
    }
    heads.push_back(std::move(head));
    if (heads.size() > kMaxHeads) return wrong(fmt::format("there are more than {} heads", kMaxHeads));
  }
  if (in.bad()) return absl::InvalidArgumentError(fmt::format("{}: cannot be read", name));
  return heads;
}

std::vector<Head> FinishedHeads(const Backlog& backlog) {
  std::set<IssueNumber> finished;
  for (const Issue& issue : backlog.issues) {
    if (issue.state == State::kOpen && HasLabel(issue.labels, "route:review")) finished.insert(issue.number);
  }
  std::set<std::string> in_pull;
  for (const Pull& pull : backlog.pulls) {
    if (pull.state != State::kOpen) continue;
    in_pull.insert(pull.head_ref);
    for (IssueNumber issue : IssuesOfBundle(pull.head_ref)) finished.erase(issue);
  }
  std::vector<Head> heads;
  for (const Branch& branch : backlog.branches) {
    const std::optional<IssueNumber> issue = IssueOfBranch(branch.name);
    const bool nothing_new = branch.ahead_by && *branch.ahead_by == 0;
    if (!issue || !finished.contains(*issue) || in_pull.contains(branch.name) || nothing_new) continue;
    heads.push_back({branch.sha.empty() ? branch.name : branch.sha, *issue});
  }
  std::stable_sort(heads.begin(), heads.end(),
                   [](const Head& a, const Head& b) { return a.issue < b.issue; });
  return heads;
}

}  // namespace clambake
