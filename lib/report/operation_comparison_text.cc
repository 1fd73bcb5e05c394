// What two executors would do, side by side, and the comparisons that were
// kept, for people and for machines.
#include <map>
#include <string>

#include "absl/strings/str_replace.h"
#include "base/json_view.h"
#include "base/json_writer.h"
#include "base/safe_text.h"
#include "clambake/report.h"
#include "fmt/format.h"
#include "report/difference_classes.h"
#include "report/table.h"

namespace clambake {
namespace {

void WriteSide(JsonWriter& json, std::string_view key, const Preparation& preparation) {
  json.Key(key);
  json.Object([&] {
    json.Member("executor", preparation.executor);
    json.Member("digest", OperationsDigest(preparation));
  });
}

void WriteDifference(JsonWriter& json, const OperationDifference& difference) {
  json.Object([&] {
    json.Member("subject", SafeText(difference.subject));
    json.Member("class", Name(difference.classification));
    json.Member("code", difference.code);
    json.Member("control", SafeText(difference.control));
    json.Member("candidate", SafeText(difference.candidate));
  });
}

Ink InkOf(std::string_view outcome) {
  if (IsAgainst(outcome)) return Ink::kRed;
  return outcome == "expected" ? Ink::kYellow : Ink::kPlain;
}

std::string OrDash(std::string_view text) { return text.empty() ? "-" : SafeText(text); }

// "POST issues/12/labels": both sides are about one repository.
std::string Told(const std::string& request, const std::string& repository) {
  return OrDash(absl::StrReplaceAll(request, {{fmt::format(" /repos/{}/", repository), " "}}));
}

}  // namespace

std::string OperationComparisonText(const OperationComparisonReport& report, const TextStyle& style) {
  Table table({"SUBJECT", "CLASS", "REASON", "CONTROL", "CANDIDATE"}, style);
  for (const OperationDifference& difference : report.comparison->differences) {
    table.AddRow({{SafeText(difference.subject), Ink::kBold},
                  ClassCell(difference.classification),
                  {difference.code},
                  {Told(difference.control, report.control->repository)},
                  {Told(difference.candidate, report.control->repository)}});
  }
  const std::string text = SidesText(report.control->executor, report.candidate->executor,
                                     "what would be done on GitHub", table, style);
  const ClassCounts& counts = report.comparison->counts;
  return text + fmt::format("Operations: {}.\n", CountsText(counts)) +
         NoiseText(report.control->executor, report.noise->counts) + ConclusionText("executors", counts);
}

std::string OperationComparisonJson(const OperationComparisonReport& report) {
  JsonWriter json;
  json.Object([&] {
    json.Member("schema", "clambake.comparison/1");
    json.Member("component", Name(Component::kExecutor));
    json.Member("repository", report.control->repository);
    WriteSide(json, "control", *report.control);
    WriteSide(json, "candidate", *report.candidate);
    WriteComparison(json, *report.comparison, *report.noise, WriteDifference);
  });
  return json.Take() + "\n";
}

std::string ShadowHistoryText(const std::vector<ShadowRecord>& records, const TextStyle& style) {
  if (records.empty()) return "no comparison is kept; `clambake compare --keep` keeps one\n";
  Table table({"TIME", "COMPONENT", "OUTCOME", "~DETAIL"}, style);
  std::map<std::string, int> counts;
  for (const ShadowRecord& record : records) {
    ++counts[record.outcome];
    table.AddRow({{FormatTimestamp(record.at), Ink::kDim},
                  {SafeText(record.component), Ink::kBold},
                  {SafeText(record.outcome), InkOf(record.outcome)},
                  {OrDash(record.detail)}});
  }
  std::string summary;
  for (const auto& [outcome, count] : counts) {
    summary += fmt::format("{}{} {}", summary.empty() ? "" : ", ", count, SafeText(outcome));
  }
  return table.Render("comparisons") + fmt::format("\n{}.\n", summary);
}

std::string ShadowHistoryJson(std::string_view scope, const std::vector<ShadowRecord>& records) {
  JsonWriter json;
  json.Object([&] {
    json.Member("schema", "clambake.comparisons/1");
    json.Member("scope", scope);
    json.Key("comparisons");
    json.Array([&] {
      for (const ShadowRecord& record : records) {
        json.Object([&] {
          json.Member("at", FormatTimestamp(record.at));
          json.Member("component", record.component);
          json.Member("outcome", record.outcome);
          json.Member("detail", record.detail);
        });
      }
    });
  });
  return json.Take() + "\n";
}

}  // namespace clambake
