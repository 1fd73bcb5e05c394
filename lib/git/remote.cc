// What a clone's own configuration says of its remotes. Never connects.
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "clambake/git_repo.h"
#include "fmt/format.h"
#include "git/place.h"
#include "git/process.h"

namespace clambake {

absl::StatusOr<std::string> FindRemoteUrl(const std::string& path, std::string_view remote,
                                          const GitOptions& options) {
  constexpr std::size_t kMaxConfigBytes = std::size_t{16} << 20U;
  const absl::StatusOr<std::string> git_dir = git::FindGitDir(path, options);
  if (!git_dir.ok()) return git_dir.status();
  // The whole list, because asking for one name fails alike where it is absent
  // and where the configuration is broken.
  const absl::StatusOr<std::string> list =
      git::Run({{options.program, "config", "--list", "-z", "--no-includes"},
                git::EnvironmentIn(*git_dir),
                "",
                options.timeout},
               {}, kMaxConfigBytes);
  if (!list.ok()) return list.status();
  const std::string start = fmt::format("remote.{}.url\n", remote);
  for (const absl::string_view entry : absl::StrSplit(*list, '\0')) {
    // Of several addresses git fetches from the first.
    if (std::string_view(entry.data(), entry.size()).starts_with(start)) {
      return std::string(entry.substr(start.size()));
    }
  }
  return std::string();
}

}  // namespace clambake
