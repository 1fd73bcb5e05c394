// clambake compare: legacy and v2 side by side on one frozen input.
#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "CLI/CLI.hpp"
#include "clambake/clock.h"
#include "clambake/factory.h"
#include "clambake/shadow.h"
#include "cli/bundle_input.h"
#include "cli/commands/commands.h"
#include "cli/messages.h"
#include "cli/progress.h"
#include "cli/state_access.h"
#include "fmt/format.h"

namespace clambake::cli {
namespace {

struct CompareCommand {
  std::string component = "planner";
  BundleOptionsGiven bundles;
  bool all = false;
  bool keep = false;
  bool history = false;
};

TextStyle StyleOf(const Globals& globals, const CompareCommand& command) {
  return command.all ? WholeStyle(globals) : StdoutStyle(globals);
}

// Legacy, legacy again for the noise floor, and v2.
template <typename T>
struct Three {
  T control;
  T again;
  T candidate;
};

// The line is empty again at the end, whatever came out.
template <typename T, typename Make>
absl::StatusOr<Three<T>> MakeThree(ProgressLine& line, std::string& stage, std::string_view what,
                                   const Make& make) {
  Three<T> three;
  const std::array<std::pair<Generation, T*>, 3> all = {{{Generation::kLegacy, &three.control},
                                                         {Generation::kLegacy, &three.again},
                                                         {Generation::kV2, &three.candidate}}};
  absl::Status status;
  for (std::size_t i = 0; i < all.size() && status.ok(); ++i) {
    stage = fmt::format("{} of {}: {} {}", i + 1, all.size(), Name(all[i].first), what);
    line.Show(stage);
    absl::StatusOr<T> made = make(all[i].first);
    status = made.status();
    if (made.ok()) *all[i].second = *std::move(made);
  }
  line.Clear();
  if (!status.ok()) return status;
  return three;
}

absl::StatusOr<Plan> MakePlan(Generation generation, const PlanRequest& request) {
  const absl::StatusOr<std::unique_ptr<WorkPlanner>> planner = NewWorkPlanner(generation);
  if (!planner.ok()) return planner.status();
  return (*planner)->MakePlan(request);
}

// Remembers the comparison beside the state, for --history.
absl::Status Keep(const Globals& globals, const std::string& repository, ShadowRecord record) {
  const std::unique_ptr<Clock> clock = NewSystemClock();
  const absl::StatusOr<std::unique_ptr<StateStore>> store = OpenState(globals, *clock, IfMissing::kCreate);
  if (!store.ok()) return store.status();
  const std::string& scope = globals.repo.empty() ? repository : globals.repo;
  if (scope.empty())
    return absl::InvalidArgumentError("--keep: the repository is not known; name it with --repo");
  const absl::StatusOr<absl::Time> now = (*store)->Now();
  if (!now.ok()) return now.status();
  record.at = *now;
  return KeepShadowRecord(**store, scope, record);
}

ExitCode ShowHistory(const Globals& globals) {
  const absl::StatusOr<std::string> scope = RequireRepository(globals);
  if (!scope.ok()) return Fail(scope.status());
  const std::unique_ptr<Clock> clock = NewSystemClock();
  const absl::StatusOr<std::unique_ptr<StateStore>> store = OpenState(globals, *clock, IfMissing::kFail);
  if (!store.ok()) return Fail(store.status());
  const absl::StatusOr<std::vector<ShadowRecord>> records = ReadShadowRecords(**store, *scope);
  if (!records.ok()) return Fail(records.status());
  const bool differs = std::any_of(records->begin(), records->end(),
                                   [](const ShadowRecord& record) { return IsAgainst(record.outcome); });
  return Print(
      globals.json ? ShadowHistoryJson(*scope, *records) : ShadowHistoryText(*records, WholeStyle(globals)),
      differs ? kNo : kDone);
}

// The gravest class that occurs is the comparison's outcome.
void CountComparison(const Globals& globals, Component component, const std::array<std::int64_t, 4>& counts) {
  auto outcome = DifferenceClass::kSame;
  for (const auto c :
       {DifferenceClass::kEquivalent, DifferenceClass::kExpected, DifferenceClass::kDifferent}) {
    if (counts[static_cast<std::size_t>(c)] > 0) outcome = c;
  }
  globals.observer.telemetry.Count(metrics::kShadowComparisons,
                                   {{"component", Name(component)}, {"outcome", Name(outcome)}});
}

ExitCode RunCompare(const Globals& globals, const CompareCommand& command) {
  const absl::StatusOr<FeatureFlags> flags =
      ReadFlags(globals);  // unused, and yet: bad values are refused everywhere
  if (!flags.ok()) return Fail(flags.status());
  if (command.history) return ShowHistory(globals);
  absl::StatusOr<std::vector<Agent>> agents = LoadAgents(globals);
  if (!agents.ok()) return Fail(agents.status());
  const absl::StatusOr<Backlog> backlog = LoadBacklog(globals);
  if (!backlog.ok()) return Fail(backlog.status());

  const PlanRequest request{.backlog = &*backlog, .agents = *std::move(agents)};
  ProgressLine line(globals);
  std::string stage;
  const absl::StatusOr<Three<Plan>> plans = MakeThree<Plan>(
      line, stage, "plans", [&](Generation generation) { return MakePlan(generation, request); });
  if (!plans.ok()) return Fail(plans.status());
  const auto& [control, again, candidate] = *plans;

  const PlanComparison noise = ComparePlans(*backlog, control, again);
  const PlanComparison comparison = ComparePlans(*backlog, control, candidate);
  CountComparison(globals, Component::kPlanner, comparison.counts);
  const PlanComparisonReport report{&*backlog, &control, &candidate, &comparison, &noise};
  if (command.keep) {
    if (absl::Status kept = Keep(globals, backlog->repository, Summarize(comparison)); !kept.ok())
      return Fail(kept);
  }
  const TextStyle style = StyleOf(globals, command);
  const bool differs = comparison.counts[static_cast<std::size_t>(DifferenceClass::kDifferent)] > 0;
  return Print(globals.json ? ComparisonJson(report) : ComparisonText(report, style), differs ? kNo : kDone);
}

absl::StatusOr<BundleSet> MakeBundles(Generation generation, GitRepo* repo, const BundleRequest& request) {
  const absl::StatusOr<std::unique_ptr<Bundler>> bundler = NewBundler(generation, repo);
  if (!bundler.ok()) return bundler.status();
  return (*bundler)->MakeBundles(request);
}

ExitCode RunCompareBundles(const Globals& globals, const CompareCommand& command) {
  const absl::StatusOr<FeatureFlags> flags = ReadFlags(globals);
  if (!flags.ok()) return Fail(flags.status());
  const absl::StatusOr<BundleInput> input = LoadBundleInput(globals, command.bundles);
  if (!input.ok()) return Fail(input.status());
  absl::StatusOr<std::unique_ptr<GitRepo>> clone = OpenClone(globals);
  if (!clone.ok()) return Fail(clone.status());
  ProgressLine line(globals);
  std::string stage;
  const std::unique_ptr<GitRepo> repo = NewShownGit(*std::move(clone), line, stage);
  const BundleRequest request = input->Request();
  const absl::StatusOr<Three<BundleSet>> sets = MakeThree<BundleSet>(
      line, stage, "bundles",
      [&](Generation generation) { return MakeBundles(generation, repo.get(), request); });
  if (!sets.ok()) return Fail(sets.status());
  const auto& [control, again, candidate] = *sets;

  const BundleComparison noise = CompareBundles(control, again);
  const BundleComparison comparison = CompareBundles(control, candidate);
  CountComparison(globals, Component::kBundler, comparison.counts);
  if (command.keep) {
    if (absl::Status kept = Keep(globals, globals.repo, Summarize(comparison)); !kept.ok()) return Fail(kept);
  }
  const BundleComparisonReport report{&control, &candidate, &comparison, &noise};
  const TextStyle style = StyleOf(globals, command);
  return Print(globals.json ? BundleComparisonJson(report) : BundleComparisonText(report, style),
               PassesGate(comparison) ? kDone : kNo);
}

// --- The executor: operations are prepared and compared, never performed ---

absl::StatusOr<Preparation> Prepare(Generation generation, const PrepareRequest& request) {
  const absl::StatusOr<std::unique_ptr<Executor>> executor = NewExecutor(generation);
  if (!executor.ok()) return executor.status();
  return (*executor)->Prepare(request);
}

struct TwoPreparations {
  Preparation control;
  Preparation candidate;
};

// One plan for both, each finished branch by itself: only the executors differ.
absl::StatusOr<TwoPreparations> PrepareBoth(const Backlog& backlog, const std::vector<Agent>& agents) {
  const absl::StatusOr<Plan> plan = MakePlan(Generation::kLegacy, {.backlog = &backlog, .agents = agents});
  if (!plan.ok()) return plan.status();
  BundleSet bundles;
  for (const Head& head : FinishedHeads(backlog)) {
    bundles.individual.push_back({head.rev, head.issue, "not_bundled", {}, ""});
  }
  const PrepareRequest request{.backlog = &backlog, .plan = &*plan, .bundles = &bundles};
  absl::StatusOr<Preparation> control = Prepare(Generation::kLegacy, request);
  if (!control.ok()) return control.status();
  absl::StatusOr<Preparation> candidate = Prepare(Generation::kV2, request);
  if (!candidate.ok()) return candidate.status();
  return TwoPreparations{*std::move(control), *std::move(candidate)};
}

ExitCode RunCompareOperations(const Globals& globals, const CompareCommand& command) {
  const absl::StatusOr<FeatureFlags> flags = ReadFlags(globals);
  if (!flags.ok()) return Fail(flags.status());
  const absl::StatusOr<std::vector<Agent>> agents = LoadAgents(globals);
  if (!agents.ok()) return Fail(agents.status());
  const absl::StatusOr<Backlog> backlog = LoadBacklog(globals);
  if (!backlog.ok()) return Fail(backlog.status());
  ProgressLine line(globals);
  line.Show("preparing the operations of legacy and v2");
  const absl::StatusOr<TwoPreparations> both = PrepareBoth(*backlog, *agents);
  line.Clear();
  if (!both.ok()) return Fail(both.status());
  const auto& [control, candidate] = *both;
  const OperationComparison noise = CompareOperations(control, control);
  const OperationComparison comparison = CompareOperations(control, candidate);
  CountComparison(globals, Component::kExecutor, comparison.counts);
  if (command.keep) {
    const absl::Status kept = Keep(globals, backlog->repository, Summarize(comparison));
    if (!kept.ok()) return Fail(kept);
  }
  const bool differs = comparison.counts[static_cast<std::size_t>(DifferenceClass::kDifferent)] > 0;
  const OperationComparisonReport report{&control, &candidate, &comparison, &noise};
  const TextStyle style = StyleOf(globals, command);
  return Print(globals.json ? OperationComparisonJson(report) : OperationComparisonText(report, style),
               differs ? kNo : kDone);
}

}  // namespace

void SetupCompare(CLI::App& app, const Globals& globals, ExitCode& result) {
  auto command = std::make_shared<CompareCommand>();
  CLI::App* compare =
      app.add_subcommand("compare", "Compare legacy and v2 on one input; never writes to GitHub");
  compare->add_option("--component", command->component, "What to compare")
      ->type_name("planner|bundler|executor")
      ->check(CLI::IsMember({"planner", "bundler", "executor"}))
      ->capture_default_str();
  AddBundleOptions(*compare, command->bundles);
  compare->add_flag("--all", command->all, "Show every row of long tables");
  compare->add_flag("--keep", command->keep, "Remember what came out, beside the state");
  compare->add_flag("--history", command->history,
                    "What came out of comparisons that were kept; exit 1 if any differs");
  compare->footer(
      "Each difference is same, equivalent (another order among equals), expected (a known defect of\n"
      "legacy or a declared improvement, named by its code) or different. Exit code 1 if any is "
      "different.\n\n"
      "Examples:\n"
      "  clambake compare --from backlog.json --agents 12\n"
      "  clambake compare --from backlog.json --json | jq .counts\n"
      "  clambake compare --component bundler --heads heads.txt --git-dir ../clone\n");
  compare->callback([command, &globals, &result] {
    if (command->history || command->component == "planner") {
      result = RunCompare(globals, *command);
    } else {
      result = command->component == "bundler" ? RunCompareBundles(globals, *command)
                                               : RunCompareOperations(globals, *command);
    }
  });
}

}  // namespace clambake::cli
