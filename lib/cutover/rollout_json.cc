#include "cutover/rollout_json.h"

#include "base/sealed_text.h"
#include "base/status_macros.h"
#include "clambake/model.h"
#include "cutover/evidence_json.h"
#include "fmt/format.h"

namespace clambake {
namespace cutover {
namespace {

constexpr std::string_view kSchema = "clambake.rollout/1";
constexpr auto kRequired = JsonView::Presence::kRequired;
constexpr std::array kStatuses = {RolloutStatus::kNone, RolloutStatus::kRunning, RolloutStatus::kHeld,
                                  RolloutStatus::kComplete};

void WriteLatch(JsonWriter& json, const Latch& latch) {
  json.Object([&] {
    json.Member("holds", latch.holds);
    json.Member("trigger", latch.trigger);
    json.Member("observed", latch.observed);
    json.Member("items", latch.items);
    json.Member("at", absl::ToUnixMicros(latch.at));
    json.Member("actor", latch.actor);
  });
}

absl::Status ReadMicros(const JsonView& view, std::string_view key, absl::Time& time) {
  std::int64_t micros = 0;
  CLAMBAKE_RETURN_IF_ERROR(view.Read(key, kRequired, std::numeric_limits<std::int64_t>::min(),
                                     std::numeric_limits<std::int64_t>::max(), micros));
  if (micros == std::numeric_limits<std::int64_t>::min()) {
    time = absl::InfinitePast();
  } else {
    time = absl::FromUnixMicros(micros);
  }
  return absl::OkStatus();
}

absl::Status ReadLatch(const JsonView& view, Latch& latch) {
  CLAMBAKE_RETURN_IF_ERROR(view.Read("holds", kRequired, latch.holds));
  CLAMBAKE_RETURN_IF_ERROR(view.Read("trigger", kRequired, latch.trigger));
  CLAMBAKE_RETURN_IF_ERROR(view.Read("observed", kRequired, latch.observed));
  CLAMBAKE_RETURN_IF_ERROR(
      view.Read("items", kRequired, 0, std::numeric_limits<std::int64_t>::max(), latch.items));
  CLAMBAKE_RETURN_IF_ERROR(ReadMicros(view, "at", latch.at));
  return view.Read("actor", kRequired, latch.actor);
}

absl::Status ReadStatus(const JsonView& view, RolloutStatus& status) {
  std::string name;
  CLAMBAKE_RETURN_IF_ERROR(view.Read("status", kRequired, name));
  for (const RolloutStatus each : kStatuses) {
    if (name != Name(each)) continue;
    status = each;
    return absl::OkStatus();
  }
  return view.Error("\"status\" is not known");
}

absl::Status ReadLadder(const JsonView& view, Ladder& ladder) {
  constexpr std::int64_t kEverything = 10'000;
  CLAMBAKE_RETURN_IF_ERROR(view.Read("ladder", kRequired, ladder.name));
  return view.ForEach("steps", kRequired, [&](const JsonView& step) {
    return step.As(1, kEverything, ladder.steps.emplace_back());
  });
}

absl::Status ReadFields(const JsonView& view, RolloutRecord& record) {
  constexpr std::int64_t kMaxSteps = 100;
  CLAMBAKE_RETURN_IF_ERROR(ReadComponent(view, "component", record.component));
  CLAMBAKE_RETURN_IF_ERROR(ReadStatus(view, record.status));
  CLAMBAKE_RETURN_IF_ERROR(view.Read("id", kRequired, record.id));
  CLAMBAKE_RETURN_IF_ERROR(view.Read("salt", kRequired, record.salt));
  CLAMBAKE_RETURN_IF_ERROR(view.Read("algorithm", kRequired, record.algorithm));
  CLAMBAKE_RETURN_IF_ERROR(ReadLadder(view, record.ladder));
  CLAMBAKE_RETURN_IF_ERROR(view.Read("step", kRequired, 0, kMaxSteps, record.step));
  CLAMBAKE_RETURN_IF_ERROR(ReadMicros(view, "entered_at", record.entered_at));
  CLAMBAKE_RETURN_IF_ERROR(view.Read("hold_reason", kRequired, record.hold_reason));
  CLAMBAKE_RETURN_IF_ERROR(view.Read("snapshot", kRequired, record.snapshot));
  CLAMBAKE_RETURN_IF_ERROR(view.Read("actor", kRequired, record.actor));
  const std::optional<JsonView> latch = view.Find("latch");
  const std::optional<JsonView> policy = view.Find("policy");
  const std::optional<JsonView> evidence = view.Find("evidence");
  if (!latch || !policy || !evidence) return view.Error("latch, policy and evidence are expected");
  CLAMBAKE_RETURN_IF_ERROR(ReadLatch(*latch, record.latch));
  CLAMBAKE_RETURN_IF_ERROR(ReadPolicy(*policy, record.policy));
  return ReadEvidence(*evidence, record.evidence);
}

}  // namespace

void WriteSummary(JsonWriter& json, const RolloutRecord& record) {
  json.Member("component", Name(record.component));
  json.Member("status", Name(record.status));
  json.Member("id", record.id);
  json.Member("salt", record.salt);
  json.Member("algorithm", record.algorithm);
  json.Member("ladder", record.ladder.name);
  json.Values("steps", record.ladder.steps);
  json.Member("ladder_digest", LadderDigest(record.ladder));
  json.Member("step", record.step);
  json.Member("share", record.share());
  json.Member("entered_at", absl::ToUnixMicros(record.entered_at));
  json.Member("hold_reason", record.hold_reason);
  json.Member("snapshot", record.snapshot);
  json.Member("actor", record.actor);
  json.Key("latch");
  WriteLatch(json, record.latch);
}

std::string RecordToJson(const RolloutRecord& record) {
  JsonWriter json;
  json.Object([&] {
    json.Member("schema", kSchema);
    WriteSummary(json, record);
    json.Key("policy");
    WritePolicy(json, record.policy);
    json.Key("evidence");
    WriteEvidence(json, record.evidence);
  });
  return Seal(json.Take(), Digest);
}

absl::StatusOr<RolloutRecord> ReadRecord(std::string_view text, std::string_view name) {
  if (SealOf(text, Digest).empty()) {
    return absl::FailedPreconditionError(
        fmt::format("{}: damaged: its digest does not match; `clambake cutover clear` starts afresh", name));
  }
  rapidjson::Document document;
  RolloutRecord record;
  const std::string root = fmt::format("{}: ", name);
  record.evidence = {};
  absl::Status read = ParseDocument(text, name, kSchema, document);
  if (read.ok()) read = ReadFields(JsonView(document, root), record);
  if (read.ok() &&
      (record.ladder.steps.empty() || record.step >= static_cast<std::int64_t>(record.ladder.steps.size()))) {
    read = absl::InvalidArgumentError(fmt::format("{}: its step is not on its ladder", name));
  }
  if (!read.ok()) return absl::FailedPreconditionError(read.message());
  return record;
}

}  // namespace cutover

std::int64_t RolloutRecord::share() const {
  if (status == RolloutStatus::kNone || ladder.steps.empty()) return 0;
  return ladder.steps[static_cast<std::size_t>(step)];
}

std::string_view Name(RolloutStatus status) {
  constexpr std::array<std::string_view, 4> kNames = {"none", "running", "held", "complete"};
  return kNames[static_cast<std::size_t>(status)];
}

namespace {

void WriteRollouts(JsonWriter& json, std::string_view scope, const std::vector<RolloutRecord>& records) {
  json.Member("schema", "clambake.rollouts/1");
  json.Member("scope", scope);
  json.Key("rollouts");
  json.Array([&] {
    for (const RolloutRecord& record : records) {
      json.Object([&] {
        json.Member("generation", record.generation);
        cutover::WriteSummary(json, record);
      });
    }
  });
}

}  // namespace

std::string RolloutsToJson(std::string_view scope, const std::vector<RolloutRecord>& records) {
  JsonWriter json;
  json.Object([&] { WriteRollouts(json, scope, records); });
  return json.Take();
}

std::string RollBackToJson(std::string_view scope, const RollBackResult& result) {
  JsonWriter json;
  json.Object([&] {
    WriteRollouts(json, scope, result.latched);
    json.Member("latch_set", result.latch_set);
    json.Key("environment_file");
    if (result.environment_file.empty()) {
      json.Null();
    } else {
      json.Value(result.environment_file);
    }
  });
  return json.Take();
}

}  // namespace clambake
