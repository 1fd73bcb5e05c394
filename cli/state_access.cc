#include "cli/state_access.h"

namespace clambake::cli {

std::string StateLocation(const Globals& globals) {
  if (!globals.state.empty()) return globals.state;
  const std::string folder = UserFolder("XDG_STATE_HOME", "/.local/state");
  return folder.empty() ? "" : folder + "/state.db";
}

absl::StatusOr<std::unique_ptr<StateStore>> OpenState(const Globals& globals, Clock& clock,
                                                      IfMissing if_missing) {
  StoreOptions options;
  options.location = StateLocation(globals);
  options.if_missing = if_missing;
  if (options.location.empty()) {
    return absl::InvalidArgumentError("no place for the state: name one with --state");
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
