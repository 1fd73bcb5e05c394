// From heads as named to heads that merge onto the base, each with its test
// merge: the commit that merging it alone would make.
#ifndef CLAMBAKE_BUNDLER_CANDIDATES_H_
#define CLAMBAKE_BUNDLER_CANDIDATES_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "bundler/memory.h"
#include "clambake/bundler.h"

namespace clambake::bundler {

struct Candidate {
  std::string id;
  std::vector<IssueNumber> issues;  // ascending, without 0
  std::int64_t committed_at = 0;
  std::string test_merge;  // commit
  std::string tree;        // of the test merge
  // A commit of the same tree right on a copy of the base without history: two
  // of these merge as two test merges do whose heads share no commits, and git
  // need not look for a merge base.
  std::string on_base;
  const std::vector<FileChange>* changes = nullptr;  // base to test merge; in Memory
};

struct Candidates {
  std::string base_tree;
  std::vector<Candidate> all;          // oldest first
  std::vector<Individual> individual;  // by reason, then head
  // Pairs of indices, first < second, that share commits the base has not.
  std::vector<std::pair<std::size_t, std::size_t>> related;
};

absl::StatusOr<Candidates> FindCandidates(Memory& memory, const std::string& base,
                                          const std::vector<Head>& heads);

}  // namespace clambake::bundler

#endif  // CLAMBAKE_BUNDLER_CANDIDATES_H_
