// Metrics in memory, and in node_exporter's textfile.
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <mutex>

#include "absl/cleanup/cleanup.h"
#include "base/status_macros.h"
#include "clambake/telemetry_sinks.h"
#include "fmt/format.h"
#include "telemetry/metric_families.h"

namespace clambake {
namespace {

constexpr std::size_t kMaxFileBytes = std::size_t{16} << 20U;

absl::Status FileError(const std::string& path) {
  return absl::UnavailableError(fmt::format("{}: {}", path, std::strerror(errno)));
}

// An absent file is an empty one.
absl::StatusOr<std::string> ReadSmallFile(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return errno == ENOENT ? absl::StatusOr<std::string>("") : FileError(path);
  const absl::Cleanup closer = [file] { close(file); };
  std::string text;
  std::string piece(std::size_t{64} << 10U, '\0');
  ssize_t got = 0;
  while ((got = read(file, piece.data(), piece.size())) > 0) {
    text.append(piece, 0, static_cast<std::size_t>(got));
    if (text.size() > kMaxFileBytes) return absl::InvalidArgumentError(path + ": larger than 16 MiB");
  }
  if (got < 0) return FileError(path);
  return text;
}

absl::Status WriteAll(int file, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t written = write(file, bytes.data(), bytes.size());
    if (written < 0 && errno != EINTR) return FileError(path);
    if (written > 0) bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return fsync(file) == 0 ? absl::OkStatus() : FileError(path);
}

// Readers see the old file or the new one. The lock is held: one writer.
absl::Status Replace(const std::string& path, std::string_view bytes) {
  const std::string fresh = path + ".tmp";
  const int file = open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);
  if (file < 0) return FileError(fresh);
  absl::Status written = WriteAll(file, bytes, fresh);
  close(file);
  if (written.ok() && std::rename(fresh.c_str(), path.c_str()) != 0) written = FileError(path);
  if (!written.ok()) unlink(fresh.c_str());
  return written;
}

class InMemoryMetrics : public PrometheusMetrics {
 public:
  void OnSample(const Sample& sample) override {
    const std::lock_guard lock(mutex_);
    families_.Add(sample);
  }

  [[nodiscard]] std::string Exposition() const override {
    const std::lock_guard lock(mutex_);
    return families_.Render();
  }

  [[nodiscard]] absl::Status AddToTextfile(const std::string& path) const override {
    const std::string lock_path = path + ".lock";
    const int lock = open(lock_path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0644);
    if (lock < 0) return FileError(lock_path);
    const absl::Cleanup unlocker = [lock] { close(lock); };
    while (flock(lock, LOCK_EX) != 0) {
      if (errno != EINTR) return FileError(lock_path);
    }
    CLAMBAKE_ASSIGN_OR_RETURN(const std::string before, ReadSmallFile(path));
    absl::StatusOr<MetricFamilies> sum = MetricFamilies::Parse(before);
    if (!sum.ok())
      return absl::InvalidArgumentError(fmt::format("{}: {}", path, std::string(sum.status().message())));
    CLAMBAKE_RETURN_IF_ERROR(sum->Merge(Copy()));
    return Replace(path, sum->Render());
  }

 private:
  [[nodiscard]] MetricFamilies Copy() const {
    const std::lock_guard lock(mutex_);
    return families_;
  }

  mutable std::mutex mutex_;  // guards what follows
  MetricFamilies families_;
};

}  // namespace

std::shared_ptr<PrometheusMetrics> NewPrometheusMetrics() { return std::make_shared<InMemoryMetrics>(); }

}  // namespace clambake
