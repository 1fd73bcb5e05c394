// clambake state claims: who holds which issue.
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "clambake/report.h"
#include "cli/commands/state_parts.h"
#include "cli/messages.h"
#include "fmt/format.h"

namespace clambake::cli {
namespace {

struct ClaimCommand {
  std::string agent;
  std::string branch;
  std::string lease = "24h";
  IssueNumber issue = 0;
};

ExitCode PrintWork(const Globals& globals, const std::string& scope, const std::vector<Work>& work) {
  return Print(globals.json ? ClaimsToJson(scope, work) + "\n" : ClaimsText(work, WholeStyle(globals)));
}

ExitCode List(const Globals& globals, StateStore& store, const std::string& scope) {
  const absl::StatusOr<std::vector<Work>> work = store.ListWork(scope);
  if (!work.ok()) return Fail(work.status());
  return PrintWork(globals, scope, *work);
}

ExitCode NothingClaimed(const Globals& globals, const std::string& why) {
  return Print(globals.json ? std::string("{}\n") : fmt::format("{}\n", why), kNo);
}

ExitCode Take(const Globals& globals, const ClaimCommand& command, StateStore& store,
              const std::string& scope) {
  const absl::StatusOr<absl::Duration> lease = ReadLease("--lease", command.lease);
  if (!lease.ok()) return Fail(lease.status());
  absl::StatusOr<std::optional<Claim>> claim = std::nullopt;
  if (command.issue == 0) {
    claim = store.ClaimNext(scope, command.agent, *lease);
  } else if (absl::StatusOr<Claim> one = store.ClaimIssue(scope, command.issue, command.agent, *lease);
             one.ok()) {
    claim = *one;
  } else if (absl::IsAlreadyExists(one.status())) {
    return NothingClaimed(globals, std::string(one.status().message()));
  } else {
    claim = one.status();
  }
  if (!claim.ok()) return Fail(claim.status());
  if (!claim->has_value()) return NothingClaimed(globals, "nothing is ready to be claimed");
  return PrintWork(globals, scope, {WorkOf(**claim)});
}

// The row of the issue, if the state has one.
absl::StatusOr<std::vector<Work>> RowOf(IssueNumber issue, StateStore& store, const std::string& scope) {
  absl::StatusOr<std::vector<Work>> all = store.ListWork(scope);
  if (all.ok()) std::erase_if(*all, [issue](const Work& work) { return work.issue != issue; });
  return all;
}

// The agent's claim on the issue, as the state has it.
absl::StatusOr<Claim> FindClaim(const ClaimCommand& command, StateStore& store, const std::string& scope) {
  const absl::StatusOr<std::vector<Work>> rows = RowOf(command.issue, store, scope);
  if (!rows.ok()) return rows.status();
  for (const Work& work : *rows) {
    if (work.owner == command.agent) return Claim{work.issue, work.owner, work.fence, work.lease_until};
  }
  return absl::AbortedError(fmt::format("{} does not hold issue #{}", command.agent, command.issue));
}

using ClaimChange = absl::Status (*)(const ClaimCommand&, StateStore&, const std::string&, const Claim&);
ExitCode ChangeClaim(const Globals& globals, const ClaimCommand& command, StateStore& store,
                     const std::string& scope, ClaimChange change) {
  const absl::StatusOr<Claim> claim = FindClaim(command, store, scope);
  const absl::Status changed = claim.ok() ? change(command, store, scope, *claim) : claim.status();
  if (changed.ok() && !globals.json) return Print("done\n");
  if (changed.ok()) {
    const absl::StatusOr<std::vector<Work>> row = RowOf(command.issue, store, scope);
    return row.ok() ? PrintWork(globals, scope, *row) : Fail(row.status());
  }
  Fail(changed);
  return absl::IsAborted(changed) ? kNo : ExitCodeOf(changed);
}

absl::Status Renew(const ClaimCommand& command, StateStore& store, const std::string& scope,
                   const Claim& claim) {
  const absl::StatusOr<absl::Duration> lease = ReadLease("--lease", command.lease);
  return lease.ok() ? store.Renew(scope, claim, *lease).status() : lease.status();
}

absl::Status Land(const ClaimCommand& command, StateStore& store, const std::string& scope,
                  const Claim& claim) {
  const std::string branch =
      command.branch.empty() ? fmt::format("{}/{}", command.agent, command.issue) : command.branch;
  return store.Land(scope, claim, branch);
}

absl::Status Release(const ClaimCommand& /*command*/, StateStore& store, const std::string& scope,
                     const Claim& claim) {
  return store.Release(scope, claim);
}

void AddChange(CLI::App& claims, const Globals& globals, ExitCode& result, const char* name, const char* help,
               ClaimChange change, const char* footer) {
  auto command = std::make_shared<ClaimCommand>();
  CLI::App* sub = claims.add_subcommand(name, help);
  sub->add_option("--agent", command->agent, "Who holds the issue")->required();
  sub->add_option("--issue", command->issue, "The issue's number")->required()->check(CLI::PositiveNumber);
  if (change == Renew) sub->add_option("--lease", command->lease, "From now on")->capture_default_str();
  if (change == Land) sub->add_option("--branch", command->branch, "Default: AGENT/ISSUE");
  sub->footer(footer);
  OnState(*sub, globals, result, [&globals, command, change](StateStore& store, const std::string& scope) {
    return ChangeClaim(globals, *command, store, scope, change);
  });
}

void AddTake(CLI::App& claims, const Globals& globals, ExitCode& result) {
  auto command = std::make_shared<ClaimCommand>();
  CLI::App* claim = claims.add_subcommand("claim", "Take an issue; exit 1 if there is none, or it is held");
  claim->add_option("--agent", command->agent, "Who takes it")->required();
  claim->add_option("--issue", command->issue, "This one; default: the most urgent that is ready");
  claim->add_option("--lease", command->lease, "For how long")->capture_default_str();
  claim->footer(
      "Examples:\n"
      "  clambake state claims claim --agent agent001                 the most urgent that is ready\n"
      "  clambake state claims claim --agent agent001 --issue 12 --lease 4h --json\n");
  OnState(*claim, globals, result, [&globals, command](StateStore& store, const std::string& scope) {
    return Take(globals, *command, store, scope);
  });
}

}  // namespace

void SetupStateClaims(CLI::App& state, const Globals& globals, ExitCode& result) {
  CLI::App* claims = state.add_subcommand("claims", "Who holds which issue; alone, all work is listed");
  claims->require_subcommand(0, 1);
  const auto list = [&globals, &result] {
    result = WithState(globals, IfMissing::kFail, [&](StateStore& store, const std::string& scope) {
      return List(globals, store, scope);
    });
  };
  claims->callback([claims, list] {
    if (claims->get_subcommands().empty()) list();
  });
  CLI::App* all = claims->add_subcommand("list", "List all work that is known");
  all->footer(
      "Examples:\n"
      "  clambake state claims list\n"
      "  clambake state claims list --json | jq '.claims[] | select(.agent == \"agent001\") | .issue'\n");
  all->callback(list);
  AddTake(*claims, globals, result);
  AddChange(*claims, globals, result, "renew", "Keep an issue for longer", Renew,
            "Examples:\n"
            "  clambake state claims renew --agent agent001 --issue 12\n"
            "  clambake state claims renew --agent agent001 --issue 12 --lease 4h\n");
  AddChange(*claims, globals, result, "land", "The work is finished, on a branch", Land,
            "The next `clambake run` bundles the branch, or opens its pull request.\n\n"
            "Examples:\n"
            "  clambake state claims land --agent agent001 --issue 12                 on agent001/12\n"
            "  clambake state claims land --agent agent001 --issue 12 --branch agent001/12-fix\n");
  AddChange(*claims, globals, result, "release", "Give an issue back", Release,
            "Somebody else can take it; GitHub learns of it at the next `clambake run`.\n\n"
            "Examples:\n"
            "  clambake state claims release --agent agent001 --issue 12\n");
  claims->footer(
      "Examples:\n"
      "  clambake state claims list --json | jq '.claims[].issue'\n"
      "  clambake state claims claim --agent agent001\n");
}

}  // namespace clambake::cli
