#include "cli/commands/cutover_desk.h"

#include "cli/state_access.h"

namespace clambake::cli {

absl::StatusOr<std::unique_ptr<Desk>> OpenDesk(const Globals& globals, IfMissing if_missing) {
  auto desk = std::make_unique<Desk>();
  absl::StatusOr<std::string> scope = RequireRepository(globals);
  if (!scope.ok()) return scope.status();
  desk->scope = *std::move(scope);
  absl::StatusOr<std::unique_ptr<StateStore>> store = OpenState(globals, *desk->clock, if_missing);
  if (!store.ok()) return store.status();
  desk->store = *std::move(store);
  desk->rollouts = std::make_unique<Rollouts>(*desk->store, desk->scope, *desk->rng);
  return desk;
}

Change ChangeBy(const std::string& actor, const std::string& reason) {
  if (!actor.empty()) return {actor, reason};
  const std::string user = Environment("USER");
  return {user.empty() ? "operator" : user, reason};
}

}  // namespace clambake::cli
