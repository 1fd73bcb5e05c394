// Kills a process at its k-th system call that changes anything outside it.
#ifndef CLAMBAKE_TESTS_CRASH_KILL_AT_H_
#define CLAMBAKE_TESTS_CRASH_KILL_AT_H_

#include <functional>
#include <set>
#include <string>
#include <vector>

namespace clambake {

struct KillReport {
  bool killed = false;    // false: it ended by itself before its k-th call
  long system_call = -1;  // the one it was killed at
  int exit_code = -1;     // if it ended by itself
};

// Runs `body` in a forked process, traced. Its k-th call (from 1) of those that
// write, sync, truncate, remove, create or send is never made: SIGKILL comes first.
KillReport KillAt(int k, const std::function<int()>& body);

struct CallReport {
  std::vector<long> effects;    // the calls that KillAt counts, in order
  std::set<long> unclassified;  // made, and neither counted nor known to leave no trace
  int exit_code = -1;
};

// Runs `body` in the same way to its end.
CallReport CallsOf(const std::function<int()>& body);

// Runs `body` in a forked process; its exit code, or -1.
int RunForked(const std::function<int()>& body);

}  // namespace clambake

#endif  // CLAMBAKE_TESTS_CRASH_KILL_AT_H_
