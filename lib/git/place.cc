#include "git/place.h"

#include <filesystem>

#include "absl/strings/str_split.h"
#include "fmt/format.h"

namespace clambake::git {
namespace {

// The environment without GIT_DIR, to find the repository from a path.
std::vector<std::string> DiscoveryEnvironment() {
  std::vector<std::string> environment = EnvironmentIn("");
  std::erase(environment, "GIT_DIR=");
  return environment;
}

bool HasPromises(const std::string& objects) {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(objects + "/pack", error)) {
    if (entry.path().extension() == ".promisor") return true;
  }
  return false;
}

absl::StatusOr<std::string> Discover(const std::string& path, const GitOptions& options,
                                     std::vector<std::string> arguments) {
  // None of the repository's configuration is obeyed, so it does not matter
  // to whom it belongs.
  std::vector<std::string> argv = {options.program,         "-c", "safe.directory=*", "-C", path, "rev-parse",
                                   "--path-format=absolute"};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  return Run({argv, DiscoveryEnvironment(), "", options.timeout});
}

}  // namespace

std::vector<std::string> EnvironmentIn(const std::string& git_dir) {
  return {"PATH=/usr/local/bin:/usr/bin:/bin",
          "GIT_DIR=" + git_dir,
          "HOME=/nonexistent",
          "LC_ALL=C",
          "TZ=UTC",
          "GIT_CONFIG_NOSYSTEM=1",
          "GIT_CONFIG_GLOBAL=/dev/null",
          "GIT_ATTR_NOSYSTEM=1",
          "GIT_NO_REPLACE_OBJECTS=1",
          "GIT_GRAFT_FILE=/dev/null",
          "GIT_OPTIONAL_LOCKS=0",
          "GIT_ALLOW_PROTOCOL=",
          "GIT_PROTOCOL_FROM_USER=0",
          "GIT_TERMINAL_PROMPT=0"};
}

Command InGitDir(const std::string& git_dir, std::vector<std::string> arguments, const Scratch& scratch,
                 const GitOptions& options) {
  Command command{{options.program, "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c",
                   "core.warnAmbiguousRefs=false", "-c", "advice.graftFileDeprecated=false", "-c",
                   "protocol.allow=never"},
                  EnvironmentIn(git_dir),
                  fmt::format("{}/{}.stderr", scratch.path(), arguments[0]),
                  options.timeout};
  command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
  return command;
}

absl::StatusOr<std::string> FindGitDir(const std::string& path, const GitOptions& options) {
  std::error_code error;
  if (!std::filesystem::is_directory(path, error)) {
    return absl::NotFoundError(fmt::format("{}: there is no such folder", path));
  }
  absl::StatusOr<std::string> version =
      Run({{options.program, "version"}, DiscoveryEnvironment(), "", options.timeout});
  if (!version.ok()) return version.status();
  absl::StatusOr<std::string> git_dir = Discover(path, options, {"--git-dir"});
  if (!git_dir.ok()) return absl::NotFoundError(fmt::format("{}: there is no git repository", path));
  if (git_dir->ends_with('\n')) git_dir->pop_back();
  return git_dir;
}

absl::StatusOr<Place> Locate(const std::string& path, const GitOptions& options) {
  absl::StatusOr<std::string> git_dir = FindGitDir(path, options);
  if (!git_dir.ok()) return git_dir.status();
  absl::StatusOr<std::string> rest =
      Discover(path, options, {"--show-object-format", "--is-shallow-repository", "--git-path", "objects"});
  if (!rest.ok()) return rest.status();
  const std::vector<std::string> lines = absl::StrSplit(*rest, absl::MaxSplits('\n', 2));
  if (lines.size() != 3) return absl::UnavailableError("git rev-parse answers in an unknown form");
  Place place{*std::move(git_dir), lines[2],
              lines[0] == "sha256" ? ObjectFormat::kSha256 : ObjectFormat::kSha1};
  if (place.objects.ends_with('\n')) place.objects.pop_back();
  if (lines[1] == "true") {
    return absl::FailedPreconditionError(fmt::format(
        "{}: the clone is shallow, so git cannot tell what a branch changed; run: git fetch --unshallow",
        path));
  }
  place.partial = HasPromises(place.objects);
  return place;
}

}  // namespace clambake::git
