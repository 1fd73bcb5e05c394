// The fewest groups of at most so many, no two of a group in conflict: graph
// colouring with bounded classes.
#ifndef CLAMBAKE_BUNDLER_PARTITION_H_
#define CLAMBAKE_BUNDLER_PARTITION_H_

#include <cstddef>
#include <vector>

namespace clambake::bundler {

struct PreviousGroup {
  std::vector<std::size_t> members;  // those that are still there
  std::size_t departed = 0;          // how many are not
};

struct PartitionRequest {
  // By member, ascending. Members come oldest first.
  const std::vector<std::vector<std::size_t>>* neighbours = nullptr;
  std::size_t max_size = 0;  // 0: no limit
  // Groups to keep together where the number of groups allows it; may be empty.
  std::vector<PreviousGroup> previous;
};

struct Partition {
  std::vector<std::vector<std::size_t>> groups;  // members ascending; by first member
  std::size_t lower_bound = 0;                   // no partition has fewer groups
  bool by_clique = false;                        // the bound is a clique's size, else the count's
};

// Deterministic. Members go oldest first, into the first groups that take them.
// Stable, as far as fewest allows: who comes last, or a whole group that goes,
// changes nothing else, and with the previous groups known the same is true of
// any member that comes or goes. Where no group has a place for a member, as few
// others as can be move for it; only where that fails too is all placed anew.
Partition MakePartition(const PartitionRequest& request);

}  // namespace clambake::bundler

#endif  // CLAMBAKE_BUNDLER_PARTITION_H_
