// clambake compare: legacy and v2 side by side on one frozen input.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "CLI/CLI.hpp"
#include "clambake/factory.h"
#include "cli/commands/commands.h"
#include "cli/messages.h"

namespace clambake::cli {
namespace {

struct CompareCommand {
  bool all = false;
};

absl::StatusOr<Plan> MakePlan(Generation generation, const PlanRequest& request) {
  const absl::StatusOr<std::unique_ptr<WorkPlanner>> planner = NewWorkPlanner(generation);
  if (!planner.ok()) return planner.status();
  return (*planner)->MakePlan(request);
}

ExitCode RunCompare(const Globals& globals, const CompareCommand& command) {
  const absl::StatusOr<FeatureFlags> flags =
      ReadFlags(globals);  // unused, and yet: bad values are refused everywhere
  if (!flags.ok()) return Fail(flags.status());
  absl::StatusOr<std::vector<Agent>> agents = LoadAgents(globals);
  if (!agents.ok()) return Fail(agents.status());
  const absl::StatusOr<Backlog> backlog = LoadBacklog(globals);
  if (!backlog.ok()) return Fail(backlog.status());

  const PlanRequest request{.backlog = &*backlog, .agents = *std::move(agents)};
  const absl::StatusOr<Plan> control = MakePlan(Generation::kLegacy, request);
  if (!control.ok()) return Fail(control.status());
  const absl::StatusOr<Plan> again = MakePlan(Generation::kLegacy, request);
  if (!again.ok()) return Fail(again.status());
  const absl::StatusOr<Plan> candidate = MakePlan(Generation::kV2, request);
  if (!candidate.ok()) return Fail(candidate.status());

  const PlanComparison noise = ComparePlans(*backlog, *control, *again);
  const PlanComparison comparison = ComparePlans(*backlog, *control, *candidate);
  const PlanComparisonReport report{&*backlog, &*control, &*candidate, &comparison, &noise};
  TextStyle style = StdoutStyle(globals);
  if (command.all) style.max_rows = 0;
  const bool differs = comparison.counts[static_cast<std::size_t>(DifferenceClass::kDifferent)] > 0;
  return Print(globals.json ? ComparisonJson(report) : ComparisonText(report, style), differs ? kNo : kDone);
}

}  // namespace

void SetupCompare(CLI::App& app, const Globals& globals, ExitCode& result) {
  auto command = std::make_shared<CompareCommand>();
  CLI::App* compare =
      app.add_subcommand("compare", "Compare legacy and v2 on one input; never writes anything");
  compare->add_flag("--all", command->all, "Show every row of long tables");
  compare->footer(
      "Each difference is same, equivalent (another order among equals), expected (a known defect of\n"
      "legacy or a declared improvement, named by its code) or different. Exit code 1 if any is "
      "different.\n\n"
      "Examples:\n"
      "  clambake compare --from backlog.json --agents 12\n"
      "  clambake compare --from backlog.json --json | jq .counts\n");
  compare->callback([command, &globals, &result] { result = RunCompare(globals, *command); });
}

}  // namespace clambake::cli
