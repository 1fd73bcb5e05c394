// clambake bundle: finished branches → conflict-free bundles. Never writes anything.
#include <memory>
#include <string>
#include <utility>

#include "CLI/CLI.hpp"
#include "absl/strings/match.h"
#include "clambake/factory.h"
#include "cli/bisect.h"
#include "cli/bundle_input.h"
#include "cli/commands/commands.h"
#include "cli/github_access.h"
#include "cli/messages.h"
#include "cli/progress.h"
#include "cli/state_access.h"
#include "fmt/format.h"

namespace clambake::cli {
namespace {

struct BundleCommand {
  BundleOptionsGiven given;
  BisectOptionsGiven bisect;
  bool approximate = false;
  bool explain = false;
  bool all = false;
};

// Without a clone: what the backlog says the issues touch.
BundleSet Approximate(const BundleInput& input) {
  std::vector<HeadFiles> files;
  for (const Head& head : input.request.heads) {
    HeadFiles known{head.rev, head.issue, {}, false};
    for (const Touches& touches : input.backlog.touches) {
      if (touches.issue != head.issue) continue;
      known.paths = touches.paths;
      known.complete = true;
    }
    files.push_back(std::move(known));
  }
  return ApproximateBundles(input.request.base, files, input.request.options);
}

// Or what GitHub says their branches change.
absl::StatusOr<BundleSet> AskGithub(const Globals& globals, const BundleInput& input) {
  const absl::StatusOr<GithubOptions> options = FindGithub(globals);
  if (!options.ok()) return options.status();
  const std::unique_ptr<Clock> clock = NewSystemClock();
  const absl::StatusOr<std::unique_ptr<GithubReader>> reader = ConnectReader(globals, *options, *clock);
  if (!reader.ok()) return reader.status();
  absl::StatusOr<BundleSet> set = NewApproximateBundler(reader->get())->MakeBundles(input.Request());
  if (absl::IsInvalidArgument(set.status())) return set;
  return set.ok() ? std::move(set) : GithubFailure(set.status());
}

absl::StatusOr<std::pair<BundleSet, Decision>> MakeBundles(const Globals& globals, const FeatureFlags& flags,
                                                           const RolloutState& state,
                                                           const BundleInput& input) {
  absl::StatusOr<std::unique_ptr<GitRepo>> clone = OpenClone(globals);
  if (!clone.ok()) return clone.status();
  ProgressLine line(globals);
  const std::string stage = "bundling " + Counted(input.request.heads.size(), "head");
  line.Show(stage);
  const std::unique_ptr<GitRepo> repo = NewShownGit(*std::move(clone), line, stage);
  absl::StatusOr<ChosenBundler> chosen = NewBundler(flags, repo.get(), state);
  if (!chosen.ok()) return chosen.status();
  chosen->bundler = NewObservedBundler(std::move(chosen->bundler), chosen->decision, globals.observer);
  absl::StatusOr<BundleSet> set = chosen->bundler->MakeBundles(input.Request());
  if (!set.ok()) return set.status();
  return std::pair(*std::move(set), chosen->decision);
}

// A base that is not there though nobody named it: a repository without `main`.
absl::Status NameBase(const absl::Status& status, const std::string& given) {
  if (!given.empty() || !absl::IsInvalidArgument(status) || !absl::StartsWith(status.message(), "base \""))
    return status;
  return absl::InvalidArgumentError(
      fmt::format("{}: name another with --base", std::string(status.message())));
}

ExitCode RunBundle(const Globals& globals, const BundleCommand& command) {
  const absl::StatusOr<FeatureFlags> flags = ReadFlags(globals);
  if (!flags.ok()) return Fail(flags.status());
  // Refused before a clone or a backlog is looked at.
  const RolloutState state = ReadCleanup(globals);
  const absl::Status allowed = flags->Decide(Component::kBundler, state).status();
  if (!allowed.ok()) return Fail(allowed);
  for (const std::string& warning : flags->Warnings()) Warn(globals, warning);
  if (command.approximate && globals.from.empty() && !command.given.heads.empty()) {
    return Fail(absl::InvalidArgumentError(
        "--approximate takes what branches change from a backlog, not from --heads: --from FILE or --repo"));
  }
  const absl::StatusOr<BundleInput> input = LoadBundleInput(globals, command.given);
  if (!input.ok()) return Fail(input.status());
  BundleSet set;
  Decision decision;
  if (command.approximate) {
    absl::StatusOr<BundleSet> made = globals.from.empty() ? AskGithub(globals, *input) : Approximate(*input);
    if (!made.ok()) return Fail(NameBase(made.status(), command.given.base));
    set = *std::move(made);
    decision = {Generation::kV2, Reason::kStatic, "approximate"};
  } else {
    absl::StatusOr<std::pair<BundleSet, Decision>> made = MakeBundles(globals, *flags, state, *input);
    if (!made.ok()) return Fail(NameBase(made.status(), command.given.base));
    std::tie(set, decision) = *std::move(made);
  }
  TextStyle style = StdoutStyle(globals);
  if (command.explain) style.explain = TextStyle::Explain::kYes;
  if (command.all) style.max_rows = 0;
  const std::string text = BundlesText(input->backlog, set, decision, style);
  if (!globals.json) return Print(text);
  if (command.explain) fmt::print(stderr, "{}", text);
  const std::string detail = decision.detail.empty() ? "" : ":" + decision.detail;
  return Print(BundlesToJson(set, {std::string(Name(decision.reason)) + detail,
                                   flags->write_mode() == WriteMode::kReadOnly}) +
               "\n");
}

void AddOptions(CLI::App& bundle, BundleCommand& command) {
  AddBundleOptions(bundle, command.given);
  CLI::Option* const bisect =
      bundle
          .add_option("--bisect", command.bisect.bundle,
                      "Find what turned this bundle red; --previous begins, the state keeps how far it is")
          ->type_name("BUNDLE");
  bundle.add_option("--result", command.bisect.result, "With --bisect: how the last run ended")
      ->check(CLI::IsMember({"red", "green"}))
      ->needs(bisect);
  bundle.add_flag(
      "--approximate", command.approximate,
      "Without a clone: by the paths that GitHub says each branch changes, or that the backlog of "
      "--from says each issue touches");
  bundle.add_flag(
      "--explain", command.explain,
      "Say in which order heads merge, and why heads cannot ride together (with --json: on standard error)");
  bundle.add_flag("--all", command.all, "Show every row of long tables");
}

}  // namespace

void SetupBundle(CLI::App& app, const Globals& globals, ExitCode& result) {
  auto command = std::make_shared<BundleCommand>();
  CLI::App* bundle = app.add_subcommand(
      "bundle", "Group finished branches into the fewest bundles that git merges; never writes anything");
  AddOptions(*bundle, *command);
  bundle->footer(
      "Examples:\n"
      "  git for-each-ref --format='%(refname)' 'refs/heads/agent*/*' | clambake bundle --heads -\n"
      "  CLAMBAKE_BUNDLER_V2=true clambake bundle --from backlog.json --git-dir ../clone --explain\n"
      "  clambake bundle --heads heads.txt --base main --max-size 5 --json | jq '.bundles[].heads'\n"
      "  clambake bundle --repo acme/shop --bisect bundle/20260102_0340__issues_3_5 --previous bundles.json\n"
      "  clambake bundle --repo acme/shop --bisect bundle/20260102_0340__issues_3_5 --result red\n");
  bundle->callback([command, &globals, &result] {
    command->bisect.previous = command->given.previous;
    result =
        command->bisect.bundle.empty() ? RunBundle(globals, *command) : RunBisect(globals, command->bisect);
  });
}

}  // namespace clambake::cli
