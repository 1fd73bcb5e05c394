// Two plans side by side, for people and for machines.
#include <string>

#include "absl/container/flat_hash_map.h"
#include "base/json_writer.h"
#include "base/safe_text.h"
#include "clambake/report.h"
#include "fmt/format.h"
#include "report/table.h"

namespace clambake {
namespace {

constexpr std::array kClasses = {DifferenceClass::kSame, DifferenceClass::kEquivalent,
                                 DifferenceClass::kExpected, DifferenceClass::kDifferent};

std::int64_t Count(const PlanComparison& comparison, DifferenceClass c) {
  return comparison.counts[static_cast<std::size_t>(c)];
}

Ink InkOf(DifferenceClass c) {
  if (c == DifferenceClass::kDifferent) return Ink::kRed;
  return c == DifferenceClass::kExpected ? Ink::kYellow : Ink::kPlain;
}

std::string Counts(const PlanComparison& comparison) {
  std::string text;
  for (DifferenceClass c : kClasses) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", Count(comparison, c), Name(c));
  }
  return text;
}

std::string Conclusion(const PlanComparisonReport& report) {
  const std::int64_t different = Count(*report.comparison, DifferenceClass::kDifferent);
  if (different > 0) {
    return fmt::format("The planners differ: {} difference{} without a declared reason.", different,
                       different == 1 ? "" : "s");
  }
  return "No functional difference: every difference has a declared reason.";
}

void WriteCounts(JsonWriter& json, std::string_view key, const PlanComparison& comparison) {
  json.Key(key);
  json.Object([&] {
    for (DifferenceClass c : kClasses) json.Member(Name(c), Count(comparison, c));
  });
}

void WriteSide(JsonWriter& json, std::string_view key, const Plan& plan) {
  json.Key(key);
  json.Object([&] {
    json.Member("planner", plan.planner);
    json.Member("digest", PlanDigest(plan));
  });
}

}  // namespace

std::string ComparisonText(const PlanComparisonReport& report, const TextStyle& style) {
  absl::flat_hash_map<IssueNumber, std::string_view> titles;
  for (const Issue& issue : report.backlog->issues) titles[issue.number] = issue.title;
  Table table({">ISSUE", "CLASS", "REASON", "CONTROL", "CANDIDATE", "TITLE"}, style);
  for (const PlanDifference& difference : report.comparison->differences) {
    table.AddRow({{fmt::format("#{}", difference.issue), Ink::kBold},
                  {std::string(Name(difference.classification)), InkOf(difference.classification)},
                  {difference.code},
                  {difference.control},
                  {difference.candidate},
                  {SafeText(titles[difference.issue], 200)}});
  }
  std::string text = Colored(fmt::format("{} (control) beside {} (candidate)", report.control->planner,
                                         report.candidate->planner),
                             Ink::kBold, style) +
                     ": what is handed out now\n\n";
  if (!table.empty()) text += table.Render("differences") + "\n";
  text += fmt::format("{} open issues: {}.\n", report.control->issues_considered, Counts(*report.comparison));
  text += fmt::format("Noise floor ({0} beside {0}): {1}.\n", report.control->planner, Counts(*report.noise));
  return text + Conclusion(report) + "\n";
}

std::string ComparisonJson(const PlanComparisonReport& report) {
  JsonWriter json;
  json.Object([&] {
    json.Member("schema", "clambake.comparison/1");
    json.Member("component", Name(Component::kPlanner));
    json.Member("repository", report.control->repository);
    json.Member("issues_considered", report.control->issues_considered);
    WriteSide(json, "control", *report.control);
    WriteSide(json, "candidate", *report.candidate);
    WriteCounts(json, "counts", *report.comparison);
    WriteCounts(json, "noise", *report.noise);
    json.Key("differences");
    json.Array([&] {
      for (const PlanDifference& difference : report.comparison->differences) {
        json.Object([&] {
          json.Member("issue", difference.issue);
          json.Member("class", Name(difference.classification));
          json.Member("code", difference.code);
          json.Member("control", difference.control);
          json.Member("candidate", difference.candidate);
        });
      }
    });
    json.Member("same", Count(*report.comparison, DifferenceClass::kDifferent) == 0);
  });
  return json.Take() + "\n";
}

}  // namespace clambake
