// Health checks: can this installation work, and is the migration sane?
#ifndef CLAMBAKE_HEALTH_H_
#define CLAMBAKE_HEALTH_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "clambake/clock.h"
#include "clambake/feature_flags.h"
#include "clambake/github_client.h"
#include "clambake/state_store.h"

namespace clambake {

// A check that does not apply is skipped, and says why: that is not a pass.
struct HealthCheck {
  std::string name;
  enum class State { kPass, kWarn, kFail, kSkipped } state = State::kSkipped;
  std::string text;
};
std::string_view Name(HealthCheck::State state);  // "pass" "warn" "fail" "skipped"

// What is there to be checked; nothing is owned.
struct HealthSubject {
  FeatureFlags flags;
  std::string scope;               // "owner/name"; "": not known
  StateStore* store = nullptr;     // null: see store_status
  absl::Status store_status;       // why there is none
  GithubReader* github = nullptr;  // null: see github_status
  absl::Status github_status;
  Clock* clock = nullptr;
  std::optional<std::int64_t> free_bytes;  // where the state is; unset: not on this machine
};

// Reads only. Always the same checks, in the same order.
std::vector<HealthCheck> CheckHealth(const HealthSubject& subject);

// The gravest state; skipped ones do not count.
HealthCheck::State Gravest(const std::vector<HealthCheck>& checks);

// `clambake.doctor/1`.
std::string HealthToJson(const std::vector<HealthCheck>& checks);

}  // namespace clambake

#endif  // CLAMBAKE_HEALTH_H_
