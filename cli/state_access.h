// The state as the command line and the environment describe it.
#ifndef CLAMBAKE_CLI_STATE_ACCESS_H_
#define CLAMBAKE_CLI_STATE_ACCESS_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "clambake/clock.h"
#include "clambake/feature_flags.h"
#include "clambake/state_store.h"
#include "cli/globals.h"

namespace clambake::cli {

// The file or database that --state names, or the default file; "": no place for that is known.
std::string StateLocation(const Globals& globals);

// The state there.
absl::StatusOr<std::unique_ptr<StateStore>> OpenState(const Globals& globals, Clock& clock,
                                                      IfMissing if_missing);

// What commands that plan or bundle need of that state: whether the cleanup has
// taken legacy away. Without a state, or with one that cannot be read, it has not.
RolloutState ReadCleanup(const Globals& globals);

}  // namespace clambake::cli

#endif  // CLAMBAKE_CLI_STATE_ACCESS_H_
