// One self-contained HTML file that shows a plan, and whatever else is given:
// it loads nothing, works offline and from a CI artifact, dark and light, by
// keyboard and by screen reader.
//
// Titles, labels and paths are hostile data: all of it is escaped, and a
// Content-Security-Policy allows this file's own style and script alone.
#ifndef CLAMBAKE_HTML_REPORT_H_
#define CLAMBAKE_HTML_REPORT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "clambake/bundler.h"
#include "clambake/feature_flags.h"
#include "clambake/health.h"
#include "clambake/migration_report.h"
#include "clambake/model.h"
#include "clambake/report.h"
#include "clambake/work_planner.h"

namespace clambake {

// An operation of a run, with its outcome where it has one.
struct ReportOperation {
  std::string id;
  std::string kind;    // "add_label"
  std::string target;  // "POST /repos/o/n/issues/12/labels"
  std::string state;   // "confirmed" "manual" …; "" before the run
  std::string detail;
  std::int64_t attempts = 0;
};

struct ReportRun {
  std::string executor;  // "legacy" or "v2"
  bool readonly = true;
  std::string digest;
  std::vector<ReportOperation> operations;
};

// What was not asked for has no section. Nothing is owned.
struct HtmlReport {
  const Backlog* backlog = nullptr;  // required
  const Plan* plan = nullptr;        // required
  Decision decision;
  const BundleSet* bundles = nullptr;
  const ReportRun* run = nullptr;
  const ReportMigration* migration = nullptr;
  const PlanComparisonReport* comparison = nullptr;
  std::string migration_absent;  // why there is no migration to show; "": no section then
  std::vector<HealthCheck> health;
  std::string issue_url;  // "https://github.com/o/n/issues/"; "": numbers are not links
};

// The whole file. Pure; equal input, equal bytes. Linear but for sorting.
std::string ReportHtml(const HtmlReport& report);

// Reads `clambake.run/1`, for a report made later. InvalidArgument with
// "name: /pointer: expectation".
absl::StatusOr<ReportRun> ReadRun(std::string_view json, std::string_view name);

}  // namespace clambake

#endif  // CLAMBAKE_HTML_REPORT_H_
