// Comparing the generations: is the candidate safe to switch to?
#ifndef CLAMBAKE_CUTOVER_H_
#define CLAMBAKE_CUTOVER_H_

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "clambake/work_planner.h"

namespace clambake {

// How a difference between control and candidate is judged. Only kDifferent
// speaks against the candidate.
enum class DifferenceClass {
  kSame,        // not a difference
  kEquivalent,  // another order among equals
  kExpected,    // a known defect of the control, or a declared improvement: see `code`
  kDifferent,   // unexplained
};
std::string_view Name(DifferenceClass c);  // "same" "equivalent" "expected" "different"

struct PlanDifference {
  IssueNumber issue = 0;
  DifferenceClass classification = DifferenceClass::kSame;
  std::string code;       // "L1_blocked" …, "tie_order", "unexplained"
  std::string control;    // what the control does with the issue now: "agent001", or a reason
  std::string candidate;  // the same of the candidate
};

struct PlanComparison {
  std::array<std::int64_t, 4> counts{};     // by DifferenceClass, over all considered issues
  std::vector<PlanDifference> differences;  // by issue; those that are not kSame
};

// Compares what two planners hand out *now* (later starts are the candidate's
// own business; the control has none). Both plans must stem from `backlog`.
// O(n log n) in the number of issues.
PlanComparison ComparePlans(const Backlog& backlog, const Plan& control, const Plan& candidate);

}  // namespace clambake

#endif  // CLAMBAKE_CUTOVER_H_
