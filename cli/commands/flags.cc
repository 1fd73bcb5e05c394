// clambake flags: what the environment asks for, and what follows from it.
#include <memory>

#include "CLI/CLI.hpp"
#include "clambake/report.h"
#include "cli/commands/commands.h"
#include "cli/messages.h"

namespace clambake::cli {
namespace {

ExitCode RunFlags(const Globals& globals) {
  const absl::StatusOr<FeatureFlags> flags = ReadFlags(globals);
  if (!flags.ok()) return Fail(flags.status());
  return Print(globals.json ? FlagsJson(*flags) : FlagsText(*flags, StdoutStyle(globals)));
}

// Nothing on standard output; warnings do not make the flags invalid.
ExitCode CheckFlags(const Globals& globals) {
  const absl::StatusOr<FeatureFlags> flags = ReadFlags(globals);
  if (!flags.ok()) return Fail(flags.status());
  for (Component component : kComponents) {
    const absl::StatusOr<Decision> decision = flags->Decide(component);
    if (!decision.ok()) return Fail(decision.status());
  }
  for (const std::string& warning : flags->Warnings()) Warn(globals, warning);
  return kDone;
}

}  // namespace

void SetupFlags(CLI::App& app, const Globals& globals, ExitCode& result) {
  CLI::App* flags =
      app.add_subcommand("flags", "Show the effective feature flags, where each comes from, and why");
  CLI::App* check = flags->add_subcommand("check", "Only validate: exit code 2 if a value is not understood");
  check->footer(
      "Prints nothing but errors and warnings.\n\n"
      "Examples:\n"
      "  clambake flags check || exit      # in a start script: 2 if any value is not understood\n");
  check->callback([&globals, &result] { result = CheckFlags(globals); });
  flags->footer(
      "The variables: CLAMBAKE_NEW_PLANNER, CLAMBAKE_BUNDLER_V2, CLAMBAKE_NEW_EXECUTOR, CLAMBAKE_READONLY\n"
      "(true 1 yes on / false 0 no off) and CLAMBAKE_MIGRATION_PHASE (legacy phase1 phase2 phase3 cleanup).\n"
      "A phase that is set is a ceiling; the most conservative setting wins.\n\n"
      "Examples:\n"
      "  CLAMBAKE_NEW_PLANNER=true clambake flags\n"
      "  clambake flags check || exit      # in a start script: 2 if any value is not understood\n");
  flags->callback([flags, &globals, &result] {
    if (flags->get_subcommands().empty()) result = RunFlags(globals);
  });
}

}  // namespace clambake::cli
