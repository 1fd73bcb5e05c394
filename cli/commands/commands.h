// The commands. Each has a file of its own: options, set-up, run.
#ifndef CLAMBAKE_CLI_COMMANDS_COMMANDS_H_
#define CLAMBAKE_CLI_COMMANDS_COMMANDS_H_

#include "cli/globals.h"

namespace clambake::cli {

// Each adds itself to `app` and, when it is called, stores its exit code in
// `result`. All arguments outlive the parsing.
void SetupPlan(CLI::App& app, const Globals& globals, ExitCode& result);
void SetupBundle(CLI::App& app, const Globals& globals, ExitCode& result);
void SetupCompare(CLI::App& app, const Globals& globals, ExitCode& result);
void SetupFetch(CLI::App& app, const Globals& globals, ExitCode& result);
void SetupRun(CLI::App& app, const Globals& globals, ExitCode& result);
void SetupState(CLI::App& app, const Globals& globals, ExitCode& result);
void SetupDoctor(CLI::App& app, const Globals& globals, ExitCode& result);
void SetupCutover(CLI::App& app, const Globals& globals, ExitCode& result);
void SetupFlags(CLI::App& app, const Globals& globals, ExitCode& result);
void SetupReport(CLI::App& app, const Globals& globals, ExitCode& result);
void SetupCompletion(CLI::App& app, const Globals& globals, ExitCode& result);
void SetupManual(CLI::App& app, const Globals& globals, ExitCode& result);

}  // namespace clambake::cli

#endif  // CLAMBAKE_CLI_COMMANDS_COMMANDS_H_
