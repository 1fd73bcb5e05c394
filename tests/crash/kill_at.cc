#include "tests/crash/kill_at.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace clambake {
namespace {

// What leaves a trace outside the process: in files, sockets, shared memory.
constexpr std::array kEffects = {
    SYS_pwrite64,  SYS_write,  SYS_pwritev, SYS_writev,   SYS_fsync,     SYS_fdatasync, SYS_unlinkat,
    SYS_ftruncate, SYS_sendto, SYS_sendmsg, SYS_renameat, SYS_renameat2, SYS_mkdirat,   SYS_connect,
    SYS_shutdown,  SYS_fchmod, SYS_fchown,  SYS_linkat,   SYS_fallocate,
#ifdef SYS_unlink
    SYS_unlink,    SYS_rename, SYS_mkdir,   SYS_chmod,    SYS_link,
#endif
};

// What leaves none. Opening does, where it creates.
constexpr std::array kHarmless = {
    SYS_openat,
    SYS_read,
    SYS_pread64,
    SYS_close,
    SYS_fstat,
    SYS_newfstatat,
    SYS_lseek,
    SYS_mmap,
    SYS_munmap,
    SYS_mprotect,
    SYS_brk,
    SYS_madvise,
    SYS_mremap,
    SYS_futex,
    SYS_getpid,
    SYS_gettid,
    SYS_getrandom,
    SYS_clock_gettime,
    SYS_clock_nanosleep,
    SYS_fcntl,
    SYS_flock,
    SYS_socket,
    SYS_setsockopt,
    SYS_getsockopt,
    SYS_getsockname,
    SYS_getpeername,
    SYS_recvfrom,
    SYS_recvmsg,
    SYS_poll,
    SYS_ppoll,
    SYS_epoll_pwait,
    SYS_epoll_ctl,
    SYS_epoll_create1,
    SYS_eventfd2,
    SYS_pipe2,
    SYS_socketpair,
    SYS_bind,
    SYS_ioctl,
    SYS_rt_sigaction,
    SYS_rt_sigprocmask,
    SYS_geteuid,
    SYS_getuid,
    SYS_getegid,
    SYS_getgid,
    SYS_uname,
    SYS_sysinfo,
    SYS_getcwd,
    SYS_faccessat,
    SYS_readlinkat,
    SYS_getdents64,
    SYS_exit_group,
    SYS_prlimit64,
    SYS_sched_yield,
    SYS_sched_getaffinity,
    SYS_statx,
    SYS_statfs,
    SYS_fstatfs,
    SYS_umask,
    SYS_tgkill,
    SYS_rseq,
    SYS_set_robust_list,
#ifdef SYS_access
    SYS_access,
    SYS_stat,
    SYS_lstat,
    SYS_readlink,
    SYS_arch_prctl,
    SYS_epoll_wait,
    SYS_getppid,
    SYS_time,
#endif
};

bool HasEffect(const __ptrace_syscall_info& info) {
  const auto number = static_cast<long>(info.entry.nr);
  if (number == SYS_openat) return (info.entry.args[2] & O_CREAT) != 0;
  return std::find(kEffects.begin(), kEffects.end(), number) != kEffects.end();
}

bool IsHarmless(const __ptrace_syscall_info& info) {
  return std::find(kHarmless.begin(), kHarmless.end(), static_cast<long>(info.entry.nr)) != kHarmless.end();
}

void Trace(pid_t child, int status) {
  if (!WIFSTOPPED(status)) throw std::runtime_error("the traced process did not stop");
  const long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL;
  if (ptrace(PTRACE_SETOPTIONS, child, nullptr, options) != 0) throw std::runtime_error("ptrace");
}

// A forked process that waits to be traced.
pid_t StartTraced(const std::function<int()>& body) {
  const pid_t child = fork();
  if (child == 0) {
    if (ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) _exit(99);
    raise(SIGSTOP);
    _exit(body());
  }
  int status = 0;
  waitpid(child, &status, 0);
  Trace(child, status);
  return child;
}

// Lets it go on to its next call; false where it has ended, with `status`.
bool NextCall(pid_t child, __ptrace_syscall_info& info, int& status) {
  for (;;) {
    ptrace(PTRACE_SYSCALL, child, nullptr, nullptr);
    waitpid(child, &status, 0);
    if (!WIFSTOPPED(status)) return false;
    if (WSTOPSIG(status) != (SIGTRAP | 0x80)) continue;
    ptrace(PTRACE_GET_SYSCALL_INFO, child, sizeof(info), &info);
    if (info.op == PTRACE_SYSCALL_INFO_ENTRY) return true;
  }
}

int ExitCode(int status) { return WIFEXITED(status) ? WEXITSTATUS(status) : -1; }

}  // namespace

KillReport KillAt(int k, const std::function<int()>& body) {
  const pid_t child = StartTraced(body);
  KillReport report;
  int status = 0;
  __ptrace_syscall_info info{};
  for (int seen = 0; NextCall(child, info, status);) {
    if (!HasEffect(info) || ++seen < k) continue;
    report.killed = true;
    report.system_call = static_cast<long>(info.entry.nr);
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
    return report;
  }
  report.exit_code = ExitCode(status);
  return report;
}

CallReport CallsOf(const std::function<int()>& body) {
  const pid_t child = StartTraced(body);
  CallReport report;
  int status = 0;
  __ptrace_syscall_info info{};
  while (NextCall(child, info, status)) {
    const auto number = static_cast<long>(info.entry.nr);
    if (HasEffect(info)) {
      report.effects.push_back(number);
    } else if (!IsHarmless(info)) {
      report.unclassified.insert(number);
    }
  }
  report.exit_code = ExitCode(status);
  return report;
}

int RunForked(const std::function<int()>& body) {
  const pid_t child = fork();
  if (child == 0) _exit(body());
  int status = 0;
  waitpid(child, &status, 0);
  return ExitCode(status);
}

}  // namespace clambake
