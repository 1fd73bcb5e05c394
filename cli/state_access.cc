#include "cli/state_access.h"

namespace clambake::cli {

absl::StatusOr<std::unique_ptr<StateStore>> OpenState(const Globals& globals, Clock& clock,
                                                      IfMissing if_missing) {
  StoreOptions options;
  options.location = globals.state;
  options.if_missing = if_missing;
  if (options.location.empty()) {
    const std::string folder = UserFolder("XDG_STATE_HOME", "/.local/state");
    if (folder.empty()) return absl::InvalidArgumentError("no place for the state: name one with --state");
    options.location = folder + "/state.db";
  }
  // PostgreSQL brings a clock of its own, the same for all instances.
  if (options.location.find("://") == std::string::npos) options.clock = &clock;
  return OpenStateStore(options);
}

RolloutState ReadCleanup(const Globals& globals) {
  const std::unique_ptr<Clock> clock = NewSystemClock();
  const absl::StatusOr<std::unique_ptr<StateStore>> store = OpenState(globals, *clock, IfMissing::kFail);
  return {.cleaned_up = store.ok() && (*store)->IsCleanedUp().value_or(false)};
}

}  // namespace clambake::cli
