// When the file areas of a plan are in use, for its check.
#ifndef CLAMBAKE_PLANNER_CHECK_AREAS_H_
#define CLAMBAKE_PLANNER_CHECK_AREAS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "planner/plan_check.h"

namespace clambake::planner {

struct Span {
  std::int64_t begin = 0;
  std::int64_t end = 0;
  std::size_t job = 0;
};

// Work on a path and work somewhere below it, each by time.
struct PathUse {
  std::vector<Span> whole;
  std::vector<Span> below;
};

using PathUses = absl::flat_hash_map<std::string, PathUse>;

PathUses UsesOfPaths(const PlanCheck& check);

// The directories above a normal path, "" included.
std::vector<std::string> DirectoriesAbove(const std::string& path);

}  // namespace clambake::planner

#endif  // CLAMBAKE_PLANNER_CHECK_AREAS_H_
