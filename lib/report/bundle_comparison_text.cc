// Two sets of bundles side by side, for people and for machines.
#include <string>

#include "base/json_writer.h"
#include "base/safe_text.h"
#include "clambake/report.h"
#include "fmt/format.h"
#include "report/difference_classes.h"
#include "report/table.h"

namespace clambake {
namespace {

constexpr std::size_t kShortId = 10;

std::string Success(std::string_view name, std::int64_t riding, std::int64_t mergeable) {
  return fmt::format("{} {:.1f} % ({} of {})", name, 100 * SuccessRate(riding, mergeable), riding, mergeable);
}

std::string Conclusion(const BundleComparison& comparison) {
  const bool different = Count(comparison.counts, DifferenceClass::kDifferent) > 0;
  if (!different && SuccessRate(comparison.candidate_riding, comparison.mergeable) < kMinBundleSuccess) {
    return fmt::format("The candidate's bundles carry less than {:.0f} % of the heads that merge.\n",
                       100 * kMinBundleSuccess);
  }
  return ConclusionText("bundlers", comparison.counts);
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
    table.AddRow({{SafeText(difference.head.substr(0, kShortId)), Ink::kBold},
                  ClassCell(difference.classification),
                  {difference.code},
                  {difference.control},
                  {difference.candidate}});
  }
  std::string text = SidesText(report.control->bundler, report.candidate->bundler,
                               "what becomes of each head", table, style);
  text +=
      fmt::format("{} beside {}.\n",
                  Counted(report.control->bundles.size() + report.control->individual.size(), "pull request"),
                  report.candidate->bundles.size() + report.candidate->individual.size());
  text += fmt::format("Heads: {}.\n", CountsText(comparison.counts));
  text += fmt::format("Mergeable heads that ride: {}, {}.\n",
                      Success(report.control->bundler, comparison.control_riding, comparison.mergeable),
                      Success(report.candidate->bundler, comparison.candidate_riding, comparison.mergeable));
  return text + NoiseText(report.control->bundler, report.noise->counts) + Conclusion(comparison);
}

std::string BundleComparisonJson(const BundleComparisonReport& report) {
  const BundleComparison& comparison = *report.comparison;
  JsonWriter json;
  json.Object([&] {
    json.Member("schema", "clambake.comparison/1");
    json.Member("component", Name(Component::kBundler));
    WriteSide(json, "control", *report.control, comparison.control_riding, comparison.mergeable);
    WriteSide(json, "candidate", *report.candidate, comparison.candidate_riding, comparison.mergeable);
    WriteComparison(json, comparison, *report.noise, WriteDifference);
  });
  return json.Take() + "\n";
}

}  // namespace clambake
