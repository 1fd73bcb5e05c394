#include "factory/fallback.h"

#include <functional>
#include <new>

#include "clambake/factory.h"
#include "tests/fakes/manual_clock.h"
#include "tests/support/backlog_builder.h"
#include "tests/support/catch.h"
#include "tests/support/ear.h"

namespace clambake {
namespace {

class OtherPlanner : public WorkPlanner {
 public:
  OtherPlanner(std::string_view name, std::function<absl::StatusOr<Plan>()> make)
      : name_(name), make_(std::move(make)) {}
  [[nodiscard]] std::string_view name() const override { return name_; }
  [[nodiscard]] absl::StatusOr<Plan> MakePlan(const PlanRequest&) const override { return make_(); }

 private:
  std::string_view name_;
  std::function<absl::StatusOr<Plan>()> make_;
};

absl::StatusOr<Plan> PlanWith(const std::function<absl::StatusOr<Plan>()>& v2,
                              const Telemetry& telemetry = Telemetry()) {
  const auto legacy = []() -> absl::StatusOr<Plan> {
    Plan plan;
    plan.planner = "legacy";
    return plan;
  };
  const Backlog backlog = MakeBacklog({{.number = 1}});
  return NewFallbackPlanner(std::make_unique<OtherPlanner>("v2", v2),
                            std::make_unique<OtherPlanner>("legacy", legacy), telemetry)
      ->MakePlan({.backlog = &backlog, .agents = *MakeAgents(1)});
}

TEST_CASE("D14: a planner that fails or throws costs this call its v2 plan, and says so") {
  const auto ear = std::make_shared<Ear>();
  const absl::StatusOr<Plan> failed =
      PlanWith([]() { return absl::InternalError("broken\x1b[2J"); }, Listening(ear));
  REQUIRE(failed.ok());
  CHECK(failed->planner == "legacy");
  REQUIRE(failed->notes.size() == 1);
  CHECK(failed->notes[0] == "the v2 planner failed (broken [2J): this is the legacy plan");
  CHECK(ear->samples == std::vector<std::string>{"clambake_fallbacks_total planner"});
  CHECK(ear->events == std::vector<std::string>{"component.fell_back"});
  const absl::StatusOr<Plan> threw = PlanWith([]() -> absl::StatusOr<Plan> { throw std::bad_alloc(); });
  REQUIRE(threw.ok());
  CHECK(threw->planner == "legacy");
}

TEST_CASE("a fault of the caller is no fault of the planner: it is not hidden by a fallback") {
  CHECK(PlanWith([]() { return absl::InvalidArgumentError("agent twice"); }).status().code() ==
        absl::StatusCode::kInvalidArgument);
}

class ThrowingBundler : public Bundler {
 public:
  [[nodiscard]] std::string_view name() const override { return "v2"; }
  absl::StatusOr<BundleSet> MakeBundles(const BundleRequest& /*request*/) override { throw std::bad_alloc(); }
};

TEST_CASE("D14: a bundler that throws makes each head go by itself: metric and log line say so") {
  const auto ear = std::make_shared<Ear>();
  const auto set = NewFallbackBundler(std::make_unique<ThrowingBundler>(), Listening(ear))
                       ->MakeBundles({.base = "main", .heads = {{"agent001/1", 1}, {"agent002/2", 2}}});
  REQUIRE(set.ok());
  CHECK(set->bundler == "individual");
  REQUIRE(set->individual.size() == 2);
  CHECK(set->individual[1].issue == 2);
  CHECK(set->individual[1].reason == "bundler_failed");
  CHECK(ear->samples == std::vector<std::string>{"clambake_fallbacks_total bundler"});
  CHECK(ear->events == std::vector<std::string>{"component.fell_back"});
}

TEST_CASE("where v2 plans, its plan is what the caller gets") {
  const Backlog backlog = MakeBacklog({{.number = 1}, {.number = 2}});
  const PlanRequest request{.backlog = &backlog, .agents = *MakeAgents(2)};
  const absl::StatusOr<FeatureFlags> flags =
      FeatureFlags::FromLookup([](std::string_view variable) -> std::optional<std::string> {
        return variable == "CLAMBAKE_NEW_PLANNER" ? std::optional<std::string>("1") : std::nullopt;
      });
  const absl::StatusOr<ChosenPlanner> chosen = NewWorkPlanner(*flags);
  REQUIRE(chosen.ok());
  const absl::StatusOr<Plan> plan = chosen->planner->MakePlan(request);
  CHECK(plan->planner == "v2");
  CHECK(PlanDigest(*plan) == PlanDigest(*(*NewWorkPlanner(Generation::kV2))->MakePlan(request)));
}

}  // namespace
}  // namespace clambake
