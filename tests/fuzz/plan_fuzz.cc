// A plan as JSON, as `--previous` takes it.
#include "clambake/work_planner.h"
#include "nlohmann/json.hpp"
#include "tests/fuzz/fuzz.h"

namespace clambake {
namespace {

std::string Write(const Plan& plan) { return PlanToJson(plan, {}, WriteMode::kReadOnly); }

FUZZ_TARGET(input) {
  const absl::StatusOr<Plan> plan = ReadPlan(input, "fuzz");
  fuzz::CheckCode(plan.status(), {absl::StatusCode::kInvalidArgument});
  if (!plan.ok()) return FUZZ_CHECK(fuzz::Message(plan.status()).substr(0, 5) == "fuzz:");
  for (const Assignment& assignment : plan->assignments) {
    FUZZ_CHECK(assignment.issue > 0);
    FUZZ_CHECK(assignment.agent >= 0 && static_cast<std::size_t>(assignment.agent) < plan->agents.size());
    FUZZ_CHECK(assignment.start_minutes >= 0 && assignment.finish_minutes > assignment.start_minutes);
  }
  for (const std::int64_t minutes : Load(*plan)) FUZZ_CHECK(minutes >= 0);
  const std::string written = Write(*plan);
  FUZZ_CHECK(!nlohmann::json::parse(written, nullptr, false).is_discarded());
  const absl::StatusOr<Plan> again = ReadPlan(written, "fuzz");
  FUZZ_CHECK(again.ok() && Write(*again) == written && PlanDigest(*again) == PlanDigest(*plan));
}

}  // namespace
}  // namespace clambake
