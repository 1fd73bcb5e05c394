// Rollouts, verdicts and health checks as tables for a terminal.
#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

#include "absl/time/time.h"
#include "base/json_view.h"
#include "base/safe_text.h"
#include "clambake/report.h"
#include "fmt/format.h"
#include "report/table.h"

namespace clambake {
namespace {

std::string Share(std::int64_t points) { return fmt::format("{}.{:02} %", points / 100, points % 100); }

std::vector<std::string> Details(const RolloutRecord& record) {
  std::vector<std::string> details;
  if (record.latch.holds) {
    details.push_back(fmt::format("{} by {}: {}", FormatTimestamp(record.latch.at),
                                  SafeText(record.latch.actor), SafeText(record.latch.observed)));
  }
  if (record.status == RolloutStatus::kHeld) details.push_back("held: " + SafeText(record.hold_reason));
  return details;
}

Ink InkOf(Judgement judgement) {
  constexpr std::array<Ink, 4> kInks = {Ink::kGreen, Ink::kYellow, Ink::kRed, Ink::kBold};
  return kInks[static_cast<std::size_t>(judgement)];
}

// "-" where nothing was counted: 0 % of nothing would read as a failure.
std::string Measured(RolloutMetric metric, std::int64_t value, std::int64_t items) {
  if (items == 0) return "-";
  if (metric == RolloutMetric::kLatency) return absl::FormatDuration(absl::Microseconds(value));
  return fmt::format("{}.{:02} %", value / 10'000, value % 10'000 / 100);
}

}  // namespace

std::string RolloutsText(const std::vector<RolloutRecord>& records, const TextStyle& style) {
  Table table({"COMPONENT", "ROLLOUT", ">SHARE", ">STEP", ">CONTROL", ">CANDIDATE", "LATCH"}, style);
  for (const RolloutRecord& record : records) {
    const bool any = record.status != RolloutStatus::kNone;
    const Cell latch = record.latch.holds ? Cell{"latched: " + record.latch.trigger, Ink::kRed} : Cell{"-"};
    table.AddRow({{std::string(Name(record.component)), Ink::kBold},
                  {std::string(Name(record.status))},
                  {any ? Share(record.share()) : "-"},
                  {any ? fmt::format("{}/{}", record.step + 1, record.ladder.steps.size()) : "-"},
                  {fmt::format("{}", record.evidence.step.control.items)},
                  {fmt::format("{}", record.evidence.step.candidate.items)},
                  latch},
                 Details(record));
  }
  return table.Render("components");
}

std::string VerdictText(const JudgedRollout& judged, const TextStyle& style) {
  const Verdict& verdict = judged.verdict;
  std::string text = fmt::format(
      "{}: the {} at {}, for {} s\n", Colored(Name(verdict.judgement), InkOf(verdict.judgement), style),
      Name(judged.input.component), Share(judged.input.share), absl::ToInt64Seconds(judged.input.elapsed));
  // What no single metric says; the others stand below their numbers.
  for (const std::string& reason : verdict.reasons) {
    const bool of_metric = std::any_of(verdict.findings.begin(), verdict.findings.end(),
                                       [&](const Finding& each) { return each.text == reason; });
    if (!of_metric) text += "  " + reason + "\n";
  }
  constexpr std::array<Ink, 4> kInks = {Ink::kGreen, Ink::kDim, Ink::kYellow, Ink::kRed};
  Table table({"METRIC", ">CONTROL", ">CANDIDATE", "STATE"}, style);
  for (const Finding& finding : verdict.findings) {
    table.AddRow({{std::string(Name(finding.metric)), Ink::kBold},
                  {Measured(finding.metric, finding.control, finding.control_items)},
                  {Measured(finding.metric, finding.candidate, finding.candidate_items)},
                  {std::string(Name(finding.state)), kInks[static_cast<std::size_t>(finding.state)]}},
                 {finding.text});
  }
  return table.empty() ? text : text + "\n" + table.Render("metrics");
}

std::string HealthText(const std::vector<HealthCheck>& checks, const TextStyle& style) {
  constexpr std::array<Ink, 4> kInks = {Ink::kGreen, Ink::kYellow, Ink::kRed, Ink::kDim};
  std::array<int, 4> counts{};
  Table table({"CHECK", "STATE", "~DETAIL"}, style);
  for (const HealthCheck& check : checks) {
    const auto state = static_cast<std::size_t>(check.state);
    ++counts[state];
    table.AddRow({{check.name, Ink::kBold}, {std::string(Name(check.state)), kInks[state]}, {check.text}});
  }
  return table.Render("checks") + fmt::format("\n{} pass, {} warn, {} fail, {} skipped.\n", counts[0],
                                              counts[1], counts[2], counts[3]);
}

}  // namespace clambake
