// How long an issue is taken to last, and where that comes from.
#include "planner/estimates.h"

#include "planner/labels.h"
#include "planner/v2_planner.h"
#include "tests/planner/backlog_builder.h"
#include "tests/support/catch.h"

namespace clambake {
namespace {

std::int64_t MinutesOf(const Backlog& backlog, IssueNumber issue) {
  const Plan plan = *NewV2Planner()->MakePlan(RequestFor(backlog, 1));
  const Assignment* assignment = FindAssignment(plan, issue);
  return assignment->finish_minutes - assignment->start_minutes;
}

TEST_CASE("Labels give estimates in sizes and in hours") {
  const std::vector<std::pair<std::string, std::int64_t>> good = {{"size/XS", 15},
                                                                  {"size/S", 30},
                                                                  {"size/M", 60},
                                                                  {"size: L", 120},
                                                                  {"Size-xl", 240},
                                                                  {"size/XXL", 480},
                                                                  {"estimate: 2h", 120},
                                                                  {"estimate:30m", 30},
                                                                  {"estimate/1h30m", 90},
                                                                  {"Estimate: 1d", 480},
                                                                  {"size:\tM", 60},
                                                                  {"estimate: 5 min", 5},
                                                                  {"estimate: 5minutes", 5},
                                                                  {"estimate: 1 hour", 60},
                                                                  {"estimate: 3 hours", 180},
                                                                  {"estimate: 1 day", 480},
                                                                  {"estimate: 2 days", 960},
                                                                  {"estimate: 99999999d", 10'000'000}};
  for (const auto& [label, minutes] : good) {
    INFO(label);
    CHECK(planner::EstimateOfLabel(label) == minutes);
  }
  for (const std::string label :
       {"size", "size/", "size/Q", "sizes/M", "estimate: 2", "estimate: h", "estimate:", "estimate: 0m",
        "estimated: 2h", "estimate: -2h", "small", "",
        "estimate: 1m1m1m1m1m1m1m1m1m1m1m1m1m1m1m1m"}) {  // longer than a person writes
    INFO(label);
    CHECK_FALSE(planner::EstimateOfLabel(label).has_value());
  }
}

TEST_CASE("An explicit estimate beats a label, a label beats history, history beats the default") {
  BacklogBuilder builder;
  for (IssueNumber number = 100; number < 129; ++number) builder.Closed(number);
  for (Issue& issue : builder.get().issues) {
    issue.created_at = absl::FromUnixSeconds(0);
    issue.closed_at = absl::FromUnixSeconds(45 * 60);
  }
  builder.Ready(1, {"size/L"}).Ready(2, {"size/L"}).Ready(3).Minutes(1, 7);
  CHECK(MinutesOf(builder.get(), 1) == 7);
  CHECK(MinutesOf(builder.get(), 2) == 120);
  CHECK(MinutesOf(builder.get(), 3) == 60);  // 29 closed issues are no history yet
  builder.Closed(129);
  builder.get().issues.back().created_at = absl::FromUnixSeconds(0);
  builder.get().issues.back().closed_at = absl::FromUnixSeconds(46 * 60);
  CHECK(MinutesOf(builder.get(), 3) == 45);
}

TEST_CASE("Issues that lay around are not taken for work that took long") {
  BacklogBuilder builder;
  for (IssueNumber number = 100; number < 200; ++number) builder.Closed(number);
  for (Issue& issue : builder.get().issues) {
    issue.created_at = absl::FromUnixSeconds(0);
    issue.closed_at = absl::FromUnixSeconds(86'400);
  }
  CHECK_FALSE(planner::MinutesOfHistory(builder.get()).has_value());
}

TEST_CASE("Issues that were closed before they were made, or of unknown age, are no history") {
  BacklogBuilder builder;
  for (IssueNumber number = 100; number < 200; ++number) builder.Closed(number);
  for (Issue& issue : builder.get().issues) {
    if (issue.number % 2 == 0) issue.created_at = absl::FromUnixSeconds(60);
    issue.closed_at = absl::FromUnixSeconds(0);
  }
  CHECK_FALSE(planner::MinutesOfHistory(builder.get()).has_value());
}

TEST_CASE("Estimates that nobody can mean are refused, and the message names them") {
  const auto refusal = [](const Backlog& backlog, std::int64_t fallback) {
    PlanRequest request = RequestFor(backlog, 1);
    request.options.default_estimate_minutes = fallback;
    const absl::Status status = NewV2Planner()->MakePlan(request).status();
    CHECK(status.code() == absl::StatusCode::kInvalidArgument);
    return std::string(status.message());
  };
  CHECK(refusal(BacklogBuilder().Ready(1).Minutes(1, 0).get(), 60) ==
        "estimate of issue 1: 0 minutes is not between 1 and 10000000");
  CHECK(refusal(BacklogBuilder().Ready(1).Minutes(1, 10'000'001).get(), 60) ==
        "estimate of issue 1: 10000001 minutes is not between 1 and 10000000");
  CHECK(refusal(BacklogBuilder().Ready(1).get(), 0) ==
        "default estimate: 0 minutes is not between 1 and 10000000");
  CHECK(refusal(BacklogBuilder().Ready(1).get(), 10'000'001) ==
        "default estimate: 10000001 minutes is not between 1 and 10000000");
}

TEST_CASE("The note on history counts only issues that are planned") {
  BacklogBuilder builder;
  for (IssueNumber number = 100; number < 130; ++number) builder.Closed(number);
  for (Issue& issue : builder.get().issues) {
    issue.created_at = absl::FromUnixSeconds(0);
    issue.closed_at = absl::FromUnixSeconds(45 * 60);
  }
  builder.Ready(1).Ready(2, {"route:human-only"});
  const Plan plan = *NewV2Planner()->MakePlan(RequestFor(builder.get(), 1));
  REQUIRE_FALSE(plan.notes.empty());
  CHECK_THAT(plan.notes[0], ContainsSubstring("1 issue without an estimate: 45 minutes each"));
}

TEST_CASE("A route label that nobody knows changes nothing") {
  const Backlog backlog = BacklogBuilder().Ready(1, {"route:somewhere"}).get();
  const Plan plan = *NewV2Planner()->MakePlan(RequestFor(backlog, 1));
  REQUIRE(plan.assignments.size() == 1);
  CHECK(plan.assignments[0].priority == Priority::kNone);
}

TEST_CASE("An issue without priority does not rank below low") {
  const Backlog backlog =
      BacklogBuilder().Ready(1, {"route:priority-low"}).Ready(2).Ready(3, {"route:priority-medium"}).get();
  const Plan plan = *NewV2Planner()->MakePlan(RequestFor(backlog, 1));
  CHECK(plan.assignments[0].issue == 2);
  CHECK(plan.assignments[1].issue == 3);
  CHECK(plan.assignments[2].issue == 1);
}

}  // namespace
}  // namespace clambake
