// The rollout judge: is what v2 did on its share of the traffic reason to give
// it more, to take it all back, or to wait?
//
// Pure functions of counters. A threshold counts as exceeded only with
// statistical support, and a step is left only when the evidence rules out the
// roll-back limit: no data is never success.
//
// The test is anytime-valid, so it may be looked at after every sample. Units
// reach the arms at random with a known share w; if v2 is no worse, an error
// falls on the candidate with probability at most w. A bet against that, for a
// mixture of ratios, wins more than 1/α times its stake with probability at
// most α, however often one looks. Corruption needs no statistics.
#ifndef CLAMBAKE_ROLLOUT_H_
#define CLAMBAKE_ROLLOUT_H_

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "clambake/feature_flags.h"

namespace clambake {

// Shares are basis points: 10000 is everything.
struct Ladder {
  std::string name;
  std::vector<std::int64_t> steps;  // ascending, the last is 10000
};
// "standard" 10 25 50 75 100 %, "planner" 10 75 100, "bundler" 25 100 (for the executor too).
absl::StatusOr<Ladder> FindLadder(std::string_view name);
// From basis points; InvalidArgument unless two or more, ascending, ending at 10000.
absl::StatusOr<Ladder> MakeLadder(const std::vector<std::int64_t>& steps);
std::string LadderDigest(const Ladder& ladder);

inline constexpr std::string_view kBucketAlgorithm = "sha256/1";

// The unit's bucket, 0 to 9999: from the first 32 bits of SHA-256 of
// "salt:component:unit", integers only. A unit is in the share when its bucket
// is below it, so growth only adds members.
std::int64_t Bucket(std::string_view salt, Component component, std::string_view unit);

// Counts of latencies in buckets 1.6 % wide: bounded memory, no order of
// arrival, two can be added up. Longer than 19 hours counts as 19 hours.
class LatencyHistogram {
 public:
  void Add(std::int64_t microseconds) { AddCount(IndexOf(microseconds), 1); }
  void AddCount(std::size_t index, std::int64_t count);
  // The upper edge of the bucket with the value that `percent` % do not exceed; 0 without values.
  [[nodiscard]] std::int64_t Percentile(int percent) const;
  // How many values lie in buckets wholly above `microseconds`.
  [[nodiscard]] std::int64_t CountAbove(std::int64_t microseconds) const;
  [[nodiscard]] std::int64_t count() const { return count_; }
  [[nodiscard]] const std::vector<std::int64_t>& buckets() const { return buckets_; }
  static constexpr std::size_t kBuckets = 2048;

 private:
  static std::size_t IndexOf(std::int64_t microseconds);
  static std::int64_t UpperEdge(std::size_t index);
  std::vector<std::int64_t> buckets_;
  std::int64_t count_ = 0;
};

enum class Arm { kControl, kCandidate };
// A fallback was served by legacy because v2 failed: an error of v2 that no
// caller saw. An unavailable one was served by nobody.
enum class SampleResult { kSuccess, kWorkFailed, kError, kFallback, kUnavailable };

struct RolloutSample {
  Arm arm = Arm::kControl;
  SampleResult result = SampleResult::kSuccess;
  absl::Duration latency;
};

struct ArmCounters {
  std::int64_t items = 0;
  std::int64_t work_failed = 0;
  std::int64_t errors = 0;  // with fallbacks and unavailable ones
  std::int64_t fallbacks = 0;
  std::int64_t unavailable = 0;
  LatencyHistogram latency;
};

struct Arms {
  ArmCounters control;
  ArmCounters candidate;
};

enum class RolloutMetric { kErrorRate, kLatency, kAvailability, kSuccessRate };
inline constexpr std::array kMetrics = {RolloutMetric::kErrorRate, RolloutMetric::kLatency,
                                        RolloutMetric::kAvailability, RolloutMetric::kSuccessRate};
std::string_view Name(RolloutMetric metric);  // "error_rate" "latency_p95" "availability" "success_rate"

// A bet never loses all: it could not win anything back. The cap is far above
// every limit.
inline constexpr double kLeastWealth = 1e-100;
inline constexpr double kMostWealth = 1e100;

// Everything the judge knows of a rollout.
struct Evidence {
  Arms step;   // since the step was entered
  Arms total;  // since the rollout started
  std::int64_t corruptions = 0;
  std::string corruption;                         // the first one, for a person
  std::int64_t slow_above = 0;                    // µs: slower counts as slow; the control's P95 a while ago
  std::int64_t slow_refresh = 0;                  // control items at which that is looked at again
  std::array<std::array<double, 5>, 4> wealth{};  // by metric: what each bet has made of its stake
};

Evidence NewEvidence();
// `share` is the candidate's when the sample's arm was drawn.
void AddSample(Evidence& evidence, std::int64_t share, const RolloutSample& sample);
void AddCorruption(Evidence& evidence, std::string_view what);
// The next step: counters of the step start afresh, the bets go on.
void EnterStep(Evidence& evidence);
// What the metric's bets have made of one unit, on average.
double EValue(const Evidence& evidence, RolloutMetric metric);

struct JudgePolicy {
  std::int64_t alpha_ppm = 10'000;  // false roll-backs over a whole rollout, at most
  absl::Duration dwell = absl::Hours(2);
  std::int64_t min_items = 50;           // per arm and step
  std::int64_t hold_error_points = 200;  // basis points: hold and alert
  std::int64_t roll_back_error_points = 500;
  std::int64_t promote_margin = 500;  // basis points: an increase that must be ruled out
  std::int64_t hold_latency_percent = 20;
  std::int64_t roll_back_latency_percent = 50;
  std::int64_t min_availability = 9'900;  // basis points
  std::int64_t min_success = 9'500;
};

struct JudgeInput {
  Component component = Component::kPlanner;
  std::int64_t step = 0;   // from 0
  std::int64_t share = 0;  // basis points
  absl::Duration elapsed;  // since the step was entered
  JudgePolicy policy;
  Evidence evidence;
};

enum class Judgement { kPromote, kHold, kRollBack, kInconclusive };
std::string_view Name(Judgement judgement);  // "promote" "hold" "roll_back" "inconclusive"

// One metric, with its numbers. Rates in parts per million, latencies in µs.
struct Finding {
  RolloutMetric metric = RolloutMetric::kErrorRate;
  enum class State { kFine, kUndecided, kAboveHold, kAboveRollBack } state = State::kUndecided;
  std::int64_t control = 0;
  std::int64_t candidate = 0;
  std::int64_t limit = 0;  // the one that decided
  std::int64_t control_items = 0;
  std::int64_t candidate_items = 0;
  double e_value = 1;
  double e_limit = 0;  // support means reaching it
  std::string text;    // a sentence
};
std::string_view Name(Finding::State state);  // "fine" "undecided" "above_hold" "above_roll_back"

struct Verdict {
  Judgement judgement = Judgement::kInconclusive;
  std::string trigger;  // roll back or hold: "corruption" or a metric's name
  std::vector<Finding> findings;
  std::vector<std::string> reasons;  // sentences
};

Verdict Judge(const JudgeInput& input);

// How many items per arm decide an increase of `points` basis points over
// `rate_ppm`, at 5 % one-sided and 80 % power.
std::int64_t NeededPerArm(std::int64_t rate_ppm, std::int64_t points);

// `clambake.verdict/1`: the verdict with all that it was judged by.
std::string VerdictToJson(const JudgeInput& input, const Verdict& verdict);
// Judges the input of a stored verdict again, and writes what comes out: equal
// bytes mean that the verdict is reproduced. InvalidArgument with a JSON pointer.
absl::StatusOr<std::string> ReplayVerdict(std::string_view json, std::string_view name);

}  // namespace clambake

#endif  // CLAMBAKE_ROLLOUT_H_
