// Comparing the generations: is the candidate safe to switch to?
#ifndef CLAMBAKE_CUTOVER_H_
#define CLAMBAKE_CUTOVER_H_

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "clambake/bundler.h"
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

struct BundleDifference {
  std::string head;
  IssueNumber issue = 0;
  DifferenceClass classification = DifferenceClass::kSame;
  std::string code;       // "grouping", "L3_all_or_nothing", "L4_score_hides", "v2_merged" …, "unexplained"
  std::string control;    // "bundle of 5", or a reason
  std::string candidate;  // the same of the candidate
};

struct BundleComparison {
  std::array<std::int64_t, 4> counts{};       // by DifferenceClass, over all heads
  std::vector<BundleDifference> differences;  // by issue, then head; those that are not kSame
  std::int64_t mergeable = 0;       // heads that git merges onto the base, as far as either side knows
  std::int64_t control_riding = 0;  // of these, in a bundle
  std::int64_t candidate_riding = 0;
};

// Heads that ride, of those that could. 1 where none could.
double SuccessRate(std::int64_t riding, std::int64_t mergeable);
inline constexpr double kMinBundleSuccess = 0.95;

// True if no difference is unexplained and enough heads ride.
bool PassesGate(const BundleComparison& comparison);

// Compares what becomes of each head. Both sets must stem from one request.
BundleComparison CompareBundles(const BundleSet& control, const BundleSet& candidate);

}  // namespace clambake

#endif  // CLAMBAKE_CUTOVER_H_
