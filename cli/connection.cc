#include "cli/connection.h"

#include <sys/stat.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <utility>

#include "fmt/format.h"

namespace clambake::cli {
namespace {

std::string Variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::string UserFolder(const char* variable, const char* below_home) {
  std::string folder = Variable(variable);
  if (folder.empty() && !Variable("HOME").empty()) folder = Variable("HOME") + below_home;
  return folder.empty() ? folder : folder + "/clambake";
}

// One line; only its owner may be able to read the file.
absl::StatusOr<Secret> ReadTokenFile(const std::string& path) {
  struct stat status = {};
  std::ifstream file(path);
  if (!file || stat(path.c_str(), &status) != 0) {
    return absl::InvalidArgumentError(fmt::format("--token-file {}: cannot be read", path));
  }
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return absl::InvalidArgumentError(
        fmt::format("--token-file {}: others can read it; use mode 0600", path));
  }
  std::string token;
  std::getline(file, token);
  while (!token.empty() && (token.back() == '\r' || token.back() == ' ')) token.pop_back();
  return Secret(std::move(token));
}

absl::StatusOr<Secret> LoadToken(const Globals& globals) {
  for (const char* name : {"GH_TOKEN", "GITHUB_TOKEN"}) {
    std::string token = Variable(name);
    if (!token.empty()) return Secret(std::move(token));
  }
  if (globals.token_file.empty()) return Secret();
  return ReadTokenFile(globals.token_file);
}

}  // namespace

absl::StatusOr<GithubOptions> LoadGithubOptions(const Globals& globals, const std::string& repository) {
  GithubOptions options;
  options.api_url = globals.api_url;
  options.repository = repository;
  options.cache_dir = UserFolder("XDG_CACHE_HOME", "/.cache");
  absl::StatusOr<Secret> token = LoadToken(globals);
  if (!token.ok()) return token.status();
  options.token = *std::move(token);
  return options;
}

absl::StatusOr<std::unique_ptr<StateStore>> OpenState(const Globals& globals, Clock& clock,
                                                      IfMissing if_missing) {
  StoreOptions options;
  options.location = globals.state;
  options.if_missing = if_missing;
  if (options.location.empty()) {
    const std::string folder = UserFolder("XDG_STATE_HOME", "/.local/state");
    if (folder.empty()) return absl::InvalidArgumentError("no place for the state: name one with --state");
    options.location = folder + "/state.db";
  }
  // PostgreSQL brings a clock of its own, the same for all instances.
  if (options.location.find("://") == std::string::npos) options.clock = &clock;
  return OpenStateStore(options);
}

absl::StatusOr<std::string> RequireRepository(const Globals& globals) {
  if (!globals.repo.empty()) return globals.repo;
  return absl::InvalidArgumentError(
      "no repository: name it with --repo OWNER/NAME, or set GITHUB_REPOSITORY");
}

}  // namespace clambake::cli
