// Load beside the bound; each agent's issues; what has no place in the plan.
#include <algorithm>
#include <array>
#include <map>
#include <numeric>

#include "absl/strings/str_join.h"
#include "fmt/format.h"
#include "report/explain.h"
#include "report/html.h"

namespace clambake {
namespace {

constexpr double kChartWidth = 1'040;
constexpr double kChartHeight = 180;
constexpr std::size_t kOpenUpTo = 60;        // issues: few enough to show at once
constexpr std::size_t kParsedUpTo = 2'000;   // issues: few enough for a browser to take in at once
constexpr std::size_t kExplainUpTo = 1'000;  // issues: reasons in full sentences

// Busy minutes over capacity: what compares with makespan and bound.
std::vector<double> Shares(const Plan& plan) {
  const std::vector<std::int64_t> load = Load(plan);
  std::vector<double> shares;
  for (std::size_t i = 0; i < load.size(); ++i) {
    shares.push_back(static_cast<double>(load[i]) / std::max(1, plan.agents[i].capacity));
  }
  return shares;
}

std::string Level(std::string_view css, double y, double width) {
  return fmt::format("<line class=\"{}\" x1=\"0\" y1=\"{}\" x2=\"{}\" y2=\"{}\"/>", css, Pixels(y),
                     Pixels(width), Pixels(y));
}

std::string LoadBars(const Plan& plan, const std::vector<double>& shares) {
  std::vector<std::size_t> order(shares.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return shares[a] > shares[b]; });
  const auto top =
      static_cast<double>(std::max<std::int64_t>({plan.makespan_minutes, plan.lower_bound_minutes, 1}));
  const double step =
      std::min(60.0, kChartWidth / static_cast<double>(std::max<std::size_t>(1, order.size())));
  const double width = step * static_cast<double>(order.size());
  const double full = kChartHeight - 10;
  std::string svg;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const double height = std::min(full, full * shares[order[i]] / top);
    svg += fmt::format("<rect class=\"load\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/>",
                       Pixels(step * static_cast<double>(i)), Pixels(kChartHeight - height),
                       Pixels(std::max(step * 0.8, 0.5)), Pixels(height));
    if (step < 56) continue;
    svg +=
        fmt::format("<text class=\"axis\" x=\"{}\" y=\"{}\">{}</text>", Pixels(step * static_cast<double>(i)),
                    kChartHeight + 14, Escaped(plan.agents[order[i]].id, 10));
  }
  const auto y = [&](std::int64_t minutes) {
    return kChartHeight - full * static_cast<double>(minutes) / top;
  };
  svg += Level("end", y(plan.makespan_minutes), width);
  if (plan.lower_bound_minutes > 0) svg += Level("bound", y(plan.lower_bound_minutes), width);
  return fmt::format("<svg width=\"{}\" height=\"{}\" role=\"img\" aria-labelledby=\"load-t\">{}</svg>",
                     Pixels(width), kChartHeight + 20, svg);
}

std::string Row(const PageContext& page, const Assignment& a) {
  const std::string start = a.running ? "running" : a.now ? "now" : FormatMinutes(a.start_minutes);
  // The line ends inside a tag: between rows it would be a text node for each issue.
  return fmt::format("<tr id=\"i{}\"><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr\n>", a.issue,
                     page.IssueLink(a.issue), PriorityName(a.priority), start,
                     FormatMinutes(a.finish_minutes), page.Title(a.issue));
}

// A long page's tables cost more than all the rest of it. Inside noscript they
// are one text until the script wants them; without scripts they simply stand there.
std::string Later(const std::string& html, std::size_t issues) {
  return issues <= kParsedUpTo ? html : "<noscript>" + html + "</noscript>";
}

constexpr std::string_view kRowsHead =
    "<div class=\"scroll\"><table class=\"times\"><thead><tr><th scope=\"col\">Issue</th><th "
    "scope=\"col\">Priority</th>"
    "<th scope=\"col\">Start</th><th scope=\"col\">Finish</th><th "
    "scope=\"col\">Title</th></tr></thead><tbody>\n";

std::string WhyNot(const Explainer& explainer, const Unassigned& unassigned, bool in_full) {
  if (in_full) return Escaped(absl::StrJoin(explainer.WhyNot(unassigned), "; "), 500);
  if (unassigned.by.empty()) return "";
  const auto end = unassigned.by.begin() + std::min<std::ptrdiff_t>(5, std::ssize(unassigned.by));
  return "#" + absl::StrJoin(unassigned.by.begin(), end, ", #");
}

}  // namespace

std::string BalanceSection(const PageContext& page) {
  const Plan& plan = *page.report.plan;
  if (plan.assignments.empty()) return "";
  const std::vector<double> shares = Shares(plan);
  const auto [least, most] = std::minmax_element(shares.begin(), shares.end());
  const auto idle = std::count(shares.begin(), shares.end(), 0.0);
  std::string text = fmt::format("The busiest agent works {}, the least busy {}; {} with nothing to do.",
                                 FormatMinutes(static_cast<std::int64_t>(*most)),
                                 FormatMinutes(static_cast<std::int64_t>(*least)),
                                 Counted(static_cast<std::size_t>(idle), "agent"));
  if (plan.lower_bound_minutes > 0) {
    text += fmt::format(" The plan ends at {}; no plan ends before {} ({}): {} above the bound.",
                        FormatMinutes(plan.makespan_minutes), FormatMinutes(plan.lower_bound_minutes),
                        plan.lower_bound_proof.empty() ? "proved" : Escaped(plan.lower_bound_proof),
                        Percent(Gap(plan)));
  }
  return fmt::format(
      "<section id=\"balance\" aria-labelledby=\"balance-h\"><h2 id=\"balance-h\">Load balance</h2>\n"
      "<p id=\"load-t\">{}</p>\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Load of "
      "each "
      "agent\">{}</div>\n<p class=\"note\">A bar for each agent, busiest first. Solid line: the plan's end; "
      "dashed "
      "line: the proven bound.</p></section>\n",
      text, LoadBars(plan, shares));
}

std::string AgentsSection(const PageContext& page) {
  const Plan& plan = *page.report.plan;
  if (plan.assignments.empty()) return "";
  std::vector<std::string> rows(plan.agents.size());
  std::vector<std::size_t> counts(plan.agents.size());
  for (const Assignment& a : plan.assignments) {
    rows[static_cast<std::size_t>(a.agent)] += Row(page, a);
    ++counts[static_cast<std::size_t>(a.agent)];
  }
  const std::vector<std::int64_t> load = Load(plan);
  std::string html =
      "<section id=\"agents\" aria-labelledby=\"agents-h\"><h2 id=\"agents-h\">Agents and their "
      "issues</h2>\n";
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].empty()) continue;
    html += fmt::format(
        "<details{}><summary>{} <span class=\"dim\">{}, busy {}</span></summary>{}</details>\n",
        plan.assignments.size() <= kOpenUpTo ? " open" : "", Escaped(plan.agents[i].id, 40),
        Counted(counts[i], "issue"), FormatMinutes(load[i]),
        Later(fmt::format("{}{}</tbody></table></div>", kRowsHead, rows[i]), plan.assignments.size()));
  }
  return html + "</section>\n";
}

std::string UnscheduledSection(const PageContext& page) {
  const Plan& plan = *page.report.plan;
  if (plan.unassigned.empty()) return "";
  const Explainer explainer(*page.report.backlog, plan);
  const bool in_full = plan.unassigned.size() <= kExplainUpTo;
  std::map<std::string_view, std::pair<std::size_t, std::string>> groups;
  for (const Unassigned& unassigned : plan.unassigned) {
    auto& [count, rows] = groups[UnassignedReasonName(unassigned.reason)];
    ++count;
    rows += fmt::format("<tr id=\"i{}\"><td>{}</td><td>{}</td><td>{}</td></tr\n>", unassigned.issue,
                        page.IssueLink(unassigned.issue), WhyNot(explainer, unassigned, in_full),
                        page.Title(unassigned.issue));
  }
  std::string html = fmt::format(
      "<section id=\"waiting\" aria-labelledby=\"waiting-h\"><h2 id=\"waiting-h\">Not scheduled</h2>\n"
      "<p>{} without a place in this plan, by reason:</p>\n",
      Counted(plan.unassigned.size(), "issue"));
  for (const auto& [reason, group] : groups) {
    html += fmt::format(
        "<details{}><summary>{} <span class=\"dim\">{}</span></summary>{}</details>\n",
        group.first <= kOpenUpTo ? " open" : "", reason, Counted(group.first, "issue"),
        Later(fmt::format("<div class=\"scroll\"><table><thead><tr><th scope=\"col\">Issue</th><th "
                          "scope=\"col\">Why</th><th scope=\"col\">Title</th></tr></thead><tbody>\n"
                          "{}</tbody></table></div>",
                          group.second),
              group.first));
  }
  return html + "</section>\n";
}

}  // namespace clambake
