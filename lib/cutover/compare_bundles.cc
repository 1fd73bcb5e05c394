#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "clambake/cutover.h"

namespace clambake {
namespace {

// What one bundler does with one head.
struct Fate {
  const Bundle* bundle = nullptr;  // null: goes alone
  std::string reason;
  IssueNumber issue = 0;

  [[nodiscard]] bool rides() const { return bundle != nullptr; }
};

using Fates = std::map<std::string, Fate>;

Fates FatesIn(const BundleSet& set) {
  Fates fates;
  for (const Bundle& bundle : set.bundles) {
    for (const std::string& head : bundle.heads) fates[head].bundle = &bundle;
    // Which head stands for which issue is only certain where both are one.
    if (bundle.heads.size() == 1 && bundle.issues.size() == 1)
      fates[bundle.heads[0]].issue = bundle.issues[0];
  }
  for (const Individual& individual : set.individual) {
    Fate& fate = fates[individual.head];
    fate.reason = individual.reason;
    fate.issue = individual.issue;
  }
  return fates;
}

std::string Told(const Fate& fate) {
  return fate.rides() ? absl::StrCat("bundle of ", fate.bundle->heads.size()) : fate.reason;
}

bool SameCompany(const Bundle& a, const Bundle& b) {
  std::vector<std::string> of_a = a.heads;
  std::vector<std::string> of_b = b.heads;
  std::sort(of_a.begin(), of_a.end());
  std::sort(of_b.begin(), of_b.end());
  return of_a == of_b && a.tree == b.tree;
}

bool LegacyGaveUp(const Fate& fate) { return fate.reason.starts_with("legacy_"); }

// A head that somebody merged counts, unless there was nothing to merge; one
// that nobody did counts where only legacy's rules kept it back.
bool Mergeable(const Fate& control, const Fate& candidate) {
  for (const char* reason : {"merged", "empty", "forced_away"}) {
    if (candidate.reason == reason || control.reason == reason) return false;
  }
  if (control.rides() || candidate.rides()) return true;
  return LegacyGaveUp(control) && LegacyGaveUp(candidate);
}

std::pair<DifferenceClass, std::string> Classify(const Fate& control, const Fate& candidate) {
  using enum DifferenceClass;
  if (control.rides() && candidate.rides()) {
    return SameCompany(*control.bundle, *candidate.bundle) ? std::pair(kSame, "")
                                                           : std::pair(kEquivalent, "grouping");
  }
  if (!control.rides() && !candidate.rides()) {
    return control.reason == candidate.reason ? std::pair(kSame, "") : std::pair(kEquivalent, "reason");
  }
  if (candidate.rides()) {
    if (control.reason == "legacy_score") return {kExpected, "L3_all_or_nothing"};
    if (control.reason == "legacy_cherry_pick") return {kExpected, "L4_score_hides"};
    return {kDifferent, "unexplained"};
  }
  // Legacy carries along what has nothing to merge, or stands on no branch.
  for (const char* reason : {"merged", "empty", "forced_away"}) {
    if (candidate.reason == reason) return {kExpected, absl::StrCat("v2_", reason)};
  }
  return {kDifferent, "unexplained"};
}

}  // namespace

double SuccessRate(std::int64_t riding, std::int64_t mergeable) {
  return mergeable == 0 ? 1 : static_cast<double>(riding) / static_cast<double>(mergeable);
}

bool PassesGate(const BundleComparison& comparison) {
  return comparison.counts[static_cast<std::size_t>(DifferenceClass::kDifferent)] == 0 &&
         SuccessRate(comparison.candidate_riding, comparison.mergeable) >= kMinBundleSuccess;
}

BundleComparison CompareBundles(const BundleSet& control, const BundleSet& candidate) {
  const Fates before = FatesIn(control);
  const Fates after = FatesIn(candidate);
  Fates all = before;
  all.insert(after.begin(), after.end());
  BundleComparison result;
  for (const auto& [head, known] : all) {
    const auto in_control = before.find(head);
    const auto in_candidate = after.find(head);
    const Fate lost{nullptr, "lost", 0};
    const Fate& a = in_control == before.end() ? lost : in_control->second;
    const Fate& b = in_candidate == after.end() ? lost : in_candidate->second;
    const auto [classification, code] = Classify(a, b);
    ++result.counts[static_cast<std::size_t>(classification)];
    if (Mergeable(a, b)) {
      ++result.mergeable;
      result.control_riding += a.rides() ? 1 : 0;
      result.candidate_riding += b.rides() ? 1 : 0;
    }
    if (classification == DifferenceClass::kSame) continue;
    result.differences.push_back({head, std::max(a.issue, b.issue), classification, code, Told(a), Told(b)});
  }
  std::stable_sort(result.differences.begin(), result.differences.end(),
                   [](const BundleDifference& x, const BundleDifference& y) { return x.issue < y.issue; });
  return result;
}

}  // namespace clambake
