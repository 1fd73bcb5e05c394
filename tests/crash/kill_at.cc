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

// All others leave files, sockets and the shared memory of tests as they are;
// getppid marks where that memory changes.
constexpr std::array kEffects = {
    SYS_pwrite64,  SYS_write,  SYS_pwritev, SYS_writev,  SYS_fsync,  SYS_fdatasync, SYS_unlinkat,
    SYS_ftruncate, SYS_sendto, SYS_sendmsg, SYS_getppid, SYS_openat, SYS_renameat2,
#ifdef SYS_unlink
    SYS_unlink,    SYS_rename,
#endif
};

bool HasEffect(const __ptrace_syscall_info& info) {
  const auto number = static_cast<long>(info.entry.nr);
  if (number == SYS_openat) return (info.entry.args[2] & O_CREAT) != 0;
  return std::find(kEffects.begin(), kEffects.end(), number) != kEffects.end();
}

void Trace(pid_t child, int status) {
  if (!WIFSTOPPED(status)) throw std::runtime_error("the traced process did not stop");
  const long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL;
  if (ptrace(PTRACE_SETOPTIONS, child, nullptr, options) != 0) throw std::runtime_error("ptrace");
}

}  // namespace

KillReport KillAt(int k, const std::function<int()>& body) {
  const pid_t child = fork();
  if (child == 0) {
    if (ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) _exit(99);
    raise(SIGSTOP);
    _exit(body());
  }
  int status = 0;
  waitpid(child, &status, 0);
  Trace(child, status);
  KillReport report;
  for (int seen = 0;;) {
    ptrace(PTRACE_SYSCALL, child, nullptr, nullptr);
    waitpid(child, &status, 0);
    if (!WIFSTOPPED(status)) break;
    if (WSTOPSIG(status) != (SIGTRAP | 0x80)) continue;
    __ptrace_syscall_info info{};
    ptrace(PTRACE_GET_SYSCALL_INFO, child, sizeof(info), &info);
    if (info.op != PTRACE_SYSCALL_INFO_ENTRY || !HasEffect(info) || ++seen < k) continue;
    report.killed = true;
    report.system_call = static_cast<long>(info.entry.nr);
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
    return report;
  }
  report.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return report;
}

}  // namespace clambake
