// The migration and the health checks, drawn.
#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "fmt/format.h"
#include "report/html.h"

namespace clambake {
namespace {

std::string_view VerdictCss(std::string_view verdict) {
  if (verdict == "promote") return "good";
  return verdict == "roll_back" ? "bad" : "warn";
}

std::string Time(absl::Time time) {
  return std::string(absl::FormatTime("%Y-%m-%d %H:%M:%S", time, absl::UTCTimeZone()));
}

// The steps as a stair: those behind, the one we are at, those to come.
std::string Stair(const ReportRollout& rollout) {
  constexpr int kStep = 46;
  constexpr double kHeight = 44;
  const bool active = rollout.status != "none";
  std::string bars;
  for (std::size_t i = 0; i < rollout.ladder.size(); ++i) {
    const double height = std::max(3.0, kHeight * rollout.ladder[i] / 100.0);
    const char* const css = active && i == rollout.step  ? "load"
                            : active && i < rollout.step ? "range"
                                                         : "todo";
    bars += fmt::format(
        "<rect class=\"{}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/><text class=\"axis\" x=\"{}\" "
        "y=\"60\">{} %</text>",
        css, static_cast<int>(i) * kStep, Pixels(kHeight + 2 - height), kStep - 4, Pixels(height),
        static_cast<int>(i) * kStep, rollout.ladder[i]);
  }
  const std::string label = active && rollout.step < rollout.ladder.size()
                                ? fmt::format("Step {} of {}: {} %", rollout.step + 1, rollout.ladder.size(),
                                              rollout.ladder[rollout.step])
                                : "No step is in progress";
  const int width = static_cast<int>(rollout.ladder.size()) * kStep;
  return fmt::format(
      "<svg width=\"{0}\" height=\"64\" viewBox=\"0 0 {0} 64\" role=\"img\" aria-label=\"{1}\">{2}</svg>\n",
      width, label, bars);
}

std::string Rollout(const ReportRollout& rollout) {
  const bool latched = !rollout.latch.empty();
  std::string html = fmt::format("<h3>{} {}", Escaped(rollout.component, 40),
                                 latched ? Badge("bad", "latched: legacy runs")
                                         : Badge(rollout.status == "complete" ? "good" : "", rollout.status));
  if (!latched && !rollout.verdict.empty())
    html += " " + Badge(VerdictCss(rollout.verdict), "verdict: " + rollout.verdict);
  html += "</h3>\n";
  if (latched) html += fmt::format("<p class=\"bad\">{}</p>\n", Escaped(rollout.latch, 600));
  if (!rollout.ladder.empty()) html += Stair(rollout);
  if (latched || rollout.reasons.empty()) return html;
  html += "<ul class=\"reasons\">\n";
  for (const std::string& reason : rollout.reasons)
    html += fmt::format("<li>{}</li>\n", Escaped(reason, 400));
  return html + "</ul>\n";
}

// An interval and its estimate on a scale from 0 to `full`.
std::string Interval(double value, const Bounds& bounds, double full) {
  constexpr double kWidth = 160;
  const auto x = [&](double at) { return kWidth * std::clamp(full > 0 ? at / full : 0, 0.0, 1.0); };
  const double low = x(bounds.low);
  return fmt::format(
      "<svg class=\"interval\" width=\"170\" height=\"16\" viewBox=\"-5 0 170 16\" "
      "aria-hidden=\"true\"><line class=\"grid\" "
      "x1=\"0\" y1=\"8\" x2=\"160\" y2=\"8\"/><rect class=\"range\" x=\"{}\" y=\"4\" width=\"{}\" "
      "height=\"8\"/><circle class=\"load\" cx=\"{}\" cy=\"8\" r=\"4\"/></svg>",
      Pixels(low), Pixels(std::max(1.0, x(bounds.high) - low)), Pixels(x(value)));
}

double ErrorRate(const ReportArm& arm) {
  return arm.calls == 0 ? 0 : static_cast<double>(arm.errors) / static_cast<double>(arm.calls);
}

// Both arms of a component on one scale, or the eye compares nothing.
struct Scale {
  double error = 0;
  double seconds = 0;
};
Scale ScaleOf(const std::vector<ReportArm>& arms, const std::string& component) {
  Scale scale;
  for (const ReportArm& arm : arms) {
    if (arm.component != component || arm.calls == 0) continue;
    scale.error = std::max(scale.error, arm.error.high);
    scale.seconds =
        std::max({scale.seconds, 1.2 * arm.p95_seconds, std::isfinite(arm.p95.high) ? arm.p95.high : 0});
  }
  return scale;
}

std::string Seconds(double value) {
  return std::isfinite(value) ? fmt::format("{:.3f} s", value) : std::string("no bound yet");
}

std::string ArmTable(const ReportMigration& migration) {
  if (migration.arms.empty()) return "<p>No sample has been counted yet.</p>\n";
  HtmlTable table{"Errors and latency of each arm since the rollout started, with 95 % confidence sequences",
                  {"Component", "Arm", "Calls", "Fallbacks", "Errors", "Latency (95th percentile)"},
                  {},
                  0};
  for (const ReportArm& arm : migration.arms) {
    const Scale scale = ScaleOf(migration.arms, arm.component);
    std::vector<std::string> row = {
        Escaped(arm.component, 40),
        Escaped(arm.generation, 20) + (arm.generation == "v2" ? " (candidate)" : " (control)"),
        fmt::format("{}", arm.calls), fmt::format("{}", arm.fallbacks)};
    if (arm.calls == 0) {
      row.insert(row.end(), {"no data", "no data"});
    } else {
      const double rate = ErrorRate(arm);
      row.push_back(Interval(rate, arm.error, scale.error) +
                    fmt::format("{} of {}: {} (between {} and {})", arm.errors, arm.calls, Percent(rate),
                                Percent(arm.error.low), Percent(arm.error.high)));
      row.push_back(Interval(arm.p95_seconds, arm.p95, scale.seconds) +
                    fmt::format("{} (between {} and {})", Seconds(arm.p95_seconds), Seconds(arm.p95.low),
                                Seconds(arm.p95.high)));
    }
    table.rows.push_back(std::move(row));
  }
  return Render(table);
}

std::string Incidents(const ReportMigration& migration) {
  if (migration.incidents.empty())
    return "<h3>Incidents</h3>\n<p>None: nothing was rolled back, held or restored.</p>\n";
  HtmlTable table{"Incidents, newest first", {"Time (UTC)", "Component", "What"}, {}, 0};
  for (const ReportIncident& incident : migration.incidents) {
    if (table.rows.size() == kMaxRows) break;
    table.rows.push_back({Time(incident.time), Escaped(incident.component, 40), Escaped(incident.what, 600)});
  }
  table.more = migration.incidents.size() - table.rows.size();
  return Render(table);
}

// Comparisons that were kept: how many ended how, and what they found.
std::string Shadow(const ReportMigration& migration) {
  if (migration.shadow.empty()) {
    return "<h3>Shadow comparisons</h3>\n<p>None is kept; <code>clambake compare --keep</code> keeps "
           "one.</p>\n";
  }
  std::map<std::string, std::int64_t> outcomes;
  for (const ShadowRecord& record : migration.shadow) ++outcomes[record.outcome];
  std::string html =
      fmt::format("<h3>Shadow comparisons</h3>\n<p>{}, the last at {} UTC: ",
                  Counted(migration.shadow.size(), "comparison"), Time(migration.shadow.back().at));
  for (const auto& [outcome, count] : outcomes) {
    html += Badge(IsAgainst(outcome) ? "bad" : "good", fmt::format("{} {}", count, outcome)) + " ";
  }
  html += "</p>\n";
  std::vector<std::pair<std::string, std::int64_t>> reasons = ShadowReasons(migration.shadow);
  return html + CountBars("Shadow differences by reason, over all comparisons", "Reason", reasons);
}

std::string Observed(const ReportMigration& migration) {
  if (migration.observed.empty()) {
    return "<p class=\"note\">No run of the executor was watched: see <code>--metrics</code> and the OTEL "
           "variables.</p>\n";
  }
  const ObservedRun& last = migration.observed.back();
  return fmt::format(
      "<p>Observability: {} watched, the last at {} UTC by the {} executor: {} of {} spans and {} of {} "
      "samples "
      "exported, trace <code>{}</code>.</p>\n",
      Counted(migration.observed.size(), "run"), Time(last.at), Escaped(last.generation, 20),
      last.spans_exported, last.spans, last.samples_exported, last.samples, Escaped(last.trace, 40));
}

}  // namespace

std::string MigrationSection(const PageContext& page) {
  const ReportMigration* migration = page.report.migration;
  if (migration == nullptr) {
    const std::string& why = page.report.migration_absent;
    return why.empty()
               ? ""
               : Section("migration", "Migration", fmt::format("<p>Not shown: {}.</p>\n", Escaped(why, 400)));
  }
  std::string html = fmt::format("<p>Phase <strong>{}</strong>.</p>\n", Escaped(migration->phase, 40));
  for (const ReportRollout& rollout : migration->rollouts) html += Rollout(rollout);
  return Section(
      "migration", "Migration",
      html + ArmTable(*migration) + Observed(*migration) + Shadow(*migration) + Incidents(*migration));
}

std::string HealthSection(const PageContext& page) {
  if (page.report.health.empty()) return "";
  constexpr std::array<std::string_view, 4> kCss = {"good", "warn", "bad", ""};
  HtmlTable table{"Health checks", {"Check", "State", "Detail"}, {}, 0};
  for (const HealthCheck& check : page.report.health) {
    table.rows.push_back({Escaped(check.name, 80),
                          Badge(kCss[static_cast<std::size_t>(check.state)], Name(check.state)),
                          Escaped(check.text, 400)});
  }
  return Section("health", "Health", Render(table));
}

}  // namespace clambake
