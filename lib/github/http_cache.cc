#include "github/http_cache.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "clambake/model.h"
#include "fmt/format.h"

namespace clambake {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kMagic = "clambake-http-1";
constexpr std::size_t kMaxFiles = 20'000;
constexpr std::size_t kMaxMemoryEntries = 4'096;

std::string Encode(const CachedAnswer& answer) {
  return fmt::format("{}\n{}\n{}\n{}\n{}", kMagic, answer.etag, answer.link, Digest(answer.body),
                     answer.body);
}

// Takes the first line off `text`; nullopt if there is none.
std::optional<std::string> TakeLine(std::string_view& text) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  std::string line(text.substr(0, end));
  text.remove_prefix(end + 1);
  return line;
}

std::optional<CachedAnswer> Decode(std::string_view text) {
  const auto magic = TakeLine(text);
  auto etag = TakeLine(text);
  auto link = TakeLine(text);
  const auto digest = TakeLine(text);
  if (magic != kMagic || !digest || *digest != Digest(text)) return std::nullopt;
  return CachedAnswer{*std::move(etag), *std::move(link), std::string(text)};
}

class FileCache : public HttpCache {
 public:
  explicit FileCache(std::string directory) : directory_(std::move(directory)) {}

  std::optional<CachedAnswer> Find(std::string_view key) override {
    std::ifstream in(PathOf(key), std::ios::binary);
    if (!in) return std::nullopt;
    const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    return Decode(text);
  }

  void Store(std::string_view key, const CachedAnswer& answer) override {
    if (!pruned_) Prune();
    pruned_ = true;
    const std::string path = PathOf(key);
    std::string temporary = path + ".XXXXXX";
    const int file = mkostemp(temporary.data(), O_CLOEXEC);  // 0600, exclusive
    if (file < 0) return;
    const std::string text = Encode(answer);
    const bool written = write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    if (close(file) != 0 || !written || std::rename(temporary.c_str(), path.c_str()) != 0) {
      unlink(temporary.c_str());
    }
  }

 private:
  [[nodiscard]] std::string PathOf(std::string_view key) const {
    return fmt::format("{}/{}", directory_, Digest(key).substr(sizeof("sha256:") - 1));
  }

  void Prune() const {
    std::error_code error;
    std::vector<std::pair<fs::file_time_type, fs::path>> files;
    for (fs::directory_iterator at(directory_, error), end; !error && at != end; at.increment(error)) {
      files.emplace_back(at->last_write_time(error), at->path());
    }
    if (files.size() < kMaxFiles) return;
    std::sort(files.begin(), files.end());
    files.resize(files.size() - kMaxFiles / 2);
    for (const auto& [time, path] : files) fs::remove(path, error);
  }

  std::string directory_;
  bool pruned_ = false;
};

class MemoryCache : public HttpCache {
 public:
  std::optional<CachedAnswer> Find(std::string_view key) override {
    const auto found = answers_.find(std::string(key));
    if (found == answers_.end()) return std::nullopt;
    return found->second;
  }
  void Store(std::string_view key, const CachedAnswer& answer) override {
    if (answers_.size() >= kMaxMemoryEntries) answers_.clear();
    answers_.insert_or_assign(std::string(key), answer);
  }

 private:
  absl::flat_hash_map<std::string, CachedAnswer> answers_;
};

}  // namespace

std::unique_ptr<HttpCache> NewFileCache(std::string directory) {
  return std::make_unique<FileCache>(std::move(directory));
}

std::unique_ptr<HttpCache> NewMemoryCache() { return std::make_unique<MemoryCache>(); }

absl::Status MakePrivateDirectory(const std::string& path) {
  std::error_code error;
  const fs::path parent = fs::path(path).parent_path();
  if (!parent.empty()) fs::create_directories(parent, error);
  if (error || (mkdir(path.c_str(), S_IRWXU) != 0 && errno != EEXIST)) {
    return absl::FailedPreconditionError(fmt::format("cannot make the directory {}: {}", path,
                                                     error ? error.message() : std::strerror(errno)));
  }
  struct stat info {};
  if (lstat(path.c_str(), &info) != 0 || !S_ISDIR(info.st_mode) || info.st_uid != geteuid() ||
      (info.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return absl::FailedPreconditionError(
        fmt::format("{}: expected a directory of your own that nobody else can write to", path));
  }
  return absl::OkStatus();
}

}  // namespace clambake
