#include "git/scratch.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include "fmt/format.h"

namespace clambake::git {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "clambake-git-";

absl::Status Failed(std::string_view what) {
  return absl::UnavailableError(fmt::format("{}: {}", what, std::strerror(errno)));
}

absl::Status WriteAll(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return Failed("cannot write to the scratch directory");
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return absl::OkStatus();
}

absl::Status WriteFile(const std::string& path, std::string_view bytes) {
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return Failed(path);
  absl::Status written = WriteAll(fd, bytes);
  close(fd);
  return written;
}

int Lock(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
  if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0) return fd;
  if (fd >= 0) close(fd);
  return -1;
}

// A directory of ours that nobody holds was left by a process that was killed.
// One that is being made is held a moment later: a minute's grace.
void ClearLeftovers(const std::string& parent, const std::string& own) {
  constexpr time_t kGraceSeconds = 60;
  struct stat now {};
  if (lstat(own.c_str(), &now) != 0) return;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(parent, error)) {
    const std::string path = entry.path().string();
    if (!entry.path().filename().string().starts_with(kPrefix)) continue;
    struct stat status {};
    if (lstat(path.c_str(), &status) != 0 || !S_ISDIR(status.st_mode) || status.st_uid != geteuid()) continue;
    if (status.st_mtime + kGraceSeconds > now.st_mtime) continue;
    const int lock = Lock(path);
    if (lock < 0) continue;
    fs::remove_all(path, error);
    close(lock);
  }
}

// Objects that live for seconds belong in memory: making a file there is many
// times as fast. Only where nobody chose a place (TMPDIR), and there is room.
std::string DefaultParent(std::error_code& error) {
  constexpr const char* kMemory = "/dev/shm";
  constexpr std::uint64_t kMinFreeBytes = std::uint64_t{1} << 30U;
  fs::path parent = fs::temp_directory_path(error);
  struct statfs status {};
  const bool fits = parent == "/tmp" && statfs(kMemory, &status) == 0 && status.f_type == TMPFS_MAGIC &&
                    status.f_bavail * static_cast<std::uint64_t>(status.f_bsize) >= kMinFreeBytes &&
                    access(kMemory, W_OK | X_OK) == 0;
  return fits ? kMemory : parent.string();
}

// As git reads a path in objects/info/alternates.
std::string Quoted(const std::string& path) {
  std::string quoted = "\"";
  for (char c : path) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c == '\n' ? std::string("\\n") : std::string(1, c);
  }
  return quoted + "\"\n";
}

}  // namespace

absl::StatusOr<std::unique_ptr<Scratch>> Scratch::Create(const std::string& parent,
                                                         const std::string& objects, ObjectFormat format) {
  std::error_code error;
  const std::string folder = parent.empty() ? DefaultParent(error) : parent;
  if (error) return absl::UnavailableError("there is no folder for temporary files: " + error.message());
  std::string path = fmt::format("{}/{}XXXXXX", folder, kPrefix);
  if (mkdtemp(path.data()) == nullptr) return Failed(path);
  ClearLeftovers(folder, path);
  const int lock = Lock(path);
  std::unique_ptr<Scratch> scratch(new Scratch(std::move(path), lock, format));
  if (lock < 0) return Failed("cannot lock the scratch directory");
  if (absl::Status filled = scratch->Fill(objects); !filled.ok()) return filled;
  return scratch;
}

absl::Status Scratch::Fill(const std::string& objects) const {
  std::error_code error;
  for (const char* folder : {"/refs", "/objects", "/objects/info", "/objects/pack"}) {
    if (!fs::create_directory(path_ + folder, error)) return Failed(path_ + folder);
  }
  const std::string extensions =
      format_ == ObjectFormat::kSha256 ? "[extensions]\n\tobjectFormat = sha256\n" : "";
  const std::string config = fmt::format(
      "[core]\n\trepositoryFormatVersion = {}\n\tbare = true\n\tfsync = none\n\tlooseCompression = 0\n"
      "\tlogAllRefUpdates = false\n\tattributesFile = /dev/null\n\thooksPath = /dev/null\n"
      "[gc]\n\tauto = 0\n[protocol]\n\tallow = never\n{}",
      extensions.empty() ? 0 : 1, extensions);
  for (const auto& [name, content] : {std::pair<std::string, std::string>{"/HEAD", "ref: refs/heads/none\n"},
                                      {"/config", config},
                                      {"/objects/info/alternates", Quoted(objects)}}) {
    if (absl::Status written = WriteFile(path_ + name, content); !written.ok()) return written;
  }
  return absl::OkStatus();
}

Scratch::~Scratch() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
  if (lock_ >= 0) close(lock_);
}

absl::StatusOr<std::string> Scratch::Write(std::string_view type, std::string_view content) {
  LooseObject object = MakeLooseObject(format_, type, content);
  const std::string folder = fmt::format("{}/objects/{}", path_, object.id.substr(0, 2));
  const std::string file = fmt::format("{}/{}", folder, object.id.substr(2));
  if (mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return Failed(folder);
  if (access(file.c_str(), F_OK) == 0) return object.id;
  // Under another name first: git must never see half an object.
  const std::string part = file + ".part";
  if (absl::Status written = WriteFile(part, object.file); !written.ok()) return written;
  if (rename(part.c_str(), file.c_str()) != 0) return Failed(file);
  return object.id;
}

}  // namespace clambake::git
