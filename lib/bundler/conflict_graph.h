// Which candidates cannot ride together: their test merges do not merge.
#ifndef CLAMBAKE_BUNDLER_CONFLICT_GRAPH_H_
#define CLAMBAKE_BUNDLER_CONFLICT_GRAPH_H_

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "bundler/candidates.h"
#include "bundler/memory.h"
#include "bundler/pair_filter.h"
#include "clambake/bundler.h"

namespace clambake::bundler {

struct ConflictGraph {
  std::vector<std::vector<std::size_t>> neighbours;  // by candidate, ascending
  std::vector<Conflict> conflicts;                   // by a, then b
};

// The filter's word where that is certain, git's for all other pairs. A pair
// that git cannot merge at all counts as a conflict. Remembers what it found.
// Thread-compatible.
class ConflictFinder {
 public:
  explicit ConflictFinder(Memory* memory) : memory_(memory), filter_(memory) {}  // not owned

  absl::StatusOr<ConflictGraph> Find(const Candidates& candidates);

 private:
  using Key = std::pair<std::string, std::string>;

  const Conflict& Remember(const Candidate& a, const Candidate& b,
                           const std::vector<std::string_view>& paths);

  Memory* memory_;
  PairFilter filter_;
  absl::flat_hash_map<Key, std::unique_ptr<const Conflict>> known_;  // by test merges
};

}  // namespace clambake::bundler

#endif  // CLAMBAKE_BUNDLER_CONFLICT_GRAPH_H_
