#include "report/html.h"

#include <algorithm>

#include "base/safe_text.h"
#include "fmt/format.h"

namespace clambake {

std::string Escaped(std::string_view text, std::size_t max_code_points) {
  std::string out;
  for (const char c : SafeText(text, max_code_points)) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string Pixels(double value) {
  std::string text = fmt::format("{:.1f}", value);
  if (text.ends_with(".0")) text.resize(text.size() - 2);
  return text;
}

std::string Percent(double share) { return fmt::format("{:.2f} %", 100 * share); }

PageContext::PageContext(const HtmlReport& r) : report(r) {
  // Nothing but the web may be linked: "javascript:" is a URL, too.
  if (r.issue_url.starts_with("https://") || r.issue_url.starts_with("http://")) {
    issue_url = Escaped(r.issue_url, 400);
  }
  issues.reserve(r.backlog->issues.size());
  for (const Issue& issue : r.backlog->issues) issues[issue.number] = &issue;
}

std::string PageContext::IssueLink(IssueNumber issue) const {
  if (issue_url.empty()) return fmt::format("#{}", issue);
  return fmt::format("<a href=\"{0}{1}\" rel=\"noreferrer\">#{1}</a>", issue_url, issue);
}

std::string PageContext::Title(IssueNumber issue) const {
  const auto found = issues.find(issue);
  return found == issues.end() ? "" : Escaped(found->second->title);
}

std::string Badge(std::string_view css, std::string_view text) {
  return fmt::format("<span class=\"badge {}\">{}</span>", css, Escaped(text, 60));
}

std::string Section(std::string_view id, std::string_view title, const std::string& content) {
  return fmt::format(
      "<section id=\"{0}\" aria-labelledby=\"{0}-h\"><h2 id=\"{0}-h\">{1}</h2>\n{2}</section>\n", id, title,
      content);
}

std::string Render(const HtmlTable& table) {
  std::string html = fmt::format(
      "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{0}\"><table><caption>{0}</caption>"
      "<thead><tr>",
      table.caption);
  for (const std::string& head : table.heads) html += fmt::format("<th scope=\"col\">{}</th>", head);
  html += "</tr></thead><tbody>\n";
  for (const auto& row : table.rows) {
    html += "<tr>";
    for (const std::string& cell : row) html += fmt::format("<td>{}</td>", cell);
    html += "</tr>\n";
  }
  html += "</tbody></table></div>\n";
  if (table.more > 0) html += fmt::format("<p class=\"note\">… and {} more.</p>\n", table.more);
  return html;
}

std::string CountBars(const std::string& caption, const std::string& head,
                      const std::vector<std::pair<std::string, std::int64_t>>& counts) {
  if (counts.empty()) return "";
  HtmlTable table{caption, {head, "Count"}, {}, 0};
  const auto most = static_cast<double>(std::max<std::int64_t>(counts.front().second, 1));
  for (const auto& [name, count] : counts) {
    if (table.rows.size() == kMaxRows) break;
    const double width = std::max(1.0, 240.0 * static_cast<double>(count) / most);
    table.rows.push_back(
        {Escaped(name, 80),
         fmt::format("<svg width=\"244\" height=\"14\" aria-hidden=\"true\"><rect class=\"load\" "
                     "y=\"2\" width=\"{}\" height=\"10\"/></svg> {}",
                     Pixels(width), count)});
  }
  table.more = counts.size() - table.rows.size();
  return Render(table);
}

}  // namespace clambake
