// The fewest groups of at most so many, no two of a group in conflict: graph
// colouring with bounded classes.
#ifndef CLAMBAKE_BUNDLER_PARTITION_H_
#define CLAMBAKE_BUNDLER_PARTITION_H_

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace clambake::bundler {

// A key from an object id: a hash already, whose first digits spread well.
std::uint64_t StableKey(std::string_view id);

struct PartitionRequest {
  // By member, ascending. Members come oldest first.
  const std::vector<std::vector<std::size_t>>* neighbours = nullptr;
  std::vector<std::uint64_t> keys;  // a number for each member that stays the same from request to request
  std::size_t max_size = 0;         // 0: no limit
  // Groups to keep together where the number of groups allows it; may be empty.
  std::vector<std::vector<std::size_t>> previous;
};

struct Partition {
  std::vector<std::vector<std::size_t>> groups;  // members ascending; by first member
  std::size_t lower_bound = 0;                   // no partition has fewer groups
  bool by_clique = false;                        // the bound is a clique's size, else the count's
};

// Deterministic. Stable, as far as fewest allows: which group a member without
// conflicts joins follows from its own key, so one member more or less moves
// others only where groups are full or their number changes; members in
// conflict are placed by connected component.
Partition MakePartition(const PartitionRequest& request);

}  // namespace clambake::bundler

#endif  // CLAMBAKE_BUNDLER_PARTITION_H_
