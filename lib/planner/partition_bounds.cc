#include "planner/partition_bounds.h"

#include <algorithm>
#include <numeric>
#include <vector>

namespace clambake::planner {
namespace {

std::int64_t DivideUp(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

void RaiseBySubsets(std::span<const std::int64_t> minutes, std::int64_t agents, Bound& bound) {
  std::vector<std::int64_t> sums = {0};  // of the first i
  for (const std::int64_t it : minutes) sums.push_back(sums.back() + it);
  const auto jobs = static_cast<std::int64_t>(minutes.size());
  for (std::int64_t longest = agents + 1; longest <= jobs; ++longest) {
    const std::int64_t each = longest / agents;
    const std::int64_t over = longest - each * agents;
    // Between `over` and all agents the quotient only falls until the last.
    for (const std::int64_t k : {std::int64_t{1}, over, over + 1, agents}) {
      if (k == 0) continue;
      const std::int64_t least = k * each + std::min(k, over);
      const std::int64_t work =
          sums[static_cast<std::size_t>(longest)] - sums[static_cast<std::size_t>(longest - least)];
      bound.Raise(DivideUp(work, k), "subset: some agents must do this many of the longest issues");
    }
  }
}

// Fekete and Schepers' functions: jobs above deadline − e count as a whole
// agent, those below e as nothing; or all are rounded to multiples of 1/(k+1).
bool ThresholdRefutes(std::span<const std::int64_t> minutes, std::int64_t agents, std::int64_t deadline) {
  std::vector<std::int64_t> sums = {0};
  for (const std::int64_t it : minutes) sums.push_back(sums.back() + it);
  for (const std::int64_t e : minutes) {
    if (2 * e > deadline) continue;
    const auto big = std::partition_point(minutes.begin(), minutes.end(),
                                          [&](std::int64_t p) { return p > deadline - e; });
    const auto small = std::partition_point(big, minutes.end(), [&](std::int64_t p) { return p >= e; });
    const std::int64_t whole = big - minutes.begin();
    const std::int64_t between =
        sums[static_cast<std::size_t>(small - minutes.begin())] - sums[static_cast<std::size_t>(whole)];
    if (whole + DivideUp(between, deadline) > agents) return true;
  }
  return false;
}

bool MultipleRefutes(std::span<const std::int64_t> minutes, std::int64_t agents, std::int64_t deadline) {
  constexpr std::int64_t kMaxParts = 60;
  for (std::int64_t k = 1; k <= kMaxParts; ++k) {
    std::int64_t total = 0;  // in units of 1/(k · deadline)
    for (const std::int64_t p : minutes) {
      const std::int64_t scaled = (k + 1) * p;
      total += scaled % deadline == 0 ? k * p : scaled / deadline * deadline;
    }
    if (total > agents * k * deadline) return true;
  }
  return false;
}

// Carlier, Clautiaux and Moukrim's: against jobs longer than half, every other
// job counts by how many of its size still fit beside them.
bool CountingRefutes(std::span<const std::int64_t> minutes, std::int64_t agents, std::int64_t deadline) {
  for (const std::int64_t e : minutes) {
    if (2 * e > deadline) continue;
    const std::int64_t whole = deadline / e;
    std::int64_t total = 0;
    for (const std::int64_t p : minutes) {
      if (2 * p > deadline) {
        total += 2 * (whole - (deadline - p) / e);
      } else if (2 * p == deadline) {
        total += whole;
      } else {
        total += 2 * (p / e);
      }
    }
    if (total > agents * 2 * whole) return true;
  }
  return false;
}

}  // namespace

bool RoundingRefutes(std::span<const std::int64_t> minutes, std::int32_t agents, std::int64_t deadline) {
  return minutes.front() > deadline || ThresholdRefutes(minutes, agents, deadline) ||
         MultipleRefutes(minutes, agents, deadline) || CountingRefutes(minutes, agents, deadline);
}

Bound PartitionBound(std::span<const std::int64_t> minutes, std::int32_t agents) {
  Bound bound;
  const std::int64_t work = std::accumulate(minutes.begin(), minutes.end(), std::int64_t{0});
  bound.Raise(minutes.front(), "longest issue");
  bound.Raise(DivideUp(work, agents), "load: all work shared evenly by all agents");
  RaiseBySubsets(minutes, agents, bound);
  constexpr std::size_t kMaxJobs = 2000;  // the functions are quadratic
  if (minutes.size() > kMaxJobs) return bound;
  // Doubling, then halving: refutation is not monotone, so the result is some
  // refuted deadline, not always the largest.
  std::int64_t step = 1;
  while (RoundingRefutes(minutes, agents, bound.minutes + step - 1)) step *= 2;
  for (std::int64_t refuted = bound.minutes - 1; step > 0; step /= 2) {
    if (!RoundingRefutes(minutes, agents, refuted + step)) continue;
    refuted += step;
    bound.Raise(refuted + 1, "dual feasible function: rounded work exceeds the agents");
  }
  return bound;
}

}  // namespace clambake::planner
