// Kills a process at its k-th system call that changes anything outside it.
#ifndef CLAMBAKE_TESTS_CRASH_KILL_AT_H_
#define CLAMBAKE_TESTS_CRASH_KILL_AT_H_

#include <functional>
#include <string>

namespace clambake {

struct KillReport {
  bool killed = false;    // false: it ended by itself before its k-th call
  long system_call = -1;  // the one it was killed at
  int exit_code = -1;     // if it ended by itself
};

// Runs `body` in a forked process, traced. Its k-th call (from 1) of those that
// write, sync, truncate, remove, create or send is never made: SIGKILL comes first.
KillReport KillAt(int k, const std::function<int()>& body);

}  // namespace clambake

#endif  // CLAMBAKE_TESTS_CRASH_KILL_AT_H_
