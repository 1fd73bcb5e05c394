// Two plans side by side, for people and for machines.
#include <string>

#include "absl/container/flat_hash_map.h"
#include "base/json_writer.h"
#include "base/safe_text.h"
#include "clambake/report.h"
#include "fmt/format.h"
#include "report/difference_classes.h"
#include "report/table.h"

namespace clambake {
namespace {

void WriteSide(JsonWriter& json, std::string_view key, const Plan& plan) {
  json.Key(key);
  json.Object([&] {
    json.Member("planner", plan.planner);
    json.Member("digest", PlanDigest(plan));
  });
}

void WriteDifference(JsonWriter& json, const PlanDifference& difference) {
  json.Object([&] {
    json.Member("issue", difference.issue);
    json.Member("class", Name(difference.classification));
    json.Member("code", difference.code);
    json.Member("control", difference.control);
    json.Member("candidate", difference.candidate);
  });
}

}  // namespace

std::string ComparisonText(const PlanComparisonReport& report, const TextStyle& style) {
  absl::flat_hash_map<IssueNumber, std::string_view> titles;
  for (const Issue& issue : report.backlog->issues) titles[issue.number] = issue.title;
  Table table({">ISSUE", "CLASS", "REASON", "CONTROL", "CANDIDATE", "TITLE"}, style);
  for (const PlanDifference& difference : report.comparison->differences) {
    table.AddRow({{fmt::format("#{}", difference.issue), Ink::kBold},
                  ClassCell(difference.classification),
                  {difference.code},
                  {difference.control},
                  {difference.candidate},
                  {SafeText(titles[difference.issue], 200)}});
  }
  const std::string text =
      SidesText(report.control->planner, report.candidate->planner, "what is handed out now", table, style);
  const ClassCounts& counts = report.comparison->counts;
  return text + fmt::format("{} open issues: {}.\n", report.control->issues_considered, CountsText(counts)) +
         NoiseText(report.control->planner, report.noise->counts) + ConclusionText("planners", counts);
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
    WriteComparison(json, *report.comparison, *report.noise, WriteDifference);
  });
  return json.Take() + "\n";
}

}  // namespace clambake
