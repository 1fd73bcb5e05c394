#include "planner/issue_table.h"

#include <algorithm>
#include <limits>

#include "fmt/format.h"

namespace clambake::planner {
namespace {

using Entry =
    std::pair<IssueNumber, std::int32_t>;  // number, index in the backlog; negative: ~index of a closed one

std::vector<Entry> ByNumber(const Backlog& backlog) {
  std::vector<Entry> entries;
  entries.reserve(backlog.issues.size());
  for (const Issue& issue : backlog.issues) {
    const auto index = static_cast<std::int32_t>(entries.size());
    entries.emplace_back(issue.number, issue.state == State::kOpen ? index : ~index);
  }
  if (!std::is_sorted(entries.begin(), entries.end())) std::sort(entries.begin(), entries.end());
  return entries;
}

absl::Status Check(const std::vector<Entry>& entries) {
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const IssueNumber number = entries[i].first;
    if (number < 1) return absl::InvalidArgumentError(fmt::format("issue number {} is below 1", number));
    if (i > 0 && entries[i - 1].first == number) {
      return absl::InvalidArgumentError(fmt::format("issue {} appears twice in the backlog", number));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<IssueTable> IssueTable::Make(const Backlog& backlog) {
  constexpr std::size_t kMaxIssues = std::numeric_limits<std::int32_t>::max() / 4;
  if (backlog.issues.size() > kMaxIssues) {
    return absl::InvalidArgumentError(
        fmt::format("{} issues, more than {}", backlog.issues.size(), kMaxIssues));
  }
  std::vector<Entry> entries = ByNumber(backlog);
  if (const absl::Status status = Check(entries); !status.ok()) return status;

  IssueTable table;
  table.backlog_ = &backlog;
  table.open_.reserve(entries.size());
  table.numbers_.reserve(entries.size());
  for (Entry& entry : entries) {
    const bool open = entry.second >= 0;
    if (open) {
      table.open_.push_back(entry.second);
      table.numbers_.push_back(entry.first);
    }
    entry.second = open ? table.open_.count() - 1 : kClosedIssue;
  }
  const IssueNumber last = entries.empty() ? 0 : entries.back().first;
  if (last <= static_cast<IssueNumber>(entries.size()) * 4 + 1024) {
    table.direct_.assign(static_cast<std::size_t>(last) + 1, kUnknownIssue);
    for (const Entry& entry : entries) table.direct_[static_cast<std::size_t>(entry.first)] = entry.second;
  } else {
    table.sorted_ = std::move(entries);
  }
  return table;
}

std::int32_t IssueTable::Find(IssueNumber number) const {
  if (!direct_.empty()) {
    const bool inside = number >= 0 && number < static_cast<IssueNumber>(direct_.size());
    return inside ? direct_[static_cast<std::size_t>(number)] : kUnknownIssue;
  }
  const auto found = std::lower_bound(sorted_.begin(), sorted_.end(), Entry(number, kClosedIssue));
  return found != sorted_.end() && found->first == number ? found->second : kUnknownIssue;
}

}  // namespace clambake::planner
