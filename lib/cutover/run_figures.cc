#include "clambake/run_figures.h"

#include <functional>
#include <limits>
#include <map>

#include "base/json_view.h"
#include "base/json_writer.h"
#include "base/sealed_text.h"
#include "base/status_macros.h"
#include "clambake/model.h"
#include "cutover/evidence_json.h"

namespace clambake {
namespace {

constexpr std::string_view kKey = "run/figures";
constexpr std::string_view kSchema = "clambake.run-figures/1";
constexpr std::array<std::string_view, 2> kGenerations = {"legacy", "v2"};
constexpr auto kRequired = JsonView::Presence::kRequired;
constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

std::size_t IndexOf(std::string_view generation) { return generation == "v2" ? 1 : 0; }

void WriteTallies(JsonWriter& json, std::string_view key, const std::array<Tally, 2>& tallies) {
  json.Key(key);
  json.Object([&] {
    for (std::size_t i = 0; i < tallies.size(); ++i) {
      json.Key(kGenerations[i]);
      json.Object([&] {
        json.Member("tried", tallies[i].tried);
        json.Member("failed", tallies[i].failed);
      });
    }
  });
}

std::string ToJson(const RunFigures& figures) {
  JsonWriter json;
  json.Object([&] {
    json.Member("schema", kSchema);
    if (figures.at != absl::InfinitePast()) json.Member("at", FormatTimestamp(figures.at));
    json.Member("busiest_minutes", figures.busiest_minutes);
    json.Member("optimal_minutes", figures.optimal_minutes);
    WriteTallies(json, "assignments", figures.assignments);
    WriteTallies(json, "bundles", figures.bundles);
  });
  return Seal(json.Take(), Digest);
}

absl::Status ReadTallies(const JsonView& view, std::string_view key, std::array<Tally, 2>& tallies) {
  const std::optional<JsonView> found = view.Find(key);
  if (!found) return view.Error("tallies are expected");
  for (std::size_t i = 0; i < tallies.size(); ++i) {
    const std::optional<JsonView> tally = found->Find(kGenerations[i]);
    if (!tally) return found->Error("both generations are expected");
    CLAMBAKE_RETURN_IF_ERROR(tally->Read("tried", kRequired, 0, kMost, tallies[i].tried));
    CLAMBAKE_RETURN_IF_ERROR(tally->Read("failed", kRequired, 0, kMost, tallies[i].failed));
  }
  return absl::OkStatus();
}

absl::Status ReadFields(const JsonView& view, RunFigures& figures) {
  CLAMBAKE_RETURN_IF_ERROR(view.Read("at", JsonView::Presence::kOptional, figures.at));
  CLAMBAKE_RETURN_IF_ERROR(view.Read("busiest_minutes", kRequired, 0, kMost, figures.busiest_minutes));
  CLAMBAKE_RETURN_IF_ERROR(view.Read("optimal_minutes", kRequired, 0, kMost, figures.optimal_minutes));
  CLAMBAKE_RETURN_IF_ERROR(ReadTallies(view, "assignments", figures.assignments));
  return ReadTallies(view, "bundles", figures.bundles);
}

absl::StatusOr<RunFigures> FromJson(std::string_view text) {
  RunFigures figures;
  if (text.empty()) return figures;
  if (SealOf(text, Digest).empty()) {
    return absl::FailedPreconditionError("run/figures: damaged: its digest does not match");
  }
  rapidjson::Document document;
  CLAMBAKE_RETURN_IF_ERROR(cutover::ParseDocument(text, kKey, kSchema, document));
  CLAMBAKE_RETURN_IF_ERROR(ReadFields(JsonView(document, "run/figures: "), figures));
  return figures;
}

void Add(std::array<Tally, 2>& to, const std::array<Tally, 2>& from) {
  for (std::size_t i = 0; i < to.size(); ++i) {
    to[i].tried += from[i].tried;
    to[i].failed += from[i].failed;
  }
}

absl::Status Change(StateStore& store, std::string_view scope,
                    const std::function<void(RunFigures&)>& change) {
  return ChangeDocument(store, scope, kKey, [&](const std::string& text) -> absl::StatusOr<std::string> {
    CLAMBAKE_ASSIGN_OR_RETURN(RunFigures figures, FromJson(text));
    change(figures);
    return ToJson(figures);
  });
}

// The end of a lane: whether it succeeded; nothing where it is not over.
enum class LaneEnd { kDone, kFailed };

std::map<std::string, LaneEnd> LanesOf(const Preparation& preparation, const RunOutcome& outcome) {
  std::map<std::string_view, const Operation*> operations;
  for (const Operation& operation : preparation.operations) operations[operation.id] = &operation;
  std::map<std::string, LaneEnd> lanes;
  for (const Outcome& one : outcome.outcomes) {
    const auto found = operations.find(one.id);
    if (found == operations.end() || one.need == Operation::Need::kAdvisory) continue;
    const bool failed = one.state == OperationState::kRefused || one.state == OperationState::kManual;
    if (!failed && one.state != OperationState::kConfirmed) continue;
    LaneEnd& end = lanes.emplace(found->second->lane, LaneEnd::kDone).first->second;
    if (failed) end = LaneEnd::kFailed;
  }
  return lanes;
}

}  // namespace

RunFigures FiguresOf(const Plan& plan, const BundleSet& bundles, const Preparation& preparation,
                     const RunOutcome& outcome) {
  RunFigures figures;
  if (plan.planner == "v2" && !plan.assignments.empty()) {
    const Workload workload = WorkloadOf(plan);
    figures.busiest_minutes = workload.busiest_minutes;
    figures.optimal_minutes = workload.optimal_minutes;
  }
  for (const auto& [lane, end] : LanesOf(preparation, outcome)) {
    const bool bundle = lane.starts_with("bundle/") && lane.find('#') == std::string::npos;
    if (!bundle && !lane.starts_with("issue-")) continue;
    Tally& tally =
        bundle ? figures.bundles[IndexOf(bundles.bundler)] : figures.assignments[IndexOf(plan.planner)];
    ++tally.tried;
    tally.failed += end == LaneEnd::kFailed ? 1 : 0;
  }
  return figures;
}

absl::Status AddRunFigures(StateStore& store, std::string_view scope, const RunFigures& run) {
  return Change(store, scope, [&](RunFigures& figures) {
    figures.at = run.at;
    if (run.optimal_minutes > 0) {
      figures.busiest_minutes = run.busiest_minutes;
      figures.optimal_minutes = run.optimal_minutes;
    }
    Add(figures.assignments, run.assignments);
    Add(figures.bundles, run.bundles);
  });
}

absl::StatusOr<RunFigures> ReadRunFigures(StateStore& store, std::string_view scope) {
  CLAMBAKE_ASSIGN_OR_RETURN(const Document document, store.ReadDocument(scope, kKey));
  return FromJson(document.value);
}

absl::Status ForgetRunFigures(StateStore& store, std::string_view scope, Component component) {
  return Change(store, scope, [&](RunFigures& figures) {
    if (component == Component::kPlanner) {
      figures.assignments[1] = {};
      figures.busiest_minutes = figures.optimal_minutes = 0;
    } else if (component == Component::kBundler) {
      figures.bundles[1] = {};
    }
  });
}

}  // namespace clambake
