// The second bundler: a conflict graph of all heads, the fewest bundles, and
// git's own word for each of them.
#ifndef CLAMBAKE_BUNDLER_V2_BUNDLER_H_
#define CLAMBAKE_BUNDLER_V2_BUNDLER_H_

#include <memory>

#include "clambake/bundler.h"
#include "clambake/git_repo.h"

namespace clambake {

// `repo` is not owned and outlives the bundler. What git said once is
// remembered, so that asking again with a head more or less is quick.
std::unique_ptr<Bundler> NewV2Bundler(GitRepo* repo);

}  // namespace clambake

#endif  // CLAMBAKE_BUNDLER_V2_BUNDLER_H_
