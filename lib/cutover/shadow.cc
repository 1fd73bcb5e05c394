// Shadow comparisons: which units, what came out, and what is remembered.
#include <map>

#include "base/json_view.h"
#include "base/json_writer.h"
#include "base/safe_text.h"
#include "base/status_macros.h"
#include "clambake/rollout.h"
#include "clambake/shadow.h"
#include "cutover/evidence_json.h"
#include "fmt/format.h"

namespace clambake {
namespace {

constexpr std::string_view kKey = "shadow/history";
constexpr std::string_view kSchema = "clambake.shadow-history/1";
constexpr std::size_t kMaxRecords = 500;
constexpr auto kRequired = JsonView::Presence::kRequired;

std::string ToJson(const std::vector<ShadowRecord>& records) {
  const std::size_t skip = records.size() > kMaxRecords ? records.size() - kMaxRecords : 0;
  JsonWriter json;
  json.Object([&] {
    json.Member("schema", kSchema);
    json.Key("records");
    json.Array([&] {
      for (std::size_t i = skip; i < records.size(); ++i) {
        json.Object([&] {
          json.Member("at", FormatTimestamp(records[i].at));
          json.Member("component", records[i].component);
          json.Member("outcome", records[i].outcome);
          json.Member("detail", records[i].detail);
        });
      }
    });
  });
  return json.Take();
}

absl::Status ReadOne(const JsonView& view, ShadowRecord& record) {
  CLAMBAKE_RETURN_IF_ERROR(view.Read("at", kRequired, record.at));
  CLAMBAKE_RETURN_IF_ERROR(view.Read("component", kRequired, record.component));
  CLAMBAKE_RETURN_IF_ERROR(view.Read("outcome", kRequired, record.outcome));
  return view.Read("detail", kRequired, record.detail);
}

absl::StatusOr<std::vector<ShadowRecord>> FromJson(std::string_view text) {
  std::vector<ShadowRecord> records;
  if (text.empty()) return records;
  rapidjson::Document document;
  CLAMBAKE_RETURN_IF_ERROR(cutover::ParseDocument(text, kKey, kSchema, document));
  const JsonView view(document, "shadow/history: ");
  CLAMBAKE_RETURN_IF_ERROR(view.ForEach(
      "records", kRequired, [&](const JsonView& record) { return ReadOne(record, records.emplace_back()); }));
  return records;
}

}  // namespace

bool IsSampled(std::string_view unit, std::int64_t rate) {
  return Bucket("shadow", Component::kPlanner, unit) < rate;
}

absl::Status KeepShadowRecord(StateStore& store, std::string_view scope, const ShadowRecord& record) {
  constexpr int kMaxAttempts = 20;
  for (int attempt = 0; attempt < kMaxAttempts; ++attempt) {
    CLAMBAKE_ASSIGN_OR_RETURN(const Document document, store.ReadDocument(scope, kKey));
    CLAMBAKE_ASSIGN_OR_RETURN(std::vector<ShadowRecord> records, FromJson(document.value));
    records.push_back(record);
    const absl::Status written = store.WriteDocument(scope, kKey, ToJson(records), document.version).status();
    if (!absl::IsAborted(written)) return written;
  }
  return absl::UnavailableError("shadow/history: changed by too many at once");
}

absl::StatusOr<std::vector<ShadowRecord>> ReadShadowRecords(StateStore& store, std::string_view scope) {
  CLAMBAKE_ASSIGN_OR_RETURN(const Document document, store.ReadDocument(scope, kKey));
  return FromJson(document.value);
}

ShadowRecord Summarize(const PlanComparison& comparison) {
  ShadowRecord record{.component = "planner", .outcome = "same"};
  for (const DifferenceClass each :
       {DifferenceClass::kEquivalent, DifferenceClass::kExpected, DifferenceClass::kDifferent}) {
    if (comparison.counts[static_cast<std::size_t>(each)] > 0) record.outcome = Name(each);
  }
  std::map<std::string, int> codes;
  for (const PlanDifference& difference : comparison.differences) ++codes[difference.code];
  for (const auto& [code, count] : codes) {
    record.detail += fmt::format("{}{} {}", record.detail.empty() ? "" : ", ", count, code);
  }
  return record;
}

absl::StatusOr<std::unique_ptr<IsolatedRun>> StartShadowPlan(const WorkPlanner& candidate,
                                                             const PlanRequest& request,
                                                             const ShadowLimits& limits) {
  return IsolatedRun::Start(
      [&] {
        const absl::StatusOr<Plan> plan = candidate.MakePlan(request);
        return plan.ok() ? PlanToJson(*plan, {}, WriteMode::kReadOnly) : "!" + plan.status().ToString();
      },
      limits);
}

ShadowRecord CompareShadowPlan(IsolatedRun& run, const Backlog& backlog, const Plan& control) {
  constexpr std::size_t kMaxShown = 200;
  ShadowRecord failed{.component = "planner", .outcome = "failed"};
  const absl::StatusOr<std::string> answer = run.Collect();
  if (!answer.ok()) {
    failed.detail = std::string(answer.status().message());
    return failed;
  }
  const absl::StatusOr<Plan> candidate = answer->substr(0, 1) == "!"
                                             ? absl::StatusOr<Plan>(absl::AbortedError(answer->substr(1)))
                                             : ReadPlan(*answer, "candidate");
  if (!candidate.ok()) {
    failed.detail = SafeText(std::string(candidate.status().message()), kMaxShown);
    return failed;
  }
  return Summarize(ComparePlans(backlog, control, *candidate));
}

}  // namespace clambake
