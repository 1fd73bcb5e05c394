// The largest set of members that are all in conflict with one another.
#ifndef CLAMBAKE_BUNDLER_CLIQUE_H_
#define CLAMBAKE_BUNDLER_CLIQUE_H_

#include <cstddef>
#include <vector>

namespace clambake::bundler {

// A clique's size: the largest where the search ends within its budget, which
// it does on all but contrived graphs, and a large one otherwise.
std::size_t CliqueSize(const std::vector<std::vector<std::size_t>>& neighbours);

}  // namespace clambake::bundler

#endif  // CLAMBAKE_BUNDLER_CLIQUE_H_
