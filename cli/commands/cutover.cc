// clambake cutover: how much of the work v2 gets.
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "clambake/report.h"
#include "clambake/rollouts.h"
#include "cli/alerts.h"
#include "cli/commands/commands.h"
#include "cli/commands/cutover_desk.h"
#include "cli/messages.h"
#include "cli/progress.h"
#include "cli/rollout_metrics.h"
#include "fmt/format.h"

namespace clambake::cli {
namespace {

struct CutoverCommand {
  ChangeGiven change;
  std::string ladder = "standard";
  std::int64_t log = 0;
  bool incidents = false;
  std::int64_t margin_points = 500;
};

ExitCode PrintRecords(const Globals& globals, const Desk& desk, const std::vector<RolloutRecord>& records) {
  for (const RolloutRecord& record : records) ShowStep(globals.observer.telemetry, record);
  if (globals.json) return Print(RolloutsToJson(desk.scope, records) + "\n");
  return Print(RolloutsText(records, StdoutStyle(globals)));
}

ExitCode Status(const Globals& globals, const CutoverCommand& command) {
  const absl::StatusOr<std::unique_ptr<Desk>> desk = OpenDesk(globals, IfMissing::kFail);
  if (!desk.ok()) return Fail(desk.status());
  if (command.incidents) {
    constexpr std::int64_t kMaxLines = 100'000;
    const auto log = (*desk)->store->ReadAudit((*desk)->scope, kMaxLines);
    if (!log.ok()) return Fail(log.status());
    const std::vector<Incident> incidents = FindIncidents(*log);
    return Print(globals.json ? IncidentsToJson((*desk)->scope, incidents) + "\n"
                              : IncidentsText(incidents, WholeStyle(globals)));
  }
  if (command.log > 0) {
    const auto log = (*desk)->store->ReadAudit((*desk)->scope, command.log);
    if (!log.ok()) return Fail(log.status());
    return Print(globals.json ? AuditLogToJson((*desk)->scope, *log) + "\n"
                              : AuditLogText(*log, WholeStyle(globals)));
  }
  std::vector<RolloutRecord> records;
  for (const Component component : Chosen(command.change.component)) {
    absl::StatusOr<RolloutRecord> record = (*desk)->rollouts->Read(component);
    if (!record.ok()) return Fail(record.status());
    records.push_back(*std::move(record));
  }
  return PrintRecords(globals, **desk, records);
}

// A preset's name, or percentages.
absl::StatusOr<Ladder> ReadLadder(const std::string& text) {
  if (text.find_first_of("0123456789") != 0) return FindLadder(text);
  std::vector<std::int64_t> steps;
  const std::vector<std::string> parts = absl::StrSplit(text, ',');
  for (const std::string& part : parts) {
    std::int64_t percent = 0;
    if (!absl::SimpleAtoi(part, &percent) || percent > 100) {
      return absl::InvalidArgumentError(
          fmt::format("--ladder {}: expected whole percentages, such as 10,25,50,75,100", text));
    }
    steps.push_back(percent * 100);
  }
  return MakeLadder(steps);
}

// A change to one component, and the record after it.
using Action = std::function<absl::StatusOr<RolloutRecord>(Rollouts&, Component, const Change&)>;

ExitCode ChangeOne(const Globals& globals, const CutoverCommand& command, const Action& action) {
  const absl::StatusOr<std::unique_ptr<Desk>> desk = OpenDesk(globals, IfMissing::kCreate);
  if (!desk.ok()) return Fail(desk.status());
  ProgressLine line(globals);
  line.Show("reading the state");
  const absl::StatusOr<RolloutRecord> record =
      action(*(*desk)->rollouts, Chosen(command.change.component)[0], ChangeBy(command.change));
  line.Clear();
  const ExitCode result = record.ok() ? PrintRecords(globals, **desk, {*record}) : Fail(record.status());
  TellAlerts(globals, *(*desk)->store, (*desk)->scope);
  return result;
}

ExitCode Start(const Globals& globals, const CutoverCommand& command) {
  const absl::StatusOr<Ladder> ladder = ReadLadder(command.ladder);
  if (!ladder.ok()) return Fail(ladder.status());
  return ChangeOne(globals, command, [&](Rollouts& rollouts, Component component, const Change& change) {
    StartRequest request{.ladder = *ladder, .change = change};
    request.policy.promote_margin = command.margin_points;
    return rollouts.Start(component, request);
  });
}

void AddChange(CLI::App& cutover, const Globals& globals, ExitCode& result, const std::string& name,
               const std::string& what, const std::string& footer, const Action& action) {
  auto command = std::make_shared<CutoverCommand>();
  CLI::App* change = AddChangeAction(cutover, command->change, name, what, Choice::kOne);
  change->footer(footer);
  change->callback([&globals, &result, command, action] { result = ChangeOne(globals, *command, action); });
}

void AddStart(CLI::App& cutover, const Globals& globals, ExitCode& result) {
  auto command = std::make_shared<CutoverCommand>();
  CLI::App* start = AddChangeAction(cutover, command->change, "start",
                                    "Give v2 its first share; takes a snapshot", Choice::kOne);
  start->add_option("--ladder", command->ladder, "standard, planner, bundler, or percentages")
      ->capture_default_str();
  start
      ->add_option(
          "--margin", command->margin_points,
          "An increase of errors, in 1/100 percentage points, that must be ruled out before a step is left")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  start->footer(
      "Refuses, with a list, until what the phase needs is there: the component before it complete for\n"
      "48 h, a clean audit. Work goes to v2 only where the flags allow it: see `clambake flags`.\n\n"
      "Examples:\n"
      "  clambake cutover start planner --reason 'phase 1'\n"
      "  clambake cutover start bundler --ladder 5,25,100 --reason 'phase 2, carefully'\n");
  start->callback([&globals, &result, command] { result = Start(globals, *command); });
}

}  // namespace

void SetupCutover(CLI::App& app, const Globals& globals, ExitCode& result) {
  CLI::App* cutover = app.add_subcommand("cutover", "From legacy to v2, step by step, and back at once");
  cutover->require_subcommand(1);
  auto status = std::make_shared<CutoverCommand>();
  CLI::App* show = AddAction(*cutover, status->change.component, "status", "Rollouts, latches, counters",
                             Choice::kOneOrAll);
  show->add_option("--log", status->log, "The last N lines of the audit log instead")
      ->check(CLI::Range(1, 100'000))
      ->type_name("N");
  show->add_flag("--incidents", status->incidents,
                 "From each roll-back to its clearing, what happened, instead");
  show->footer(
      "Examples:\n"
      "  clambake cutover status\n"
      "  clambake cutover status planner --json | jq '.rollouts[0].status'\n"
      "  clambake cutover status --log 20\n"
      "  clambake cutover status --incidents\n");
  show->callback([&globals, &result, status] { result = Status(globals, *status); });
  AddStart(*cutover, globals, result);
  AddChange(*cutover, globals, result, "advance", "The next step, if the judge says promote",
            "Refuses, with a list, until the dwell is over, the success criteria are met and the judge says\n"
            "promote.\n\n"
            "Examples:\n"
            "  clambake cutover advance planner --reason 'two quiet hours'\n",
            [](Rollouts& r, Component c, const Change& change) { return r.Advance(c, change); });
  AddChange(*cutover, globals, result, "hold", "Stay at this step",
            "Examples:\n"
            "  clambake cutover hold planner --reason 'a release is going out'\n",
            [](Rollouts& r, Component c, const Change& change) { return r.Hold(c, change); });
  AddChange(*cutover, globals, result, "resume", "End a hold",
            "Examples:\n"
            "  clambake cutover resume planner --reason 'the release is out'\n",
            [](Rollouts& r, Component c, const Change& change) { return r.Resume(c, change); });
  SetupRollBack(*cutover, globals, result);
  AddChange(*cutover, globals, result, "clear",
            "Lift the latch after a roll-back; the next start is from the first step",
            "Examples:\n"
            "  clambake cutover clear planner --reason 'mended: the cache was cold'\n"
            "  clambake cutover start planner --reason 'again, from the first step'\n",
            [](Rollouts& r, Component c, const Change& change) { return r.Clear(c, change); });
  SetupJudge(*cutover, globals, result);
  SetupCleanup(*cutover, globals, result);
  cutover->footer(
      "Examples:\n"
      "  clambake cutover start planner --reason 'phase 1'\n"
      "  clambake cutover judge planner || echo \"not yet\"\n"
      "  clambake cutover rollback all --env-file /etc/clambake/flags.env\n"
      "  clambake cutover status --log 20\n"
      "A rollout gives v2 a share of the work where CLAMBAKE_NEW_PLANNER and its like allow it.\n"
      "A roll-back reaches every process that shares the state at its next decision, without restart.\n");
}

}  // namespace clambake::cli
