// Shadow comparisons: which units, what came out, and what is remembered.
#include <limits>
#include <map>
#include <utility>

#include "base/json_view.h"
#include "base/json_writer.h"
#include "base/safe_text.h"
#include "base/status_macros.h"
#include "clambake/rollout.h"
#include "clambake/shadow.h"
#include "cutover/evidence_json.h"
#include "fmt/format.h"
#include "model/operations.h"

namespace clambake {
namespace {

constexpr std::string_view kKey = "shadow/history";
constexpr std::string_view kSchema = "clambake.shadow-history/1";
constexpr std::string_view kOperationsSchema = "clambake.shadow-operations/1";
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
  return ChangeDocument(store, scope, kKey, [&](const std::string& text) -> absl::StatusOr<std::string> {
    CLAMBAKE_ASSIGN_OR_RETURN(std::vector<ShadowRecord> records, FromJson(text));
    records.push_back(record);
    return ToJson(records);
  });
}

absl::StatusOr<std::vector<ShadowRecord>> ReadShadowRecords(StateStore& store, std::string_view scope) {
  CLAMBAKE_ASSIGN_OR_RETURN(const Document document, store.ReadDocument(scope, kKey));
  return FromJson(document.value);
}

namespace {

// For all comparisons: they have counts by class, and differences with codes.
template <typename Comparison>
ShadowRecord SummaryOf(Component component, const Comparison& comparison) {
  ShadowRecord record{.component = std::string(Name(component)), .outcome = "same"};
  for (const DifferenceClass each :
       {DifferenceClass::kEquivalent, DifferenceClass::kExpected, DifferenceClass::kDifferent}) {
    if (comparison.counts[static_cast<std::size_t>(each)] > 0) record.outcome = Name(each);
  }
  std::map<std::string, int> codes;
  for (const auto& difference : comparison.differences) ++codes[difference.code];
  for (const auto& [code, count] : codes) {
    record.detail += fmt::format("{}{} {}", record.detail.empty() ? "" : ", ", count, code);
  }
  return record;
}

// What the candidate's process answers: its result as text, or "!" and why not.
std::string Answer(const absl::StatusOr<std::string>& result) {
  return result.ok() ? *result : "!" + result.status().ToString();
}

// `compare` turns the candidate's text into a record.
using CompareText = std::function<absl::StatusOr<ShadowRecord>(const std::string& text)>;
ShadowRecord CompareAnswer(IsolatedRun& run, Component component, const CompareText& compare) {
  constexpr std::size_t kMaxShown = 200;
  const auto read = [&]() -> absl::StatusOr<ShadowRecord> {
    CLAMBAKE_ASSIGN_OR_RETURN(const std::string answer, run.Collect());
    return answer.substr(0, 1) == "!" ? absl::AbortedError(answer.substr(1)) : compare(answer);
  };
  const absl::StatusOr<ShadowRecord> record = read();
  if (record.ok()) return *record;
  return {.component = std::string(Name(component)),
          .outcome = "failed",
          .detail = SafeText(std::string(record.status().message()), kMaxShown)};
}

std::string OperationsToText(const Preparation& preparation) {
  JsonWriter json;
  json.Object([&] {
    json.Member("schema", kOperationsSchema);
    json.Key("operations");
    json.Array([&] {
      for (const Operation& operation : preparation.operations) {
        const JournalEntry entry = ToJournalEntry(operation, 0);
        json.Object([&] {
          json.Member("lane", entry.lane);
          json.Member("issue", entry.issue);
          json.Member("kind", entry.kind);
          json.Member("payload", entry.payload);
        });
      }
    });
  });
  return json.Take();
}

absl::Status ReadOperation(const JsonView& view, Preparation& preparation) {
  JournalEntry entry;
  CLAMBAKE_RETURN_IF_ERROR(view.Read("lane", kRequired, entry.lane));
  CLAMBAKE_RETURN_IF_ERROR(
      view.Read("issue", kRequired, 0, std::numeric_limits<IssueNumber>::max(), entry.issue));
  CLAMBAKE_RETURN_IF_ERROR(view.Read("kind", kRequired, entry.kind));
  CLAMBAKE_RETURN_IF_ERROR(view.Read("payload", kRequired, entry.payload));
  CLAMBAKE_ASSIGN_OR_RETURN(Operation operation, FromJournalEntry(entry));
  preparation.operations.push_back(std::move(operation));
  return absl::OkStatus();
}

absl::StatusOr<Preparation> OperationsFromText(std::string_view text, std::string_view repository) {
  Preparation preparation{.executor = "candidate", .repository = std::string(repository)};
  rapidjson::Document document;
  CLAMBAKE_RETURN_IF_ERROR(cutover::ParseDocument(text, "candidate", kOperationsSchema, document));
  const JsonView view(document, "candidate: ");
  CLAMBAKE_RETURN_IF_ERROR(view.ForEach(
      "operations", kRequired, [&](const JsonView& each) { return ReadOperation(each, preparation); }));
  return preparation;
}

}  // namespace

// A candidate that failed says no less than one that differs.
bool IsAgainst(std::string_view outcome) { return outcome == "different" || outcome == "failed"; }

ShadowRecord Summarize(const PlanComparison& comparison) {
  return SummaryOf(Component::kPlanner, comparison);
}
ShadowRecord Summarize(const BundleComparison& comparison) {
  return SummaryOf(Component::kBundler, comparison);
}
ShadowRecord Summarize(const OperationComparison& comparison) {
  return SummaryOf(Component::kExecutor, comparison);
}

absl::StatusOr<std::unique_ptr<IsolatedRun>> StartShadowPlan(const WorkPlanner& candidate,
                                                             const PlanRequest& request,
                                                             const ShadowLimits& limits) {
  const auto make = [&]() -> absl::StatusOr<std::string> {
    CLAMBAKE_ASSIGN_OR_RETURN(const Plan plan, candidate.MakePlan(request));
    return PlanToJson(plan, {}, WriteMode::kReadOnly);
  };
  return IsolatedRun::Start([&] { return Answer(make()); }, limits);
}

ShadowRecord CompareShadowPlan(IsolatedRun& run, const Backlog& backlog, const Plan& control) {
  return CompareAnswer(run, Component::kPlanner,
                       [&](const std::string& text) -> absl::StatusOr<ShadowRecord> {
                         CLAMBAKE_ASSIGN_OR_RETURN(const Plan candidate, ReadPlan(text, "candidate"));
                         return Summarize(ComparePlans(backlog, control, candidate));
                       });
}

absl::StatusOr<std::unique_ptr<IsolatedRun>> StartShadowBundles(
    const std::function<absl::StatusOr<BundleSet>()>& make, const ShadowLimits& limits) {
  const auto text = [&]() -> absl::StatusOr<std::string> {
    CLAMBAKE_ASSIGN_OR_RETURN(const BundleSet set, make());
    return BundlesToJson(set);
  };
  return IsolatedRun::Start([&] { return Answer(text()); }, limits);
}

ShadowRecord CompareShadowBundles(IsolatedRun& run, const BundleSet& control) {
  return CompareAnswer(run, Component::kBundler,
                       [&](const std::string& text) -> absl::StatusOr<ShadowRecord> {
                         CLAMBAKE_ASSIGN_OR_RETURN(const BundleSet candidate, ReadBundles(text, "candidate"));
                         return Summarize(CompareBundles(control, candidate));
                       });
}

absl::StatusOr<std::unique_ptr<IsolatedRun>> StartShadowOperations(const Executor& candidate,
                                                                   const PrepareRequest& request,
                                                                   const ShadowLimits& limits) {
  const auto text = [&]() -> absl::StatusOr<std::string> {
    CLAMBAKE_ASSIGN_OR_RETURN(const Preparation preparation, candidate.Prepare(request));
    return OperationsToText(preparation);
  };
  return IsolatedRun::Start([&] { return Answer(text()); }, limits);
}

ShadowRecord CompareShadowOperations(IsolatedRun& run, const Preparation& control) {
  return CompareAnswer(
      run, Component::kExecutor, [&](const std::string& text) -> absl::StatusOr<ShadowRecord> {
        CLAMBAKE_ASSIGN_OR_RETURN(const Preparation candidate, OperationsFromText(text, control.repository));
        return Summarize(CompareOperations(control, candidate));
      });
}

}  // namespace clambake
