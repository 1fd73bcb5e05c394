#include "cli/globals.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <fstream>

#include "CLI/CLI.hpp"
#include "clambake/git_repo.h"
#include "clambake/github_client.h"
#include "cli/github_access.h"
#include "cli/progress.h"
#include "fmt/format.h"

namespace clambake::cli {

ExitCode ExitCodeOf(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kOk:
      return kDone;
    case absl::StatusCode::kUnauthenticated:
    case absl::StatusCode::kPermissionDenied:
      return kUnauthenticated;
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kOutOfRange:
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kFailedPrecondition:
      return kUsage;
    default:
      return kFailed;
  }
}

void SetupGlobals(CLI::App& app, Globals& globals) {
  app.fallthrough();
  app.add_option("--repo", globals.repo, "Repository on GitHub [where the clone's origin is]")
      ->type_name("OWNER/NAME")
      ->envname("GITHUB_REPOSITORY");
  app.add_option("--api-url", globals.api_url, "GitHub's API, where it is not https://api.github.com")
      ->type_name("URL")
      ->envname("GITHUB_API_URL");
  app.add_option("--token-file", globals.token_file,
                 "File (mode 0600) with the token, where GH_TOKEN and GITHUB_TOKEN are not set")
      ->type_name("FILE");
  app.add_option("--state", globals.state,
                 "Where the state is kept; default: a file below $XDG_STATE_HOME/clambake")
      ->type_name("PATH|postgresql://…");
  app.add_option("--from", globals.from, "Read the backlog from FILE; - is standard input")
      ->type_name("FILE");
  app.add_option("--git-dir", globals.git_dir,
                 "The clone: a work tree, a bare repository, or a folder inside")
      ->type_name("DIR");
  app.add_option("--agents", globals.agents, "How many agents there are, or a file that describes them")
      ->type_name("N|FILE")
      ->capture_default_str();
  app.add_flag("--readonly", globals.readonly, "Write nothing to GitHub, whatever the environment says");
  app.add_flag("--json", globals.json, "Print JSON on standard output");
  app.add_flag("--quiet", globals.quiet, "Print no notes on standard error");
  app.add_flag("--verbose", globals.verbose, "Say more on standard error");
  app.add_option("--color", globals.color, "Colours in text output")
      ->type_name("WHEN")
      ->check(CLI::IsMember({"auto", "always", "never"}))
      ->capture_default_str();
  app.add_option("--log", globals.log, "Log what happens on standard error, a line for each event")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"text", "json"}));
  app.add_option("--metrics", globals.metrics, "Add this run to a metrics file for node_exporter")
      ->type_name("FILE");
  app.add_flag("--no-progress", globals.no_progress, "Show no progress, even on a terminal");
}

std::string Environment(const char* variable) {
  const char* const value = std::getenv(variable);
  return value == nullptr ? "" : value;
}

std::string UserFolder(const char* variable, const char* below_home) {
  std::string folder = Environment(variable);
  if (folder.empty() && !Environment("HOME").empty()) folder = Environment("HOME") + below_home;
  return folder.empty() ? folder : folder + "/clambake";
}

std::string ApiUrl(const Globals& globals) {
  return globals.api_url.empty() ? GithubOptions().api_url : globals.api_url;
}

absl::StatusOr<std::string> FindRepository(const Globals& globals) {
  if (!globals.repo.empty()) return globals.repo;
  const std::string clone = globals.git_dir.empty() ? "." : globals.git_dir;
  const absl::StatusOr<std::string> url = FindRemoteUrl(clone, "origin");
  if (!url.ok()) return absl::InvalidArgumentError(url.status().message());
  if (url->empty()) return absl::InvalidArgumentError(fmt::format("{}: there is no remote origin", clone));
  absl::StatusOr<std::string> repository = RepositoryOfRemote(*url, ApiUrl(globals));
  if (repository.ok()) return repository;
  return absl::InvalidArgumentError(
      fmt::format("{}: the remote origin: {}", clone, std::string(repository.status().message())));
}

absl::StatusOr<std::string> RequireRepository(const Globals& globals) {
  absl::StatusOr<std::string> repository = FindRepository(globals);
  if (repository.ok()) return repository;
  return absl::InvalidArgumentError(
      fmt::format("no repository: name it with --repo OWNER/NAME or in GITHUB_REPOSITORY, or run in a clone "
                  "of it ({})",
                  std::string(repository.status().message())));
}

absl::StatusOr<FeatureFlags> ReadFlags(const Globals& globals) {
  absl::StatusOr<FeatureFlags> flags = FeatureFlags::FromEnvironment();
  if (flags.ok() && globals.readonly) return flags->WithReadOnly();
  return flags;
}

absl::StatusOr<Backlog> LoadBacklog(const Globals& globals) {
  if (globals.from.empty()) {
    if (const auto repository = FindRepository(globals); !repository.ok()) {
      return absl::InvalidArgumentError(
          fmt::format("no backlog: name a saved one with --from FILE (- is standard input), or a repository "
                      "on GitHub with --repo OWNER/NAME ({})",
                      std::string(repository.status().message())));
    }
    return FetchFromGithub(globals);
  }
  ProgressLine line(globals);
  absl::StatusOr<Backlog> backlog = ReadShownBacklog(globals.from, line);
  if (!backlog.ok()) return backlog;
  if (backlog->repository.empty()) backlog->repository = globals.repo;
  line.Show("looking for dependencies in the texts of " + Counted(backlog->issues.size(), "issue"));
  AddTextDependencies(*backlog);
  return backlog;
}

absl::StatusOr<std::vector<Agent>> LoadAgents(const Globals& globals) {
  int count = 0;
  const char* const end = globals.agents.data() + globals.agents.size();
  const auto [rest, error] = std::from_chars(globals.agents.data(), end, count);
  if (error == std::errc() && rest == end) return MakeAgents(count);
  std::ifstream file(globals.agents, std::ios::binary);
  if (!file || (file.peek(), file.bad())) {
    return absl::InvalidArgumentError(fmt::format(
        "--agents {}: neither a number from 1 to 100000 nor a file that can be read", globals.agents));
  }
  file.clear();
  return ReadAgents(file, globals.agents);
}

TextStyle StdoutStyle(const Globals& globals) {
  TextStyle style;
  const bool terminal = isatty(STDOUT_FILENO) == 1;
  const char* const no_color = std::getenv("NO_COLOR");
  const bool wanted = terminal && (no_color == nullptr || *no_color == '\0');
  if (globals.color == "always" || (globals.color == "auto" && wanted))
    style.color = TextStyle::Color::kAlways;
  winsize size{};
  if (terminal && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) style.width = size.ws_col;
  return style;
}

TextStyle WholeStyle(const Globals& globals) {
  TextStyle style = StdoutStyle(globals);
  style.max_rows = 0;
  return style;
}

}  // namespace clambake::cli
