#include "git/process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_join.h"
#include "fmt/format.h"

namespace clambake::git {
namespace {

constexpr std::size_t kReadBytes = std::size_t{1} << 16U;
constexpr std::size_t kMaxErrorBytes = 500;

struct Descriptors {
  std::array<int, 2> in{-1, -1};   // ours, the child's
  std::array<int, 2> out{-1, -1};  // ours, the child's
  int error = -1;

  ~Descriptors() {
    for (int fd : {in[0], in[1], out[0], out[1], error}) {
      if (fd >= 0) close(fd);
    }
  }
};

absl::Status SystemError(std::string_view what) {
  return absl::UnavailableError(fmt::format("{}: {}", what, std::strerror(errno)));
}

absl::Status Open(const Command& command, Descriptors& fds) {
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds.in.data()) != 0)
    return SystemError("socketpair");
  if (pipe2(fds.out.data(), O_CLOEXEC) != 0) return SystemError("pipe");
  const std::string& file = command.error_file.empty() ? "/dev/null" : command.error_file;
  fds.error = open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  return fds.error >= 0 ? absl::OkStatus() : SystemError(file);
}

std::vector<char*> Pointers(const std::vector<std::string>& strings) {
  std::vector<char*> pointers;
  pointers.reserve(strings.size() + 1);
  for (const std::string& s : strings) pointers.push_back(const_cast<char*>(s.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

// The child starts with default signals, whatever the caller's are.
int Spawn(const Command& command, const Descriptors& fds, pid_t& pid) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, fds.in[1], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, fds.out[1], STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, fds.error, STDERR_FILENO);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none;
  sigset_t pipe;
  sigemptyset(&none);
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &pipe);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  const int error = posix_spawnp(&pid, command.argv[0].c_str(), &actions, &attributes,
                                 Pointers(command.argv).data(), Pointers(command.environment).data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return error;
}

int Release(int& fd) { return std::exchange(fd, -1); }

// What a git says may hold anything: one line, without control characters.
std::string Printable(std::string text) {
  text = std::string(absl::StripAsciiWhitespace(text));
  std::replace_if(
      text.begin(), text.end(), [](char c) { return absl::ascii_iscntrl(static_cast<unsigned char>(c)); },
      ' ');
  return text;
}

}  // namespace

Process::Process(const Command& command, pid_t pid, int in, int out)
    : name_(absl::StrJoin(command.argv.begin(), command.argv.begin() + 1, " ")),
      error_file_(command.error_file),
      timeout_(command.timeout),
      pid_(pid),
      in_(in),
      out_(out) {}

absl::StatusOr<std::unique_ptr<Process>> Process::Start(const Command& command) {
  Descriptors fds;
  if (absl::Status opened = Open(command, fds); !opened.ok()) return opened;
  pid_t pid = -1;
  if (const int error = Spawn(command, fds, pid); error != 0) {
    return absl::UnavailableError(fmt::format("{} cannot be run: {}", command.argv[0], std::strerror(error)));
  }
  fcntl(fds.in[0], F_SETFL, fcntl(fds.in[0], F_GETFL) | O_NONBLOCK);
  fcntl(fds.out[0], F_SETFL, fcntl(fds.out[0], F_GETFL) | O_NONBLOCK);
  return std::unique_ptr<Process>(new Process(command, pid, Release(fds.in[0]), Release(fds.out[0])));
}

Process::~Process() {
  Kill();
  if (in_ >= 0) close(in_);
  if (out_ >= 0) close(out_);
}

void Process::Kill() {
  if (pid_ <= 0) return;
  kill(pid_, SIGKILL);
  while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
}

absl::Status Process::Failure(std::string_view what) const {
  std::string words(kMaxErrorBytes, '\0');
  std::ifstream file(error_file_);
  file.read(words.data(), static_cast<std::streamsize>(words.size()));
  words.resize(static_cast<std::size_t>(file.gcount()));
  words = Printable(words);
  return absl::UnavailableError(words.empty() ? fmt::format("{} {}", name_, what)
                                              : fmt::format("{} {}: {}", name_, what, words));
}

absl::Status Process::Converse(std::string_view input, AfterInput after, const Reader& reader, bool& at_end) {
  std::string buffer(kReadBytes, '\0');
  if (input.empty() && after == AfterInput::kClose) shutdown(in_, SHUT_WR);
  while (true) {
    std::array<pollfd, 2> fds = {pollfd{out_, POLLIN, 0}, pollfd{input.empty() ? -1 : in_, POLLOUT, 0}};
    const int ready = poll(fds.data(), fds.size(), static_cast<int>(absl::ToInt64Milliseconds(timeout_)));
    if (ready < 0 && errno == EINTR) continue;
    if (ready < 0) return SystemError("poll");
    if (ready == 0) return Failure(fmt::format("gave no answer for {}", absl::FormatDuration(timeout_)));
    if (fds[1].revents != 0) {
      const ssize_t sent = send(in_, input.data(), input.size(), MSG_NOSIGNAL);
      if (sent > 0) input.remove_prefix(static_cast<std::size_t>(sent));
      // A process that has ended is noticed below, with all that it still said.
      if (sent < 0 && errno != EAGAIN && errno != EINTR) input = {};
      if (input.empty() && after == AfterInput::kClose) shutdown(in_, SHUT_WR);
    }
    if (fds[0].revents == 0) continue;
    const ssize_t got = read(out_, buffer.data(), buffer.size());
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    if (got < 0) return SystemError("read");
    if (got == 0) {
      at_end = true;
      return absl::OkStatus();
    }
    absl::StatusOr<bool> done = reader(std::string_view(buffer).substr(0, static_cast<std::size_t>(got)));
    if (!done.ok()) return done.status();
    if (*done) return absl::OkStatus();
  }
}

absl::Status Process::Ask(std::string_view input, const Reader& reader) {
  bool at_end = false;
  absl::Status conversed = Converse(input, AfterInput::kKeepOpen, reader, at_end);
  if (conversed.ok() && at_end) conversed = Failure("ended early");
  if (!conversed.ok()) Kill();
  return conversed;
}

absl::Status Process::Wait() {
  int status = 0;
  while (waitpid(pid_, &status, 0) < 0) {
    if (errno != EINTR) return SystemError("waitpid");
  }
  pid_ = -1;
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return absl::OkStatus();
  return Failure(WIFEXITED(status) ? "failed" : "was killed");
}

absl::StatusOr<std::string> Process::Finish(std::string_view input, std::size_t max_bytes) {
  std::string output;
  bool at_end = false;
  const Reader collect = [&](std::string_view arrived) -> absl::StatusOr<bool> {
    if (output.size() + arrived.size() > max_bytes) {
      return absl::ResourceExhaustedError(fmt::format("{} answers more than {} bytes", name_, max_bytes));
    }
    output += arrived;
    return false;
  };
  absl::Status conversed = Converse(input, AfterInput::kClose, collect, at_end);
  if (!conversed.ok()) {
    Kill();
    return conversed;
  }
  if (absl::Status waited = Wait(); !waited.ok()) return waited;
  return output;
}

absl::StatusOr<std::string> Run(const Command& command, std::string_view input, std::size_t max_bytes) {
  absl::StatusOr<std::unique_ptr<Process>> process = Process::Start(command);
  if (!process.ok()) return process.status();
  return (*process)->Finish(input, max_bytes);
}

}  // namespace clambake::git
