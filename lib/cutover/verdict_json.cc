// Verdicts with all that they were judged by.
#include "base/status_macros.h"
#include "clambake/model.h"
#include "cutover/evidence_json.h"
#include "fmt/format.h"

namespace clambake {
namespace {

using cutover::ParseDocument;
constexpr std::string_view kSchema = "clambake.verdict/1";
constexpr auto kRequired = JsonView::Presence::kRequired;

void WriteInput(JsonWriter& json, const JudgeInput& input) {
  json.Object([&] {
    json.Member("component", Name(input.component));
    json.Member("step", input.step);
    json.Member("share", input.share);
    json.Member("elapsed_seconds", absl::ToInt64Seconds(input.elapsed));
    json.Key("policy");
    cutover::WritePolicy(json, input.policy);
    json.Key("evidence");
    cutover::WriteEvidence(json, input.evidence);
  });
}

void WriteFinding(JsonWriter& json, const Finding& finding) {
  json.Object([&] {
    json.Member("metric", Name(finding.metric));
    json.Member("state", Name(finding.state));
    json.Member("control", finding.control);
    json.Member("candidate", finding.candidate);
    json.Member("limit", finding.limit);
    json.Member("control_items", finding.control_items);
    json.Member("candidate_items", finding.candidate_items);
    json.Key("e_value");
    json.Number(fmt::format("{}", finding.e_value));
    json.Key("e_limit");
    json.Number(fmt::format("{}", finding.e_limit));
    json.Member("text", finding.text);
  });
}

absl::Status ReadInput(const JsonView& view, JudgeInput& input) {
  constexpr std::int64_t kMaxSteps = 100;
  constexpr std::int64_t kEverything = 10'000;
  constexpr std::int64_t kMaxSeconds = 100'000'000'000;
  std::int64_t elapsed = 0;
  CLAMBAKE_RETURN_IF_ERROR(cutover::ReadComponent(view, "component", input.component));
  CLAMBAKE_RETURN_IF_ERROR(view.Read("step", kRequired, 0, kMaxSteps, input.step));
  CLAMBAKE_RETURN_IF_ERROR(view.Read("share", kRequired, 1, kEverything, input.share));
  CLAMBAKE_RETURN_IF_ERROR(view.Read("elapsed_seconds", kRequired, 0, kMaxSeconds, elapsed));
  input.elapsed = absl::Seconds(elapsed);
  const std::optional<JsonView> policy = view.Find("policy");
  if (!policy) return view.Error("\"policy\" is missing");
  CLAMBAKE_RETURN_IF_ERROR(cutover::ReadPolicy(*policy, input.policy));
  const std::optional<JsonView> evidence = view.Find("evidence");
  if (!evidence) return view.Error("\"evidence\" is missing");
  return cutover::ReadEvidence(*evidence, input.evidence);
}

}  // namespace

std::string VerdictToJson(const JudgeInput& input, const Verdict& verdict) {
  JsonWriter json;
  json.Object([&] {
    json.Member("schema", kSchema);
    json.Member("component", Name(input.component));
    json.Member("verdict", Name(verdict.judgement));
    json.Member("trigger", verdict.trigger);
    json.Values("reasons", verdict.reasons);
    json.Key("findings");
    json.Array([&] {
      for (const Finding& finding : verdict.findings) WriteFinding(json, finding);
    });
    json.Key("input");
    WriteInput(json, input);
  });
  return json.Take();
}

absl::StatusOr<std::string> ReplayVerdict(std::string_view text, std::string_view name) {
  rapidjson::Document document;
  CLAMBAKE_RETURN_IF_ERROR(ParseDocument(text, name, kSchema, document));
  const std::string root = fmt::format("{}: ", name);
  const JsonView view(document, root);
  const std::optional<JsonView> member = view.Find("input");
  if (!member) return view.Error("\"input\" is missing");
  JudgeInput input;
  CLAMBAKE_RETURN_IF_ERROR(ReadInput(*member, input));
  return VerdictToJson(input, Judge(input));
}

}  // namespace clambake
