// The document of observed runs.
#include "clambake/observations.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/json_view.h"
#include "base/json_writer.h"
#include "base/status_macros.h"

namespace clambake {
namespace {

using enum JsonView::Presence;

constexpr std::string_view kSchema = "clambake.observations/1";

std::string ToJson(const std::vector<ObservedRun>& runs) {
  const std::size_t skip = runs.size() - std::min(runs.size(), kMaxObservedRuns);
  JsonWriter json;
  json.Object([&] {
    json.Member("schema", kSchema);
    json.Key("runs");
    json.Array([&] {
      for (std::size_t i = skip; i < runs.size(); ++i) {
        json.Object([&] {
          json.Member("at", FormatTimestamp(runs[i].at));
          json.Member("trace", runs[i].trace);
          json.Member("generation", runs[i].generation);
          json.Member("spans", runs[i].spans);
          json.Member("spans_exported", runs[i].spans_exported);
          json.Member("samples", runs[i].samples);
          json.Member("samples_exported", runs[i].samples_exported);
        });
      }
    });
  });
  return json.Take();
}

absl::Status ReadOne(const JsonView& view, ObservedRun& run) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  CLAMBAKE_RETURN_IF_ERROR(view.ExpectObject());
  CLAMBAKE_RETURN_IF_ERROR(view.Read("at", kRequired, run.at));
  CLAMBAKE_RETURN_IF_ERROR(view.Read("trace", kRequired, run.trace));
  CLAMBAKE_RETURN_IF_ERROR(view.Read("generation", kRequired, run.generation));
  CLAMBAKE_RETURN_IF_ERROR(view.Read("spans", kRequired, 0, kMost, run.spans));
  CLAMBAKE_RETURN_IF_ERROR(view.Read("spans_exported", kRequired, 0, kMost, run.spans_exported));
  CLAMBAKE_RETURN_IF_ERROR(view.Read("samples", kRequired, 0, kMost, run.samples));
  return view.Read("samples_exported", kRequired, 0, kMost, run.samples_exported);
}

absl::StatusOr<std::vector<ObservedRun>> FromJson(std::string_view text) {
  std::vector<ObservedRun> runs;
  if (text.empty()) return runs;
  rapidjson::Document document;
  CLAMBAKE_RETURN_IF_ERROR(ParseJson(text, kObservationsKey, document));
  const JsonView view(document, "observations: ");
  CLAMBAKE_RETURN_IF_ERROR(view.ExpectSchema(kSchema));
  CLAMBAKE_RETURN_IF_ERROR(view.ForEach(
      "runs", kRequired, [&](const JsonView& run) { return ReadOne(run, runs.emplace_back()); }));
  return runs;
}

}  // namespace

absl::Status KeepObservedRun(StateStore& store, std::string_view scope, ObservedRun run) {
  CLAMBAKE_ASSIGN_OR_RETURN(run.at, store.Now());
  return ChangeDocument(store, scope, kObservationsKey,
                        [&](const std::string& text) -> absl::StatusOr<std::string> {
                          CLAMBAKE_ASSIGN_OR_RETURN(std::vector<ObservedRun> runs, FromJson(text));
                          runs.push_back(run);
                          return ToJson(runs);
                        });
}

absl::StatusOr<std::vector<ObservedRun>> ReadObservedRuns(StateStore& store, std::string_view scope) {
  CLAMBAKE_ASSIGN_OR_RETURN(const Document document, store.ReadDocument(scope, kObservationsKey));
  return FromJson(document.value);
}

}  // namespace clambake
