// Confidence sequences, by betting: Robbins' mixture of all rates. The wealth
// after k hits of n against a rate p is B(k+1, n-k+1) / (p^k (1-p)^(n-k)); if p
// is true it ever exceeds 1/alpha with probability alpha at most (Ville).
#include <cmath>
#include <limits>

#include "clambake/migration_report.h"

namespace clambake {
namespace {

constexpr double kWealth = 20;  // 1 / alpha
constexpr int kSteps = 60;      // of a bisection: more than a double can tell

double LogWealth(double hits, double misses, double rate) {
  const double stake = std::lgamma(hits + 1) + std::lgamma(misses + 1) - std::lgamma(hits + misses + 2);
  const double likelihood =
      (hits > 0 ? hits * std::log(rate) : 0) + (misses > 0 ? misses * std::log1p(-rate) : 0);
  return stake - likelihood;
}

// Between a rate that is ruled out and one that is not.
double Edge(double hits, double misses, double out, double in) {
  for (int i = 0; i < kSteps; ++i) {
    const double middle = (out + in) / 2;
    (LogWealth(hits, misses, middle) > std::log(kWealth) ? out : in) = middle;
  }
  return in;
}

// The least value that `rank` values do not exceed.
std::int64_t ValueAt(const LatencyHistogram& latency, std::int64_t rank) {
  std::int64_t low = 0;
  std::int64_t high = absl::ToInt64Microseconds(absl::Hours(24));
  while (low < high) {
    const std::int64_t middle = low + (high - low) / 2;
    if (latency.count() - latency.CountAbove(middle) >= rank) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}

// The largest value of the bucket that holds `microseconds`, as percentiles are told.
std::int64_t UpperEdge(std::int64_t microseconds) {
  LatencyHistogram one;
  one.Add(microseconds);
  return one.Percentile(100);
}

double Seconds(std::int64_t microseconds) { return static_cast<double>(microseconds) / 1e6; }

}  // namespace

Bounds RateBounds(std::int64_t hits, std::int64_t items) {
  if (items <= 0) return {};
  const auto h = static_cast<double>(hits);
  const auto misses = static_cast<double>(items - hits);
  const double rate = h / static_cast<double>(items);
  return {hits == 0 ? 0 : Edge(h, misses, 0, rate), hits == items ? 1 : Edge(h, misses, 1, rate)};
}

Bounds P95Bounds(const LatencyHistogram& latency) {
  constexpr double kRate = 0.95;
  const std::int64_t n = latency.count();
  const auto ruled_out = [&](std::int64_t rank) {
    return LogWealth(static_cast<double>(rank), static_cast<double>(n - rank), kRate) > std::log(kWealth);
  };
  const auto likely = static_cast<std::int64_t>(std::floor(kRate * static_cast<double>(n)));
  std::int64_t low = likely;
  while (low > 0 && !ruled_out(low - 1)) --low;
  std::int64_t high = likely;
  while (high < n && !ruled_out(high + 1)) ++high;
  Bounds bounds{low == 0 ? 0 : Seconds(ValueAt(latency, low)), std::numeric_limits<double>::infinity()};
  if (high < n) bounds.high = Seconds(UpperEdge(ValueAt(latency, high + 1)));
  return bounds;
}

}  // namespace clambake
