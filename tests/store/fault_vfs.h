// A file system for SQLite that fails and forgets on command: I/O errors at
// the n-th call, a full disk, and power loss that drops or tears what was not
// synced. Wraps the system's own.
#ifndef CLAMBAKE_TESTS_STORE_FAULT_VFS_H_
#define CLAMBAKE_TESTS_STORE_FAULT_VFS_H_

#include <map>
#include <string>

namespace clambake {

// One at a time in a process; its name for StoreOptions::sqlite_vfs is "fault".
class FaultVfs {
 public:
  enum class Kind {
    kNone,
    kOpenError,
    kReadError,
    kWriteError,
    kDiskFull,
    kTruncateError,
    kSyncError,  // and what was to be synced may never reach the disk, whatever is synced later
    kDeleteError,
    kPowerLoss  // at a write, truncation, sync or deletion
  };

  FaultVfs();
  ~FaultVfs();
  FaultVfs(const FaultVfs&) = delete;
  FaultVfs& operator=(const FaultVfs&) = delete;

  // From the n-th call of that kind on (from 1), it fails once, or for power
  // loss for good: nothing reaches the disk any more.
  void Arm(Kind kind, int n);
  [[nodiscard]] bool Fired() const;
  // What the disk holds after the power came back: all that was synced, and of
  // the rest of each file whatever `seed` decides, pages torn in two included.
  // A file that was deleted may be there again, unless its folder was synced.
  void RestorePower(unsigned seed);
};

}  // namespace clambake

#endif  // CLAMBAKE_TESTS_STORE_FAULT_VFS_H_
