// clambake cutover cleanup: the point of no return.
#include <memory>
#include <string>

#include "CLI/CLI.hpp"
#include "absl/strings/str_join.h"
#include "cli/alerts.h"
#include "cli/commands/cutover_desk.h"
#include "cli/messages.h"
#include "cli/progress.h"
#include "fmt/format.h"

namespace clambake::cli {
namespace {

struct CleanupCommand {
  bool rehearse = false;
  bool confirm = false;
  std::string expect_digest;
  ChangeGiven change;
};

std::string Told(const CleanupReport& report, std::string_view verb) {
  return fmt::format("{} {} archived, compared with the table: equal\ndigest {}\ndropped: {}\n",
                     Counted(static_cast<std::size_t>(report.rows), "legacy row"), verb, report.digest,
                     absl::StrJoin(report.dropped, ", "));
}

ExitCode CleanUp(const Globals& globals, const CleanupCommand& command) {
  if (command.rehearse == command.confirm) {
    return Fail(absl::InvalidArgumentError(
        "cleanup: say --rehearse, which changes nothing, or --confirm, after which there is no way back"));
  }
  const absl::StatusOr<FeatureFlags> flags = ReadFlags(globals);
  if (!flags.ok()) return Fail(flags.status());
  const absl::StatusOr<std::unique_ptr<Desk>> desk = OpenDesk(globals, IfMissing::kFail);
  if (!desk.ok()) return Fail(desk.status());
  Rollouts& rollouts = *(*desk)->rollouts;
  ProgressLine line(globals);
  line.Show("archiving and comparing every legacy row, in a transaction that is rolled back");
  Change change = ChangeBy(command.change);
  if (change.reason.empty() && command.rehearse) change.reason = "a rehearsal";
  const absl::StatusOr<CleanupReport> rehearsed =
      rollouts.CleanUp(flags->phase(), CleanupMode::kRehearse, change);
  line.Clear();
  if (!rehearsed.ok()) return Fail(rehearsed.status());
  if (command.rehearse && globals.json) return Print(CleanupJson(*rehearsed, true) + "\n");
  if (command.rehearse) {
    return Print("rehearsed, and rolled back: nothing was changed\n" + Told(*rehearsed, "would be"));
  }
  if (!command.expect_digest.empty() && command.expect_digest != rehearsed->digest) {
    return Fail(absl::FailedPreconditionError(fmt::format(
        "cleanup: the legacy rows have the digest {}, not the one that was rehearsed; nothing was changed",
        rehearsed->digest)));
  }
  line.Show("archiving and comparing every legacy row");
  const absl::StatusOr<CleanupReport> done = rollouts.CleanUp(flags->phase(), CleanupMode::kConfirm, change);
  line.Clear();
  if (!done.ok()) return Fail(done.status());
  TellAlerts(globals, *(*desk)->store, (*desk)->scope);
  if (globals.json) return Print(CleanupJson(*done, false) + "\n");
  return Print(Told(*done, "now") + "there is no legacy any more: asking for it is refused from now on\n");
}

}  // namespace

void SetupCleanup(CLI::App& cutover, const Globals& globals, ExitCode& result) {
  auto command = std::make_shared<CleanupCommand>();
  CLI::App* cleanup =
      cutover.add_subcommand("cleanup", "Archive and drop the legacy side: the point of no return");
  cleanup->add_flag("--rehearse", command->rehearse, "Do all of it in a transaction that is rolled back");
  cleanup->add_flag("--confirm", command->confirm, "Do it");
  cleanup
      ->add_option("--expect-digest", command->expect_digest,
                   "With --confirm: refuse unless these are the rows that were rehearsed")
      ->type_name("DIGEST");
  AddChangeOptions(*cleanup, command->change);
  cleanup->footer(
      "Wants every component at 100 % for 48 h, in every repository of the state, a clean audit, and\n"
      "CLAMBAKE_MIGRATION_PHASE=phase3 or cleanup; takes a snapshot first.\n\n"
      "Examples:\n"
      "  clambake cutover cleanup --rehearse                         shows the digest, changes nothing\n"
      "  clambake cutover cleanup --confirm --expect-digest sha256:… --reason 'week 3'\n");
  cleanup->callback([&globals, &result, command] { result = CleanUp(globals, *command); });
}

}  // namespace clambake::cli
