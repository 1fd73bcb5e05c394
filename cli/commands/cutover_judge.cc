// clambake cutover judge: the verdict, and a stored one again.
#include <cstdio>
#include <memory>
#include <string>

#include "CLI/CLI.hpp"
#include "clambake/report.h"
#include "clambake/rollouts.h"
#include "cli/alerts.h"
#include "cli/commands/cutover_desk.h"
#include "cli/messages.h"
#include "cli/read_file.h"
#include "fmt/format.h"

namespace clambake::cli {
namespace {

struct JudgeCommand {
  ChangeGiven change;
  std::string replay;
};

ExitCode ExitCodeOfVerdict(Judgement judgement) {
  if (judgement == Judgement::kPromote) return kDone;
  return judgement == Judgement::kRollBack ? kNo : kInconclusive;
}

ExitCode Replay(const JudgeCommand& command) {
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

ExitCode JudgeOne(const Globals& globals, const JudgeCommand& command) {
  if (!command.replay.empty()) return Replay(command);
  const absl::StatusOr<std::unique_ptr<Desk>> desk = OpenDesk(globals, IfMissing::kFail);
  if (!desk.ok()) return Fail(desk.status());
  Change change = ChangeBy(command.change);
  if (change.reason.empty()) change.reason = "judged";
  const Component component = Chosen(command.change.component)[0];
  const absl::StatusOr<RolloutRecord> before = (*desk)->rollouts->Read(component);
  const absl::StatusOr<JudgedRollout> judged = (*desk)->rollouts->JudgeNow(component, change);
  if (!judged.ok()) return Fail(judged.status());
  const absl::StatusOr<RolloutRecord> after = (*desk)->rollouts->Read(component);
  if (after.ok()) ShowChange(globals, before, *after);
  TellAlerts(globals, *(*desk)->store, (*desk)->scope);
  const ExitCode code = ExitCodeOfVerdict(judged->verdict.judgement);
  if (globals.json) return Print(VerdictToJson(judged->input, judged->verdict) + "\n", code);
  return Print(VerdictText(*judged, StdoutStyle(globals)), code);
}

}  // namespace

void SetupJudge(CLI::App& cutover, const Globals& globals, ExitCode& result) {
  auto command = std::make_shared<JudgeCommand>();
  command->change.component = "planner";
  CLI::App* judge =
      AddChangeAction(cutover, command->change, "judge",
                      "Exit 0 promote, 1 roll back, 3 hold or inconclusive", Choice::kOneOrDefault);
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

}  // namespace clambake::cli
