// From heads as named to heads that merge onto the base, each with its test
// merge: the commit that merging it alone would make.
#ifndef CLAMBAKE_BUNDLER_CANDIDATES_H_
#define CLAMBAKE_BUNDLER_CANDIDATES_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "clambake/bundler.h"
#include "clambake/git_repo.h"

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
  std::shared_ptr<const std::vector<FileChange>> changes;   // base to test merge, by path
  std::shared_ptr<const std::vector<std::string>> commits;  // that the base has not; never none
};

struct Candidates {
  std::string base;
  std::vector<Candidate> all;          // oldest first
  std::vector<Individual> individual;  // by reason, then head
};

// What became of a head: a candidate, or none for this reason.
struct Outcome {
  std::optional<Candidate> candidate;  // without issues
  std::string reason;                  // as Individual's, as are these
  std::vector<std::string> paths;
  std::string detail;
};
using Outcomes = absl::flat_hash_map<std::string, Outcome>;  // by head

// Remembers what became of each head as long as the base stays, so that git is
// asked of new ones alone. What failed may work the next time. Thread-compatible.
class CandidateFinder {
 public:
  explicit CandidateFinder(GitRepo* repo) : repo_(repo) {}  // not owned

  // `base` is the id of a commit.
  absl::StatusOr<Candidates> Find(const std::string& base, const std::vector<Head>& heads);

 private:
  absl::Status SetBase(const std::string& base);
  absl::Status Learn(const std::vector<std::string>& heads, Outcomes& outcomes) const;

  GitRepo* repo_;
  std::string base_;
  std::string base_tree_;
  Outcomes known_;
};

}  // namespace clambake::bundler

#endif  // CLAMBAKE_BUNDLER_CANDIDATES_H_
