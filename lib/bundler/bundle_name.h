// Names of bundle branches: made of numbers and hex alone, never of titles.
#ifndef CLAMBAKE_BUNDLER_BUNDLE_NAME_H_
#define CLAMBAKE_BUNDLER_BUNDLE_NAME_H_

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "clambake/bundler.h"

namespace clambake::bundler {

// Gives each bundle its name: "bundle/YYYYMMDD_HHMM__issues_1_2", the time
// that of the ten-minute window. Names are unique in the set and at most 200
// bytes: a longer one ends in the number of issues left out and a digest of
// the heads, one without issues or with the issues of another in that digest.
void NameBundles(absl::Time window, std::vector<Bundle>& bundles);

}  // namespace clambake::bundler

#endif  // CLAMBAKE_BUNDLER_BUNDLE_NAME_H_
