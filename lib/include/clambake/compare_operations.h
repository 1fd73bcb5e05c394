// Comparing what the executors of two generations would do on GitHub.
//
// Both have prepared one request; nothing is performed. Operations are matched
// by subject (an issue, a bundle) and by what they do; the order within a
// subject does not matter.
#ifndef CLAMBAKE_COMPARE_OPERATIONS_H_
#define CLAMBAKE_COMPARE_OPERATIONS_H_

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "clambake/cutover.h"
#include "clambake/executor.h"

namespace clambake {

struct OperationDifference {
  std::string subject;  // "issue-12", "bundle/…", "agent001/12"
  DifferenceClass classification = DifferenceClass::kSame;
  std::string code;     // "L5_requeue" "L6_no_closing" "branch_name" "status_comment" …, "unexplained"
  std::string control;  // "POST /repos/…/labels", "" where it does nothing of the kind
  std::string candidate;
};

struct OperationComparison {
  std::array<std::int64_t, 4> counts{};          // by DifferenceClass, over all operations of both
  std::vector<OperationDifference> differences;  // by subject; those that are not kSame
};

OperationComparison CompareOperations(const Preparation& control, const Preparation& candidate);

}  // namespace clambake

#endif  // CLAMBAKE_COMPARE_OPERATIONS_H_
