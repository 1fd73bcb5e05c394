// clambake cutover rollback: whatever still works is done.
#include <memory>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "clambake/rollouts.h"
#include "cli/alerts.h"
#include "cli/commands/cutover_desk.h"
#include "cli/messages.h"
#include "cli/read_file.h"
#include "fmt/format.h"

namespace clambake::cli {
namespace {

struct RollBackCommand {
  ChangeGiven change;
  std::string env_file;
};

// What else it holds must stay, so one that cannot be read is not replaced.
absl::StatusOr<std::string> ReadEnvironment(const RollBackCommand& command) {
  constexpr std::size_t kMaxMib = 1;
  absl::StatusOr<std::string> before = ReadFile(command.env_file, kMaxMib);
  return absl::IsNotFound(before.status()) ? std::string() : before;
}

absl::Status WriteEnvironment(const Globals& globals, const RollBackCommand& command,
                              const absl::StatusOr<std::string>& before) {
  if (!before.ok()) return before.status();
  return WriteFileAtomically(
      command.env_file,
      RolledBackEnvironment(*before, Chosen(command.change.component),
                            globals.readonly ? WriteMode::kReadOnly : WriteMode::kReadWrite));
}

absl::Status SetLatches(const Globals& globals, const RollBackCommand& command,
                        std::vector<RolloutRecord>& records) {
  const absl::StatusOr<std::unique_ptr<Desk>> desk = OpenDesk(globals, IfMissing::kCreate);
  if (!desk.ok()) return desk.status();
  absl::Status status;
  for (const Component component : Chosen(command.change.component)) {
    const absl::StatusOr<RolloutRecord> before = (*desk)->rollouts->Read(component);
    const absl::StatusOr<RolloutRecord> after =
        (*desk)->rollouts->RollBack(component, ChangeBy(command.change));
    status.Update(after.status());
    if (after.ok()) {
      ShowChange(globals, before, *after);
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

std::string Told(const RollBackCommand& command, const RollBackResult& result) {
  if (result.latch_set) {
    return fmt::format("rolled back: {} ({})\n", command.change.component, command.change.reason);
  }
  return fmt::format("rolled back in {} alone: restart what reads it\n", command.env_file);
}

ExitCode RollBack(const Globals& globals, const RollBackCommand& command) {
  absl::Status written;
  absl::StatusOr<std::string> before = std::string();
  if (!command.env_file.empty()) before = ReadEnvironment(command);
  if (!command.env_file.empty()) written = WriteEnvironment(globals, command, before);
  RollBackResult result;
  const absl::Status latched = SetLatches(globals, command, result.latched);
  if (!latched.ok() && IsCleanedUp(globals)) {
    // A service that asks for legacy would not come up any more.
    if (!command.env_file.empty() && before.ok())
      WriteFileAtomically(command.env_file, *before).IgnoreError();
    return Fail(latched);
  }
  if (!written.ok()) Fail(written);
  const bool in_file = !command.env_file.empty() && written.ok();
  if (!latched.ok()) {
    if (!in_file && absl::IsInvalidArgument(latched)) return Fail(latched);
    Warn(globals, fmt::format("the latch is not set ({}); programs that cannot read the state run legacy",
                              std::string(latched.message())));
    if (!in_file) return Fail(latched);
  }
  result.latch_set = latched.ok();
  if (in_file) result.environment_file = command.env_file;
  const std::string scope = FindRepository(globals).value_or("");
  const ExitCode code = Print(globals.json ? RollBackToJson(scope, result) + "\n" : Told(command, result),
                              written.ok() ? kDone : kFailed);
  if (result.latch_set) TellAfterwards(globals);
  return code;
}

}  // namespace

void SetupRollBack(CLI::App& cutover, const Globals& globals, ExitCode& result) {
  auto command = std::make_shared<RollBackCommand>();
  command->change.reason = "rolled back by hand";
  CLI::App* rollback = AddChangeAction(cutover, command->change, "rollback",
                                       "Everything back to legacy, at once", Choice::kOneOrAll);
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

}  // namespace clambake::cli
