// The labels that a person sets, or looks for: a repository must have them.
#include <algorithm>

#include "absl/strings/match.h"
#include "clambake/github_write.h"

namespace clambake {

std::vector<CreateLabel> MissingRouteLabels(const std::vector<std::string>& there) {
  std::vector<CreateLabel> missing = {{"route:ready", "0e8a16", "May be handed out to an agent"},
                                      {"route:review", "fbca04", "Finished, waits for a bundle"},
                                      {"route:human-only", "d93f0b", "Not for agents"}};
  std::erase_if(missing, [&](const CreateLabel& label) {
    return std::any_of(there.begin(), there.end(),
                       [&](const std::string& name) { return absl::EqualsIgnoreCase(name, label.name); });
  });
  return missing;
}

}  // namespace clambake
