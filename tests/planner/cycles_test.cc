// Cycles among issues that wait for each other.
#include "planner/cycles.h"

#include <vector>

#include "planner/problem.h"
#include "tests/support/catch.h"

namespace clambake::planner {
namespace {

// A ring: each waits for the next, the last for the first.
Rows Ring(std::int32_t nodes) {
  std::vector<Pair> edges;
  for (std::int32_t node = 0; node < nodes; ++node) edges.emplace_back(node, (node + 1) % nodes);
  return RowsOf(edges, nodes);
}

TEST_CASE("A shortest cycle is found through each node, and of long ones as much as is wanted") {
  const Rows ring = Ring(30);
  const Column<std::int32_t> components = CyclicComponents(ring);
  for (const std::int32_t node : {0, 17}) {
    const std::vector<std::int32_t> whole = CycleThrough(ring, components, node, 30);
    REQUIRE(whole.size() == 30);
    for (std::int32_t step = 0; step < 30; ++step)
      CHECK(whole[static_cast<std::size_t>(step)] == (node + step) % 30);
    // Ten are enough: found and cut off; five: not looked for to the end.
    for (const std::size_t length : {std::size_t{10}, std::size_t{5}}) {
      const std::vector<std::int32_t> part = CycleThrough(ring, components, node, length);
      CHECK(part == std::vector<std::int32_t>(whole.begin(), whole.begin() + static_cast<int>(length)));
    }
  }
}

TEST_CASE("A cycle does not lead through nodes outside of its component, nor round twice") {
  // 0 → 1 → 2 → 0 and 0 → 2; 1 waits for 3, which waits for itself.
  const Rows edges = RowsOf(std::vector<Pair>{{0, 1}, {0, 2}, {1, 3}, {1, 2}, {2, 0}, {3, 3}}, 5);
  const Column<std::int32_t> components = CyclicComponents(edges);
  CHECK(components[0] == components[1]);
  CHECK(components[3] != components[1]);
  CHECK(components[4] == kNone);
  CHECK(CycleThrough(edges, components, 0, 9) == std::vector<std::int32_t>{0, 2});
  CHECK(CycleThrough(edges, components, 1, 9) == std::vector<std::int32_t>{1, 2, 0});
  CHECK(CycleThrough(edges, components, 3, 9) == std::vector<std::int32_t>{3});
}

}  // namespace
}  // namespace clambake::planner
