// The sound filter: which pairs of heads certainly merge cleanly, so that git
// need not be asked. Everything it is not certain of it leaves to git.
//
// Both heads are seen as their changes from the base to their test merges. So
// the merge base of two test merges is the base itself (heads that share
// commits are left to git), and git's merge-ort works path by path from three
// known trees. It is clean where all of these hold:
//
//  - A path that both change has the same outcome in both; or it is a regular
//    file in all three, of one mode, whose replaced lines are apart by at least
//    one kept line. The lines come from git's own matching, with the algorithm
//    that merges use.
//  - No path that one changes lies below a path that the other changes: no
//    file stands where the other has a folder.
//  - Renames do not reach across. A rename pairs a deleted with an added path
//    of one side; it matters to the other only if that touches either path
//    (first rule: a deletion is only certain where neither side adds anything),
//    or if it adds a path below a folder that the first one emptied and that
//    counts as renamed. Git takes a folder as renamed only if nothing is left
//    of it on that side.
#ifndef CLAMBAKE_BUNDLER_PAIR_FILTER_H_
#define CLAMBAKE_BUNDLER_PAIR_FILTER_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "bundler/candidates.h"
#include "bundler/memory.h"
#include "bundler/pair_set.h"

namespace clambake::bundler {

// The pairs of candidates that git has to judge.
absl::StatusOr<PairSet> FindUncertainPairs(Memory& memory, const std::string& base,
                                           const Candidates& candidates);

// True if the changes touch, overlap or meet: no kept line is between them.
bool Meet(const LineSpan& a, const LineSpan& b);

}  // namespace clambake::bundler

#endif  // CLAMBAKE_BUNDLER_PAIR_FILTER_H_
