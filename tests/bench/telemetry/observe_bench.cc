// What observing costs: planning with telemetry off and on (log, metrics and
// traces, all to memory), turn by turn in one run; and what a report of 10,000
// issues costs.
//   observe_bench [ISSUES [ROUNDS]]
#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <string>

#include "clambake/factory.h"
#include "clambake/html_report.h"
#include "clambake/observed.h"
#include "clambake/telemetry_sinks.h"
#include "fmt/format.h"

namespace {

// Seconds of processor time, of all threads: what others do meanwhile does not count.
template <typename F>
double Time(F work) {
  const std::clock_t start = std::clock();
  work();
  return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
}

clambake::Backlog Generate(std::int64_t count) {
  clambake::Backlog backlog{.repository = "example/generated"};
  constexpr const char* kPriorities[] = {"low", "medium", "high", "very-high"};
  for (std::int64_t i = 1; i <= count; ++i) {
    clambake::Issue issue{.number = i,
                          .title = fmt::format("Generated issue {}: make the thing do the other thing", i)};
    issue.labels = {"route:ready", fmt::format("route:priority-{}", kPriorities[i * 7 % 4])};
    backlog.issues.push_back(std::move(issue));
    backlog.estimates.push_back({i, 15 + i * 37 % 200});
    if (i > 10 && i % 5 == 0) backlog.blocked_by.push_back({.issue = i, .blocked_by = {i - 1 - i % 9}});
  }
  return backlog;
}

clambake::Telemetry Everything(std::string& log) {
  clambake::OtlpOptions options;
  options.url = "http://localhost/v1/traces";
  return clambake::Telemetry(
      {clambake::NewSystemClock(),
       clambake::NewRandomIds(),
       {clambake::NewLogSink({}, [&log](std::string_view line) { log += line; }),
        clambake::NewPrometheusMetrics(),
        clambake::NewOtlpSink(options, [](const clambake::OtlpRequest&) { return absl::OkStatus(); })}});
}

std::unique_ptr<clambake::WorkPlanner> Planner(const clambake::Telemetry& telemetry) {
  auto planner = clambake::NewWorkPlanner(clambake::Generation::kV2);
  if (!planner.ok()) std::exit(1);
  return clambake::NewObservedPlanner(*std::move(planner), {}, {telemetry, nullptr});
}

}  // namespace

int main(int argc, char* argv[]) {
  const std::int64_t count = argc > 1 ? std::atoll(argv[1]) : 10'000;
  const int rounds = argc > 2 ? std::atoi(argv[2]) : 15;
  const clambake::Backlog backlog = Generate(count);
  const clambake::PlanRequest request{.backlog = &backlog, .agents = *clambake::MakeAgents(100)};
  std::string log;
  const auto off = Planner({});
  const auto on = Planner(Everything(log));
  double best_off = 1e9;
  double best_on = 1e9;
  for (int i = 0; i < rounds; ++i) {  // turn by turn: a busy machine troubles both alike
    best_off = std::min(best_off, Time([&] { (void)off->MakePlan(request); }));
    best_on = std::min(best_on, Time([&] { (void)on->MakePlan(request); }));
  }
  fmt::print("{} issues: plan {:.2f} ms with telemetry off, {:.2f} ms on, ratio {:.4f}\n", count,
             1e3 * best_off, 1e3 * best_on, best_on / best_off);
  const auto plan = off->MakePlan(request);
  double best_report = 1e9;
  std::size_t bytes = 0;
  for (int i = 0; i < rounds; ++i) {
    best_report =
        std::min(best_report,
                 Time([&] { bytes = clambake::ReportHtml({.backlog = &backlog, .plan = &*plan}).size(); }));
  }
  fmt::print("{} issues: report {:.2f} ms, {:.2f} MB\n", count, 1e3 * best_report,
             static_cast<double>(bytes) / 1e6);
  return 0;
}
