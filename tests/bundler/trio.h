// Heads of which any two merge and all do not, or only in some order.
#ifndef CLAMBAKE_TESTS_BUNDLER_TRIO_H_
#define CLAMBAKE_TESTS_BUNDLER_TRIO_H_

#include <string>
#include <vector>

#include "tests/support/test_repo.h"

namespace clambake {

enum class TrioMerges {
  kOldestLast,  // in no other order
  kNever
};

// A file in which one of three heads, or none, has rewritten a quarter, each a different one.
inline tests::Blob TrioText(const std::string& file, int rewritten_by) {
  constexpr int kLines = 27;
  constexpr int kEach = 9;  // the last two keep the quarters apart
  std::string text;
  for (int line = 0; line < kLines; ++line) {
    const bool is_rewritten = line / kEach == rewritten_by && line % kEach < 7;
    text += file + (is_rewritten ? " rewritten " : " ") + std::to_string(line) + "\n";
  }
  return tests::Blob{text};
}

// Adds what they need to the branch main, and the heads NAME.1 to NAME.3, the
// oldest first.
//
// One of them renames a file, and the two others edit it. A rename is seen as
// long as half of the file is as it was: when one edit has been merged into the
// renamed file, that is over, and the other edit finds its file deleted. So who
// renames must be the last to merge, which two of them at once cannot be.
inline std::vector<std::string> CommitTrio(tests::TestRepo& repo, const std::string& name,
                                           TrioMerges merges) {
  std::vector<std::string> files = {name + "/first"};
  if (merges == TrioMerges::kNever) files.push_back(name + "/second");
  tests::Files base;
  for (const std::string& file : files) base[file] = TrioText(file, -1);
  repo.Commit("main", {"main"}, base);
  std::vector<std::string> heads;
  for (int head = 0; head < 3; ++head) {
    tests::Files changed;
    for (std::size_t i = 0; i < files.size(); ++i) {
      const bool renames = static_cast<int>(i) == head;
      if (renames) changed[files[i]] = std::nullopt;
      changed[renames ? files[i] + ".renamed" : files[i]] = TrioText(files[i], head);
    }
    heads.push_back(name + "." + std::to_string(head + 1));
    repo.Commit(heads.back(), {"main"}, changed);
  }
  return heads;
}

}  // namespace clambake

#endif  // CLAMBAKE_TESTS_BUNDLER_TRIO_H_
