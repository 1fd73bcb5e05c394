#include "clambake/observed.h"

#include "clambake/factory.h"
#include "clambake/telemetry_sinks.h"
#include "tests/support/catch.h"
#include "tests/support/store_world.h"
#include "tests/telemetry/recorded.h"

using namespace clambake;

namespace {

class SlowPlanner : public WorkPlanner {
 public:
  explicit SlowPlanner(std::shared_ptr<HandClock> clock) : clock_(std::move(clock)) {}
  [[nodiscard]] std::string_view name() const override { return "v2"; }
  [[nodiscard]] absl::StatusOr<Plan> MakePlan(const PlanRequest& request) const override {
    clock_->Sleep(absl::Milliseconds(40));
    if (request.agents.empty()) return absl::InvalidArgumentError("no agents");
    return Plan{.planner = "v2", .issues_considered = 7};
  }

 private:
  std::shared_ptr<HandClock> clock_;
};

}  // namespace

TEST_CASE("A watched planner gives the same plan, and its call is seen as span, event and metrics") {
  Recorded recorded;
  const auto metrics = NewPrometheusMetrics();
  std::string log;
  const auto lines = NewLogSink({}, [&](std::string_view line) { log += line; });
  const Telemetry telemetry({recorded.clock, NewSequentialIds(1), {recorded.sink, metrics, lines}});
  {
    const Span run = telemetry.StartSpan("run");
    const auto planner = NewObservedPlanner(std::make_unique<SlowPlanner>(recorded.clock),
                                            {Generation::kV2, Reason::kSplit, ""}, {telemetry, &run});
    CHECK(planner->name() == "v2");
    CHECK(planner->MakePlan({.agents = *MakeAgents(1)})->issues_considered == 7);
    CHECK(planner->MakePlan({}).status().code() == absl::StatusCode::kInvalidArgument);
  }
  const std::string text = metrics->Exposition();
  CHECK(text.find(R"(clambake_decisions_total{component="planner",generation="v2",reason="SPLIT"} 1)") !=
        std::string::npos);
  CHECK(text.find(R"(clambake_call_duration_seconds_sum{component="planner",generation="v2"} 0.08)") !=
        std::string::npos);
  CHECK(text.find(
            R"(clambake_call_errors_total{component="planner",generation="v2",kind="INVALID_ARGUMENT"} 1)") !=
        std::string::npos);
  REQUIRE(recorded.sink->spans.size() == 3);
  const FinishedSpan& plan = recorded.sink->spans[0];
  CHECK(plan.name == "plan");
  CHECK(plan.parent == recorded.sink->spans[2].context.span);
  CHECK(plan.duration == absl::Milliseconds(40));
  CHECK_FALSE(recorded.sink->spans[1].status.ok());
  CHECK(log.find("plan.made planner=v2 issues=7") != std::string::npos);
  CHECK(log.find("call.failed component=planner kind=INVALID_ARGUMENT error=\"no agents\"") !=
        std::string::npos);
}

TEST_CASE("Watched with nobody to tell, a planner still plans") {
  Recorded recorded;
  const auto planner = NewObservedPlanner(std::make_unique<SlowPlanner>(recorded.clock), {}, {});
  CHECK(planner->MakePlan({.agents = *MakeAgents(1)}).ok());
}

namespace {

class TwoOperations : public Executor {
 public:
  [[nodiscard]] std::string_view name() const override { return "v2"; }
  [[nodiscard]] absl::StatusOr<Preparation> Prepare(const PrepareRequest& /*request*/) const override {
    return Preparation{.executor = "v2", .operations = {{.id = "a"}, {.id = "b"}}};
  }
  absl::StatusOr<RunOutcome> Apply(const Preparation& preparation, const WritePermit& /*permit*/,
                                   const ApplyContext& /*context*/) override {
    RunOutcome outcome;
    for (const Operation& operation : preparation.operations) {
      outcome.outcomes.push_back({.id = operation.id, .state = OperationState::kConfirmed, .attempts = 2});
    }
    outcome.outcomes.back().state = OperationState::kManual;
    outcome.manual_queue.resize(1);
    outcome.stopped = absl::UnavailableError("GitHub is down");
    return outcome;
  }
};

}  // namespace

TEST_CASE("A watched executor tells each outcome, the manual queue, and why a run stopped") {
  Recorded recorded;
  const auto metrics = NewPrometheusMetrics();
  std::string log;
  const auto lines = NewLogSink({}, [&](std::string_view line) { log += line; });
  const Telemetry telemetry({recorded.clock, NewSequentialIds(1), {recorded.sink, metrics, lines}});
  StoreWorld world(Engine::kSqlite);
  const auto store = world.Open();
  const auto permit = Guard::Admit(
      FeatureFlags(), *store, {.generation = Generation::kV2, .rollout = {}, .scope = "o/n", .owner = "t"});
  REQUIRE(permit.ok());
  const auto executor = NewObservedExecutor(std::make_unique<TwoOperations>(),
                                            {Generation::kV2, Reason::kStatic, ""}, {telemetry, nullptr});
  const auto preparation = executor->Prepare({});
  REQUIRE(preparation.ok());
  const auto outcome = executor->Apply(*preparation, **permit, {});
  REQUIRE(outcome.ok());
  CHECK(outcome->outcomes.size() == 2);
  CHECK(log.find("operations.prepared executor=v2 operations=2") != std::string::npos);
  CHECK(log.find("info    operation.ended operation=a state=confirmed attempts=2") != std::string::npos);
  CHECK(log.find("warning operation.ended operation=b state=manual") != std::string::npos);
  const std::string text = metrics->Exposition();
  CHECK(text.find("clambake_manual_queue 1") != std::string::npos);
  CHECK(
      text.find(R"(clambake_call_errors_total{component="executor",generation="v2",kind="UNAVAILABLE"} 1)") !=
      std::string::npos);
  REQUIRE(recorded.sink->spans.size() == 2);
  CHECK(recorded.sink->spans[1].name == "apply");
  CHECK(recorded.sink->spans[1].status.code() == absl::StatusCode::kUnavailable);
}
