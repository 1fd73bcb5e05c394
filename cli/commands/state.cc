// clambake state: the state that outlives a run. Never writes to GitHub.
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/time/time.h"
#include "clambake/report.h"
#include "cli/commands/commands.h"
#include "cli/messages.h"
#include "cli/state_access.h"
#include "fmt/format.h"

namespace clambake::cli {
namespace {

struct StateCommand {
  std::string id;
  std::vector<std::string> ids;
  bool all = false;
  std::string agent;
  std::string branch;
  std::string lease = "24h";
  IssueNumber issue = 0;
};

// Opens the state and hands it to `action` with the scope.
using Action = std::function<ExitCode(StateStore& store, const std::string& scope)>;
ExitCode WithState(const Globals& globals, IfMissing if_missing, const Action& action) {
  const absl::StatusOr<std::string> scope = RequireRepository(globals);
  if (!scope.ok()) return Fail(scope.status());
  const std::unique_ptr<Clock> clock = NewSystemClock();
  const absl::StatusOr<std::unique_ptr<StateStore>> store = OpenState(globals, *clock, if_missing);
  if (!store.ok()) return Fail(store.status());
  return action(**store, *scope);
}

ExitCode Init(const Globals& globals) {
  return WithState(globals, IfMissing::kCreate, [&](StateStore& store, const std::string& scope) {
    return Print(
        fmt::format("state for {} is ready ({}, schema {})\n", scope, store.engine(), SchemaVersion()));
  });
}

// --- The manual queue ---

ExitCode ListQueue(const Globals& globals, StateStore& store, const std::string& scope) {
  const absl::StatusOr<std::vector<JournalEntry>> pending = store.PendingOperations(scope);
  if (!pending.ok()) return Fail(pending.status());
  std::vector<JournalEntry> queue;
  for (const JournalEntry& entry : *pending) {
    if (entry.state == OperationState::kManual) queue.push_back(entry);
  }
  globals.observer.telemetry.Set(metrics::kManualQueue, {}, static_cast<double>(queue.size()));
  if (globals.json) return Print(QueueToJson(scope, queue) + "\n");
  return Print(QueueText(*pending, WholeStyle(globals)));
}

ExitCode ShowQueue(const Globals& globals, const StateCommand& command, StateStore& store,
                   const std::string& scope) {
  const absl::StatusOr<JournalEntry> entry = store.ReadOperation(scope, command.id);
  if (!entry.ok()) return Fail(entry.status());
  if (globals.json) return Print(QueueToJson(scope, {*entry}) + "\n");
  return Print(OperationText(*entry, WholeStyle(globals)));
}

ExitCode Resolve(const StateCommand& command, StateStore& store, const std::string& scope,
                 OperationState next) {
  std::vector<std::string> ids = command.ids;
  if (ids.empty() == !command.all) {
    return Fail(absl::InvalidArgumentError("name the operations, or --all of the queue"));
  }
  if (command.all) {
    const absl::StatusOr<std::vector<JournalEntry>> pending = store.PendingOperations(scope);
    if (!pending.ok()) return Fail(pending.status());
    for (const JournalEntry& entry : *pending) {
      if (entry.state == OperationState::kManual) ids.push_back(entry.id);
    }
  }
  for (const std::string& id : ids) {
    const absl::Status resolved = store.ResolveManual(scope, id, next);
    if (!resolved.ok()) return Fail(resolved);
  }
  return Print(next == OperationState::kDropped ? "dropped; what waited for it goes on at the next run\n"
                                                : "the next run tries it again\n");
}

// --- Claims ---

ExitCode ListClaims(const Globals& globals, StateStore& store, const std::string& scope) {
  const absl::StatusOr<std::vector<Work>> work = store.ListWork(scope);
  if (!work.ok()) return Fail(work.status());
  if (globals.json) return Print(ClaimsToJson(scope, *work) + "\n");
  return Print(ClaimsText(*work, WholeStyle(globals)));
}

ExitCode ClaimWork(const Globals& globals, const StateCommand& command, StateStore& store,
                   const std::string& scope) {
  absl::Duration lease;
  if (!absl::ParseDuration(command.lease, &lease)) {
    return Fail(
        absl::InvalidArgumentError(fmt::format("--lease {}: expected a time such as 24h", command.lease)));
  }
  absl::StatusOr<std::optional<Claim>> claim = std::nullopt;
  if (command.issue == 0) {
    claim = store.ClaimNext(scope, command.agent, lease);
  } else if (absl::StatusOr<Claim> one = store.ClaimIssue(scope, command.issue, command.agent, lease);
             one.ok()) {
    claim = *one;
  } else if (absl::IsAlreadyExists(one.status())) {
    fmt::print(stderr, "clambake: {}\n", std::string(one.status().message()));
    return kNo;
  } else {
    claim = one.status();
  }
  if (!claim.ok()) return Fail(claim.status());
  if (!claim->has_value()) return Print(globals.json ? "{}\n" : "nothing is ready to be claimed\n", kNo);
  const Work work{(*claim)->issue,       0,  WorkState::kClaimed, (*claim)->owner, (*claim)->fence,
                  (*claim)->lease_until, "", absl::InfinitePast()};
  return Print(globals.json ? ClaimsToJson(scope, {work}) + "\n" : ClaimsText({work}, WholeStyle(globals)));
}

// The agent's claim on the issue, as the state has it.
absl::StatusOr<Claim> FindClaim(const StateCommand& command, StateStore& store, const std::string& scope) {
  const absl::StatusOr<std::vector<Work>> all = store.ListWork(scope);
  if (!all.ok()) return all.status();
  for (const Work& work : *all) {
    if (work.issue != command.issue || work.owner != command.agent) continue;
    return Claim{work.issue, work.owner, work.fence, work.lease_until};
  }
  return absl::AbortedError(fmt::format("{} does not hold issue #{}", command.agent, command.issue));
}

using ClaimAction = absl::Status (*)(const StateCommand&, StateStore&, const std::string&, const Claim&);
ExitCode ChangeClaim(const StateCommand& command, StateStore& store, const std::string& scope,
                     ClaimAction change) {
  const absl::StatusOr<Claim> claim = FindClaim(command, store, scope);
  const absl::Status changed = claim.ok() ? change(command, store, scope, *claim) : claim.status();
  if (changed.ok()) return Print("done\n");
  Fail(changed);
  return absl::IsAborted(changed) ? kNo : ExitCodeOf(changed);
}

absl::Status RenewClaim(const StateCommand& command, StateStore& store, const std::string& scope,
                        const Claim& claim) {
  absl::Duration lease;
  if (!absl::ParseDuration(command.lease, &lease)) {
    return absl::InvalidArgumentError(fmt::format("--lease {}: expected a time such as 24h", command.lease));
  }
  return store.Renew(scope, claim, lease).status();
}

absl::Status LandClaim(const StateCommand& command, StateStore& store, const std::string& scope,
                       const Claim& claim) {
  const std::string branch =
      command.branch.empty() ? fmt::format("{}/{}", command.agent, command.issue) : command.branch;
  return store.Land(scope, claim, branch);
}

absl::Status ReleaseClaim(const StateCommand& /*command*/, StateStore& store, const std::string& scope,
                          const Claim& claim) {
  return store.Release(scope, claim);
}

// --- Set-up ---

void SetupQueue(CLI::App& state, const Globals& globals, ExitCode& result) {
  CLI::App* queue = state.add_subcommand("queue", "What waits for a person; alone, it is listed");
  queue->require_subcommand(0, 1);
  queue->footer(
      "Examples:\n"
      "  clambake state queue list\n"
      "  clambake state queue retry --all\n");
  auto command = std::make_shared<StateCommand>();
  auto add = [&](const char* name, const char* help, const char* footer, auto action) {
    CLI::App* sub = queue->add_subcommand(name, help);
    const std::string_view verb = name;
    if (verb == "show") sub->add_option("ID", command->id, "The operation")->required();
    if (verb == "retry" || verb == "drop") {
      sub->add_option("ID", command->ids, "The operations");
      sub->add_flag("--all", command->all, "All that wait");
    }
    sub->footer(footer);
    sub->callback([&globals, &result, command, action] {
      result = WithState(globals, IfMissing::kFail, [&](StateStore& store, const std::string& scope) {
        return action(globals, *command, store, scope);
      });
    });
  };
  const auto list = [&globals, &result] {
    result = WithState(globals, IfMissing::kFail, [&](StateStore& store, const std::string& scope) {
      return ListQueue(globals, store, scope);
    });
  };
  queue->add_subcommand("list", "List it, with reasons and next steps")->callback(list);
  queue->callback([queue, list] {
    if (queue->get_subcommands().empty()) list();
  });
  add("show", "Show one operation in full", "", ShowQueue);
  add("retry", "Try it again at the next run",
      "Examples:\n"
      "  clambake state queue retry 1f0a22b9\n"
      "  clambake state queue retry --all\n",
      [](const Globals&, const StateCommand& c, StateStore& s, const std::string& scope) {
        return Resolve(c, s, scope, OperationState::kIntent);
      });
  add("drop", "Not needed, or done by hand: go on without it",
      "Examples:\n"
      "  clambake state queue drop 1f0a22b9\n",
      [](const Globals&, const StateCommand& c, StateStore& s, const std::string& scope) {
        return Resolve(c, s, scope, OperationState::kDropped);
      });
}

void AddClaimChange(CLI::App& claims, const Globals& globals, ExitCode& result, const char* name,
                    const char* help, ClaimAction change) {
  auto command = std::make_shared<StateCommand>();
  CLI::App* sub = claims.add_subcommand(name, help);
  sub->add_option("--agent", command->agent, "Who holds the issue")->required();
  sub->add_option("--issue", command->issue, "The issue's number")->required()->check(CLI::PositiveNumber);
  if (change == RenewClaim) sub->add_option("--lease", command->lease, "From now on")->capture_default_str();
  if (change == LandClaim) sub->add_option("--branch", command->branch, "Default: AGENT/ISSUE");
  sub->callback([&globals, &result, command, change] {
    result = WithState(globals, IfMissing::kFail, [&](StateStore& store, const std::string& scope) {
      return ChangeClaim(*command, store, scope, change);
    });
  });
}

void SetupClaims(CLI::App& state, const Globals& globals, ExitCode& result) {
  CLI::App* claims = state.add_subcommand("claims", "Who holds which issue; alone, all work is listed");
  claims->require_subcommand(0, 1);
  claims->footer(
      "Examples:\n"
      "  clambake state claims list --json | jq '.claims[].issue'\n"
      "  clambake state claims claim --agent agent001\n");
  const auto list = [&globals, &result] {
    result = WithState(globals, IfMissing::kFail, [&](StateStore& store, const std::string& scope) {
      return ListClaims(globals, store, scope);
    });
  };
  claims->add_subcommand("list", "List all work that is known")->callback(list);
  claims->callback([claims, list] {
    if (claims->get_subcommands().empty()) list();
  });
  auto command = std::make_shared<StateCommand>();
  CLI::App* claim = claims->add_subcommand("claim", "Take an issue; exit 1 if there is none, or it is held");
  claim->add_option("--agent", command->agent, "Who takes it")->required();
  claim->add_option("--issue", command->issue, "This one; default: the most urgent that is ready");
  claim->add_option("--lease", command->lease, "For how long")->capture_default_str();
  claim->footer(
      "Examples:\n"
      "  clambake state claims claim --agent agent001                 the most urgent that is ready\n"
      "  clambake state claims claim --agent agent001 --issue 12 --lease 4h --json\n");
  claim->callback([&globals, &result, command] {
    result = WithState(globals, IfMissing::kFail, [&](StateStore& store, const std::string& scope) {
      return ClaimWork(globals, *command, store, scope);
    });
  });
  AddClaimChange(*claims, globals, result, "renew", "Keep an issue for longer", RenewClaim);
  AddClaimChange(*claims, globals, result, "land", "The work is finished, on a branch", LandClaim);
  AddClaimChange(*claims, globals, result, "release", "Give an issue back", ReleaseClaim);
}

}  // namespace

void SetupState(CLI::App& app, const Globals& globals, ExitCode& result) {
  CLI::App* state = app.add_subcommand("state", "The state that outlives a run; never writes to GitHub");
  state->require_subcommand(1);
  state->add_subcommand("init", "Make the state, or bring it up to date")->callback([&globals, &result] {
    result = Init(globals);
  });
  SetupQueue(*state, globals, result);
  SetupClaims(*state, globals, result);
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
