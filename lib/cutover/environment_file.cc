// The EnvironmentFile of a service: what a roll-back leaves for the next start.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <map>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "clambake/rollouts.h"
#include "fmt/format.h"

namespace clambake {
namespace {

absl::Status Failed(std::string_view what, const std::string& path) {
  return absl::UnavailableError(fmt::format("{}: cannot be {}: {}", path, what, std::strerror(errno)));
}

std::string FolderOf(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

absl::Status WriteAll(int fd, std::string_view content, const std::string& path) {
  while (!content.empty()) {
    const ssize_t written = write(fd, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return Failed("written", path);
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return fsync(fd) == 0 ? absl::OkStatus() : Failed("written", path);
}

// The rename itself must survive a loss of power.
absl::Status SyncFolder(const std::string& folder) {
  const int fd = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return Failed("opened", folder);
  const int synced = fsync(fd);
  close(fd);
  return synced == 0 ? absl::OkStatus() : Failed("written", folder);
}

}  // namespace

std::string RolledBackEnvironment(std::string_view before, const std::vector<Component>& components,
                                  WriteMode mode) {
  std::map<std::string, std::string> values;
  for (const Component component : components) values[std::string(Variable(component))] = "false";
  if (mode == WriteMode::kReadOnly) values["CLAMBAKE_READONLY"] = "true";
  if (components.size() == kComponents.size()) values["CLAMBAKE_MIGRATION_PHASE"] = "legacy";
  std::string text;
  const std::vector<std::string> lines = absl::StrSplit(std::string(before), '\n');
  for (const std::string& line : lines) {
    const std::string key(absl::StripAsciiWhitespace(line.substr(0, line.find('='))));
    if (!line.empty() && values.count(key) == 0) text += fmt::format("{}\n", line);
  }
  if (text.ends_with("\\\n")) text += '\n';  // a continued line would swallow the first of ours
  for (const auto& [key, value] : values) text += fmt::format("{}={}\n", key, value);
  return text;
}

absl::Status WriteFileAtomically(const std::string& path, std::string_view content) {
  const std::string folder = FolderOf(path);
  const std::string draft = fmt::format("{}.{}.new", path, getpid());
  constexpr int kFlags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
  int fd = open(draft.c_str(), kFlags, 0600);
  if (fd < 0 && errno == EEXIST && unlink(draft.c_str()) == 0) fd = open(draft.c_str(), kFlags, 0600);
  if (fd < 0) return Failed("made", draft);
  absl::Status written = WriteAll(fd, content, draft);
  close(fd);
  if (written.ok() && rename(draft.c_str(), path.c_str()) != 0) written = Failed("replaced", path);
  if (!written.ok()) unlink(draft.c_str());
  return written.ok() ? SyncFolder(folder) : written;
}

}  // namespace clambake
