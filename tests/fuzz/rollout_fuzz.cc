// Rollout records and verdicts, as they are kept. The input is a document
// without its seal.
#include "base/sealed_text.h"
#include "clambake/rollout.h"
#include "cutover/rollout_json.h"
#include "nlohmann/json.hpp"
#include "tests/fuzz/fuzz.h"

namespace clambake {
namespace {

using absl::StatusCode;

// Evidence that can be read can be judged, and judges the same when it comes back.
void CheckVerdict(const RolloutRecord& record) {
  JudgeInput input;
  input.component = record.component;
  input.step = record.step;
  input.share = record.share();
  input.elapsed = absl::Hours(3);
  input.policy = record.policy;
  input.evidence = record.evidence;
  const Verdict verdict = Judge(input);
  FUZZ_CHECK(record.evidence.corruptions == 0 || verdict.judgement == Judgement::kRollBack);
  if (verdict.judgement == Judgement::kPromote) {
    for (const ArmCounters* arm : {&record.evidence.step.control, &record.evidence.step.candidate}) {
      FUZZ_CHECK(record.share() == 10'000 || arm->items >= record.policy.min_items);
    }
  }
  if (input.share == 0) return;
  const std::string text = VerdictToJson(input, verdict);
  FUZZ_CHECK(!nlohmann::json::parse(text, nullptr, false).is_discarded());
  const auto again = ReplayVerdict(text, "fuzz");
  if (!again.ok()) std::fprintf(stderr, "%s\n", again.status().ToString().c_str());
  FUZZ_CHECK(again.ok() && *again == text);
}

// Samples after whatever was counted before never overflow, and never lift a roll-back for corruption.
void CheckSamples(Evidence evidence, std::int64_t share) {
  for (const Arm arm : {Arm::kControl, Arm::kCandidate}) {
    for (const SampleResult result :
         {SampleResult::kSuccess, SampleResult::kError, SampleResult::kUnavailable}) {
      AddSample(evidence, share, {arm, result, absl::Milliseconds(3)});
    }
  }
  EnterStep(evidence);
  FUZZ_CHECK(evidence.step.candidate.items == 0);
}

void CheckRecord(std::string_view sealed) {
  const auto record = cutover::ReadRecord(sealed, "fuzz");
  fuzz::CheckCode(record.status(), {StatusCode::kFailedPrecondition});
  if (!record.ok()) return;
  FUZZ_CHECK(record->share() >= 0 && record->share() <= 10'000);
  const std::string written = cutover::RecordToJson(*record);
  const auto again = cutover::ReadRecord(written, "fuzz");
  FUZZ_CHECK(again.ok() && cutover::RecordToJson(*again) == written);
  CheckVerdict(*record);
  if (record->share() > 0) CheckSamples(record->evidence, record->share());
}

FUZZ_TARGET(input) {
  const auto replayed = ReplayVerdict(input, "fuzz");
  fuzz::CheckCode(replayed.status(), {StatusCode::kInvalidArgument});
  if (replayed.ok()) {
    const auto again = ReplayVerdict(*replayed, "fuzz");
    FUZZ_CHECK(again.ok() && *again == *replayed);
  }
  CheckRecord(input);
  if (!input.empty() && input.back() == '}') CheckRecord(Seal(input, Digest));
}

}  // namespace
}  // namespace clambake
