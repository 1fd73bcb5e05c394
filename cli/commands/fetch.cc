// clambake fetch: save a repository's backlog for use without the network.
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <memory>
#include <string>

#include "CLI/CLI.hpp"
#include "cli/commands/commands.h"
#include "cli/github_access.h"
#include "cli/github_actions.h"
#include "cli/messages.h"
#include "fmt/format.h"

namespace clambake::cli {
namespace {

// Whole or not at all: a reader never sees half a backlog.
absl::Status WriteWhole(const std::string& path, const std::string& text) {
  const std::string temporary = path + ".part";
  std::ofstream out(temporary, std::ios::binary | std::ios::trunc);
  out << text;
  out.close();
  if (out && std::rename(temporary.c_str(), path.c_str()) == 0) return absl::OkStatus();
  const std::string why = std::strerror(errno);
  std::remove(temporary.c_str());
  return absl::InvalidArgumentError(fmt::format("--output {}: {}", path, why));
}

ExitCode Tell(const Globals& globals, const Backlog& backlog, const std::string& output) {
  const std::string counts = fmt::format(
      "{}, {}, {} {}", Counted(backlog.issues.size(), "issue"), Counted(backlog.pulls.size(), "pull request"),
      backlog.branches.size(), backlog.branches.size() == 1 ? "branch" : "branches");
  Note(globals, fmt::format("{}: {}", backlog.repository, counts));
  if (!InGithubActions()) return kDone;
  absl::Status status = AddOutput("backlog", output);
  status.Update(AddOutput("issues", fmt::format("{}", backlog.issues.size())));
  status.Update(
      AddSummary(fmt::format("### Backlog of {}\n\n{}\n", MarkdownCell(backlog.repository), counts)));
  return status.ok() ? kDone : Fail(status);
}

ExitCode RunFetch(const Globals& globals, const std::string& output) {
  const absl::StatusOr<Backlog> backlog = FetchFromGithub(globals);
  if (!backlog.ok()) return Fail(backlog.status());
  const std::string text = BacklogToJson(*backlog) + "\n";
  if (output == "-") return Print(text);
  if (const absl::Status status = WriteWhole(output, text); !status.ok()) return Fail(status);
  return Tell(globals, *backlog, output);
}

}  // namespace

void SetupFetch(CLI::App& app, const Globals& globals, ExitCode& result) {
  auto output = std::make_shared<std::string>("-");
  CLI::App* fetch = app.add_subcommand("fetch", "Save a repository's backlog for use without the network");
  fetch->add_option("-o,--output", *output, "Where to; - is standard output")
      ->type_name("FILE")
      ->capture_default_str();
  fetch->footer(
      "Examples:\n"
      "  export GH_TOKEN=$(gh auth token)\n"
      "  clambake fetch --repo octo/hello -o backlog.json\n"
      "  clambake plan --from backlog.json\n");
  fetch->callback([output, &globals, &result] { result = RunFetch(globals, *output); });
}

}  // namespace clambake::cli
