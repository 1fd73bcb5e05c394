// Counting samples, and betting against "v2 is no worse" with each of them.
//
// Products and quotients of doubles alone, in a fixed order: IEEE 754 rounds
// each the same way on every machine, so stored evidence can be replayed.
#include <algorithm>
#include <bit>

#include "base/safe_text.h"
#include "clambake/rollout.h"

namespace clambake {
namespace {

constexpr std::int64_t kEverything = 10'000;
constexpr unsigned kSubBits = 6;  // 64 buckets for each power of two
constexpr std::uint64_t kLongest = (std::uint64_t{1} << 36U) - 1;

// How many times as often things go wrong on the candidate, in tenths.
constexpr std::array<std::int64_t, 5> kRatioTenths = {15, 20, 30, 50, 100};
// Alternatives to a bad rate of 1 % and of 5 %, in thousandths.
constexpr std::array<std::int64_t, 5> kBadAvailability = {20, 30, 50, 100, 300};
constexpr std::array<std::int64_t, 5> kBadSuccess = {80, 120, 200, 300, 500};
// What each bet starts with, by metric: 1 on average, as Ville's bound wants,
// and most where a regression is worth the least delay: a failing fifth.
constexpr std::array<std::array<double, 5>, 4> kStakes = {
    {{0.5, 1, 1.5, 1.5, 0.5}, {1, 1, 1, 1, 1}, {1, 1, 1, 1, 1}, {0.125, 0.375, 3.5, 0.75, 0.25}}};
constexpr std::int64_t kThousand = 1'000;
constexpr std::int64_t kUnavailableLimit = 10;  // thousandths
constexpr std::int64_t kFailedLimit = 50;

double Quotient(std::int64_t a, std::int64_t b) { return static_cast<double>(a) / static_cast<double>(b); }

void Multiply(double& wealth, double factor) {
  wealth = std::clamp(wealth * factor, kLeastWealth, kMostWealth);
}

// Something went wrong at this item. If the candidate is no worse, it was the
// candidate's with probability at most share; with ratio r, r·w ÷ (r·w + 1 − w).
void BetOnArm(std::array<double, 5>& wealth, std::int64_t share, Arm arm) {
  for (std::size_t i = 0; i < wealth.size(); ++i) {
    const std::int64_t ratio = arm == Arm::kCandidate ? kRatioTenths[i] : 10;
    Multiply(wealth[i], Quotient(ratio * kEverything, share * kRatioTenths[i] + (kEverything - share) * 10));
  }
}

enum class Fared { kWell, kBadly };

// An item of the candidate, against a bad rate of `limit` thousandths.
void BetOnRate(std::array<double, 5>& wealth, const std::array<std::int64_t, 5>& rates, std::int64_t limit,
               Fared fared) {
  for (std::size_t i = 0; i < wealth.size(); ++i) {
    Multiply(wealth[i], fared == Fared::kBadly ? Quotient(rates[i], limit)
                                               : Quotient(kThousand - rates[i], kThousand - limit));
  }
}

bool IsError(SampleResult result) {
  return result == SampleResult::kError || result == SampleResult::kFallback ||
         result == SampleResult::kUnavailable;
}

void Count(ArmCounters& counters, const RolloutSample& sample, std::int64_t microseconds) {
  ++counters.items;
  counters.latency.Add(microseconds);
  if (sample.result == SampleResult::kWorkFailed) ++counters.work_failed;
  if (IsError(sample.result)) ++counters.errors;
  if (sample.result == SampleResult::kFallback) ++counters.fallbacks;
  if (sample.result == SampleResult::kUnavailable) ++counters.unavailable;
}

std::array<double, 5>& Wealth(Evidence& evidence, RolloutMetric metric) {
  return evidence.wealth[static_cast<std::size_t>(metric)];
}

// What counts as slow must not depend on the sample that is judged by it, so
// it is the control's P95 of a while ago.
void RefreshSlow(Evidence& evidence) {
  const LatencyHistogram& latency = evidence.total.control.latency;
  if (latency.count() < evidence.slow_refresh) return;
  constexpr int kPercent = 95;
  evidence.slow_above = latency.Percentile(kPercent);
  evidence.slow_refresh = latency.count() + std::max<std::int64_t>(20, latency.count() / 8);
}

}  // namespace

std::size_t LatencyHistogram::IndexOf(std::int64_t microseconds) {
  const std::uint64_t value =
      std::min(kLongest, static_cast<std::uint64_t>(std::max<std::int64_t>(0, microseconds)));
  const auto width = static_cast<unsigned>(std::bit_width(value));
  if (width <= kSubBits + 1) return static_cast<std::size_t>(value);
  const unsigned shift = width - kSubBits - 1;
  return (std::size_t{shift} << kSubBits) + static_cast<std::size_t>(value >> shift);
}

std::int64_t LatencyHistogram::UpperEdge(std::size_t index) {
  constexpr std::size_t kExact = std::size_t{2} << kSubBits;
  if (index < kExact) return static_cast<std::int64_t>(index);
  const auto shift = static_cast<unsigned>((index >> kSubBits) - 1);
  const std::uint64_t low = (std::uint64_t{index} - (std::uint64_t{shift} << kSubBits)) << shift;
  return static_cast<std::int64_t>(low + (std::uint64_t{1} << shift) - 1);
}

void LatencyHistogram::AddCount(std::size_t index, std::int64_t count) {
  index = std::min(index, kBuckets - 1);
  if (buckets_.size() <= index) buckets_.resize(index + 1);
  buckets_[index] += count;
  count_ += count;
}

std::int64_t LatencyHistogram::Percentile(int percent) const {
  if (count_ == 0) return 0;
  std::int64_t left = (count_ * percent + 99) / 100;
  std::size_t index = 0;
  while ((left -= buckets_[index]) > 0) ++index;  // the buckets hold count_, which is no less
  return UpperEdge(index);
}

std::int64_t LatencyHistogram::CountAbove(std::int64_t microseconds) const {
  std::int64_t above = 0;
  for (std::size_t i = IndexOf(microseconds) + 1; i < buckets_.size(); ++i) above += buckets_[i];
  return above;
}

Evidence NewEvidence() {
  Evidence evidence;
  evidence.wealth = kStakes;
  evidence.slow_refresh = 20;
  return evidence;
}

void AddSample(Evidence& evidence, std::int64_t share, const RolloutSample& sample) {
  const std::int64_t microseconds = absl::ToInt64Microseconds(sample.latency);
  if (IsError(sample.result)) BetOnArm(Wealth(evidence, RolloutMetric::kErrorRate), share, sample.arm);
  if (evidence.slow_above > 0 && microseconds > evidence.slow_above) {
    BetOnArm(Wealth(evidence, RolloutMetric::kLatency), share, sample.arm);
  }
  if (sample.arm == Arm::kCandidate) {
    BetOnRate(Wealth(evidence, RolloutMetric::kAvailability), kBadAvailability, kUnavailableLimit,
              sample.result == SampleResult::kUnavailable ? Fared::kBadly : Fared::kWell);
    BetOnRate(Wealth(evidence, RolloutMetric::kSuccessRate), kBadSuccess, kFailedLimit,
              sample.result == SampleResult::kSuccess ? Fared::kWell : Fared::kBadly);
  }
  for (Arms* arms : {&evidence.step, &evidence.total}) {
    Count(sample.arm == Arm::kControl ? arms->control : arms->candidate, sample, microseconds);
  }
  if (sample.arm == Arm::kControl) RefreshSlow(evidence);
}

void AddCorruption(Evidence& evidence, std::string_view what) {
  constexpr std::size_t kMaxShown = 500;
  if (evidence.corruptions++ == 0) evidence.corruption = SafeText(what, kMaxShown);
}

void EnterStep(Evidence& evidence) { evidence.step = {}; }

double EValue(const Evidence& evidence, RolloutMetric metric) {
  double sum = 0;
  const auto& wealth = evidence.wealth[static_cast<std::size_t>(metric)];
  for (const double each : wealth) sum += each;
  return sum / static_cast<double>(wealth.size());
}

}  // namespace clambake
