// clambake cutover: how much of the work v2 gets, and taking it back.
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/strings/numbers.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "clambake/report.h"
#include "clambake/rollouts.h"
#include "cli/alerts.h"
#include "cli/commands/commands.h"
#include "cli/commands/cutover_desk.h"
#include "cli/messages.h"
#include "cli/read_file.h"
#include "cli/rollout_metrics.h"
#include "fmt/format.h"

namespace clambake::cli {
namespace {

struct CutoverCommand {
  std::string component = "all";
  std::string ladder = "standard";
  std::string reason;
  std::string actor;
  std::string env_file;
  std::string replay;
  std::int64_t log = 0;
  bool incidents = false;
  std::int64_t margin_points = 500;
};

std::vector<Component> Chosen(const std::string& name) {
  std::vector<Component> chosen;
  for (const Component component : kComponents) {
    if (name == "all" || name == Name(component)) chosen.push_back(component);
  }
  return chosen;
}

Change ChangeOf(const CutoverCommand& command) { return ChangeBy(command.actor, command.reason); }

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
  for (const Component component : Chosen(command.component)) {
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
  const absl::StatusOr<RolloutRecord> record =
      action(*(*desk)->rollouts, Chosen(command.component)[0], ChangeOf(command));
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

// A damaged record had no latch that anybody could read.
void Show(const Globals& globals, const absl::StatusOr<RolloutRecord>& before, const RolloutRecord& after) {
  CountRollback(globals.observer.telemetry, before.ok() ? *before : RolloutRecord{}, after);
  ShowStep(globals.observer.telemetry, after);
}

// --- Rolling back: whatever still works is done ---

// What else it holds must stay, so one that cannot be read is not replaced.
absl::StatusOr<std::string> ReadEnvironment(const CutoverCommand& command) {
  constexpr std::size_t kMaxMib = 1;
  absl::StatusOr<std::string> before = ReadFile(command.env_file, kMaxMib);
  return absl::IsNotFound(before.status()) ? std::string() : before;
}

absl::Status WriteEnvironment(const Globals& globals, const CutoverCommand& command,
                              const absl::StatusOr<std::string>& before) {
  if (!before.ok()) return before.status();
  return WriteFileAtomically(
      command.env_file,
      RolledBackEnvironment(*before, Chosen(command.component),
                            globals.readonly ? WriteMode::kReadOnly : WriteMode::kReadWrite));
}

absl::Status SetLatches(const Globals& globals, const CutoverCommand& command,
                        std::vector<RolloutRecord>& records) {
  const absl::StatusOr<std::unique_ptr<Desk>> desk = OpenDesk(globals, IfMissing::kCreate);
  if (!desk.ok()) return desk.status();
  absl::Status status;
  for (const Component component : Chosen(command.component)) {
    const absl::StatusOr<RolloutRecord> before = (*desk)->rollouts->Read(component);
    const absl::StatusOr<RolloutRecord> after = (*desk)->rollouts->RollBack(component, ChangeOf(command));
    status.Update(after.status());
    if (after.ok()) {
      Show(globals, before, *after);
      records.push_back(*after);
    }
    // Running v2 executors hold fences: these are void from here on.
    if (component == Component::kExecutor)
      status.Update((*desk)->store->MoveToSafeQueue((*desk)->scope).status());
  }
  return status;
}

bool IsCleanedUp(const Globals& globals) {
  const absl::StatusOr<std::unique_ptr<Desk>> desk = OpenDesk(globals, IfMissing::kFail);
  return desk.ok() && (*desk)->store->IsCleanedUp().value_or(false);
}

// After everything else: a hook may be slow.
void TellAfterwards(const Globals& globals) {
  const absl::StatusOr<std::unique_ptr<Desk>> desk = OpenDesk(globals, IfMissing::kFail);
  if (desk.ok()) TellAlerts(globals, *(*desk)->store, (*desk)->scope);
}

ExitCode RollBack(const Globals& globals, const CutoverCommand& command) {
  absl::Status written;
  absl::StatusOr<std::string> before = std::string();
  if (!command.env_file.empty()) before = ReadEnvironment(command);
  if (!command.env_file.empty()) written = WriteEnvironment(globals, command, before);
  std::vector<RolloutRecord> records;
  const absl::Status latched = SetLatches(globals, command, records);
  if (!latched.ok() && IsCleanedUp(globals)) {
    // A service that asks for legacy would not come up any more.
    if (!command.env_file.empty() && before.ok())
      WriteFileAtomically(command.env_file, *before).IgnoreError();
    return Fail(latched);
  }
  if (!written.ok()) Fail(written);
  if (latched.ok()) {
    const std::string text = fmt::format("rolled back: {} ({})\n", command.component, command.reason);
    const std::string scope = FindRepository(globals).value_or("");
    const ExitCode result =
        Print(globals.json ? RolloutsToJson(scope, records) + "\n" : text, written.ok() ? kDone : kFailed);
    TellAfterwards(globals);
    return result;
  }
  if (latched.code() == absl::StatusCode::kInvalidArgument) return Fail(latched);
  Warn(globals, fmt::format("the latch is not set ({}); programs that cannot read the state run legacy",
                            std::string(latched.message())));
  if (command.env_file.empty() || !written.ok()) return Fail(latched);
  return Print(fmt::format("rolled back in {} alone: restart what reads it\n", command.env_file));
}

// --- Judging ---

ExitCode ExitCodeOfVerdict(Judgement judgement) {
  if (judgement == Judgement::kPromote) return kDone;
  return judgement == Judgement::kRollBack ? kNo : kInconclusive;
}

ExitCode Replay(const CutoverCommand& command) {
  absl::StatusOr<std::string> stored = ReadFile(command.replay);
  if (!stored.ok()) return Fail(stored.status());
  if (stored->ends_with('\n')) stored->pop_back();
  const absl::StatusOr<std::string> again = ReplayVerdict(*stored, command.replay);
  if (!again.ok()) return Fail(again.status());
  if (*again != *stored) {
    fmt::print(stderr, "clambake: error: {}: judged again, the verdict is another one\n", command.replay);
  }
  return Print(*again + "\n", *again == *stored ? kDone : kNo);
}

ExitCode JudgeOne(const Globals& globals, const CutoverCommand& command) {
  if (!command.replay.empty()) return Replay(command);
  const absl::StatusOr<std::unique_ptr<Desk>> desk = OpenDesk(globals, IfMissing::kFail);
  if (!desk.ok()) return Fail(desk.status());
  Change change = ChangeOf(command);
  if (change.reason.empty()) change.reason = "judged";
  const Component component = Chosen(command.component)[0];
  const absl::StatusOr<RolloutRecord> before = (*desk)->rollouts->Read(component);
  const absl::StatusOr<JudgedRollout> judged = (*desk)->rollouts->JudgeNow(component, change);
  if (!judged.ok()) return Fail(judged.status());
  const absl::StatusOr<RolloutRecord> after = (*desk)->rollouts->Read(component);
  if (after.ok()) Show(globals, before, *after);
  TellAlerts(globals, *(*desk)->store, (*desk)->scope);
  const ExitCode code = ExitCodeOfVerdict(judged->verdict.judgement);
  if (globals.json) return Print(VerdictToJson(judged->input, judged->verdict) + "\n", code);
  return Print(VerdictText(*judged, StdoutStyle(globals)), code);
}

// --- Options ---

enum class Choice { kOne, kOneOrDefault, kOneOrAll };

CLI::App* AddAction(CLI::App& cutover, const std::shared_ptr<CutoverCommand>& command,
                    const std::string& name, const std::string& what, Choice choice) {
  CLI::App* sub = cutover.add_subcommand(name, what);
  CLI::Option* component = sub->add_option("component", command->component, "Which part of the work");
  if (choice == Choice::kOne) {
    component->required()->check(CLI::IsMember({"planner", "bundler", "executor"}));
  } else if (choice == Choice::kOneOrDefault) {
    component->check(CLI::IsMember({"planner", "bundler", "executor"}))->capture_default_str();
  } else {
    component->check(CLI::IsMember({"planner", "bundler", "executor", "all"}))->capture_default_str();
  }
  return sub;
}

CLI::App* AddChangeAction(CLI::App& cutover, const std::shared_ptr<CutoverCommand>& command,
                          const std::string& name, const std::string& what, Choice choice) {
  CLI::App* sub = AddAction(cutover, command, name, what, choice);
  sub->add_option("--reason", command->reason, "Why; kept in the audit log")->type_name("TEXT");
  sub->add_option("--actor", command->actor, "Who; default: $USER")->type_name("NAME");
  return sub;
}

void AddChange(CLI::App& cutover, const Globals& globals, ExitCode& result, const std::string& name,
               const std::string& what, const std::string& footer, const Action& action) {
  auto command = std::make_shared<CutoverCommand>();
  CLI::App* change = AddChangeAction(cutover, command, name, what, Choice::kOne);
  change->footer(footer);
  change->callback([&globals, &result, command, action] { result = ChangeOne(globals, *command, action); });
}

void AddStart(CLI::App& cutover, const Globals& globals, ExitCode& result) {
  auto command = std::make_shared<CutoverCommand>();
  CLI::App* start =
      AddChangeAction(cutover, command, "start", "Give v2 its first share; takes a snapshot", Choice::kOne);
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

void AddRollBack(CLI::App& cutover, const Globals& globals, ExitCode& result) {
  auto command = std::make_shared<CutoverCommand>();
  command->reason = "rolled back by hand";
  CLI::App* rollback =
      AddChangeAction(cutover, command, "rollback", "Everything back to legacy, at once", Choice::kOneOrAll);
  rollback
      ->add_option("--env-file", command->env_file, "EnvironmentFile of the service, replaced in one step")
      ->type_name("FILE");
  rollback->footer(
      "Every process that shares the state is back at its next decision, without restart; one that\n"
      "cannot read the state runs legacy. Does what still works, and may be repeated. With --readonly\n"
      "the environment file also stops all writing to GitHub.\n\n"
      "Examples:\n"
      "  clambake cutover rollback\n"
      "  clambake cutover rollback planner --reason 'plans are late'\n"
      "  clambake cutover rollback all --env-file /etc/clambake/flags.env --readonly\n"
      "Then: clambake state reconcile, clambake doctor, clambake cutover status --incidents\n");
  rollback->callback([&globals, &result, command] { result = RollBack(globals, *command); });
}

void AddJudge(CLI::App& cutover, const Globals& globals, ExitCode& result) {
  auto command = std::make_shared<CutoverCommand>();
  command->component = "planner";
  CLI::App* judge =
      AddChangeAction(cutover, command, "judge", "Exit 0 promote, 1 roll back, 3 hold or inconclusive",
                      Choice::kOneOrDefault);
  judge
      ->add_option("--replay", command->replay,
                   "Judge a stored verdict again; exit 1 if another one comes out")
      ->type_name("FILE");
  judge->footer(
      "Says promote only if the evidence rules a regression out; too little of it is never a yes.\n"
      "Rolls back by itself if the evidence says so.\n\n"
      "Examples:\n"
      "  clambake cutover judge planner && clambake cutover advance planner --reason 'judged'\n"
      "  clambake cutover judge planner --json > verdict.json\n"
      "  clambake cutover judge --replay verdict.json | cmp - verdict.json\n");
  judge->callback([&globals, &result, command] { result = JudgeOne(globals, *command); });
}

}  // namespace

void SetupCutover(CLI::App& app, const Globals& globals, ExitCode& result) {
  CLI::App* cutover = app.add_subcommand("cutover", "From legacy to v2, step by step, and back at once");
  cutover->require_subcommand(1);
  auto status = std::make_shared<CutoverCommand>();
  CLI::App* show = AddAction(*cutover, status, "status", "Rollouts, latches, counters", Choice::kOneOrAll);
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
  AddRollBack(*cutover, globals, result);
  AddChange(*cutover, globals, result, "clear",
            "Lift the latch after a roll-back; the next start is from the first step",
            "Examples:\n"
            "  clambake cutover clear planner --reason 'mended: the cache was cold'\n"
            "  clambake cutover start planner --reason 'again, from the first step'\n",
            [](Rollouts& r, Component c, const Change& change) { return r.Clear(c, change); });
  AddJudge(*cutover, globals, result);
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
