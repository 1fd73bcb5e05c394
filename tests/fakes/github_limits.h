// GitHub's limits as the simulated GitHub enforces and watches them.
#ifndef CLAMBAKE_TESTS_FAKES_GITHUB_LIMITS_H_
#define CLAMBAKE_TESTS_FAKES_GITHUB_LIMITS_H_

#include <algorithm>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/time/time.h"

namespace clambake {

// What was seen on the wire: tests ask it whether the client was polite.
struct Traffic {
  std::int64_t requests = 0;
  std::int64_t reads = 0;
  std::int64_t writes = 0;
  std::int64_t queries = 0;
  std::int64_t not_modified = 0;
  std::int64_t primary_points = 0;
  std::int64_t breaches = 0;            // limits really overrun
  std::int64_t sent_while_blocked = 0;  // requests in a time of silence that was asked for
  std::int64_t unauthenticated = 0;
  std::int64_t most_writes_in_a_minute = 0;
  std::int64_t most_writes_in_an_hour = 0;
  absl::Duration shortest_write_gap = absl::InfiniteDuration();
  absl::Duration shortest_notify_gap = absl::InfiniteDuration();
};

class GithubLimits {
 public:
  struct Budget {
    std::int64_t limit = 5'000;
    std::int64_t used = 0;
    absl::Time reset = absl::InfinitePast();
  };
  enum class Verdict { kPass, kPrimary, kSecondary };

  // Counts a request that arrives. `notifies` is a comment or a pull request.
  Verdict Arrive(std::string_view method, bool graphql, bool notifies, absl::Time now);

  // Takes back the point of a request that was answered 304.
  void Refund(bool graphql);

  // Demands silence, as faults do.
  // What arrives at the very moment was on its way already.
  void DemandSilence(absl::Time now, absl::Time until) {
    if (now >= silent_until_) silent_since_ = now;
    silent_until_ = std::max(silent_until_, until);
  }
  [[nodiscard]] absl::Time silent_until() const { return silent_until_; }

  Budget& BudgetOf(bool graphql) { return graphql ? graphql_ : core_; }
  [[nodiscard]] const Traffic& traffic() const { return traffic_; }
  void ForgetTraffic() { traffic_ = Traffic{}; }

 private:
  bool CountWrite(bool creates, bool notifies, absl::Time now);

  Budget core_;
  Budget graphql_;
  Traffic traffic_;
  std::deque<std::pair<absl::Time, int>> points_;
  std::deque<absl::Time> creations_;  // of the last hour
  absl::Time last_write_ = absl::InfinitePast();
  absl::Time last_notify_ = absl::InfinitePast();
  absl::Time silent_since_ = absl::InfinitePast();
  absl::Time silent_until_ = absl::InfinitePast();
};

}  // namespace clambake

#endif  // CLAMBAKE_TESTS_FAKES_GITHUB_LIMITS_H_
