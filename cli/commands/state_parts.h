// What the parts of `clambake state` share: the state, opened for an action.
#ifndef CLAMBAKE_CLI_COMMANDS_STATE_PARTS_H_
#define CLAMBAKE_CLI_COMMANDS_STATE_PARTS_H_

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "clambake/state_store.h"
#include "cli/globals.h"

namespace clambake::cli {

// Opens the state and hands it to `action` with the scope.
using StateAction = std::function<ExitCode(StateStore& store, const std::string& scope)>;
ExitCode WithState(const Globals& globals, IfMissing if_missing, const StateAction& action);

// Lets a subcommand do `action` with the state, which must be there.
void OnState(CLI::App& sub, const Globals& globals, ExitCode& result, const StateAction& action);

// "24h"; the error names the option.
absl::StatusOr<absl::Duration> ReadLease(const std::string& option, const std::string& text);

// A claim as the row of work that it is, for printing.
Work WorkOf(const Claim& claim);

void SetupStateQueue(CLI::App& state, const Globals& globals, ExitCode& result);
void SetupStateClaims(CLI::App& state, const Globals& globals, ExitCode& result);
void SetupStateData(CLI::App& state, const Globals& globals, ExitCode& result);

}  // namespace clambake::cli

#endif  // CLAMBAKE_CLI_COMMANDS_STATE_PARTS_H_
