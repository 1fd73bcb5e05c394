// The old bundler, as it was. Kept faithful, known defects included, because
// shadow comparison and rollback are measured against it.
#ifndef CLAMBAKE_LEGACY_LEGACY_BUNDLER_H_
#define CLAMBAKE_LEGACY_LEGACY_BUNDLER_H_

#include <cstddef>
#include <memory>
#include <string>

#include "absl/time/time.h"
#include "clambake/bundler.h"
#include "clambake/git_repo.h"

namespace clambake {

// `repo` is not owned and outlives the bundler.
//
// Two branches conflict if they share a changed path, base tip against head
// tip (L10). With any conflict and a score below 75 all go individually, reason
// "legacy_score". Otherwise all are cherry-picked in the order given onto the
// base, commit by commit; the first that does not apply, applies to nothing,
// or is a merge sends all to individual pull requests, reason
// "legacy_cherry_pick" (L3, L4). There is no limit on the size of a bundle.
std::unique_ptr<Bundler> NewLegacyBundler(GitRepo* repo);

namespace legacy {

// Branches outside any conflict, of all branches, in percent. 100 for none.
double ConflictScore(std::size_t branches, std::size_t in_conflict);

// Departures were meant for every ten minutes; the test is true only in the
// minute before the mark (L9).
bool Departs(absl::Time now);

// "bundle/YYYYMMDD_HHMM__issues_1_2", the window floored to ten minutes.
std::string BundleName(absl::Time now, std::vector<IssueNumber> issues);

// "[BUNDLE] n issues - HH:MM train", and "[AUTO] <issue title>".
std::string BundleTitle(absl::Time now, std::size_t issues);
std::string IndividualTitle(std::string_view issue_title);

}  // namespace legacy
}  // namespace clambake

#endif  // CLAMBAKE_LEGACY_LEGACY_BUNDLER_H_
