// clambake bundle: finished branches → conflict-free bundles. Never writes anything.
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "CLI/CLI.hpp"
#include "absl/time/time.h"
#include "clambake/factory.h"
#include "cli/commands/commands.h"
#include "cli/messages.h"
#include "fmt/format.h"

namespace clambake::cli {
namespace {

struct BundleCommand {
  std::string heads;
  std::string base;
  std::string window;
  std::string previous;
  int max_size = BundleOptions().max_size;
  bool approximate = false;
  bool explain = false;
  bool all = false;
};

// Everything a run needs from outside.
struct Input {
  Backlog backlog;
  BundleRequest request;
  std::optional<BundleSet> previous;
};

absl::StatusOr<std::vector<Head>> LoadHeads(const std::string& file) {
  if (file == "-") return ReadHeads(std::cin, "standard input");
  std::ifstream in(file, std::ios::binary);
  if (!in || (in.peek(), in.bad())) {
    return absl::InvalidArgumentError(fmt::format("--heads {}: cannot be read", file));
  }
  in.clear();
  return ReadHeads(in, file);
}

absl::StatusOr<BundleSet> LoadPrevious(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return absl::InvalidArgumentError(fmt::format("--previous {}: cannot be read", file));
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  return ReadBundles(text, file);
}

absl::StatusOr<absl::Time> Window(const std::string& text) {
  if (text.empty()) return NewSystemClock()->Now();
  absl::Time time;
  if (absl::ParseTime(absl::RFC3339_full, text, &time, nullptr)) return time;
  return absl::InvalidArgumentError(
      fmt::format("--window {}: expected a time such as 2026-01-02T03:04:05Z", text));
}

absl::StatusOr<Input> LoadInput(const Globals& globals, const BundleCommand& command) {
  Input input;
  if (command.heads.empty() && globals.from.empty()) {
    return absl::InvalidArgumentError(
        "no heads: list them with --heads FILE, or name a backlog with --from FILE (- is standard input)");
  }
  if (command.approximate && globals.from.empty()) {
    return absl::InvalidArgumentError("--approximate takes what branches change from a backlog: --from FILE");
  }
  if (!globals.from.empty()) {
    absl::StatusOr<Backlog> backlog = LoadBacklog(globals);
    if (!backlog.ok()) return backlog.status();
    input.backlog = *std::move(backlog);
    input.request.heads = FinishedHeads(input.backlog);
  }
  if (!command.heads.empty()) {
    absl::StatusOr<std::vector<Head>> heads = LoadHeads(command.heads);
    if (!heads.ok()) return heads.status();
    input.request.heads = *std::move(heads);
  }
  if (!command.previous.empty()) {
    absl::StatusOr<BundleSet> previous = LoadPrevious(command.previous);
    if (!previous.ok()) return previous.status();
    input.previous = *std::move(previous);
  }
  const absl::StatusOr<absl::Time> window = Window(command.window);
  if (!window.ok()) return window.status();
  input.request.options = {command.max_size, *window};
  input.request.base = command.base.empty() ? input.backlog.default_branch : command.base;
  return input;
}

// Without a clone: what the backlog says the issues touch.
BundleSet Approximate(const Input& input) {
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
                                                           const Input& input) {
  const absl::StatusOr<std::unique_ptr<GitRepo>> repo =
      OpenGitRepo(globals.git_dir.empty() ? "." : globals.git_dir);
  if (!repo.ok()) return repo.status();
  const absl::StatusOr<ChosenBundler> chosen = NewBundler(flags, repo->get());
  if (!chosen.ok()) return chosen.status();
  BundleRequest request = input.request;
  request.previous = input.previous ? &*input.previous : nullptr;
  absl::StatusOr<BundleSet> set = chosen->bundler->MakeBundles(request);
  if (!set.ok()) return set.status();
  return std::pair(*std::move(set), chosen->decision);
}

ExitCode RunBundle(const Globals& globals, const BundleCommand& command) {
  const absl::StatusOr<FeatureFlags> flags = ReadFlags(globals);
  if (!flags.ok()) return Fail(flags.status());
  for (const std::string& warning : flags->Warnings()) Warn(globals, warning);
  const absl::StatusOr<Input> input = LoadInput(globals, command);
  if (!input.ok()) return Fail(input.status());
  BundleSet set;
  Decision decision;
  if (command.approximate) {
    set = Approximate(*input);
    decision = {Generation::kV2, Reason::kStatic, "approximate"};
  } else {
    absl::StatusOr<std::pair<BundleSet, Decision>> made = MakeBundles(globals, *flags, *input);
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

void AddOptions(CLI::App& bundle, BundleCommand& command) {
  bundle
      .add_option("--heads", command.heads,
                  "Branches to bundle, a line each: <rev> [<issue>]; - is standard input")
      ->type_name("FILE");
  bundle.add_option("--base", command.base, "What to bundle onto [the backlog's default branch, else main]")
      ->type_name("REV");
  bundle.add_option("--max-size", command.max_size, "Most heads in a bundle; 0 is no limit")
      ->check(CLI::Range(0, 100'000))
      ->capture_default_str();
  bundle.add_option("--window", command.window, "The departure that names the bundles [now]")
      ->type_name("TIME");
  bundle
      .add_option("--previous", command.previous,
                  "Earlier output of --json: keep bundles together where that costs none")
      ->type_name("FILE");
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
      "  clambake bundle --heads heads.txt --base main --max-size 5 --json | jq '.bundles[].heads'\n");
  bundle->callback([command, &globals, &result] { result = RunBundle(globals, *command); });
}

}  // namespace clambake::cli
