// Feature flags that are others than they were: whoever changes them changes a
// file or an environment, and nobody else would hear of it. Thread-safe as the
// store is.
#ifndef CLAMBAKE_SEEN_FLAGS_H_
#define CLAMBAKE_SEEN_FLAGS_H_

#include <string_view>

#include "absl/status/status.h"
#include "clambake/feature_flags.h"
#include "clambake/state_store.h"

namespace clambake {

// Keeps the flags that `instance` (a host's name, for a command) runs with, each
// instance's own; where they were others before, with a line of the audit log
// ("flags.changed") that names the variables, and of which alerts tell.
absl::Status NoteFlags(StateStore& store, std::string_view scope, std::string_view instance,
                       const FeatureFlags& flags);

}  // namespace clambake

#endif  // CLAMBAKE_SEEN_FLAGS_H_
