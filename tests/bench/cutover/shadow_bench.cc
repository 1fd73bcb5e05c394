// What a shadow costs its caller: planning with a candidate that is started when
// the caller has its answer, and collected before the next call, against
// planning alone. A candidate that slowed the machine down would show.
//   shadow_bench [ISSUES]
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

constexpr int kRounds = 200;

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
  std::unique_ptr<WorkPlanner> candidate;  // null: no shadow
  std::int64_t rate = 10'000;              // of units, in basis points
  std::vector<absl::Duration> times = {};
};

// One call, until the caller has its answer.
absl::Duration TimeOnce(Clock& clock, Case& each, const WorkPlanner& control, const PlanRequest& request,
                        int round) {
  const absl::Duration start = clock.Monotonic();
  const absl::StatusOr<Plan> plan = control.MakePlan(request);
  const absl::Duration took = clock.Monotonic() - start;
  std::unique_ptr<IsolatedRun> shadow;
  if (each.candidate != nullptr && IsSampled(std::to_string(round), each.rate)) {
    auto started = StartShadowPlan(*each.candidate, request, {.time = absl::Milliseconds(100)});
    if (started.ok()) shadow = *std::move(started);
  }
  if (shadow != nullptr && plan.ok()) CompareShadowPlan(*shadow, *request.backlog, *plan);
  return took;
}

absl::Duration P95(std::vector<absl::Duration> times) {
  std::sort(times.begin(), times.end());
  return times[times.size() * 95 / 100];
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
  const auto crash = [](const PlanRequest&) -> absl::StatusOr<Plan> { std::abort(); };
  const auto fail = [](const PlanRequest&) -> absl::StatusOr<Plan> { throw std::bad_alloc(); };
  std::vector<Case> cases;
  cases.push_back({"alone", nullptr});
  cases.push_back({"alone again (noise)", nullptr});
  cases.push_back({"healthy, 1 of 50 calls", *std::move(v2), 200});
  cases.push_back({"hung, every call", std::make_unique<Candidate>(hang)});
  cases.push_back({"aborting, every call", std::make_unique<Candidate>(crash)});
  cases.push_back({"throwing, every call", std::make_unique<Candidate>(fail)});
  for (int round = 0; round < kRounds; ++round) {
    for (Case& each : cases) each.times.push_back(TimeOnce(*clock, each, **control, request, round));
  }
  const absl::Duration alone = P95(cases[0].times);
  fmt::print("{} issues, {} calls each; P95 until the caller has its answer\n", issues, kRounds);
  for (const Case& each : cases) {
    fmt::print("{:<26} {:>8.2f} ms  ratio to alone {:.3f}\n", each.name,
               absl::ToDoubleMilliseconds(P95(each.times)), absl::FDivDuration(P95(each.times), alone));
  }
  return 0;
}
