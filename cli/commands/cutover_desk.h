// What the actions of `clambake cutover` share: the state, the rollouts in it,
// and the options of a change.
#ifndef CLAMBAKE_CLI_COMMANDS_CUTOVER_DESK_H_
#define CLAMBAKE_CLI_COMMANDS_CUTOVER_DESK_H_

#include <memory>
#include <string>
#include <vector>

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

// What the command line says of a change.
struct ChangeGiven {
  std::string component = "all";
  std::string reason;
  std::string actor;
};

Change ChangeBy(const ChangeGiven& given);  // by the actor, else $USER

// The component of that name; "all": each.
std::vector<Component> Chosen(const std::string& name);

// Dashboards hear of the change. A record that could not be read before had no
// latch that anybody could read.
void ShowChange(const Globals& globals, const absl::StatusOr<RolloutRecord>& before,
                const RolloutRecord& after);

enum class Choice { kOne, kOneOrDefault, kOneOrAll };

// A subcommand for a component; with --reason and --actor, for a change to it.
// `component` and `given` must outlive it.
CLI::App* AddAction(CLI::App& cutover, std::string& component, const std::string& name,
                    const std::string& what, Choice choice);
void AddChangeOptions(CLI::App& action, ChangeGiven& given);
CLI::App* AddChangeAction(CLI::App& cutover, ChangeGiven& given, const std::string& name,
                          const std::string& what, Choice choice);

void SetupRollBack(CLI::App& cutover, const Globals& globals, ExitCode& result);
void SetupJudge(CLI::App& cutover, const Globals& globals, ExitCode& result);
void SetupCleanup(CLI::App& cutover, const Globals& globals, ExitCode& result);

}  // namespace clambake::cli

#endif  // CLAMBAKE_CLI_COMMANDS_CUTOVER_DESK_H_
