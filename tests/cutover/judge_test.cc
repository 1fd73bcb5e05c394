#include <algorithm>

#include "clambake/rng.h"
#include "clambake/rollout.h"
#include "tests/support/catch.h"

namespace clambake {
namespace {

struct Traffic {
  int items = 0;
  int error_percent = 0;
  int latency_ms = 100;
  SampleResult failure = SampleResult::kError;
};

// Errors evenly spread, so that the counts are exact.
void Send(JudgeInput& input, Arm arm, const Traffic& traffic) {
  int debt = 50;
  for (int i = 0; i < traffic.items; ++i) {
    debt += traffic.error_percent;
    const bool fails = debt >= 100;
    if (fails) debt -= 100;
    AddSample(input.evidence, input.share,
              {arm, fails ? traffic.failure : SampleResult::kSuccess,
               absl::Milliseconds(traffic.latency_ms + i % 10)});
  }
}

JudgeInput At(std::int64_t share, absl::Duration elapsed = absl::Hours(3)) {
  JudgeInput input;
  input.share = share;
  input.elapsed = elapsed;
  input.evidence = NewEvidence();
  return input;
}

bool Mentions(const Verdict& verdict, std::string_view text) {
  return std::any_of(verdict.reasons.begin(), verdict.reasons.end(),
                     [&](const std::string& reason) { return reason.find(text) != std::string::npos; });
}

TEST_CASE("D11: without any data the verdict is inconclusive, at every step and however long one waits") {
  for (const std::int64_t share : {1'000, 5'000, 10'000}) {
    const Verdict verdict = Judge(At(share, absl::Hours(1000)));
    CHECK(verdict.judgement == Judgement::kInconclusive);
    CHECK(Mentions(verdict, "not enough items"));
  }
}

TEST_CASE("D11: data of one arm alone never promotes") {
  for (const Arm arm : {Arm::kControl, Arm::kCandidate}) {
    JudgeInput input = At(5'000);
    Send(input, arm, {.items = 5'000});
    CHECK(Judge(input).judgement == Judgement::kInconclusive);
  }
}

TEST_CASE("D8: a healthy step is promoted after the dwell, and not before") {
  JudgeInput input = At(5'000, absl::Hours(2) - absl::Seconds(1));
  Send(input, Arm::kControl, {.items = 400, .error_percent = 2});
  Send(input, Arm::kCandidate, {.items = 400, .error_percent = 2});
  CHECK(Judge(input).judgement == Judgement::kHold);
  CHECK(Mentions(Judge(input), "lasts 2h at least"));
  input.elapsed = absl::Hours(2);
  CHECK(Judge(input).judgement == Judgement::kPromote);
}

TEST_CASE("D11: the dwell alone does not promote: twenty clean items rule nothing out") {
  JudgeInput input = At(5'000, absl::Hours(200));
  Send(input, Arm::kControl, {.items = 20});
  Send(input, Arm::kCandidate, {.items = 20});
  CHECK(Judge(input).judgement == Judgement::kInconclusive);
}

TEST_CASE("D10: errors far above the control's roll back, and say by how much") {
  JudgeInput input = At(5'000, absl::Minutes(5));
  Send(input, Arm::kControl, {.items = 100, .error_percent = 2});
  Send(input, Arm::kCandidate, {.items = 100, .error_percent = 40});
  const Verdict verdict = Judge(input);
  CHECK(verdict.judgement == Judgement::kRollBack);
  CHECK(verdict.trigger == "error_rate");
  CHECK(Mentions(verdict, "errors 40.00 % over the control's 2.00 %, more than +5.00 %"));
}

TEST_CASE("D10: a supported increase between two and five points holds, and does not roll back") {
  JudgeInput input = At(5'000);
  Send(input, Arm::kControl, {.items = 20'000, .error_percent = 1});
  Send(input, Arm::kCandidate, {.items = 20'000, .error_percent = 4});
  const Verdict verdict = Judge(input);
  CHECK(verdict.judgement == Judgement::kHold);
  CHECK(verdict.trigger == "error_rate");
}

TEST_CASE("D10: two points more are not promoted, where five are ruled out and the bet is still open") {
  const auto with = [](int error_percent) {
    JudgeInput input = At(5'000);
    Send(input, Arm::kControl, {.items = 600, .error_percent = 1});
    Send(input, Arm::kCandidate, {.items = 600, .error_percent = error_percent});
    return Judge(input);
  };
  CHECK(with(3).judgement == Judgement::kInconclusive);
  CHECK(Mentions(with(3), "errors 3.00 % against 1.00 %"));
  CHECK(with(2).judgement == Judgement::kPromote);
}

TEST_CASE("D13: a fallback counts against v2 although no caller saw the failure") {
  JudgeInput input = At(5'000);
  Send(input, Arm::kControl, {.items = 100});
  Send(input, Arm::kCandidate, {.items = 100, .error_percent = 40, .failure = SampleResult::kFallback});
  CHECK(Judge(input).judgement == Judgement::kRollBack);
}

TEST_CASE("D10: P95 latency up by half rolls back, up by a third holds, up by a tenth is fine") {
  const auto judged = [](int candidate_ms) {
    JudgeInput input = At(5'000);
    for (int i = 0; i < 20; ++i) {
      Send(input, Arm::kControl, {.items = 50, .latency_ms = 100});
      Send(input, Arm::kCandidate, {.items = 50, .latency_ms = candidate_ms});
    }
    return Judge(input);
  };
  CHECK(judged(180).judgement == Judgement::kRollBack);
  CHECK(judged(180).trigger == "latency_p95");
  CHECK(judged(135).judgement == Judgement::kHold);
  CHECK(judged(135).trigger == "latency_p95");
  CHECK(judged(105).judgement == Judgement::kPromote);
}

TEST_CASE("D10: availability under 99 % rolls back although no error rate differs") {
  JudgeInput input = At(5'000);
  Send(input, Arm::kControl, {.items = 400, .error_percent = 4, .failure = SampleResult::kError});
  Send(input, Arm::kCandidate, {.items = 400, .error_percent = 4, .failure = SampleResult::kUnavailable});
  const Verdict verdict = Judge(input);
  CHECK(verdict.judgement == Judgement::kRollBack);
  CHECK(verdict.trigger == "availability");
}

TEST_CASE("D10: success under 95 % rolls back, though the component itself made no error") {
  JudgeInput input = At(5'000);
  Send(input, Arm::kControl, {.items = 400});
  Send(input, Arm::kCandidate, {.items = 400, .error_percent = 15, .failure = SampleResult::kWorkFailed});
  const Verdict verdict = Judge(input);
  CHECK(verdict.judgement == Judgement::kRollBack);
  CHECK(verdict.trigger == "success_rate");
}

TEST_CASE("D10: one corruption rolls back at once, without a single sample") {
  JudgeInput input = At(1'000, absl::ZeroDuration());
  AddCorruption(input.evidence, "digest of plan 7 differs");
  const Verdict verdict = Judge(input);
  CHECK(verdict.judgement == Judgement::kRollBack);
  CHECK(verdict.trigger == "corruption");
  CHECK(Mentions(verdict, "digest of plan 7 differs"));
}

TEST_CASE("a second corruption counts, and the first stays what is told") {
  JudgeInput input = At(1'000);
  AddCorruption(input.evidence, "digest of plan 7 differs");
  AddCorruption(input.evidence, "an issue was held twice");
  CHECK(Mentions(Judge(input), "corruption, 2 in all; the first: digest of plan 7 differs"));
}

TEST_CASE("a slow tail rules a slow P95 out only where it is thin enough for the number of items") {
  const auto judged = [](int slow) {
    JudgeInput input = At(5'000);
    Send(input, Arm::kControl, {.items = 200});
    Send(input, Arm::kCandidate, {.items = 200 - slow});
    Send(input, Arm::kCandidate, {.items = slow, .latency_ms = 400});
    return Judge(input);
  };
  CHECK(judged(2).judgement == Judgement::kPromote);
  CHECK(judged(8).judgement == Judgement::kInconclusive);  // 4 %: P95 itself is as before
  CHECK(Mentions(judged(8), "is not ruled out"));
}

TEST_CASE("an availability that the policy allows does not roll back, however sure one is of it") {
  JudgeInput input = At(5'000);
  Send(input, Arm::kControl, {.items = 2'000, .error_percent = 4});
  Send(input, Arm::kCandidate, {.items = 2'000, .error_percent = 4, .failure = SampleResult::kUnavailable});
  CHECK(Judge(input).trigger == "availability");
  input.policy.min_availability = 9'000;
  CHECK(Judge(input).judgement == Judgement::kPromote);
}

TEST_CASE("at 100 % the candidate is compared with the control of the steps before") {
  JudgeInput input = At(5'000);
  Send(input, Arm::kControl, {.items = 300, .error_percent = 1});
  Send(input, Arm::kCandidate, {.items = 300, .error_percent = 1});
  input.share = 10'000;
  EnterStep(input.evidence);
  CHECK(Judge(input).judgement == Judgement::kInconclusive);
  Send(input, Arm::kCandidate, {.items = 300, .error_percent = 1});
  CHECK(Judge(input).judgement == Judgement::kPromote);
}

TEST_CASE("entering a step asks for fresh evidence, and keeps the bets") {
  JudgeInput input = At(5'000);
  Send(input, Arm::kControl, {.items = 300, .error_percent = 2});
  Send(input, Arm::kCandidate, {.items = 300, .error_percent = 2});
  const double before = EValue(input.evidence, RolloutMetric::kErrorRate);
  EnterStep(input.evidence);
  CHECK(Judge(input).judgement == Judgement::kInconclusive);
  CHECK(EValue(input.evidence, RolloutMetric::kErrorRate) == before);
}

TEST_CASE("two points over a base of 5 % would take 1,741 items per arm") {
  CHECK(NeededPerArm(50'000, 200) == 1'741);
}

TEST_CASE("an increase of nothing asks for no items") { CHECK(NeededPerArm(50'000, 0) == 0); }

TEST_CASE("a verdict replays to the byte from what it stores") {
  std::unique_ptr<Rng> rng = NewSeededRng(7);
  for (int round = 0; round < 40; ++round) {
    JudgeInput input = At(1'000 + static_cast<std::int64_t>(rng->Below(9'001)), absl::Minutes(round * 7));
    const std::uint64_t items = rng->Below(800);
    for (std::uint64_t i = 0; i < items; ++i) {
      AddSample(input.evidence, input.share,
                {rng->Below(2) == 0 ? Arm::kControl : Arm::kCandidate,
                 static_cast<SampleResult>(rng->Below(25) < 5 ? rng->Below(5) : 0),
                 absl::Microseconds(static_cast<std::int64_t>(rng->Below(1U << (round % 30))))});
    }
    const std::string stored = VerdictToJson(input, Judge(input));
    const absl::StatusOr<std::string> replayed = ReplayVerdict(stored, "verdict.json");
    REQUIRE(replayed.ok());
    CHECK(*replayed == stored);
  }
}

TEST_CASE("a verdict whose counters were touched does not replay to itself") {
  JudgeInput input = At(5'000);
  Send(input, Arm::kControl, {.items = 400, .error_percent = 2});
  Send(input, Arm::kCandidate, {.items = 400, .error_percent = 2});
  std::string stored = VerdictToJson(input, Judge(input));
  const std::size_t at = stored.find("\"items\":400");
  REQUIRE(at != std::string::npos);
  stored.replace(at, 11, "\"items\":900");
  CHECK(*ReplayVerdict(stored, "verdict.json") != stored);
}

TEST_CASE("what is not a verdict is refused with the place") {
  CHECK(ReplayVerdict("{", "v.json").status().message() == "v.json: not JSON at byte 1");
  CHECK(ReplayVerdict(R"({"schema":"x"})", "v.json").status().code() == absl::StatusCode::kInvalidArgument);
  const absl::Status status =
      ReplayVerdict(R"({"schema":"clambake.verdict/1","input":{"component":"cook"}})", "v.json").status();
  CHECK(status.message().find("v.json: /input: \"component\" must be") == 0);
}

TEST_CASE("D11: stakes are one on average, and the metrics' parts of α are the whole of it") {
  const Verdict verdict = Judge(At(1'000));
  double alpha = 0;
  for (const Finding& finding : verdict.findings) {
    CHECK(finding.e_value == 1);
    alpha += 1 / finding.e_limit;
  }
  CHECK(alpha > 0.00999);
  CHECK(alpha < 0.01001);
}

TEST_CASE("polled after every item, healthy rollouts are rolled back less often than α") {
  constexpr int kRollouts = 400;
  int rolled_back = 0;
  for (int seed = 1; seed <= kRollouts; ++seed) {
    std::unique_ptr<Rng> rng = NewSeededRng(static_cast<std::uint64_t>(seed));
    JudgeInput input = At(2'500);
    bool tripped = false;
    for (int i = 0; i < 600 && !tripped; ++i) {
      const Arm arm = rng->Below(10'000) < 2'500 ? Arm::kCandidate : Arm::kControl;
      const bool fails = rng->Below(100) < 5;
      AddSample(input.evidence, input.share,
                {arm, fails ? SampleResult::kError : SampleResult::kSuccess,
                 absl::Milliseconds(static_cast<std::int64_t>(100 + rng->Below(100)))});
      tripped = Judge(input).judgement == Judgement::kRollBack;
    }
    rolled_back += tripped ? 1 : 0;
  }
  CHECK(rolled_back <= kRollouts / 100);
}

}  // namespace
}  // namespace clambake
