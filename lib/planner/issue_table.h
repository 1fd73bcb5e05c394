// The open issues by number, and every number of the backlog looked up at once.
#ifndef CLAMBAKE_PLANNER_ISSUE_TABLE_H_
#define CLAMBAKE_PLANNER_ISSUE_TABLE_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "clambake/model.h"
#include "planner/rows.h"

namespace clambake::planner {

inline constexpr std::int32_t kUnknownIssue = -1;
inline constexpr std::int32_t kClosedIssue = -2;

class IssueTable {
 public:
  // InvalidArgument: a number below 1 or a number twice.
  static absl::StatusOr<IssueTable> Make(const Backlog& backlog);

  // Open issues have positions 0 … size()−1, ascending by number.
  [[nodiscard]] std::int32_t size() const { return open_.count(); }
  [[nodiscard]] const Issue& operator[](std::int32_t position) const {
    return backlog_->issues[static_cast<std::size_t>(open_[position])];
  }
  [[nodiscard]] IssueNumber number(std::int32_t position) const { return numbers_[position]; }

  // Labels lie all over the memory: asks for those that are needed soon.
  void FetchLabels(std::int32_t position) const {
    if (position < size()) __builtin_prefetch((*this)[position].labels.data());
  }

  // The position of an open issue, kClosedIssue or kUnknownIssue.
  [[nodiscard]] std::int32_t Find(IssueNumber number) const;

 private:
  const Backlog* backlog_ = nullptr;
  Column<std::int32_t> open_;                                 // by position: index in the backlog
  Column<IssueNumber> numbers_;                               // by position
  std::vector<std::int32_t> direct_;                          // by number, where numbers are dense
  std::vector<std::pair<IssueNumber, std::int32_t>> sorted_;  // else
};

}  // namespace clambake::planner

#endif  // CLAMBAKE_PLANNER_ISSUE_TABLE_H_
