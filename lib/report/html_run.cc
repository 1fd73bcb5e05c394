// Operations with their outcomes.
#include <map>

#include "fmt/format.h"
#include "report/html.h"

namespace clambake {
namespace {

std::string_view OutcomeCss(std::string_view state) {
  if (state == "confirmed") return "good";
  if (state == "refused" || state == "manual") return "bad";
  return state.empty() ? "" : "warn";
}

// "3 confirmed, 1 manual".
std::string ByState(const std::vector<ReportOperation>& operations) {
  std::map<std::string, std::size_t> counts;
  for (const ReportOperation& operation : operations) ++counts[operation.state];
  std::string text;
  for (const auto& [state, count] : counts) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count,
                        state.empty() ? "not performed" : Escaped(state, 40));
  }
  return text;
}

}  // namespace

std::string RunSection(const PageContext& page) {
  const ReportRun* run = page.report.run;
  if (run == nullptr) return "";
  HtmlTable table{"Operations", {"#", "Operation", "Request", "Outcome", "Attempts", "Detail"}, {}, 0};
  for (const ReportOperation& operation : run->operations) {
    if (table.rows.size() == kMaxRows) break;
    table.rows.push_back({fmt::format("{}", table.rows.size() + 1), Escaped(operation.kind, 60),
                          fmt::format("<code>{}</code>", Escaped(operation.target, 200)),
                          operation.state.empty() ? "" : Badge(OutcomeCss(operation.state), operation.state),
                          operation.attempts == 0 ? "" : fmt::format("{}", operation.attempts),
                          Escaped(operation.detail, 300)});
  }
  table.more = run->operations.size() - table.rows.size();
  const std::string what = run->readonly
                               ? "Read-only: this is what a real run would do, and nothing was written."
                               : ByState(run->operations) + ".";
  return Section(
      "run", "Operations",
      fmt::format("<p>{} by the {} executor. {}</p>\n<p class=\"dim\">Digest <code>{}</code></p>\n",
                  Counted(run->operations.size(), "operation"), Escaped(run->executor, 20), what,
                  Escaped(run->digest, 80)) +
          (table.rows.empty() ? "" : Render(table)));
}

}  // namespace clambake
