// A function in a process of its own: the one place of this room that forks.
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <new>
#include <string>
#include <system_error>

#include "clambake/shadow.h"
#include "fmt/format.h"

namespace clambake {
namespace {

// What the candidate says last; silence means that it crashed.
constexpr char kAnswered = 'a';
constexpr char kThrew = 't';
constexpr char kNoMemory = 'm';
constexpr char kTooLong = 'l';

absl::Status NoProcess(std::string_view what) {
  return absl::UnavailableError(
      fmt::format("no process for the candidate: {}: {}", what, std::strerror(errno)));
}

// Sanitizers reserve terabytes of address space.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kCanLimitMemory = false;
#else
constexpr bool kCanLimitMemory = true;
#endif

void LimitMemory(std::size_t beyond) {
  if (!kCanLimitMemory) return;
  std::size_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  const rlim_t most = pages * static_cast<std::size_t>(sysconf(_SC_PAGESIZE)) + beyond;
  const rlimit limit = {most, most};
  setrlimit(RLIMIT_AS, &limit);
}

// The candidate's process: nothing of the caller's stays within reach.
void Seclude(int mark, int answer, const ShadowLimits& limits) {
  setpgid(0, 0);
  const sched_param no_priority = {};
  sched_setscheduler(0, SCHED_IDLE, &no_priority);  // only what the caller leaves over
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGALRM, SIGCHLD}) {
    ::signal(signal, SIG_DFL);
  }
  const int highest = std::max(mark, answer);
  for (int fd = 0; fd < highest; ++fd) {
    if (fd != mark && fd != answer) close(fd);
  }
  close_range(static_cast<unsigned>(highest) + 1, ~0U, 0);
  // No core dump: a size of 0 alone does not keep it from a collecting program.
  prctl(PR_SET_DUMPABLE, 0);
  // Should the caller die, the kernel ends the candidate in its place.
  const auto seconds = static_cast<unsigned>(absl::ToInt64Seconds(limits.time) + 1);
  alarm(seconds);
  LimitMemory(limits.memory_bytes);
}

// A fork leaves every page of the caller to be shared at the next write, one
// fault each: half a thousand for planning 20,000 issues, a tenth of its time.
// The heap's are made its own again here, where nobody waits. What else has
// pages (arenas of other threads) finds out one by one.
void TakeHeapBack() {
#ifdef MADV_POPULATE_WRITE
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    if (!line.ends_with("[heap]")) continue;
    std::uintptr_t begin = 0;
    std::uintptr_t end = 0;
    const char* last = line.data() + line.size();
    const std::from_chars_result first = std::from_chars(line.data(), last, begin, 16);
    if (first.ec != std::errc() || first.ptr == last) return;
    if (std::from_chars(first.ptr + 1, last, end, 16).ec != std::errc() || end <= begin) return;
    // An address as the kernel writes it. Older kernels refuse, and nothing is lost.
    madvise(reinterpret_cast<void*>(begin), end - begin, MADV_POPULATE_WRITE);  // NOLINT
    return;
  }
#endif
}

char WriteAnswer(int fd, const std::string& text, std::size_t most) {
  if (text.size() > most) return kTooLong;
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t written = write(fd, text.data() + done, text.size() - done);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return kNoMemory;
    done += static_cast<std::size_t>(written);
  }
  return kAnswered;
}

[[noreturn]] void RunCandidate(const std::function<std::string()>& candidate, int mark, int answer,
                               const ShadowLimits& limits) {
  char word = kThrew;
  try {
    Seclude(mark, answer, limits);
    word = WriteAnswer(answer, candidate(), limits.answer_bytes);
  } catch (const std::bad_alloc&) {
    word = kNoMemory;
  } catch (...) {
    word = kThrew;
  }
  [[maybe_unused]] const ssize_t written = write(mark, &word, 1);
  _exit(0);
}

}  // namespace

absl::StatusOr<std::unique_ptr<IsolatedRun>> IsolatedRun::Start(const std::function<std::string()>& candidate,
                                                                const ShadowLimits& limits) {
  std::unique_ptr<IsolatedRun> run(new IsolatedRun());
  run->limits_ = limits;
  run->limits_.time = std::clamp(limits.time, absl::ZeroDuration(), absl::Hours(1));
  run->clock_ = NewSystemClock();
  run->deadline_ = run->clock_->Monotonic() + run->limits_.time;
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return NoProcess("pipe");
  run->mark_ = ends[0];
  run->answer_ = memfd_create("clambake-shadow", MFD_CLOEXEC);
  const pid_t process = run->answer_ < 0 ? -1 : fork();
  if (process == 0) RunCandidate(candidate, ends[1], run->answer_, run->limits_);
  const int error = errno;
  close(ends[1]);
  errno = error;
  if (process < 0) return NoProcess("fork");
  run->process_ = process;
  setpgid(process, process);  // both do it: whoever comes first
  return run;
}

IsolatedRun::~IsolatedRun() {
  End();
  for (const int fd : {mark_, answer_}) {
    if (fd >= 0) close(fd);
  }
}

void IsolatedRun::End() {
  if (process_ < 0) return;
  kill(-process_, SIGKILL);
  kill(process_, SIGKILL);
  while (waitpid(process_, nullptr, 0) < 0 && errno == EINTR) {
  }
  process_ = -1;
  TakeHeapBack();
}

// '\0' if the candidate ended without a word.
absl::StatusOr<char> IsolatedRun::AwaitMark() {
  for (;;) {
    const absl::Duration left = std::max(absl::ZeroDuration(), deadline_ - clock_->Monotonic());
    pollfd waiting = {mark_, POLLIN, 0};
    const int ready = poll(
        &waiting, 1, static_cast<int>(absl::ToInt64Milliseconds(absl::Ceil(left, absl::Milliseconds(1)))));
    if (ready < 0 && errno == EINTR) continue;
    if (ready < 0) return NoProcess("poll");
    if (ready == 0) {
      return absl::DeadlineExceededError(
          fmt::format("the candidate was ended after {}", absl::FormatDuration(limits_.time)));
    }
    char word = '\0';
    const ssize_t got = read(mark_, &word, 1);
    if (got < 0 && errno == EINTR) continue;
    return got == 1 ? word : '\0';
  }
}

absl::StatusOr<std::string> IsolatedRun::Collect() {
  if (process_ < 0) return absl::FailedPreconditionError("the candidate's answer was collected already");
  const absl::StatusOr<char> word = AwaitMark();
  End();
  if (!word.ok()) return word.status();
  if (*word == kThrew) return absl::AbortedError("the candidate threw an exception");
  if (*word == kNoMemory) return absl::ResourceExhaustedError("the candidate ran out of its memory");
  if (*word == kTooLong) return absl::ResourceExhaustedError("the candidate's answer is too long");
  if (*word != kAnswered) return absl::AbortedError("the candidate crashed");
  struct stat status = {};
  if (fstat(answer_, &status) != 0) return NoProcess("fstat");
  std::string answer(static_cast<std::size_t>(status.st_size), '\0');
  std::size_t done = 0;
  while (done < answer.size()) {
    const ssize_t got = pread(answer_, answer.data() + done, answer.size() - done, static_cast<off_t>(done));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return NoProcess("read");
    done += static_cast<std::size_t>(got);
  }
  return answer;
}

}  // namespace clambake
