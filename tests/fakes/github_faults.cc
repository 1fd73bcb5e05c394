#include "tests/fakes/github_faults.h"

#include <array>

namespace clambake {

std::string_view Name(FaultKind kind) {
  constexpr std::array<std::string_view, 17> kNames = {"not_sent",
                                                       "cut",
                                                       "lost_answer",
                                                       "late_effect",
                                                       "timeout",
                                                       "502",
                                                       "502_after_work",
                                                       "429",
                                                       "secondary_retry_after",
                                                       "secondary_bare",
                                                       "primary_spent",
                                                       "reset_in_past",
                                                       "slow_bytes",
                                                       "malformed_json",
                                                       "truncated_json",
                                                       "wrong_content_type",
                                                       "stale_list"};
  return kNames[static_cast<std::size_t>(kind)];
}

const std::vector<FaultKind>& AllFaults() {
  static const std::vector<FaultKind> all = [] {
    std::vector<FaultKind> kinds;
    for (int i = 0; i <= static_cast<int>(FaultKind::kStaleList); ++i)
      kinds.push_back(static_cast<FaultKind>(i));
    return kinds;
  }();
  return all;
}

std::optional<Fault> FaultScript::Take(std::string_view method, std::string_view path) {
  for (Fault& fault : faults_) {
    if (!fault.method.empty() && fault.method != method) continue;
    if (path.find(fault.path_part) == std::string_view::npos || fault.times == 0) continue;
    if (fault.skip > 0) {
      --fault.skip;
      continue;
    }
    --fault.times;
    return fault;
  }
  return std::nullopt;
}

}  // namespace clambake
