// clambake state snapshot, restore, audit, reconcile: nothing is lost between
// the generations. Never writes to GitHub.
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "CLI/CLI.hpp"
#include "clambake/clock.h"
#include "clambake/report.h"
#include "clambake/rollouts.h"
#include "clambake/state_audit.h"
#include "cli/commands/state_parts.h"
#include "cli/messages.h"
#include "cli/progress.h"
#include "cli/read_file.h"
#include "fmt/format.h"

namespace clambake::cli {
namespace {

struct DataCommand {
  std::string file;
  bool repair = false;
  std::string lease;
};

ExitCode TakeSnapshot(const Globals& globals, const DataCommand& command, StateStore& store,
                      const std::string& scope) {
  if (!globals.from.empty()) {
    const absl::StatusOr<Backlog> backlog = LoadBacklog(globals);
    if (!backlog.ok()) return Fail(backlog.status());
    if (absl::Status kept = KeepGithubManifest(store, scope, *backlog); !kept.ok()) return Fail(kept);
  }
  ProgressLine line(globals);
  line.Show("reading every row of the state");
  const absl::StatusOr<std::string> snapshot = store.TakeSnapshot(scope);
  const absl::StatusOr<StateAudit> audit = AuditState(store, scope);
  line.Clear();
  if (!snapshot.ok()) return Fail(snapshot.status());
  if (audit.ok() && !audit->clean()) {
    Warn(globals,
         "the state is damaged, and the snapshot holds it as it is: `clambake state audit` says where");
  }
  if (command.file == "-") return Print(*snapshot);
  const absl::Status written = WriteFileAtomically(command.file, *snapshot);
  if (!written.ok()) return Fail(written);
  const std::string digest = Digest(*snapshot);
  const auto bytes = static_cast<std::int64_t>(snapshot->size());
  if (globals.json) {
    return Print(
        StateChangeJson("snapshot", scope, {{"file", command.file}, {"bytes", bytes}, {"digest", digest}}) +
        "\n");
  }
  return Print(fmt::format("{}: {} bytes, {}\n", command.file, bytes, digest));
}

ExitCode RestoreSnapshot(const Globals& globals, const DataCommand& command, StateStore& store,
                         const std::string& scope) {
  constexpr std::size_t kMaxMib = 1024;
  const absl::StatusOr<std::string> snapshot = ReadFile(command.file, kMaxMib);
  if (!snapshot.ok()) return Fail(snapshot.status());
  ProgressLine line(globals);
  line.Show("putting the rows back");
  const absl::Status restored = store.RestoreSnapshot(scope, *snapshot, "operator");
  line.Clear();
  if (!restored.ok()) return Fail(restored);
  if (globals.json) {
    return Print(StateChangeJson("restore", scope, {{"file", command.file}, {"digest", Digest(*snapshot)}}) +
                 "\n");
  }
  return Print(
      "restored; work in progress waits in the safe queue, GitHub is as it was: "
      "`clambake state reconcile` compares\n");
}

absl::StatusOr<StateRepair> Repair(Authority authority, StateStore& store, const std::string& scope) {
  const absl::StatusOr<std::int64_t> rows = store.RepairGenerations(scope, authority);
  if (!rows.ok()) return rows.status();
  absl::StatusOr<StateAudit> after = AuditState(store, scope);
  if (!after.ok()) return after.status();
  return StateRepair{*rows, authority, *std::move(after)};
}

ExitCode Audit(const Globals& globals, const DataCommand& command, StateStore& store,
               const std::string& scope) {
  const absl::StatusOr<FeatureFlags> flags = ReadFlags(globals);
  if (!flags.ok()) return Fail(flags.status());
  ProgressLine line(globals);
  line.Show("comparing the generations row by row");
  const absl::StatusOr<StateAudit> audit = AuditState(store, scope);
  line.Clear();
  if (!audit.ok()) return Fail(audit.status());
  std::optional<StateRepair> repair;
  if (command.repair && !audit->clean()) {
    absl::StatusOr<StateRepair> made = Repair(AuthorityIn(flags->phase()), store, scope);
    if (!made.ok()) return Fail(made.status());
    repair = *std::move(made);
  }
  const ExitCode code = (repair ? repair->after : *audit).clean() ? kDone : kNo;
  if (globals.json) return Print(StateAuditJson(scope, *audit, repair ? &*repair : nullptr) + "\n", code);
  const TextStyle style = WholeStyle(globals);
  return Print(StateAuditText(*audit, style) + (repair ? StateRepairText(*repair, style) : ""), code);
}

ExitCode PutBack(const Globals& globals, const DataCommand& command, StateStore& store,
                 const std::string& scope) {
  const absl::StatusOr<absl::Duration> lease = ReadLease("--return", command.lease);
  if (!lease.ok()) return Fail(lease.status());
  const absl::StatusOr<std::vector<Claim>> claims = store.ReturnFromSafeQueue(scope, *lease);
  if (!claims.ok()) return Fail(claims.status());
  if (globals.json) {
    std::vector<Work> work;
    for (const Claim& claim : *claims) work.push_back(WorkOf(claim));
    return Print(ClaimsToJson(scope, work) + "\n");
  }
  return Print(fmt::format("{} back with {}, for {}\n", Counted(claims->size(), "issue"),
                           claims->size() == 1 ? "its agent" : "their agents", command.lease));
}

ExitCode ReconcileState(const Globals& globals, const DataCommand& command, StateStore& store,
                        const std::string& scope) {
  if (!command.lease.empty()) return PutBack(globals, command, store, scope);
  std::optional<Backlog> backlog;  // read first: a file that is no backlog must change nothing
  if (!globals.from.empty()) {
    absl::StatusOr<Backlog> read = LoadBacklog(globals);
    if (!read.ok()) return Fail(read.status());
    backlog = *std::move(read);
  }
  const absl::StatusOr<Reconciliation> result = Reconcile(store, scope, backlog ? &*backlog : nullptr);
  if (!result.ok()) return Fail(result.status());
  const bool differs = result->holders && !result->holders->empty();
  return Print(
      globals.json ? ReconciliationJson(scope, *result) : ReconciliationText(*result, WholeStyle(globals)),
      differs ? kNo : kDone);
}

}  // namespace

void SetupStateData(CLI::App& state, const Globals& globals, ExitCode& result) {
  auto command = std::make_shared<DataCommand>();
  CLI::App* snapshot =
      state.add_subcommand("snapshot", "Write all rows to FILE, with a checksum; - is standard output");
  snapshot->add_option("file", command->file, "Replaced in one step")->required();
  snapshot->footer(
      "Examples:\n"
      "  clambake state snapshot before-phase2.json\n"
      "  clambake state snapshot before-phase2.json --from backlog.json    with what GitHub shows now\n");
  OnState(*snapshot, globals, result, [&globals, command](StateStore& s, const std::string& scope) {
    return TakeSnapshot(globals, *command, s, scope);
  });
  CLI::App* restore =
      state.add_subcommand("restore", "Put the rows of a snapshot back; refused if a byte of it changed");
  restore->add_option("file", command->file, "What `snapshot` wrote")->required();
  restore->footer(
      "GitHub stays as it is. What was in progress waits in the safe queue.\n\n"
      "Examples:\n"
      "  clambake state restore before-phase2.json && clambake state reconcile --from backlog.json\n");
  OnState(*restore, globals, result, [&globals, command](StateStore& s, const std::string& scope) {
    return RestoreSnapshot(globals, *command, s, scope);
  });
  CLI::App* audit = state.add_subcommand("audit", "Compare legacy and v2 row by row; exit 1 if they differ");
  audit->add_flag("--repair", command->repair,
                  "Mend rows from the side that is right: legacy, from phase3 on v2");
  audit->footer(
      "After --repair it is audited again: exit 1 if something is left that has no other side to be mended\n"
      "from (the journal, documents, the audit log); the text says what brings it back. Work whose fence or\n"
      "lease was changed waits in the safe queue: see `clambake state reconcile --return`.\n\n"
      "Examples:\n"
      "  clambake state audit\n"
      "  clambake state audit --json | jq '.differences[].issue'\n"
      "  clambake state audit --repair\n");
  OnState(*audit, globals, result, [&globals, command](StateStore& s, const std::string& scope) {
    return Audit(globals, *command, s, scope);
  });
  CLI::App* reconcile = state.add_subcommand(
      "reconcile", "After a roll-back: work in progress to the safe queue, labels compared");
  reconcile->add_option("--return", command->lease, "The way back: agents hold their issues again, for TIME")
      ->type_name("TIME");
  reconcile->footer(
      "Exit 1 if GitHub's labels name other agents than the state. Writes nothing to GitHub.\n\n"
      "Examples:\n"
      "  clambake state reconcile\n"
      "  clambake fetch -o backlog.json && clambake state reconcile --from backlog.json\n"
      "  clambake state reconcile --return 24h             v2 is back: agents go on with their issues\n");
  OnState(*reconcile, globals, result, [&globals, command](StateStore& s, const std::string& scope) {
    return ReconcileState(globals, *command, s, scope);
  });
}

}  // namespace clambake::cli
