// Which candidates cannot ride together: their test merges do not merge.
#ifndef CLAMBAKE_BUNDLER_CONFLICT_GRAPH_H_
#define CLAMBAKE_BUNDLER_CONFLICT_GRAPH_H_

#include <string>
#include <vector>

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
// that git cannot merge at all counts as a conflict.
absl::StatusOr<ConflictGraph> FindConflicts(Memory& memory, PairFilter& filter, const Candidates& candidates);

}  // namespace clambake::bundler

#endif  // CLAMBAKE_BUNDLER_CONFLICT_GRAPH_H_
