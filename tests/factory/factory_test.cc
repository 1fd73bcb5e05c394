#include "clambake/factory.h"

#include <map>

#include "tests/support/backlog_builder.h"
#include "tests/support/catch.h"

namespace clambake {
namespace {

FeatureFlags Flags(const std::map<std::string, std::string, std::less<>>& environment) {
  return *FeatureFlags::FromLookup([&](std::string_view variable) -> std::optional<std::string> {
    const auto found = environment.find(variable);
    return found == environment.end() ? std::nullopt : std::optional(found->second);
  });
}

TEST_CASE("The planner is the one that the flags ask for") {
  REQUIRE(NewWorkPlanner(Flags({{"CLAMBAKE_NEW_PLANNER", "true"}}))->planner->name() == "v2");
  const auto by_default = NewWorkPlanner(Flags({}));
  REQUIRE(by_default->planner->name() == (LegacyIsBuilt() ? "legacy" : "v2"));
}

TEST_CASE("The latch takes effect at the next decision, without new flags") {
  const FeatureFlags flags = Flags({{"CLAMBAKE_NEW_PLANNER", "true"}});
  REQUIRE(NewWorkPlanner(flags)->planner->name() == "v2");
  const auto latched = NewWorkPlanner(flags, {.latched = true});
  if (LegacyIsBuilt()) {
    REQUIRE(latched->planner->name() == "legacy");
    REQUIRE(latched->decision.detail == "latch");
  } else {
    REQUIRE(latched.status().code() == absl::StatusCode::kFailedPrecondition);
  }
}

TEST_CASE("D20: a build without legacy refuses it with a reason, and never falls back in silence") {
  if (LegacyIsBuilt()) return;
  const auto refused = NewWorkPlanner(Flags({{"CLAMBAKE_NEW_PLANNER", "false"}}));
  REQUIRE(refused.status().code() == absl::StatusCode::kFailedPrecondition);
  REQUIRE_THAT(std::string(refused.status().message()), ContainsSubstring("no legacy generation"));
  REQUIRE_FALSE(NewWorkPlanner(Generation::kLegacy).ok());
}

// What every planner owes its caller, whatever its generation.
TEST_CASE("Both planners keep the contract: each open issue once, equal requests give equal plans") {
  auto backlog = MakeBacklog({{1, "a"},
                              {2, "b", {}},
                              {3, "c", {"route:ready", "route:human-only"}},
                              {4, "d", {"route:ready"}, State::kClosed},
                              {5, "e", {"route:review"}},
                              {6, "f", {"route:unblocker"}}});
  for (Generation generation : {Generation::kLegacy, Generation::kV2}) {
    const auto planner = NewWorkPlanner(generation);
    if (!planner.ok()) continue;
    const PlanRequest request{.backlog = &backlog, .agents = *MakeAgents(2)};
    const auto plan = (*planner)->MakePlan(request);
    REQUIRE(plan.ok());
    REQUIRE(plan->issues_considered == 5);
    REQUIRE(plan->assignments.size() + plan->unassigned.size() == 5);
    REQUIRE(PlanDigest(*plan) == PlanDigest(*(*planner)->MakePlan(request)));
    REQUIRE((*planner)->name() == plan->planner);
    REQUIRE(plan->assignments.at(0).issue == 6);
  }
}

}  // namespace
}  // namespace clambake
