// Pieces of the HTML report: escaping, numbers, colours that do not depend on
// inline styles (the page's policy forbids them).
#ifndef CLAMBAKE_REPORT_HTML_H_
#define CLAMBAKE_REPORT_HTML_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "clambake/html_report.h"
#include "clambake/report.h"

namespace clambake {

// Text from outside, fit for element content and quoted attributes: SafeText,
// then & < > " ' as entities.
std::string Escaped(std::string_view text, std::size_t max_code_points = 160);

// "12" or "12.5": at most one decimal, no trailing zero.
std::string Pixels(double value);

std::string Percent(double share);  // "12.34 %"

// What the sections share.
struct PageContext {
  explicit PageContext(const HtmlReport& r);

  // "#12", linked where the report says so.
  [[nodiscard]] std::string IssueLink(IssueNumber issue) const;
  [[nodiscard]] std::string Title(IssueNumber issue) const;  // escaped

  const HtmlReport& report;
  absl::flat_hash_map<IssueNumber, const Issue*> issues;
  std::string issue_url;  // escaped; "": no links
};

// A state as a word in a coloured box: never by colour alone. `css`: "good" "warn" "bad" "".
std::string Badge(std::string_view css, std::string_view text);

// A part of the page with a heading; `id` is where the navigation leads.
std::string Section(std::string_view id, std::string_view title, const std::string& content);

// A table of escaped cells in a box that scrolls by itself. `more` rows were left out.
struct HtmlTable {
  std::string caption;
  std::vector<std::string> heads;
  std::vector<std::vector<std::string>> rows;  // HTML
  std::size_t more = 0;
};
inline constexpr std::size_t kMaxRows = 500;  // of one table
std::string Render(const HtmlTable& table);

// A table with a bar for each count; the largest comes first.
std::string CountBars(const std::string& caption, const std::string& head,
                      const std::vector<std::pair<std::string, std::int64_t>>& counts);

// Each section is empty where its data is absent.
std::string TimelineSection(const PageContext& page);
std::string BalanceSection(const PageContext& page);
std::string AgentsSection(const PageContext& page);
std::string UnscheduledSection(const PageContext& page);
std::string BundlesSection(const PageContext& page);
std::string RunSection(const PageContext& page);
std::string MigrationSection(const PageContext& page);
std::string DifferencesSection(const PageContext& page);
std::string HealthSection(const PageContext& page);

extern const std::string_view kHtmlStyle;
extern const std::string_view kHtmlScript;

}  // namespace clambake

#endif  // CLAMBAKE_REPORT_HTML_H_
