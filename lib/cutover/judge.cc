// From counters to a verdict. Each metric gives a finding; the gravest decides.
#include <algorithm>
#include <cmath>

#include "clambake/rollout.h"
#include "fmt/format.h"

namespace clambake {
namespace {

using State = Finding::State;

constexpr std::int64_t kMillion = 1'000'000;
constexpr std::int64_t kPpmOfPoint = 100;  // a basis point
constexpr std::int64_t kEverything = 10'000;
constexpr double kOneSided = 1.645;  // 95 %

// How α is divided between the metrics, in percent. Success has most: against a
// fixed limit an item tells more than against a rate that must be learnt, too.
constexpr std::array<std::int64_t, 4> kBudget = {30, 10, 5, 55};

std::int64_t Ppm(std::int64_t part, std::int64_t whole) { return whole == 0 ? 0 : part * kMillion / whole; }

// Never negative: every rate and every increase that is worth telling is above 0.
std::string Percent(std::int64_t ppm) {
  const std::int64_t hundredths = ppm / kPpmOfPoint;
  return fmt::format("{}.{:02} %", hundredths / 100, hundredths % 100);
}

// What the candidate is compared with: the other arm of this step or, at
// 100 %, where there is none, the control of the steps before.
const ArmCounters& Baseline(const JudgeInput& input) {
  return input.share < kEverything ? input.evidence.step.control : input.evidence.total.control;
}

// The counters that a roll-back is judged by: those that the bets were on.
const Arms& Betted(const JudgeInput& input) { return input.evidence.total; }

Finding NewFinding(const JudgeInput& input, RolloutMetric metric) {
  Finding finding;
  finding.metric = metric;
  finding.control_items = Baseline(input).items;
  finding.candidate_items = input.evidence.step.candidate.items;
  finding.e_value = EValue(input.evidence, metric);
  finding.e_limit = static_cast<double>(kMillion * 100) /
                    static_cast<double>(input.policy.alpha_ppm * kBudget[static_cast<std::size_t>(metric)]);
  return finding;
}

bool IsSupported(const Finding& finding) { return finding.e_value >= finding.e_limit; }

std::string Support(const Finding& finding) {
  return fmt::format("e-value {:.4g} of {:.4g}, {} and {} items", finding.e_value, finding.e_limit,
                     finding.control_items, finding.candidate_items);
}

// The most that the candidate's error rate may exceed the control's by, at
// 95 %, in ppm (Agresti and Caffo: an error and a success added to each arm).
std::int64_t UpperIncrease(const ArmCounters& control, const ArmCounters& candidate) {
  double variance = 0;
  double difference = 0;
  double sign = -1;
  for (const ArmCounters* arm : {&control, &candidate}) {
    const double items = static_cast<double>(arm->items + 2);
    const double rate = static_cast<double>(arm->errors + 1) / items;
    variance = variance + rate * (1 - rate) / items;
    difference = difference + sign * rate;
    sign = 1;
  }
  return static_cast<std::int64_t>((difference + kOneSided * std::sqrt(variance)) *
                                   static_cast<double>(kMillion));
}

Finding JudgeErrors(const JudgeInput& input) {
  Finding finding = NewFinding(input, RolloutMetric::kErrorRate);
  const JudgePolicy& policy = input.policy;
  const Arms& all = Betted(input);
  const std::int64_t overall =
      Ppm(all.candidate.errors, all.candidate.items) - Ppm(all.control.errors, all.control.items);
  const ArmCounters& control = Baseline(input);
  const ArmCounters& candidate = input.evidence.step.candidate;
  finding.control = Ppm(control.errors, control.items);
  finding.candidate = Ppm(candidate.errors, candidate.items);
  const std::int64_t increase = finding.candidate - finding.control;
  const std::int64_t upper = UpperIncrease(control, candidate);
  finding.limit = policy.hold_error_points * kPpmOfPoint;
  if (IsSupported(finding) && overall > policy.roll_back_error_points * kPpmOfPoint) {
    finding.state = State::kAboveRollBack;
    finding.limit = policy.roll_back_error_points * kPpmOfPoint;
    finding.control = Ppm(all.control.errors, all.control.items);
    finding.candidate = Ppm(all.candidate.errors, all.candidate.items);
    finding.control_items = all.control.items;
    finding.candidate_items = all.candidate.items;
    finding.text =
        fmt::format("errors {} over the control's {}, more than +{} ({})", Percent(finding.candidate),
                    Percent(finding.control), Percent(finding.limit), Support(finding));
  } else if (IsSupported(finding) && overall > finding.limit) {
    finding.state = State::kAboveHold;
    finding.text = fmt::format("errors up by {}, more than +{} ({})", Percent(overall),
                               Percent(finding.limit), Support(finding));
  } else if (increase >= finding.limit || upper >= policy.promote_margin * kPpmOfPoint) {
    finding.text = fmt::format(
        "errors {} against {}: an increase of up to {} is not ruled out ({}); +{} alone would take {} items "
        "per arm",
        Percent(finding.candidate), Percent(finding.control), Percent(upper), Support(finding),
        Percent(finding.limit), NeededPerArm(finding.control, policy.hold_error_points));
  } else {
    finding.state = State::kFine;
    finding.text =
        fmt::format("errors {} against {}, an increase of {} is ruled out ({})", Percent(finding.candidate),
                    Percent(finding.control), Percent(policy.promote_margin * kPpmOfPoint), Support(finding));
  }
  return finding;
}

// Whether so few of the candidate's items are above the limit that, at 95 %,
// its P95 is below it: the chance of at most `above` of `items` at 5 % each.
bool IsP95Below(std::int64_t above, std::int64_t items) {
  constexpr double kShare = 0.05;
  constexpr std::int64_t kEnough = 2'000;  // there the normal approximation is good
  if (items > kEnough) {
    const double mean = kShare * static_cast<double>(items);
    return static_cast<double>(above) + 1 < mean - kOneSided * std::sqrt(mean * (1 - kShare));
  }
  double term = 1;
  for (std::int64_t i = 0; i < items; ++i) term = term * (1 - kShare);
  double sum = term;
  for (std::int64_t k = 1; k <= above && sum <= kShare; ++k) {
    term = term * static_cast<double>(items - k + 1) * kShare / (static_cast<double>(k) * (1 - kShare));
    sum = sum + term;
  }
  return sum <= kShare;
}

std::int64_t Scaled(std::int64_t microseconds, std::int64_t percent) {
  return microseconds * (100 + percent) / 100;
}

Finding JudgeLatency(const JudgeInput& input) {
  constexpr int kP95 = 95;
  Finding finding = NewFinding(input, RolloutMetric::kLatency);
  const JudgePolicy& policy = input.policy;
  const Arms& all = Betted(input);
  const std::int64_t before = all.control.latency.Percentile(kP95);
  const std::int64_t overall = all.candidate.latency.Percentile(kP95);
  const LatencyHistogram& candidate = input.evidence.step.candidate.latency;
  finding.control = Baseline(input).latency.Percentile(kP95);
  finding.candidate = candidate.Percentile(kP95);
  finding.limit = Scaled(finding.control, policy.hold_latency_percent);
  const std::int64_t never = Scaled(finding.control, policy.roll_back_latency_percent);
  const auto text = [&](std::string_view what) {
    return fmt::format("P95 {} µs against {} µs, {} ({})", finding.candidate, finding.control, what,
                       Support(finding));
  };
  if (IsSupported(finding) && overall > Scaled(before, policy.hold_latency_percent)) {
    const bool far = overall > Scaled(before, policy.roll_back_latency_percent);
    finding.state = far ? State::kAboveRollBack : State::kAboveHold;
    finding.control = before;
    finding.candidate = overall;
    finding.limit = Scaled(before, far ? policy.roll_back_latency_percent : policy.hold_latency_percent);
    finding.text = text(fmt::format("above {} µs", finding.limit));
  } else if (finding.candidate > finding.limit ||
             !IsP95Below(candidate.CountAbove(never), candidate.count())) {
    finding.text = text(fmt::format("more than {} µs is not ruled out", never));
  } else {
    finding.state = State::kFine;
    finding.text = text(fmt::format("more than {} µs is ruled out", never));
  }
  return finding;
}

struct RateRule {
  RolloutMetric metric;
  std::int64_t limit;  // ppm
  std::int64_t (*good)(const ArmCounters&);
};

// A rate of the candidate alone that must not fall below a limit.
Finding JudgeRate(const JudgeInput& input, const RateRule& rule) {
  Finding finding = NewFinding(input, rule.metric);
  const ArmCounters& all = Betted(input).candidate;
  const ArmCounters& step = input.evidence.step.candidate;
  finding.limit = rule.limit;
  finding.control = Ppm(rule.good(Baseline(input)), Baseline(input).items);
  finding.candidate = Ppm(rule.good(step), step.items);
  if (IsSupported(finding) && Ppm(rule.good(all), all.items) < rule.limit) {
    finding.state = State::kAboveRollBack;
    finding.candidate = Ppm(rule.good(all), all.items);
    finding.candidate_items = all.items;
  } else if (step.items > 0 && finding.candidate >= rule.limit) {
    finding.state = State::kFine;
  }
  finding.text = fmt::format("{} {}, at least {} wanted ({})",
                             rule.metric == RolloutMetric::kAvailability ? "availability" : "success",
                             Percent(finding.candidate), Percent(rule.limit), Support(finding));
  return finding;
}

std::int64_t Served(const ArmCounters& arm) { return arm.items - arm.unavailable; }
std::int64_t Succeeded(const ArmCounters& arm) { return arm.items - arm.errors - arm.work_failed; }

// The first finding in `state` makes the verdict, or a reason that is there
// already; false if there is none.
bool DecideBy(State state, Judgement judgement, Verdict& verdict) {
  for (const Finding& finding : verdict.findings) {
    if (finding.state != state) continue;
    if (verdict.reasons.empty() && state != State::kUndecided) verdict.trigger = Name(finding.metric);
    verdict.reasons.push_back(finding.text);
  }
  if (verdict.reasons.empty()) return false;
  verdict.judgement = judgement;
  return true;
}

void ExpectItems(const JudgeInput& input, Verdict& verdict) {
  const std::int64_t control = Baseline(input).items;
  const std::int64_t candidate = input.evidence.step.candidate.items;
  if (std::min(control, candidate) >= input.policy.min_items) return;
  verdict.reasons.push_back(
      fmt::format("not enough items: {} of control and {} of candidate, {} of each wanted at least", control,
                  candidate, input.policy.min_items));
}

}  // namespace

std::int64_t NeededPerArm(std::int64_t rate_ppm, std::int64_t points) {
  constexpr double kPower = 6.183;  // (1.645 + 0.8416)²: 5 % one-sided, 80 % power
  if (points <= 0) return 0;
  const double rate = static_cast<double>(rate_ppm) / static_cast<double>(kMillion);
  const double step = static_cast<double>(points) / static_cast<double>(kEverything);
  const double other = std::min(1.0, rate + step);
  return static_cast<std::int64_t>(
      std::ceil(kPower * (rate * (1 - rate) + other * (1 - other)) / (step * step)));
}

Verdict Judge(const JudgeInput& input) {
  Verdict verdict;
  verdict.findings = {
      JudgeErrors(input), JudgeLatency(input),
      JudgeRate(input, {RolloutMetric::kAvailability, input.policy.min_availability * kPpmOfPoint, Served}),
      JudgeRate(input, {RolloutMetric::kSuccessRate, input.policy.min_success * kPpmOfPoint, Succeeded})};
  if (input.evidence.corruptions > 0) {
    verdict.judgement = Judgement::kRollBack;
    verdict.trigger = "corruption";
    verdict.reasons = {fmt::format("corruption, {} in all; the first: {}", input.evidence.corruptions,
                                   input.evidence.corruption)};
    return verdict;
  }
  if (DecideBy(State::kAboveRollBack, Judgement::kRollBack, verdict)) return verdict;
  if (DecideBy(State::kAboveHold, Judgement::kHold, verdict)) return verdict;
  ExpectItems(input, verdict);
  if (DecideBy(State::kUndecided, Judgement::kInconclusive, verdict)) return verdict;
  if (input.elapsed < input.policy.dwell) {
    verdict.judgement = Judgement::kHold;
    verdict.reasons = {fmt::format("the step lasts {} at least, and was entered {} ago",
                                   absl::FormatDuration(input.policy.dwell),
                                   absl::FormatDuration(input.elapsed))};
    return verdict;
  }
  verdict.judgement = Judgement::kPromote;
  for (const Finding& finding : verdict.findings) verdict.reasons.push_back(finding.text);
  return verdict;
}

std::string_view Name(RolloutMetric metric) {
  constexpr std::array<std::string_view, 4> kNames = {"error_rate", "latency_p95", "availability",
                                                      "success_rate"};
  return kNames[static_cast<std::size_t>(metric)];
}

std::string_view Name(Judgement judgement) {
  constexpr std::array<std::string_view, 4> kNames = {"promote", "hold", "roll_back", "inconclusive"};
  return kNames[static_cast<std::size_t>(judgement)];
}

std::string_view Name(Finding::State state) {
  constexpr std::array<std::string_view, 4> kNames = {"fine", "undecided", "above_hold", "above_roll_back"};
  return kNames[static_cast<std::size_t>(state)];
}

}  // namespace clambake
