#include "clambake/cutover.h"
#include "tests/support/catch.h"

namespace clambake {
namespace {

BundleSet Set(std::vector<std::vector<std::string>> bundles,
              std::vector<std::pair<std::string, std::string>> alone) {
  BundleSet set;
  for (std::vector<std::string>& heads : bundles) {
    std::string tree;
    for (const std::string& head : heads) tree += head;
    set.bundles.push_back({"", heads, {}, tree});
  }
  for (const auto& [head, reason] : alone) set.individual.push_back({head, 0, reason, {}, ""});
  return set;
}

std::int64_t Count(const BundleComparison& comparison, DifferenceClass c) {
  return comparison.counts[static_cast<std::size_t>(c)];
}

std::string Codes(const BundleComparison& comparison) {
  std::string codes;
  for (const BundleDifference& difference : comparison.differences)
    codes += difference.head + ":" + difference.code + " ";
  return codes;
}

}  // namespace

TEST_CASE("a set of bundles beside itself is the same") {
  const BundleSet set = Set({{"a", "b"}, {"c"}}, {{"d", "conflicts_with_base"}});
  const BundleComparison comparison = CompareBundles(set, set);
  CHECK(comparison.differences.empty());
  CHECK(Count(comparison, DifferenceClass::kSame) == 4);
  CHECK(comparison.mergeable == 3);
  CHECK(comparison.candidate_riding == 3);
  CHECK(PassesGate(comparison));
}

TEST_CASE("heads that ride in other company are equivalent") {
  const BundleComparison comparison =
      CompareBundles(Set({{"a", "b", "c"}}, {}), Set({{"a", "b"}, {"c"}}, {}));
  CHECK(Count(comparison, DifferenceClass::kEquivalent) == 3);
  CHECK(PassesGate(comparison));
}

TEST_CASE("what legacy's rules lose is expected, with the defect's code") {
  CHECK(Codes(CompareBundles(Set({}, {{"a", "legacy_score"}}), Set({{"a"}}, {}))) == "a:L3_all_or_nothing ");
  CHECK(Codes(CompareBundles(Set({}, {{"a", "legacy_cherry_pick"}}), Set({{"a"}}, {}))) ==
        "a:L4_score_hides ");
  CHECK(Codes(CompareBundles(Set({{"a"}}, {}), Set({}, {{"a", "empty"}}))) == "a:v2_empty ");
}

TEST_CASE("a head that only the candidate leaves behind is different and spoils the gate") {
  const BundleComparison comparison =
      CompareBundles(Set({{"a"}}, {}), Set({}, {{"a", "conflicts_with_base"}}));
  CHECK(Count(comparison, DifferenceClass::kDifferent) == 1);
  CHECK(comparison.mergeable == 1);
  CHECK(comparison.candidate_riding == 0);
  CHECK_FALSE(PassesGate(comparison));
}

TEST_CASE("a head that one side loses altogether is different") {
  CHECK(Codes(CompareBundles(Set({{"a", "b"}}, {}), Set({{"a"}}, {}))) == "a:grouping b:unexplained ");
  CHECK_FALSE(PassesGate(CompareBundles(Set({}, {}), Set({{"a"}}, {}))));
}

TEST_CASE("what cannot be merged does not count against the success rate") {
  const BundleComparison comparison =
      CompareBundles(Set({}, {{"a", "legacy_score"}, {"b", "legacy_score"}, {"c", "missing"}}),
                     Set({{"a"}}, {{"b", "conflicts_with_base"}, {"c", "missing"}}));
  CHECK(comparison.mergeable == 1);
  CHECK(SuccessRate(comparison.control_riding, comparison.mergeable) == 0.0);
  CHECK(SuccessRate(comparison.candidate_riding, comparison.mergeable) == 1.0);
  CHECK(SuccessRate(0, 0) == 1.0);
}

}  // namespace clambake
