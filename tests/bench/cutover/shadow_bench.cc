// What a shadow costs its caller: planning with a candidate that is started when
// the caller has its answer, and collected before the next call, against
// planning alone. What a candidate leaves behind falls on the call after it (the
// fork has made the caller's pages shared), so each case makes several calls in
// a row. A caller that waits finds its caches cold and its processor asleep,
// whoever it waited for: a case that waits is held beside a caller that pauses,
// and before each case that does not, enough calls wake the processor.
// One in twenty calls meets what else the machine does: P95 is taken in batches,
// as a ratio to the call alone in the same batch, and the median of those shown.
//   shadow_bench [ISSUES]
#include <time.h>  // NOLINT(modernize-deprecated-headers): clock_gettime is POSIX

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <vector>

#include "clambake/clock.h"
#include "clambake/factory.h"
#include "clambake/shadow.h"
#include "fmt/format.h"

namespace {

using namespace clambake;  // NOLINT(google-build-using-namespace): a program

constexpr int kBatches = 5;
constexpr int kRounds = 15;  // in a batch
constexpr int kWarmUp = 40;
constexpr int kCallsInARow = 10;

class Candidate : public WorkPlanner {
 public:
  explicit Candidate(std::function<absl::StatusOr<Plan>(const PlanRequest&)> make) : make_(std::move(make)) {}
  [[nodiscard]] std::string_view name() const override { return "v2"; }
  [[nodiscard]] absl::StatusOr<Plan> MakePlan(const PlanRequest& request) const override {
    return make_(request);
  }

 private:
  std::function<absl::StatusOr<Plan>(const PlanRequest&)> make_;
};

struct Case {
  std::string_view name;
  std::unique_ptr<WorkPlanner> candidate;   // null: no shadow
  std::int64_t rate = 10'000;               // of units, in basis points
  absl::Duration pause = {};                // after each call
  std::size_t beside = 0;                   // the case that the ratio is to
  std::vector<absl::Duration> times = {};   // until the caller has its answer
  std::vector<absl::Duration> worked = {};  // the processor time of that
  std::vector<double> p50 = {};             // by batch: as a ratio to the case beside
  std::vector<double> p95 = {};
  std::vector<double> work = {};  // P95 of processor time
};

absl::Duration ProcessorTime() {
  timespec spent = {};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &spent);
  return absl::DurationFromTimespec(spent);
}

void CallOnce(Clock& clock, Case& each, const WorkPlanner& control, const PlanRequest& request, int call) {
  const absl::Duration worked = ProcessorTime();
  const absl::Duration start = clock.Monotonic();
  const absl::StatusOr<Plan> plan = control.MakePlan(request);
  const absl::Duration took = clock.Monotonic() - start;
  each.times.push_back(took);
  each.worked.push_back(ProcessorTime() - worked);
  std::unique_ptr<IsolatedRun> shadow;
  if (each.candidate != nullptr && IsSampled(std::to_string(call), each.rate)) {
    auto started = StartShadowPlan(*each.candidate, request, {.time = absl::Milliseconds(100)});
    if (started.ok()) shadow = *std::move(started);
  }
  if (shadow != nullptr && plan.ok()) CompareShadowPlan(*shadow, *request.backlog, *plan);
  if (each.pause > absl::ZeroDuration()) clock.Sleep(each.pause);
}

absl::Duration Percentile(std::vector<absl::Duration> times, std::size_t percent) {
  std::sort(times.begin(), times.end());
  return times[times.size() * percent / 100];
}

double Median(std::vector<double>& values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

void RunBatch(Clock& clock, std::vector<Case>& cases, const WorkPlanner& control,
              const PlanRequest& request) {
  for (Case& each : cases) {
    each.times.clear();
    each.worked.clear();
  }
  for (int round = 0; round < kRounds; ++round) {
    for (Case& each : cases) {
      for (int i = 0; i < kWarmUp; ++i) (void)control.MakePlan(request);
      for (int i = 0; i < kCallsInARow; ++i)
        CallOnce(clock, each, control, request, round * kCallsInARow + i);
    }
  }
  for (Case& each : cases) {
    const Case& beside = cases[each.beside];
    const auto ratio = [](const auto& times, const auto& others, std::size_t percent) {
      return absl::FDivDuration(Percentile(times, percent), Percentile(others, percent));
    };
    each.p50.push_back(ratio(each.times, beside.times, 50));
    each.p95.push_back(ratio(each.times, beside.times, 95));
    each.work.push_back(ratio(each.worked, beside.worked, 95));
  }
}

Backlog MakeBacklog(int issues) {
  Backlog backlog;
  backlog.repository = "octo/repo";
  for (int i = 1; i <= issues; ++i) {
    Issue issue;
    issue.number = i;
    issue.title = fmt::format("Issue {}", i);
    issue.labels = {"route:ready", i % 3 == 0 ? "route:priority-high" : "route:priority-low"};
    backlog.issues.push_back(std::move(issue));
  }
  return backlog;
}

}  // namespace

int main(int argc, char* argv[]) {
  int issues = 20'000;
  if (argc > 1) {
    const std::string_view text = argv[1];
    std::from_chars(text.data(), text.data() + text.size(), issues);
  }
  const std::unique_ptr<Clock> clock = NewSystemClock();
  auto control = NewWorkPlanner(Generation::kLegacy);
  auto v2 = NewWorkPlanner(Generation::kV2);
  if (!control.ok() || !v2.ok()) return 1;
  const Backlog backlog = MakeBacklog(issues);
  const PlanRequest request{.backlog = &backlog, .agents = *MakeAgents(12)};
  const auto hang = [](const PlanRequest&) -> absl::StatusOr<Plan> {
    NewSystemClock()->Sleep(absl::Hours(1));
    return absl::InternalError("awake");
  };
  const auto slow = [](const PlanRequest&) -> absl::StatusOr<Plan> {
    NewSystemClock()->Sleep(absl::Milliseconds(50));
    return absl::InternalError("late");
  };
  const auto crash = [](const PlanRequest&) -> absl::StatusOr<Plan> { std::abort(); };
  const auto fail = [](const PlanRequest&) -> absl::StatusOr<Plan> { throw std::bad_alloc(); };
  std::vector<Case> cases;
  cases.push_back({"alone", nullptr});
  cases.push_back({"alone again (noise)", nullptr});
  cases.push_back({"alone, 50 ms apart", nullptr, 0, absl::Milliseconds(50)});
  cases.push_back({"alone, 100 ms apart", nullptr, 0, absl::Milliseconds(100)});
  cases.push_back({"healthy, 1 of 50 calls", *std::move(v2), 200});
  cases.push_back({"slow, every call", std::make_unique<Candidate>(slow), 10'000, {}, 2});
  cases.push_back({"hung, every call", std::make_unique<Candidate>(hang), 10'000, {}, 3});
  cases.push_back({"aborting, every call", std::make_unique<Candidate>(crash)});
  cases.push_back({"throwing, every call", std::make_unique<Candidate>(fail)});
  for (int batch = 0; batch < kBatches; ++batch) RunBatch(*clock, cases, **control, request);
  fmt::print("{} issues, {} calls each; until the caller has its answer\n", issues,
             kBatches * kRounds * kCallsInARow);
  for (Case& each : cases) {
    fmt::print(
        "{:<24} beside {:<20} P50 {:.3f}  P95 {:.3f} ({:.3f} to {:.3f})  P95 of processor time {:.3f}\n",
        each.name, cases[each.beside].name, Median(each.p50), Median(each.p95), each.p95.front(),
        each.p95.back(), Median(each.work));
  }
  return 0;
}
