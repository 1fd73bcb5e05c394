#include "cli/state_access.h"

#include <cstdlib>

namespace clambake::cli {
namespace {

std::string DefaultLocation() {
  const char* const state = std::getenv("XDG_STATE_HOME");
  const char* const home = std::getenv("HOME");
  if (state != nullptr && *state != '\0') return std::string(state) + "/clambake/state.db";
  if (home != nullptr && *home != '\0') return std::string(home) + "/.local/state/clambake/state.db";
  return "";
}

}  // namespace

absl::StatusOr<std::unique_ptr<StateStore>> OpenState(const Globals& globals, Clock& clock,
                                                      IfMissing if_missing) {
  StoreOptions options;
  options.location = globals.state.empty() ? DefaultLocation() : globals.state;
  options.if_missing = if_missing;
  if (options.location.empty())
    return absl::InvalidArgumentError("no place for the state: name one with --state");
  // PostgreSQL brings a clock of its own, the same for all instances.
  if (options.location.find("://") == std::string::npos) options.clock = &clock;
  return OpenStateStore(options);
}

absl::StatusOr<std::string> FindScope(const Globals& globals) {
  if (!globals.repo.empty()) return globals.repo;
  return absl::InvalidArgumentError("no repository: name it with --repo OWNER/NAME, or in GITHUB_REPOSITORY");
}

}  // namespace clambake::cli
