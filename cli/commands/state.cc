// clambake state: the state that outlives a run. Never writes to GitHub.
#include <memory>
#include <string>

#include "CLI/CLI.hpp"
#include "clambake/clock.h"
#include "clambake/report.h"
#include "cli/commands/commands.h"
#include "cli/commands/state_parts.h"
#include "cli/messages.h"
#include "cli/state_access.h"
#include "fmt/format.h"

namespace clambake::cli {
namespace {

ExitCode Init(const Globals& globals) {
  return WithState(globals, IfMissing::kCreate, [&](StateStore& store, const std::string& scope) {
    if (globals.json) {
      return Print(
          StateChangeJson("init", scope, {{"engine", store.engine()}, {"version", SchemaVersion()}}) + "\n");
    }
    return Print(
        fmt::format("state for {} is ready ({}, schema {})\n", scope, store.engine(), SchemaVersion()));
  });
}

}  // namespace

ExitCode WithState(const Globals& globals, IfMissing if_missing, const StateAction& action) {
  const absl::StatusOr<std::string> scope = RequireRepository(globals);
  if (!scope.ok()) return Fail(scope.status());
  const std::unique_ptr<Clock> clock = NewSystemClock();
  const absl::StatusOr<std::unique_ptr<StateStore>> store = OpenState(globals, *clock, if_missing);
  if (!store.ok()) return Fail(store.status());
  return action(**store, *scope);
}

void OnState(CLI::App& sub, const Globals& globals, ExitCode& result, const StateAction& action) {
  sub.callback([&globals, &result, action] { result = WithState(globals, IfMissing::kFail, action); });
}

absl::StatusOr<absl::Duration> ReadLease(const std::string& option, const std::string& text) {
  absl::Duration lease;
  if (absl::ParseDuration(text, &lease) && lease > absl::ZeroDuration()) return lease;
  return absl::InvalidArgumentError(fmt::format("{} {}: expected a time such as 24h", option, text));
}

Work WorkOf(const Claim& claim) {
  Work work;
  work.issue = claim.issue;
  work.state = WorkState::kClaimed;
  work.owner = claim.owner;
  work.fence = claim.fence;
  work.lease_until = claim.lease_until;
  return work;
}

void SetupState(CLI::App& app, const Globals& globals, ExitCode& result) {
  CLI::App* state = app.add_subcommand("state", "The state that outlives a run; never writes to GitHub");
  state->require_subcommand(1);
  CLI::App* init = state->add_subcommand("init", "Make the state, or bring it up to date");
  init->footer(
      "Examples:\n"
      "  clambake state init --repo octo/repo                          in the default file\n"
      "  clambake state init --repo octo/repo --state 'postgresql://db/clambake?sslmode=verify-full'\n");
  init->callback([&globals, &result] { result = Init(globals); });
  SetupStateQueue(*state, globals, result);
  SetupStateClaims(*state, globals, result);
  SetupStateData(*state, globals, result);
  state->footer(
      "Examples:\n"
      "  clambake state init --repo octo/repo\n"
      "  clambake state claims claim --agent agent001      the most urgent issue, for a day\n"
      "  clambake state claims land --agent agent001 --issue 12\n"
      "  clambake state queue list\n"
      "GitHub learns of claims, landings and releases at the next `clambake run`.\n");
}

}  // namespace clambake::cli
