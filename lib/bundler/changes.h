// What can be said of a changed file by itself.
#ifndef CLAMBAKE_BUNDLER_CHANGES_H_
#define CLAMBAKE_BUNDLER_CHANGES_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "clambake/git_repo.h"

namespace clambake::bundler {

// A regular file, executable or not.
bool IsFile(std::uint32_t mode);

// A file that one has and the other has not says nothing if it is empty; git never takes it as renamed.
bool IsEmptyBlob(std::string_view id);

// A regular file that stays one, of the same mode.
bool IsPlainEdit(const FileChange& change);

// The change of `path` among changes by path; null if there is none.
const FileChange* ChangeAt(const std::vector<FileChange>& changes, std::string_view path);

}  // namespace clambake::bundler

#endif  // CLAMBAKE_BUNDLER_CHANGES_H_
