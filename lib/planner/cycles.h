// Cycles of a directed graph, without recursion: chains may be any length.
#ifndef CLAMBAKE_PLANNER_CYCLES_H_
#define CLAMBAKE_PLANNER_CYCLES_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "planner/rows.h"

namespace clambake::planner {

// By node: the number of its strongly connected component if that has a cycle
// (a node with an edge to itself is one), else kNone.
Column<std::int32_t> CyclicComponents(const Rows& edges);

// A shortest cycle through `node`, which comes first. At most `max_length`
// nodes: of a longer one, some path that begins like a cycle.
std::vector<std::int32_t> CycleThrough(const Rows& edges, const Column<std::int32_t>& components,
                                       std::int32_t node, std::size_t max_length);

}  // namespace clambake::planner

#endif  // CLAMBAKE_PLANNER_CYCLES_H_
