#include "github/gate.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/status_macros.h"
#include "fmt/format.h"

namespace clambake {
namespace {

class MemoryGate : public Gate {
 public:
  absl::StatusOr<Admission> Enter(const Passage& passage, absl::Time now) override {
    return state_.Enter(passage, now);
  }
  absl::Status Leave(const Passage& passage, const LimitSignal& signal, absl::Time now) override {
    state_.Leave(passage, signal, now);
    return absl::OkStatus();
  }

 private:
  GateState state_;
};

class FileGate : public Gate {
 public:
  FileGate(std::string path, int file) : path_(std::move(path)), file_(file) {}
  FileGate(const FileGate&) = delete;
  FileGate& operator=(const FileGate&) = delete;
  ~FileGate() override { close(file_); }

  absl::StatusOr<Admission> Enter(const Passage& passage, absl::Time now) override {
    Admission admission;
    CLAMBAKE_RETURN_IF_ERROR(Change(now, [&](GateState& state) { admission = state.Enter(passage, now); }));
    return admission;
  }

  absl::Status Leave(const Passage& passage, const LimitSignal& signal, absl::Time now) override {
    return Change(now, [&](GateState& state) { state.Leave(passage, signal, now); });
  }

 private:
  // Reads, changes and writes the state while no other process can.
  template <typename F>
  absl::Status Change(absl::Time now, F change) {
    while (flock(file_, LOCK_EX) != 0) {
      if (errno != EINTR) return Failure("lock");
    }
    absl::Status status = ChangeLocked(now, change);
    flock(file_, LOCK_UN);
    return status;
  }

  template <typename F>
  absl::Status ChangeLocked(absl::Time now, F change) {
    GateState state;
    const ssize_t bytes = pread(file_, &state, sizeof(state), 0);
    if (bytes < 0) return Failure("read");
    if (bytes == 0) {
      state = GateState();  // a new file
    } else if (bytes != sizeof(state) || !state.IsSealed()) {
      state = GateState::AfterDamage(now);
    }
    change(state);
    state.Seal();
    if (pwrite(file_, &state, sizeof(state), 0) != sizeof(state)) return Failure("write");
    return absl::OkStatus();
  }

  [[nodiscard]] absl::Status Failure(std::string_view what) const {
    return absl::FailedPreconditionError(
        fmt::format("cannot {} {}: {}; it keeps all processes within GitHub's limits", what, path_,
                    std::strerror(errno)));
  }

  std::string path_;
  int file_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Gate>> NewFileGate(const std::string& path) {
  const int file = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
  if (file < 0) {
    return absl::FailedPreconditionError(fmt::format("cannot open {}: {}", path, std::strerror(errno)));
  }
  return std::make_unique<FileGate>(path, file);
}

std::unique_ptr<Gate> NewMemoryGate() { return std::make_unique<MemoryGate>(); }

}  // namespace clambake
