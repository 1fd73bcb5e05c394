#include "bundler/changes.h"

#include <algorithm>

namespace clambake::bundler {

bool IsFile(std::uint32_t mode) {
  constexpr std::uint32_t kTypeMask = 0170000;
  constexpr std::uint32_t kRegular = 0100000;
  return (mode & kTypeMask) == kRegular;
}

bool IsEmptyBlob(std::string_view id) {
  return id == "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391" ||
         id == "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813";
}

bool IsPlainEdit(const FileChange& change) {
  return change.kind == 'M' && change.old_mode == change.new_mode && IsFile(change.old_mode);
}

const FileChange* ChangeAt(const std::vector<FileChange>& changes, std::string_view path) {
  const auto at =
      std::lower_bound(changes.begin(), changes.end(), path,
                       [](const FileChange& change, std::string_view p) { return change.path < p; });
  return at != changes.end() && at->path == path ? &*at : nullptr;
}

}  // namespace clambake::bundler
