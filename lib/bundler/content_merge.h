// What git makes of two changes of one text, decided without git.
//
// Git's three-way merge of a text (xdl_merge of git's xdiff, level ZEALOUS, as
// merge-ort calls it) knows no more than the two lists of changed lines, and
// those come from git's own matching. Changes that overlap or touch are one
// region; it is in conflict unless both sides have the same lines there.
#ifndef CLAMBAKE_BUNDLER_CONTENT_MERGE_H_
#define CLAMBAKE_BUNDLER_CONTENT_MERGE_H_

#include <cstdint>
#include <vector>

#include "clambake/git_repo.h"

namespace clambake::bundler {

// Lines of the old content that both sides change differently. As LineSpan:
// count 0 is the place after line `first`.
struct ConflictSpan {
  std::int64_t first = 0;
  std::int64_t count = 0;
};

// Both lists tell of the same old content. Ascending; empty: merges cleanly.
std::vector<ConflictSpan> MergeContent(const std::vector<LineSpan>& a, const std::vector<LineSpan>& b);

}  // namespace clambake::bundler

#endif  // CLAMBAKE_BUNDLER_CONTENT_MERGE_H_
