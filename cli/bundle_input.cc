#include "cli/bundle_input.h"

#include <iostream>
#include <sstream>
#include <utility>

#include "CLI/CLI.hpp"
#include "absl/time/time.h"
#include "clambake/clock.h"
#include "cli/messages.h"
#include "cli/read_file.h"
#include "fmt/format.h"

namespace clambake::cli {
namespace {

absl::StatusOr<std::vector<Head>> LoadHeads(const std::string& file) {
  if (file == "-") return ReadHeads(std::cin, "standard input");
  absl::StatusOr<std::string> text = ReadFile(file);
  if (!text.ok()) return text.status();
  std::istringstream in(*std::move(text));
  return ReadHeads(in, file);
}

absl::StatusOr<absl::Time> Window(const std::string& text) {
  if (text.empty()) return NewSystemClock()->Now();
  absl::Time time;
  if (absl::ParseTime(absl::RFC3339_full, text, &time, nullptr)) return time;
  return absl::InvalidArgumentError(
      fmt::format("--window {}: expected a time such as 2026-01-02T03:04:05Z", text));
}

absl::Status LoadHeadsOfInput(const Globals& globals, const BundleOptionsGiven& given, BundleInput& input) {
  if (given.heads.empty() && globals.from.empty()) {
    if (const auto repository = FindRepository(globals); !repository.ok()) {
      return absl::InvalidArgumentError(
          fmt::format("no heads: list them with --heads FILE, or name a backlog with --from FILE (- is "
                      "standard input) or a repository on GitHub with --repo OWNER/NAME ({})",
                      std::string(repository.status().message())));
    }
  }
  if (given.heads.empty() || !globals.from.empty()) {
    absl::StatusOr<Backlog> backlog = LoadBacklog(globals);
    if (!backlog.ok()) return backlog.status();
    input.backlog = *std::move(backlog);
    input.request.heads = FinishedHeads(input.backlog);
  }
  if (given.heads.empty()) return absl::OkStatus();
  absl::StatusOr<std::vector<Head>> heads = LoadHeads(given.heads);
  if (!heads.ok()) return heads.status();
  if (heads->empty()) Warn(globals, fmt::format("--heads {}: no branch is listed", given.heads));
  input.request.heads = *std::move(heads);
  return absl::OkStatus();
}

}  // namespace

BundleRequest BundleInput::Request() const {
  BundleRequest filled = request;
  filled.previous = previous ? &*previous : nullptr;
  return filled;
}

absl::StatusOr<std::unique_ptr<GitRepo>> OpenClone(const Globals& globals) {
  return OpenGitRepo(globals.git_dir.empty() ? "." : globals.git_dir);
}

absl::StatusOr<BundleSet> LoadBundles(const std::string& file) {
  const absl::StatusOr<std::string> text = ReadFile(file);
  if (!text.ok()) return text.status();
  return ReadBundles(*text, file);
}

absl::StatusOr<BundleInput> LoadBundleInput(const Globals& globals, const BundleOptionsGiven& given) {
  BundleInput input;
  if (absl::Status loaded = LoadHeadsOfInput(globals, given, input); !loaded.ok()) return loaded;
  if (!given.previous.empty()) {
    absl::StatusOr<BundleSet> previous = LoadBundles(given.previous);
    if (!previous.ok()) return previous.status();
    input.previous = *std::move(previous);
  }
  const absl::StatusOr<absl::Time> window = Window(given.window);
  if (!window.ok()) return window.status();
  input.request.options = {given.max_size, *window};
  input.request.base = given.base.empty() ? input.backlog.default_branch : given.base;
  return input;
}

void AddBundleOptions(CLI::App& command, BundleOptionsGiven& given) {
  command
      .add_option("--heads", given.heads,
                  "Branches to bundle, a line each: <rev> [<issue>]; - is standard input")
      ->type_name("FILE");
  command.add_option("--base", given.base, "What to bundle onto [the backlog's default branch, else main]")
      ->type_name("REV");
  command.add_option("--max-size", given.max_size, "Most heads in a bundle; 0 is no limit")
      ->check(CLI::Range(0, 100'000))
      ->capture_default_str();
  command.add_option("--window", given.window, "The departure that names the bundles [now]")
      ->type_name("TIME");
  command
      .add_option("--previous", given.previous,
                  "Earlier output of --json: keep bundles together where that costs none")
      ->type_name("FILE");
}

}  // namespace clambake::cli
