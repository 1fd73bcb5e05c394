// Two sets of bundles side by side, for people and for machines.
#include <string>

#include "base/json_writer.h"
#include "base/safe_text.h"
#include "clambake/report.h"
#include "fmt/format.h"
#include "report/table.h"

namespace clambake {
namespace {

constexpr std::array kClasses = {DifferenceClass::kSame, DifferenceClass::kEquivalent,
                                 DifferenceClass::kExpected, DifferenceClass::kDifferent};
constexpr std::size_t kShortId = 10;

std::int64_t Count(const BundleComparison& comparison, DifferenceClass c) {
  return comparison.counts[static_cast<std::size_t>(c)];
}

std::string Counts(const BundleComparison& comparison) {
  std::string text;
  for (DifferenceClass c : kClasses) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", Count(comparison, c), Name(c));
  }
  return text;
}

std::string Success(std::string_view name, std::int64_t riding, std::int64_t mergeable) {
  return fmt::format("{} {:.1f} % ({} of {})", name, 100 * SuccessRate(riding, mergeable), riding, mergeable);
}

std::string Conclusion(const BundleComparisonReport& report) {
  const BundleComparison& comparison = *report.comparison;
  const std::int64_t different = Count(comparison, DifferenceClass::kDifferent);
  if (different > 0) {
    return fmt::format("The bundlers differ: {} difference{} without a declared reason.", different,
                       different == 1 ? "" : "s");
  }
  if (SuccessRate(comparison.candidate_riding, comparison.mergeable) < kMinBundleSuccess) {
    return fmt::format("The candidate's bundles carry less than {:.0f} % of the heads that merge.",
                       100 * kMinBundleSuccess);
  }
  return "No functional difference: every difference has a declared reason.";
}

void WriteCounts(JsonWriter& json, std::string_view key, const BundleComparison& comparison) {
  json.Key(key);
  json.Object([&] {
    for (DifferenceClass c : kClasses) json.Member(Name(c), Count(comparison, c));
  });
}

void WriteSide(JsonWriter& json, std::string_view key, const BundleSet& set, std::int64_t riding,
               std::int64_t mergeable) {
  json.Key(key);
  json.Object([&] {
    json.Member("bundler", set.bundler);
    json.Member("digest", BundlesDigest(set));
    json.Member("bundles", set.bundles.size());
    json.Key("success_rate");
    json.Number(fmt::format("{:.4f}", SuccessRate(riding, mergeable)));
  });
}

void WriteDifference(JsonWriter& json, const BundleDifference& difference) {
  json.Object([&] {
    json.Member("head", SafeText(difference.head));
    json.Member("issue", difference.issue);
    json.Member("class", Name(difference.classification));
    json.Member("code", difference.code);
    json.Member("control", difference.control);
    json.Member("candidate", difference.candidate);
  });
}

}  // namespace

std::string BundleComparisonText(const BundleComparisonReport& report, const TextStyle& style) {
  const BundleComparison& comparison = *report.comparison;
  Table table({"HEAD", "CLASS", "REASON", "CONTROL", "CANDIDATE"}, style);
  for (const BundleDifference& difference : comparison.differences) {
    const bool different = difference.classification == DifferenceClass::kDifferent;
    table.AddRow({{SafeText(difference.head.substr(0, kShortId)), Ink::kBold},
                  {std::string(Name(difference.classification)), different ? Ink::kRed : Ink::kPlain},
                  {difference.code},
                  {difference.control},
                  {difference.candidate}});
  }
  std::string text = Colored(fmt::format("{} (control) beside {} (candidate)", report.control->bundler,
                                         report.candidate->bundler),
                             Ink::kBold, style) +
                     ": what becomes of each head\n\n";
  if (!table.empty()) text += table.Render("differences") + "\n";
  text += fmt::format("{} pull requests beside {}.\n",
                      report.control->bundles.size() + report.control->individual.size(),
                      report.candidate->bundles.size() + report.candidate->individual.size());
  text += fmt::format("Heads: {}.\n", Counts(comparison));
  text += fmt::format("Mergeable heads that ride: {}, {}.\n",
                      Success(report.control->bundler, comparison.control_riding, comparison.mergeable),
                      Success(report.candidate->bundler, comparison.candidate_riding, comparison.mergeable));
  text += fmt::format("Noise floor ({0} beside {0}): {1}.\n", report.control->bundler, Counts(*report.noise));
  return text + Conclusion(report) + "\n";
}

std::string BundleComparisonJson(const BundleComparisonReport& report) {
  const BundleComparison& comparison = *report.comparison;
  JsonWriter json;
  json.Object([&] {
    json.Member("schema", "clambake.comparison/1");
    json.Member("component", Name(Component::kBundler));
    WriteSide(json, "control", *report.control, comparison.control_riding, comparison.mergeable);
    WriteSide(json, "candidate", *report.candidate, comparison.candidate_riding, comparison.mergeable);
    WriteCounts(json, "counts", comparison);
    WriteCounts(json, "noise", *report.noise);
    json.Key("differences");
    json.Array([&] {
      for (const BundleDifference& difference : comparison.differences) WriteDifference(json, difference);
    });
    json.Member("same", Count(comparison, DifferenceClass::kDifferent) == 0);
  });
  return json.Take() + "\n";
}

}  // namespace clambake
