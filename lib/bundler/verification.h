// Git's word for whole bundles. Merging is not associative: heads that merge
// in pairs may conflict in a group, and in one order but not in another.
#ifndef CLAMBAKE_BUNDLER_VERIFICATION_H_
#define CLAMBAKE_BUNDLER_VERIFICATION_H_

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "bundler/candidates.h"
#include "bundler/conflict_graph.h"
#include "bundler/memory.h"

namespace clambake::bundler {

struct VerifiedGroup {
  std::vector<std::size_t> order;  // candidates, as they are merged
  std::string tree;                // of the last merge
};

struct VerificationRequest {
  const Candidates* candidates = nullptr;  // none of these is owned
  const ConflictGraph* graph = nullptr;
  std::vector<std::vector<std::size_t>> groups;
  std::size_t max_size = 0;  // 0: no limit
};

// The trees of bundles that git has merged: by the test merge of the first
// head, and the ids of the others in order.
using MergedBundles = absl::flat_hash_map<std::string, std::string>;

// Merges each group onto the base, head by head with real merge commits, as
// the server would. Oldest first; if that conflicts, in another order; if none
// is found, a head leaves the group for another that takes it, or for one of
// its own. Every group of the result has been merged by git in its order, now
// or when it came to be `known`; those merged now are added to it.
absl::StatusOr<std::vector<VerifiedGroup>> VerifyGroups(Memory& memory, MergedBundles& known,
                                                        const VerificationRequest& request);

}  // namespace clambake::bundler

#endif  // CLAMBAKE_BUNDLER_VERIFICATION_H_
