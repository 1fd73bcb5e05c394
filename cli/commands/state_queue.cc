// clambake state queue: what waits for a person.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "CLI/CLI.hpp"
#include "clambake/report.h"
#include "cli/commands/state_parts.h"
#include "cli/messages.h"

namespace clambake::cli {
namespace {

struct QueueCommand {
  std::string id;
  std::vector<std::string> ids;
  bool all = false;
};

ExitCode List(const Globals& globals, StateStore& store, const std::string& scope) {
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

ExitCode Show(const Globals& globals, const QueueCommand& command, StateStore& store,
              const std::string& scope) {
  const absl::StatusOr<JournalEntry> entry = store.ReadOperation(scope, command.id);
  if (!entry.ok()) return Fail(entry.status());
  if (globals.json) return Print(QueueToJson(scope, {*entry}) + "\n");
  return Print(OperationText(*entry, WholeStyle(globals)));
}

// The operations that were named, or all that wait.
absl::StatusOr<std::vector<std::string>> Chosen(const QueueCommand& command, StateStore& store,
                                                const std::string& scope) {
  std::vector<std::string> ids = command.ids;
  if (ids.empty() == !command.all) {
    return absl::InvalidArgumentError("name the operations, or --all of the queue");
  }
  if (!command.all) return ids;
  const absl::StatusOr<std::vector<JournalEntry>> pending = store.PendingOperations(scope);
  if (!pending.ok()) return pending.status();
  for (const JournalEntry& entry : *pending) {
    if (entry.state == OperationState::kManual) ids.push_back(entry.id);
  }
  return ids;
}

ExitCode Resolve(const Globals& globals, const QueueCommand& command, StateStore& store,
                 const std::string& scope, OperationState next) {
  const absl::StatusOr<std::vector<std::string>> ids = Chosen(command, store, scope);
  if (!ids.ok()) return Fail(ids.status());
  std::vector<JournalEntry> resolved;
  for (const std::string& id : *ids) {
    if (const absl::Status done = store.ResolveManual(scope, id, next); !done.ok()) return Fail(done);
    absl::StatusOr<JournalEntry> entry = store.ReadOperation(scope, id);
    if (!entry.ok()) return Fail(entry.status());
    resolved.push_back(*std::move(entry));
  }
  if (globals.json) return Print(QueueToJson(scope, resolved) + "\n");
  return Print(next == OperationState::kDropped ? "dropped; what waited for it goes on at the next run\n"
                                                : "the next run tries it again\n");
}

void AddResolution(CLI::App& queue, const Globals& globals, ExitCode& result, const std::string& name,
                   const std::string& what, OperationState next, const std::string& footer) {
  auto command = std::make_shared<QueueCommand>();
  CLI::App* sub = queue.add_subcommand(name, what);
  sub->add_option("ID", command->ids, "The operations");
  sub->add_flag("--all", command->all, "All that wait");
  sub->footer(footer);
  OnState(*sub, globals, result, [&globals, command, next](StateStore& store, const std::string& scope) {
    return Resolve(globals, *command, store, scope, next);
  });
}

}  // namespace

void SetupStateQueue(CLI::App& state, const Globals& globals, ExitCode& result) {
  CLI::App* queue = state.add_subcommand("queue", "What waits for a person; alone, it is listed");
  queue->require_subcommand(0, 1);
  const auto list = [&globals, &result] {
    result = WithState(globals, IfMissing::kFail, [&](StateStore& store, const std::string& scope) {
      return List(globals, store, scope);
    });
  };
  queue->callback([queue, list] {
    if (queue->get_subcommands().empty()) list();
  });
  CLI::App* all = queue->add_subcommand("list", "List it, with reasons and next steps");
  all->footer(
      "Examples:\n"
      "  clambake state queue list\n"
      "  clambake state queue list --json | jq -r '.operations[] | [.id, .next_step] | @tsv'\n");
  all->callback(list);
  auto command = std::make_shared<QueueCommand>();
  CLI::App* show = queue->add_subcommand("show", "Show one operation in full");
  show->add_option("ID", command->id, "The operation")->required();
  show->footer(
      "Examples:\n"
      "  clambake state queue show 1f0a22b9\n"
      "  clambake state queue show 1f0a22b9 --json | jq '.operations[0].operation'\n");
  OnState(*show, globals, result, [&globals, command](StateStore& store, const std::string& scope) {
    return Show(globals, *command, store, scope);
  });
  AddResolution(*queue, globals, result, "retry", "Try it again at the next run", OperationState::kIntent,
                "Examples:\n"
                "  clambake state queue retry 1f0a22b9\n"
                "  clambake state queue retry --all\n");
  AddResolution(*queue, globals, result, "drop", "Not needed, or done by hand: go on without it",
                OperationState::kDropped,
                "Examples:\n"
                "  clambake state queue drop 1f0a22b9\n");
  queue->footer(
      "Examples:\n"
      "  clambake state queue list\n"
      "  clambake state queue retry --all\n");
}

}  // namespace clambake::cli
