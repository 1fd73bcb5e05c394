// clambake plan: backlog → plan. Never writes anything.
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "CLI/CLI.hpp"
#include "absl/time/time.h"
#include "clambake/factory.h"
#include "cli/commands/commands.h"
#include "cli/job_summary.h"
#include "cli/messages.h"
#include "cli/progress.h"
#include "cli/read_file.h"
#include "cli/state_access.h"
#include "fmt/format.h"

namespace clambake::cli {
namespace {

struct PlanCommand {
  std::string as_of;
  std::string overlap = "hard";
  PlanOptions options;
  std::string previous;
  bool explain = false;
  bool verify = false;
  bool all = false;
};

// Issue numbers of another repository would pass for ones of this.
absl::StatusOr<Plan> LoadPrevious(const std::string& path, const std::string& repository) {
  const absl::StatusOr<std::string> text = ReadFile(path);
  if (!text.ok()) return text.status();
  absl::StatusOr<Plan> plan = ReadPlan(*text, path);
  if (plan.ok() && !plan->repository.empty() && !repository.empty() && plan->repository != repository)
    return absl::InvalidArgumentError(path +
                                      ": /repository: a plan of another repository than the backlog's");
  return plan;
}

absl::StatusOr<Backlog> LoadBacklogAsOf(const Globals& globals, const std::string& as_of) {
  absl::Time time;
  if (!as_of.empty() && !absl::ParseTime(absl::RFC3339_full, as_of, &time, nullptr) &&
      !absl::ParseTime("%Y-%m-%d", as_of, &time, nullptr)) {
    return absl::InvalidArgumentError(
        fmt::format("--as-of {}: expected a time such as 2026-01-02T03:04:05Z, or a date", as_of));
  }
  absl::StatusOr<Backlog> backlog = LoadBacklog(globals);
  if (!backlog.ok() || as_of.empty()) return backlog;
  return BacklogAsOf(*backlog, time);
}

ExitCode RunPlan(const Globals& globals, const PlanCommand& command) {
  const absl::StatusOr<FeatureFlags> flags = ReadFlags(globals);
  if (!flags.ok()) return Fail(flags.status());
  for (const std::string& warning : flags->Warnings()) Warn(globals, warning);
  absl::StatusOr<ChosenPlanner> chosen = NewWorkPlanner(*flags, ReadCleanup(globals));
  if (!chosen.ok()) return Fail(chosen.status());
  chosen->planner = NewObservedPlanner(std::move(chosen->planner), chosen->decision, globals.observer);
  absl::StatusOr<std::vector<Agent>> agents = LoadAgents(globals);
  if (!agents.ok()) return Fail(agents.status());
  const absl::StatusOr<Backlog> backlog = LoadBacklogAsOf(globals, command.as_of);
  if (!backlog.ok()) return Fail(backlog.status());

  PlanRequest request{.backlog = &*backlog, .agents = *std::move(agents), .options = command.options};
  if (command.overlap == "soft") request.options.overlap = PlanOptions::Overlap::kSoft;
  absl::StatusOr<Plan> previous;
  if (!command.previous.empty()) {
    previous = LoadPrevious(command.previous, backlog->repository);
    if (!previous.ok()) return Fail(previous.status());
    request.previous = &*previous;
  }
  ProgressLine line(globals);
  line.Show("planning " + Counted(backlog->issues.size(), "issue"));
  const absl::StatusOr<Plan> plan = chosen->planner->MakePlan(request);
  line.Clear();
  if (!plan.ok()) return Fail(plan.status());
  if (command.verify) {
    line.Show("checking the plan");
    const absl::Status valid = ValidatePlan(request, *plan);
    line.Clear();
    if (!valid.ok())
      return Print(fmt::format("The plan breaks a rule: {}\n", std::string(valid.message())), kNo);
    Note(globals, "verified: the plan keeps every rule");
  }

  if (const absl::Status left = LeaveInJob(*backlog, *plan, chosen->decision); !left.ok()) return Fail(left);
  TextStyle style = StdoutStyle(globals);
  if (command.explain) style.explain = TextStyle::Explain::kYes;
  if (command.all) style.max_rows = 0;
  if (!globals.json) return Print(PlanText(*backlog, *plan, chosen->decision, style));
  if (command.explain) fmt::print(stderr, "{}", PlanText(*backlog, *plan, chosen->decision, style));
  return Print(PlanToJson(*plan, chosen->decision, flags->write_mode()) + "\n");
}

}  // namespace

void SetupPlan(CLI::App& app, const Globals& globals, ExitCode& result) {
  auto command = std::make_shared<PlanCommand>();
  CLI::App* plan =
      app.add_subcommand("plan", "Say which agent takes which issue, and when; never writes anything");
  plan->add_option("--as-of", command->as_of, "Plan the backlog as it stood at TIME")->type_name("TIME");
  plan->add_flag("--explain", command->explain,
                 "Say why this agent, and why not that issue (with --json: on standard error)");
  plan->add_flag("--all", command->all, "Show every row of long tables");
  plan->add_option("--default-estimate", command->options.default_estimate_minutes,
                   "Minutes an issue takes where nothing tells")
      ->type_name("MINUTES")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  plan->add_option("--overlap", command->overlap, "hard: issues that touch the same files never run at once")
      ->type_name("hard|soft")
      ->check(CLI::IsMember({"hard", "soft"}))
      ->capture_default_str();
  plan->add_option("--effort", command->options.effort, "Search budget; 0 takes the first plan found")
      ->check(CLI::Range(0, 1'000))
      ->capture_default_str();
  plan->add_option("--previous", command->previous,
                   "Keep what is still right of an earlier plan (its --json)")
      ->type_name("FILE");
  plan->add_flag("--verify", command->verify,
                 "Check the plan by independent code; exit code 1 if it breaks a rule");
  plan->footer(
      "Examples:\n"
      "  clambake plan --from backlog.json                 the next issue for each of 8 agents\n"
      "  clambake plan --from backlog.json --agents 12 --explain\n"
      "  CLAMBAKE_NEW_PLANNER=true clambake plan --readonly --from backlog.json --json\n"
      "  clambake plan --from - --as-of 2026-01-31 < backlog.json\n");
  plan->callback([command, &globals, &result] { result = RunPlan(globals, *command); });
}

}  // namespace clambake::cli
