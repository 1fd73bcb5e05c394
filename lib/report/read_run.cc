// `clambake.run/1`, as far as a report shows it.
#include <string>

#include "absl/container/flat_hash_map.h"
#include "base/json_view.h"
#include "base/status_macros.h"
#include "clambake/html_report.h"
#include "fmt/format.h"

namespace clambake {
namespace {

using enum JsonView::Presence;

constexpr std::string_view kSchema = "clambake.run/1";

absl::Status ReadOperation(const JsonView& view, ReportOperation& operation) {
  CLAMBAKE_RETURN_IF_ERROR(view.ExpectObject());
  std::string method;
  std::string path;
  CLAMBAKE_RETURN_IF_ERROR(view.Read("id", kRequired, operation.id));
  CLAMBAKE_RETURN_IF_ERROR(view.Read("kind", kRequired, operation.kind));
  CLAMBAKE_RETURN_IF_ERROR(view.Read("method", kOptional, method));
  CLAMBAKE_RETURN_IF_ERROR(view.Read("path", kOptional, path));
  operation.target = method.empty() ? path : fmt::format("{} {}", method, path);
  return absl::OkStatus();
}

absl::Status ReadOutcomes(const JsonView& view, ReportRun& run) {
  absl::flat_hash_map<std::string, ReportOperation*> by_id;
  for (ReportOperation& operation : run.operations) by_id[operation.id] = &operation;
  return view.ForEach("outcomes", kOptional, [&](const JsonView& outcome) -> absl::Status {
    CLAMBAKE_RETURN_IF_ERROR(outcome.ExpectObject());
    std::string id;
    CLAMBAKE_RETURN_IF_ERROR(outcome.Read("id", kRequired, id));
    const auto found = by_id.find(id);
    if (found == by_id.end()) return outcome.Find("id")->Error("no operation has this id");
    CLAMBAKE_RETURN_IF_ERROR(outcome.Read("state", kRequired, found->second->state));
    CLAMBAKE_RETURN_IF_ERROR(outcome.Read("attempts", kOptional, 0, 1'000'000, found->second->attempts));
    return outcome.Read("detail", kOptional, found->second->detail);
  });
}

}  // namespace

absl::StatusOr<ReportRun> ReadRun(std::string_view json, std::string_view name) {
  rapidjson::Document document;
  CLAMBAKE_RETURN_IF_ERROR(ParseJson(json, name, document));
  const std::string root = fmt::format("{}: ", name);
  const JsonView view(document, root);
  CLAMBAKE_RETURN_IF_ERROR(view.ExpectSchema(kSchema));
  ReportRun run;
  CLAMBAKE_RETURN_IF_ERROR(view.Read("executor", kRequired, run.executor));
  CLAMBAKE_RETURN_IF_ERROR(view.Read("readonly", kRequired, run.readonly));
  CLAMBAKE_RETURN_IF_ERROR(view.Read("digest", kOptional, run.digest));
  CLAMBAKE_RETURN_IF_ERROR(view.ForEach("operations", kRequired, [&](const JsonView& element) {
    return ReadOperation(element, run.operations.emplace_back());
  }));
  CLAMBAKE_RETURN_IF_ERROR(ReadOutcomes(view, run));
  return run;
}

}  // namespace clambake
