// How the generations differ on this backlog, by reason and by issue.
#include <algorithm>
#include <map>

#include "fmt/format.h"
#include "report/html.h"

namespace clambake {
namespace {

// The class is part of the reason's name: one code, one class.
std::string DifferencesByReason(const PlanComparison& comparison) {
  std::map<std::string, std::int64_t> counts;
  for (const PlanDifference& d : comparison.differences) {
    ++counts[fmt::format("{} ({})", d.code, Name(d.classification))];
  }
  std::vector<std::pair<std::string, std::int64_t>> rows(counts.begin(), counts.end());
  std::stable_sort(rows.begin(), rows.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  return CountBars("Differences by reason", "Reason", rows);
}

std::string DifferenceTable(const PageContext& page, const PlanComparison& comparison) {
  HtmlTable table{"Differences", {"Issue", "Class", "Reason", "Control", "Candidate", "Title"}, {}, 0};
  for (const PlanDifference& d : comparison.differences) {
    if (table.rows.size() == kMaxRows) break;
    table.rows.push_back(
        {page.IssueLink(d.issue),
         Badge(d.classification == DifferenceClass::kDifferent ? "bad" : "", Name(d.classification)),
         Escaped(d.code, 60), Escaped(d.control, 60), Escaped(d.candidate, 60), page.Title(d.issue)});
  }
  table.more = comparison.differences.size() - table.rows.size();
  return table.rows.empty() ? "" : Render(table);
}

}  // namespace

std::string DifferencesSection(const PageContext& page) {
  const PlanComparisonReport* report = page.report.comparison;
  if (report == nullptr) return "";
  const auto count = [&](DifferenceClass c) {
    return report->comparison->counts[static_cast<std::size_t>(c)];
  };
  const std::string summary = fmt::format(
      "<p>{} (control) beside {} (candidate) on the same backlog: {} same, {} equivalent, {} expected, {} "
      "different. "
      "{}</p>\n",
      Escaped(report->control->planner, 20), Escaped(report->candidate->planner, 20),
      count(DifferenceClass::kSame), count(DifferenceClass::kEquivalent), count(DifferenceClass::kExpected),
      count(DifferenceClass::kDifferent),
      count(DifferenceClass::kDifferent) > 0 ? Badge("bad", "the planners differ")
                                             : Badge("good", "no functional difference"));
  return Section(
      "differences", "Shadow comparison",
      summary + DifferencesByReason(*report->comparison) + DifferenceTable(page, *report->comparison));
}

}  // namespace clambake
