// clambake bundle: finished branches → conflict-free bundles. Never writes anything.
#include <cstdio>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "CLI/CLI.hpp"
#include "clambake/bisection.h"
#include "clambake/factory.h"
#include "cli/bundle_input.h"
#include "cli/commands/commands.h"
#include "cli/messages.h"
#include "cli/observe.h"
#include "fmt/format.h"

namespace clambake::cli {
namespace {

struct BundleCommand {
  BundleOptionsGiven given;
  std::string bisect;
  std::string bundle;
  std::string result;
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

absl::StatusOr<std::pair<BundleSet, Decision>> MakeBundles(const Globals& globals, const FeatureFlags& flags,
                                                           const BundleInput& input,
                                                           const Observer& observer) {
  const absl::StatusOr<std::unique_ptr<GitRepo>> repo = OpenClone(globals);
  if (!repo.ok()) return repo.status();
  absl::StatusOr<ChosenBundler> chosen = NewBundler(flags, repo->get());
  if (!chosen.ok()) return chosen.status();
  chosen->bundler = NewObservedBundler(std::move(chosen->bundler), chosen->decision, observer);
  absl::StatusOr<BundleSet> set = chosen->bundler->MakeBundles(input.Request());
  if (!set.ok()) return set.status();
  return std::pair(*std::move(set), chosen->decision);
}

ExitCode RunBundle(const Globals& globals, const BundleCommand& command, const Observer& observer) {
  const absl::StatusOr<FeatureFlags> flags = ReadFlags(globals);
  if (!flags.ok()) return Fail(flags.status());
  for (const std::string& warning : flags->Warnings()) Warn(globals, warning);
  if (command.approximate && globals.from.empty() && !command.given.heads.empty()) {
    return Fail(absl::InvalidArgumentError(
        "--approximate takes what branches change from a backlog, not from --heads: --from FILE"));
  }
  const absl::StatusOr<BundleInput> input = LoadBundleInput(globals, command.given);
  if (!input.ok()) return Fail(input.status());
  BundleSet set;
  Decision decision;
  if (command.approximate) {
    set = Approximate(*input);
    decision = {Generation::kV2, Reason::kStatic, "approximate"};
  } else {
    absl::StatusOr<std::pair<BundleSet, Decision>> made = MakeBundles(globals, *flags, *input, observer);
    if (!made.ok()) return Fail(made.status());
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

absl::StatusOr<std::string> ReadText(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return absl::InvalidArgumentError(fmt::format("{}: cannot be read", file));
  return std::string{std::istreambuf_iterator<char>(in), {}};
}

// The bundle of --previous that --bundle names.
absl::StatusOr<Bisection> StartOf(const BundleCommand& command) {
  const absl::StatusOr<std::string> text = ReadText(command.given.previous);
  if (!text.ok()) return text.status();
  const absl::StatusOr<BundleSet> set = ReadBundles(*text, command.given.previous);
  if (!set.ok()) return set.status();
  for (const Bundle& bundle : set->bundles) {
    if (bundle.name == command.bundle) return StartBisection(bundle);
  }
  return absl::InvalidArgumentError(
      fmt::format("--bundle {}: {} has no such bundle", command.bundle, command.given.previous));
}

// A step of the search for what turned a bundle red; its state is a file.
absl::StatusOr<Bisection> Bisect(const BundleCommand& command) {
  if (!command.bundle.empty()) return StartOf(command);
  const absl::StatusOr<std::string> text = ReadText(command.bisect);
  if (!text.ok()) return text.status();
  absl::StatusOr<Bisection> bisection = ReadBisection(*text, command.bisect);
  if (!bisection.ok() || command.result.empty()) return bisection;
  return RecordRun(*std::move(bisection), command.result == "red" ? CheckResult::kRed : CheckResult::kGreen);
}

ExitCode RunBisect(const Globals& globals, const BundleCommand& command) {
  const absl::StatusOr<Bisection> bisection = Bisect(command);
  if (!bisection.ok()) return Fail(bisection.status());
  // Whole or not at all: another name first.
  const std::string part = command.bisect + ".part";
  std::ofstream(part, std::ios::binary) << BisectionToJson(*bisection) << "\n";
  if (std::rename(part.c_str(), command.bisect.c_str()) != 0) {
    return Fail(absl::UnavailableError(fmt::format("--bisect {}: cannot be written", command.bisect)));
  }
  if (globals.json) return Print(BisectionToJson(*bisection) + "\n");
  std::string text;
  for (const std::string& culprit : bisection->culprits) text += fmt::format("culprit {}\n", culprit);
  const std::optional<std::vector<std::string>> next = NextRun(*bisection);
  if (!next) return Print(text + fmt::format("done after {} runs\n", bisection->runs));
  text += "merge and check these, then give --result red or --result green:\n";
  for (const std::string& head : *next) text += fmt::format("  {}\n", head);
  return Print(text);
}

void AddOptions(CLI::App& bundle, BundleCommand& command) {
  AddBundleOptions(bundle, command.given);
  CLI::Option* const bisect =
      bundle
          .add_option("--bisect", command.bisect,
                      "Find what turned a bundle red; FILE keeps how far the search is")
          ->type_name("FILE");
  bundle.add_option("--bundle", command.bundle, "With --bisect: begin with this bundle of --previous")
      ->type_name("NAME")
      ->needs(bisect);
  bundle.add_option("--result", command.result, "With --bisect: how the last run ended")
      ->check(CLI::IsMember({"red", "green"}))
      ->needs(bisect);
  bundle.add_flag("--approximate", command.approximate,
                  "Without a clone: by the paths that the backlog says each issue touches");
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
      "  git for-each-ref --format='%(refname)' 'refs/heads/agent*' | clambake bundle --heads -\n"
      "  CLAMBAKE_BUNDLER_V2=true clambake bundle --from backlog.json --git-dir ../clone --explain\n"
      "  clambake bundle --heads heads.txt --base main --max-size 5 --json | jq '.bundles[].heads'\n"
      "  clambake bundle --bisect state.json --previous bundles.json --bundle "
      "bundle/20260102_0340__issues_3_5\n"
      "  clambake bundle --bisect state.json --result red\n");
  bundle->callback([command, &globals, &result] {
    result = Observe(globals, "bundle", [&](const Observer& observer) {
      return command->bisect.empty() ? RunBundle(globals, *command, observer) : RunBisect(globals, *command);
    });
  });
}

}  // namespace clambake::cli
