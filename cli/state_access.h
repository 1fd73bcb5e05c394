// The state as the command line and the environment name it.
#ifndef CLAMBAKE_CLI_STATE_ACCESS_H_
#define CLAMBAKE_CLI_STATE_ACCESS_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "clambake/clock.h"
#include "clambake/state_store.h"
#include "cli/globals.h"

namespace clambake::cli {

// The state that --state names, else the default one below $XDG_STATE_HOME.
absl::StatusOr<std::unique_ptr<StateStore>> OpenState(const Globals& globals, Clock& clock,
                                                      IfMissing if_missing);

// Whose state: "owner/name", from --repo; InvalidArgument without it.
absl::StatusOr<std::string> FindScope(const Globals& globals);

}  // namespace clambake::cli

#endif  // CLAMBAKE_CLI_STATE_ACCESS_H_
