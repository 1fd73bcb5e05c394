#include "tests/fakes/github_limits.h"

#include <algorithm>

namespace clambake {
namespace {

constexpr int kPointsPerMinute = 900;
constexpr std::int64_t kCreationsPerMinute = 80;
constexpr std::int64_t kCreationsPerHour = 500;

}  // namespace

bool GithubLimits::CountWrite(bool creates, bool notifies, absl::Time now) {
  traffic_.shortest_write_gap = std::min(traffic_.shortest_write_gap, now - last_write_);
  last_write_ = now;
  if (notifies) {
    traffic_.shortest_notify_gap = std::min(traffic_.shortest_notify_gap, now - last_notify_);
    last_notify_ = now;
  }
  if (!creates) return true;
  while (!creations_.empty() && creations_.front() <= now - absl::Hours(1)) creations_.pop_front();
  creations_.push_back(now);
  const auto hour = static_cast<std::int64_t>(creations_.size());
  const auto minute = static_cast<std::int64_t>(
      creations_.end() - std::upper_bound(creations_.begin(), creations_.end(), now - absl::Minutes(1)));
  traffic_.most_writes_in_an_hour = std::max(traffic_.most_writes_in_an_hour, hour);
  traffic_.most_writes_in_a_minute = std::max(traffic_.most_writes_in_a_minute, minute);
  return hour <= kCreationsPerHour && minute <= kCreationsPerMinute;
}

GithubLimits::Verdict GithubLimits::Arrive(std::string_view method, bool graphql, bool notifies,
                                           absl::Time now) {
  const bool read = method == "GET" || graphql;
  ++traffic_.requests;
  ++(graphql ? traffic_.queries : read ? traffic_.reads : traffic_.writes);
  if (now < silent_until_) {
    if (now > silent_since_) ++traffic_.sent_while_blocked;
    return Verdict::kSecondary;
  }
  const bool within = read || CountWrite(method != "DELETE", notifies, now);
  const int cost = read ? 1 : 5;
  int used = cost;
  while (!points_.empty() && points_.front().first <= now - absl::Minutes(1)) points_.pop_front();
  points_.emplace_back(now, cost);
  used = 0;
  for (const auto& [at, points] : points_) used += points;
  if (!within || used > kPointsPerMinute) {
    ++traffic_.breaches;
    DemandSilence(now, now + absl::Minutes(1));
    return Verdict::kSecondary;
  }
  Budget& budget = BudgetOf(graphql);
  if (now >= budget.reset) {
    budget.used = 0;
    budget.reset = absl::FromUnixSeconds(absl::ToUnixSeconds(now)) + absl::Hours(1);
  }
  if (budget.used >= budget.limit) {
    ++traffic_.breaches;
    return Verdict::kPrimary;
  }
  ++budget.used;
  ++traffic_.primary_points;
  return Verdict::kPass;
}

void GithubLimits::Refund(bool graphql) {
  --BudgetOf(graphql).used;
  --traffic_.primary_points;
  ++traffic_.not_modified;
}

}  // namespace clambake
