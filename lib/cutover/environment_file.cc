// The EnvironmentFile of a service: what a roll-back leaves for the next start.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <map>
#include <utility>

#include "absl/functional/function_ref.h"
#include "clambake/rollouts.h"
#include "cutover/environment_grammar.h"
#include "fmt/format.h"

namespace clambake {
using cutover::EnvironmentReader;
using cutover::SystemdVersion;

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

// A piece of the file that all versions of systemd begin and end together.
// Commonly that is a comment or an assignment; where they differ it goes on
// until they agree again.
struct Entry {
  std::string text;
  std::vector<std::string> keys;  // what a version reads as assigned by it
};

class EntryReader {
 public:
  // True if `c` ends an entry; what follows is another one.
  bool Take(char c) {
    entry_.text += c;
    bool ended = true;
    for (EnvironmentReader& version : versions_) {
      if (version.Take(c)) entry_.keys.emplace_back(version.key());
      ended = ended && version.IsBetweenLines();
    }
    return ended;
  }
  Entry TakeEntry() { return std::exchange(entry_, {}); }

  // What ends an entry that the file's end cuts off.
  [[nodiscard]] std::string Ending() const {
    std::string ending;
    for (EnvironmentReader version : versions_) {
      for (const char c : ending) version.Take(c);
      ending += version.Ending();
    }
    return ending;
  }

 private:
  std::array<EnvironmentReader, 3> versions_ = {EnvironmentReader(SystemdVersion::k2018),
                                                EnvironmentReader(SystemdVersion::k253),
                                                EnvironmentReader(SystemdVersion::k254)};
  Entry entry_;
};

// Without NUL bytes, at which systemd would stop reading.
void Divide(std::string_view file, absl::FunctionRef<void(const Entry&)> each) {
  EntryReader reader;
  const auto take = [&](char c) {
    if (c != '\0' && reader.Take(c)) each(reader.TakeEntry());
  };
  for (const char c : file) take(c);
  for (const char c : reader.Ending()) take(c);
}

}  // namespace

std::string RolledBackEnvironment(std::string_view before, const std::vector<Component>& components,
                                  WriteMode mode) {
  std::map<std::string, std::string, std::less<>> values;
  for (const Component component : components) values[std::string(Variable(component))] = "false";
  if (mode == WriteMode::kReadOnly) values["CLAMBAKE_READONLY"] = "true";
  if (components.size() == kComponents.size()) values["CLAMBAKE_MIGRATION_PHASE"] = "legacy";
  std::string text;
  const auto keep = [&](const Entry& entry) {
    const auto is_ours = [&](const std::string& key) { return values.contains(key); };
    if (std::none_of(entry.keys.begin(), entry.keys.end(), is_ours)) text += entry.text;
  };
  Divide(before, keep);
  for (const auto& [key, value] : values) text += fmt::format("{}={}\n", key, value);
  return text;
}

absl::Status WriteFileAtomically(const std::string& path, std::string_view content) {
  const std::string folder = FolderOf(path);
  const std::string draft = fmt::format("{}.{}.new", path, getpid());
  constexpr int kFlags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
  int fd = open(draft.c_str(), kFlags, 0600);
  if (fd < 0 && errno == EEXIST && unlink(draft.c_str()) == 0) fd = open(draft.c_str(), kFlags, 0600);
  if (fd < 0) return Failed("made", path);
  absl::Status written = WriteAll(fd, content, path);
  close(fd);
  if (written.ok() && rename(draft.c_str(), path.c_str()) != 0) written = Failed("replaced", path);
  if (!written.ok()) unlink(draft.c_str());
  return written.ok() ? SyncFolder(folder) : written;
}

}  // namespace clambake
