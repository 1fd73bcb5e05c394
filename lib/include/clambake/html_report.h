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

// One arm of a rollout. The interval is a confidence sequence: it holds at
// every look, not only at the last.
struct ReportArm {
  std::string component;
  std::string generation;
  std::int64_t calls = 0;
  std::int64_t errors = 0;
  double error_low = 0;  // shares, 0 … 1
  double error_high = 1;
  double p95_seconds = 0;
};

struct ReportRollout {
  std::string component;
  std::vector<int> ladder;  // percent, ascending
  std::size_t step = 0;     // index into ladder
  std::string verdict;      // "promote" "hold" "roll_back"
  std::string reason;
  bool latched = false;
};

struct ReportIncident {
  absl::Time time;
  std::string component;
  std::string what;
};

struct ReportMigration {
  std::string phase;
  std::vector<ReportRollout> rollouts;
  std::vector<ReportArm> arms;
  std::vector<ReportIncident> incidents;
};

struct ReportHealth {
  std::string check;
  enum class State { kPass, kWarn, kFail, kSkipped } state = State::kSkipped;
  std::string detail;
};

// What is absent has no section. Nothing is owned.
struct HtmlReport {
  const Backlog* backlog = nullptr;  // required
  const Plan* plan = nullptr;        // required
  Decision decision;
  const BundleSet* bundles = nullptr;
  const ReportRun* run = nullptr;
  const ReportMigration* migration = nullptr;
  const PlanComparisonReport* comparison = nullptr;
  std::vector<ReportHealth> health;
  std::string issue_url;  // "https://github.com/o/n/issues/"; "": numbers are not links
};

// The whole file. Pure; equal input, equal bytes. Linear but for sorting.
std::string ReportHtml(const HtmlReport& report);

// Reads `clambake.run/1`, for a report made later. InvalidArgument with
// "name: /pointer: expectation".
absl::StatusOr<ReportRun> ReadRun(std::string_view json, std::string_view name);

}  // namespace clambake

#endif  // CLAMBAKE_HTML_REPORT_H_
