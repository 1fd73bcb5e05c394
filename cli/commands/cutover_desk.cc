#include "cli/commands/cutover_desk.h"

#include "CLI/CLI.hpp"
#include "cli/rollout_metrics.h"
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

Change ChangeBy(const ChangeGiven& given) {
  if (!given.actor.empty()) return {given.actor, given.reason};
  const std::string user = Environment("USER");
  return {user.empty() ? "operator" : user, given.reason};
}

std::vector<Component> Chosen(const std::string& name) {
  std::vector<Component> chosen;
  for (const Component component : kComponents) {
    if (name == "all" || name == Name(component)) chosen.push_back(component);
  }
  return chosen;
}

void ShowChange(const Globals& globals, const absl::StatusOr<RolloutRecord>& before,
                const RolloutRecord& after) {
  CountRollback(globals.observer.telemetry, before.ok() ? *before : RolloutRecord{}, after);
  ShowStep(globals.observer.telemetry, after);
}

CLI::App* AddAction(CLI::App& cutover, std::string& component, const std::string& name,
                    const std::string& what, Choice choice) {
  CLI::App* sub = cutover.add_subcommand(name, what);
  CLI::Option* option = sub->add_option("component", component, "Which part of the work");
  if (choice == Choice::kOne) {
    option->required()->check(CLI::IsMember({"planner", "bundler", "executor"}));
  } else if (choice == Choice::kOneOrDefault) {
    option->check(CLI::IsMember({"planner", "bundler", "executor"}))->capture_default_str();
  } else {
    option->check(CLI::IsMember({"planner", "bundler", "executor", "all"}))->capture_default_str();
  }
  return sub;
}

void AddChangeOptions(CLI::App& action, ChangeGiven& given) {
  action.add_option("--reason", given.reason, "Why; kept in the audit log")->type_name("TEXT");
  action.add_option("--actor", given.actor, "Who; default: $USER")->type_name("NAME");
}

CLI::App* AddChangeAction(CLI::App& cutover, ChangeGiven& given, const std::string& name,
                          const std::string& what, Choice choice) {
  CLI::App* sub = AddAction(cutover, given.component, name, what, choice);
  AddChangeOptions(*sub, given);
  return sub;
}

}  // namespace clambake::cli
