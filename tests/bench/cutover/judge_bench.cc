// What the rollout judge gets right and wrong, on generated traffic: 240 items
// per two-hour window, base error rate 5 %. Prints false roll-backs, missed
// regressions, and how many items it takes: of both arms, from the first item of
// the rollout on, which is the first that the regression can show at. Each item
// is drawn to an arm by the share that the rollout stands at by then.
//   judge_bench [ROLLOUTS]
#include <algorithm>
#include <charconv>
#include <cstdio>
#include <memory>
#include <string_view>
#include <thread>
#include <vector>

#include "clambake/rng.h"
#include "clambake/rollout.h"
#include "fmt/format.h"

namespace {

using namespace clambake;  // NOLINT(google-build-using-namespace): a program

constexpr std::int64_t kWindow = 240;

// The timetable: a step per window whatever the judge says, so that only its
// alarms are measured. Gated: a step ends when the judge promotes.
enum class Ladder4 { kTimetable, kGated };

struct Scenario {
  std::string_view name;
  std::int64_t control_ppm;
  std::int64_t candidate_ppm;
  Ladder4 ladder;
};

struct Run {
  std::int64_t rolled_back_at = 0;  // items; 0: never
  std::int64_t exposed = 0;         // items of the candidate until then
  std::int64_t promotions = 0;
  std::int64_t premature = 0;  // promotions on less data than the policy asks for
  std::int64_t finished_at = 0;
};

class Rollout {
 public:
  Rollout(const Scenario& scenario, std::uint64_t seed) : scenario_(scenario), rng_(NewSeededRng(seed)) {
    input_.evidence = NewEvidence();
    input_.share = kSteps[0];
  }

  Run Go() {
    constexpr std::int64_t kMaxItems = 20'000;
    const std::int64_t last = scenario_.ladder == Ladder4::kTimetable ? 4 * kWindow : kMaxItems;
    for (std::int64_t item = 1; item <= last; ++item) {
      if (Trips()) {
        run_.rolled_back_at = item;
        break;
      }
      if (!Advance(item)) break;
    }
    run_.exposed = input_.evidence.total.candidate.items;
    return run_;
  }

 private:
  static constexpr std::array<std::int64_t, 5> kSteps = {1'000, 2'500, 5'000, 7'500, 10'000};

  bool Trips() {
    RolloutSample sample;
    sample.arm =
        static_cast<std::int64_t>(rng_->Below(10'000)) < input_.share ? Arm::kCandidate : Arm::kControl;
    const std::int64_t ppm = sample.arm == Arm::kControl ? scenario_.control_ppm : scenario_.candidate_ppm;
    if (static_cast<std::int64_t>(rng_->Below(1'000'000)) < ppm) sample.result = SampleResult::kError;
    sample.latency = absl::Milliseconds(500 + static_cast<std::int64_t>(rng_->Below(1'000)));
    AddSample(input_.evidence, input_.share, sample);
    // Judging costs more than counting; nothing can trip before a bet has won.
    for (const RolloutMetric metric : kMetrics) {
      constexpr double kLeastLimit = 100;
      if (EValue(input_.evidence, metric) >= kLeastLimit) {
        return Judge(input_).judgement == Judgement::kRollBack;
      }
    }
    return false;
  }

  // False at the end of the ladder.
  bool Advance(std::int64_t item) {
    if (scenario_.ladder == Ladder4::kTimetable) {
      if (item % kWindow == 0) Enter(item);
      return true;
    }
    constexpr std::int64_t kPoll = 10;  // five minutes
    if (item % kPoll != 0) return true;
    input_.elapsed = absl::Hours(2) * static_cast<double>(item - entered_) / static_cast<double>(kWindow);
    if (Judge(input_).judgement != Judgement::kPromote) return true;
    ++run_.promotions;
    const Arms& step = input_.evidence.step;
    const bool all = input_.share == kSteps.back();
    if (step.candidate.items < input_.policy.min_items || item - entered_ < kWindow ||
        (!all && step.control.items < input_.policy.min_items)) {
      ++run_.premature;
    }
    run_.finished_at = item;
    return !all && (Enter(item), true);
  }

  void Enter(std::int64_t item) {
    entered_ = item;
    input_.step = std::min<std::int64_t>(input_.step + 1, 4);
    input_.share = kSteps[static_cast<std::size_t>(input_.step)];
    EnterStep(input_.evidence);
  }

  const Scenario& scenario_;
  std::unique_ptr<Rng> rng_;
  JudgeInput input_;
  Run run_;
  std::int64_t entered_ = 0;
};

std::vector<Run> Simulate(const Scenario& scenario, std::size_t rollouts) {
  std::vector<Run> runs(rollouts);
  std::vector<std::thread> threads;
  constexpr std::size_t kThreads = 2;
  for (std::size_t t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (std::size_t i = t; i < rollouts; i += kThreads) runs[i] = Rollout(scenario, i + 1).Go();
    });
  }
  for (std::thread& thread : threads) thread.join();
  return runs;
}

std::int64_t Median(std::vector<std::int64_t> values) {
  if (values.empty()) return 0;
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2),
                   values.end());
  return values[values.size() / 2];
}

void Report(const Scenario& scenario, std::size_t rollouts) {
  const std::vector<Run> runs = Simulate(scenario, rollouts);
  std::vector<std::int64_t> items;
  std::vector<std::int64_t> exposed;
  std::vector<std::int64_t> finished;
  std::int64_t premature = 0;
  std::int64_t promoted = 0;
  for (const Run& run : runs) {
    if (run.rolled_back_at > 0) {
      items.push_back(run.rolled_back_at);
      exposed.push_back(run.exposed);
    } else if (run.promotions == 5) {
      finished.push_back(run.finished_at);
    }
    premature += run.premature;
    promoted += run.promotions > 0 ? 1 : 0;
  }
  const auto percent = [&](std::size_t n) {
    return 100 * static_cast<double>(n) / static_cast<double>(rollouts);
  };
  fmt::print("{:<34} rolled back {:7.3f} %  after {:5} items ({:4} of v2)", scenario.name,
             percent(items.size()), Median(items), Median(exposed));
  if (scenario.ladder == Ladder4::kGated) {
    fmt::print(
        "  first step left {:7.3f} %  at 100 % and fine {:7.3f} %, after {} items  on too little data {}",
        percent(static_cast<std::size_t>(promoted)), percent(finished.size()), Median(finished), premature);
  }
  fmt::print("\n");
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char* argv[]) {
  std::size_t rollouts = 100'000;
  if (argc > 1) {
    const std::string_view text = argv[1];
    std::from_chars(text.data(), text.data() + text.size(), rollouts);
  }
  fmt::print("{} rollouts each; medians; 240 items per window, errors in % (control→candidate)\n", rollouts);
  constexpr std::array kScenarios = {
      Scenario{"5→5, a step per window", 50'000, 50'000, Ladder4::kTimetable},
      Scenario{"5→20, a step per window", 50'000, 200'000, Ladder4::kTimetable},
      Scenario{"5→50, a step per window", 50'000, 500'000, Ladder4::kTimetable},
      Scenario{"5→10, a step per window", 50'000, 100'000, Ladder4::kTimetable},
      Scenario{"5→5, judge promotes", 50'000, 50'000, Ladder4::kGated},
      Scenario{"2→2, judge promotes", 20'000, 20'000, Ladder4::kGated},
      Scenario{"5→20, judge promotes", 50'000, 200'000, Ladder4::kGated},
      Scenario{"2→17, judge promotes", 20'000, 170'000, Ladder4::kGated},
      Scenario{"5→10, judge promotes", 50'000, 100'000, Ladder4::kGated},
  };
  for (const Scenario& scenario : kScenarios) Report(scenario, rollouts);
  return 0;
}
