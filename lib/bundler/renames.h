// What becomes of a file that a head deletes while it adds others: merges may
// take one of those for the same file, renamed, and merge the other side's
// edits into that.
//
// Which one merge-ort takes can depend on the other side, because it looks only
// at the files that matter to both. It does not where
//
//  - no added file is half like the deleted one: it is not renamed;
//  - one added file alone has its very content, and no other deleted file has:
//    files of equal content are paired first, whatever the other side does;
//  - the head deletes and adds one file each, and they are half alike.
#ifndef CLAMBAKE_BUNDLER_RENAMES_H_
#define CLAMBAKE_BUNDLER_RENAMES_H_

#include <vector>

#include "absl/container/flat_hash_map.h"
#include "bundler/memory.h"
#include "clambake/git_repo.h"

namespace clambake::bundler {

struct Rename {
  enum class Kind { kUnknown, kNone, kRenamed };
  Kind kind = Kind::kUnknown;
  const FileChange* to = nullptr;  // kRenamed: the addition
};

// Thread-compatible. Keeps pointers to changes, which outlive it.
class Renames {
 public:
  explicit Renames(Memory* memory) : memory_(memory) {}
  void Forget() { renames_.clear(); }

  // Sees to it that `Of` knows these deletions of regular files, which are among
  // `changes`, all of one head. What git cannot tell stays unknown.
  void Find(const std::vector<FileChange>& changes, std::vector<const FileChange*> deletions);

  [[nodiscard]] Rename Of(const FileChange& deletion) const;

 private:
  absl::flat_hash_map<const FileChange*, Rename> renames_;
  Memory* memory_;
};

}  // namespace clambake::bundler

#endif  // CLAMBAKE_BUNDLER_RENAMES_H_
