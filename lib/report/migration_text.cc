// Rollouts and health checks as tables for a terminal.
#include <array>
#include <string>

#include "base/json_view.h"
#include "clambake/report.h"
#include "fmt/format.h"
#include "report/table.h"

namespace clambake {
namespace {

std::string Share(std::int64_t points) { return fmt::format("{}.{:02} %", points / 100, points % 100); }

std::vector<std::string> Details(const RolloutRecord& record) {
  std::vector<std::string> details;
  if (record.latch.holds) {
    details.push_back(fmt::format("{} by {}: {}", FormatTimestamp(record.latch.at), record.latch.actor,
                                  record.latch.observed));
  }
  if (record.status == RolloutStatus::kHeld) details.push_back("held: " + record.hold_reason);
  return details;
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

std::string HealthText(const std::vector<HealthCheck>& checks, const TextStyle& style) {
  constexpr std::array<Ink, 4> kInks = {Ink::kGreen, Ink::kYellow, Ink::kRed, Ink::kDim};
  std::array<int, 4> counts{};
  Table table({"CHECK", "STATE", "DETAIL"}, style);
  for (const HealthCheck& check : checks) {
    const auto state = static_cast<std::size_t>(check.state);
    ++counts[state];
    table.AddRow({{check.name, Ink::kBold}, {std::string(Name(check.state)), kInks[state]}, {check.text}});
  }
  return table.Render("checks") + fmt::format("\n{} pass, {} warn, {} fail, {} skipped.\n", counts[0],
                                              counts[1], counts[2], counts[3]);
}

}  // namespace clambake
