// What the actions of `clambake cutover` share: the state and the rollouts in it.
#ifndef CLAMBAKE_CLI_COMMANDS_CUTOVER_DESK_H_
#define CLAMBAKE_CLI_COMMANDS_CUTOVER_DESK_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "clambake/clock.h"
#include "clambake/rng.h"
#include "clambake/rollouts.h"
#include "cli/globals.h"

namespace clambake::cli {

struct Desk {
  std::string scope;
  std::unique_ptr<Clock> clock = NewSystemClock();
  std::unique_ptr<Rng> rng = NewSystemRng();
  std::unique_ptr<StateStore> store;
  std::unique_ptr<Rollouts> rollouts;
};

absl::StatusOr<std::unique_ptr<Desk>> OpenDesk(const Globals& globals, IfMissing if_missing);

// `actor`, else $USER.
Change ChangeBy(const std::string& actor, const std::string& reason);

// clambake cutover cleanup.
void SetupCleanup(CLI::App& cutover, const Globals& globals, ExitCode& result);

}  // namespace clambake::cli

#endif  // CLAMBAKE_CLI_COMMANDS_CUTOVER_DESK_H_
