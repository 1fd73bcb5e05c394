#include <limits>

#include "clambake/work_planner.h"
#include "tests/support/catch.h"

namespace clambake {
namespace {

Plan SamplePlan() {
  Plan plan;
  plan.planner = "v2";
  plan.repository = "owner/name";
  plan.issues_considered = 4;
  plan.agents = *MakeAgents(2);
  plan.assignments = {{12, 0, 0, 30, true, false, Priority::kHigh},
                      {7, 1, 0, 45, true, true, Priority::kNone},
                      {13, 0, 30, 90, false, false, Priority::kUnblocker}};
  plan.unassigned = {{14, UnassignedReason::kBlocked, {99}}};
  plan.makespan_minutes = 90;
  plan.lower_bound_minutes = 80;
  plan.lower_bound_proof = "load";
  plan.notes = {"a \"note\""};
  return plan;
}

TEST_CASE("A plan is written as the contract shows it") {
  const std::string json =
      PlanToJson(SamplePlan(), {Generation::kV2, Reason::kStatic, "env"}, WriteMode::kReadOnly);
  REQUIRE_THAT(
      json,
      ContainsSubstring(
          R"({"schema":"clambake.plan/1","planner":"v2","reason":"STATIC:env","readonly":true,"repository":"owner/name","issues_considered":4,)"
          R"("assignments":[{"issue":12,"agent":"agent001","start":0,"finish":30,"now":true,"priority":"high"},)"
          R"({"issue":7,"agent":"agent002","start":0,"finish":45,"now":true,"running":true,"priority":"none"},)"
          R"({"issue":13,"agent":"agent001","start":30,"finish":90,"now":false,"priority":"unblocker"}],)"
          R"("unassigned":[{"issue":14,"reason":"blocked","by":[99]}],"makespan":90,"lower_bound":80,"lower_bound_proof":"load",)"
          R"("gap":0.1250,"load":{"agent001":90,"agent002":45},"notes":["a \"note\""],"digest":"sha256:)"));
}

TEST_CASE("A plan that is written is read back the same") {
  const std::string json = PlanToJson(SamplePlan(), {}, WriteMode::kReadWrite);
  const auto plan = ReadPlan(json, "p.json");
  REQUIRE(plan.ok());
  REQUIRE(PlanToJson(*plan, {}, WriteMode::kReadWrite) == json);
  REQUIRE(PlanDigest(*plan) == PlanDigest(SamplePlan()));
}

TEST_CASE("The digest covers the plan, and not how it was chosen") {
  const auto digest = [](const std::string& json) { return json.substr(json.find("sha256:")); };
  const Plan plan = SamplePlan();
  REQUIRE(
      digest(PlanToJson(plan, {}, WriteMode::kReadOnly)) ==
      digest(PlanToJson(plan, {Generation::kV2, Reason::kSplit, "rollout_share"}, WriteMode::kReadWrite)));
  Plan changed = plan;
  changed.assignments[2].start_minutes = 31;
  REQUIRE(PlanDigest(changed) != PlanDigest(plan));
}

TEST_CASE("A plan that does not hold together is refused with a pointer") {
  const std::string good = PlanToJson(SamplePlan(), {}, WriteMode::kReadOnly);
  const auto error = [&](const std::string& from, const std::string& to) {
    std::string bad = good;
    bad.replace(bad.find(from), from.size(), to);
    const auto plan = ReadPlan(bad, "p.json");
    REQUIRE_FALSE(plan.ok());
    REQUIRE(plan.status().code() == absl::StatusCode::kInvalidArgument);
    return std::string(plan.status().message());
  };
  REQUIRE(error("clambake.plan/1", "clambake.plan/9") == "p.json: /schema: expected \"clambake.plan/1\"");
  REQUIRE(error("\"agent\":\"agent002\"", "\"agent\":\"agent009\"") ==
          "p.json: /assignments/1/agent: expected an agent that \"load\" names");
  REQUIRE_THAT(error("\"start\":30", "\"start\":90"),
               ContainsSubstring("/assignments/2/finish: expected an integer from 91"));
  REQUIRE(error("\"high\"", "\"hihg\"") ==
          "p.json: /assignments/0/priority: expected a priority such as \"high\"");
  REQUIRE(error("\"blocked\"", "\"bored\"") ==
          "p.json: /unassigned/0/reason: expected a reason such as \"blocked\"");
  REQUIRE_THAT(error("\"load\":{", "\"laod\":{"), ContainsSubstring("\"load\" is missing"));
  REQUIRE_THAT(error("{", "["), ContainsSubstring("not JSON at byte"));
  REQUIRE_THAT(error("agent002", R"(\udfff)"), ContainsSubstring("not JSON at byte"));
}

}  // namespace
}  // namespace clambake
