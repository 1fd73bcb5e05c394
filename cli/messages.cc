#include "cli/messages.h"

#include <cstdio>
#include <string>

#include "cli/github_actions.h"
#include "fmt/format.h"

namespace clambake::cli {

ExitCode Fail(const absl::Status& status) {
  if (InGithubActions()) {
    fmt::print(stderr, "{}\n", WorkflowCommand("error", std::string(status.message())));
  } else {
    fmt::print(stderr, "clambake: error: {}\n", std::string(status.message()));
  }
  return ExitCodeOf(status);
}

void Warn(const Globals& globals, std::string_view text) {
  if (globals.quiet) return;
  if (InGithubActions()) {
    fmt::print(stderr, "{}\n", WorkflowCommand("warning", text));
  } else {
    fmt::print(stderr, "clambake: warning: {}\n", text);
  }
}

void Note(const Globals& globals, std::string_view text) {
  if (globals.verbose && !globals.quiet) fmt::print(stderr, "clambake: {}\n", text);
}

ExitCode Print(std::string_view data, ExitCode result) {
  // In a job's log a title could be taken for a command. JSON never can: its
  // strings have no line ends.
  const std::string safe = InGithubActions() ? WithoutCommands(data) : std::string();
  if (!safe.empty()) data = safe;
  const bool written =
      std::fwrite(data.data(), 1, data.size(), stdout) == data.size() && std::fflush(stdout) == 0;
  if (written) return result;
  fmt::print(stderr, "clambake: error: standard output cannot be written\n");
  return kFailed;
}

}  // namespace clambake::cli
