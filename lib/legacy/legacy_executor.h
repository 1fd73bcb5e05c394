// The executor of the legacy generation, warts included: one operation after
// another, no journal, no resumption. Known defects: L5_requeue (bundled
// branches keep route:review and are queued again), L6_no_closing (no
// `Fixes #n` in the pull request), L8_ignored_failures (a label or a branch
// that fails leaves an issue half assigned).
#ifndef CLAMBAKE_LEGACY_LEGACY_EXECUTOR_H_
#define CLAMBAKE_LEGACY_LEGACY_EXECUTOR_H_

#include <memory>
#include <string>
#include <string_view>

#include "clambake/executor.h"

namespace clambake {

// Work states are written along with v2's tables, so that v2 can take over.
std::unique_ptr<Executor> NewLegacyExecutor();

// "Fix the *Foo* bar" → "fix-the-foo-bar": at most 30 characters, whole words.
std::string LegacySlug(std::string_view title);

}  // namespace clambake

#endif  // CLAMBAKE_LEGACY_LEGACY_EXECUTOR_H_
