// Operations with their outcomes; the migration; differences; health.
#include <algorithm>
#include <array>
#include <map>

#include "fmt/format.h"
#include "report/html.h"

namespace clambake {
namespace {

constexpr std::size_t kMaxRows = 500;

// A state as a word in a coloured box: never by colour alone.
std::string Badge(std::string_view css, std::string_view text) {
  return fmt::format("<span class=\"badge {}\">{}</span>", css, Escaped(text, 60));
}

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

std::string Section(std::string_view id, std::string_view title, const std::string& content) {
  return fmt::format(
      "<section id=\"{0}\" aria-labelledby=\"{0}-h\"><h2 id=\"{0}-h\">{1}</h2>\n{2}</section>\n", id, title,
      content);
}

// An interval on the scale from 0 to 100 %, with the point estimate.
std::string Interval(const ReportArm& arm) {
  constexpr double kWidth = 160;
  const auto x = [](double share) { return kWidth * std::clamp(share, 0.0, 1.0); };
  const double estimate =
      arm.calls == 0 ? 0 : static_cast<double>(arm.errors) / static_cast<double>(arm.calls);
  const double low = x(arm.error_low);
  const std::string dot = arm.calls == 0 ? ""
                                         : fmt::format("<circle class=\"load\" cx=\"{}\" cy=\"8\" r=\"4\"/>",
                                                       Pixels(x(estimate)));
  return fmt::format(
      "<svg width=\"170\" height=\"16\" viewBox=\"-5 0 170 16\" aria-hidden=\"true\"><line class=\"grid\" "
      "x1=\"0\" "
      "y1=\"8\" x2=\"160\" y2=\"8\"/><rect class=\"range\" x=\"{}\" y=\"4\" width=\"{}\" "
      "height=\"8\"/>{}</svg> "
      "{} ({} to {})",
      Pixels(low), Pixels(std::max(1.0, x(arm.error_high) - low)), dot,
      arm.calls == 0 ? "no data" : Percent(estimate), Percent(arm.error_low), Percent(arm.error_high));
}

std::string Ladder(const ReportRollout& rollout) {
  std::string text;
  for (std::size_t i = 0; i < rollout.ladder.size(); ++i) {
    const bool here = i == rollout.step;
    text += fmt::format("{}{}{} %{}", i == 0 ? "" : " → ", here ? "<strong>" : "", rollout.ladder[i],
                        here ? "</strong>" : "");
  }
  return text;
}

std::string_view VerdictCss(std::string_view verdict) {
  if (verdict == "promote") return "good";
  return verdict == "roll_back" ? "bad" : "warn";
}

std::string Rollouts(const ReportMigration& migration) {
  if (migration.rollouts.empty()) return "";
  HtmlTable table{"Rollouts", {"Component", "Step", "Verdict", "Reason", "Latch"}, {}, 0};
  for (const ReportRollout& rollout : migration.rollouts) {
    table.rows.push_back({Escaped(rollout.component, 40), Ladder(rollout),
                          Badge(VerdictCss(rollout.verdict), rollout.verdict), Escaped(rollout.reason, 400),
                          rollout.latched ? Badge("bad", "latched") : "open"});
  }
  return Render(table);
}

std::string Arms(const ReportMigration& migration) {
  if (migration.arms.empty()) return "";
  HtmlTable table{"Errors and latency of each arm, with confidence sequences",
                  {"Component", "Generation", "Calls", "Errors", "Latency (95th percentile)"},
                  {},
                  0};
  for (const ReportArm& arm : migration.arms) {
    table.rows.push_back({Escaped(arm.component, 40), Escaped(arm.generation, 20),
                          fmt::format("{}", arm.calls), Interval(arm),
                          fmt::format("{:.3f} s", arm.p95_seconds)});
  }
  return Render(table);
}

std::string Incidents(const ReportMigration& migration) {
  if (migration.incidents.empty()) return "<p>No incidents.</p>\n";
  HtmlTable table{"Incidents", {"Time (UTC)", "Component", "What"}, {}, 0};
  for (const ReportIncident& incident : migration.incidents) {
    if (table.rows.size() == kMaxRows) break;
    table.rows.push_back(
        {std::string(absl::FormatTime("%Y-%m-%d %H:%M:%S", incident.time, absl::UTCTimeZone())),
         Escaped(incident.component, 40), Escaped(incident.what, 400)});
  }
  table.more = migration.incidents.size() - table.rows.size();
  return Render(table);
}

// Bars for each reason, largest first; the class is written beside.
std::string DifferencesByReason(const PlanComparison& comparison) {
  std::map<std::pair<std::string, std::string>, std::size_t> counts;
  for (const PlanDifference& d : comparison.differences)
    ++counts[{d.code, std::string(Name(d.classification))}];
  std::vector<std::pair<std::size_t, std::pair<std::string, std::string>>> rows;
  rows.reserve(counts.size());
  for (const auto& [key, count] : counts) rows.emplace_back(count, key);
  std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  HtmlTable table{"Differences by reason", {"Reason", "Class", "Issues"}, {}, 0};
  for (const auto& [count, key] : rows) {
    const double width = 240.0 * static_cast<double>(count) / static_cast<double>(rows.front().first);
    table.rows.push_back({Escaped(key.first, 60), Badge(key.second == "different" ? "bad" : "", key.second),
                          fmt::format("<svg width=\"244\" height=\"14\" aria-hidden=\"true\"><rect "
                                      "class=\"load\" y=\"2\" width=\"{}\" "
                                      "height=\"10\"/></svg> {}",
                                      Pixels(std::max(1.0, width)), count)});
  }
  return table.rows.empty() ? "" : Render(table);
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

std::string MigrationSection(const PageContext& page) {
  const ReportMigration* migration = page.report.migration;
  if (migration == nullptr) return "";
  return Section("migration", "Migration",
                 fmt::format("<p>Phase <strong>{}</strong>.</p>\n", Escaped(migration->phase, 40)) +
                     Rollouts(*migration) + Arms(*migration) + Incidents(*migration));
}

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

std::string HealthSection(const PageContext& page) {
  if (page.report.health.empty()) return "";
  constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kStates = {
      {{"good", "pass"}, {"warn", "warn"}, {"bad", "fail"}, {"", "skipped"}}};
  HtmlTable table{"Health checks", {"Check", "State", "Detail"}, {}, 0};
  for (const ReportHealth& health : page.report.health) {
    const auto& [css, word] = kStates[static_cast<std::size_t>(health.state)];
    table.rows.push_back({Escaped(health.check, 80), Badge(css, word), Escaped(health.detail, 400)});
  }
  return Section("health", "Health", Render(table));
}

}  // namespace clambake
