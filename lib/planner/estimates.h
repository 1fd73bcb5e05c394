// How long each issue takes. In this order: the backlog's `estimates`; a size
// or estimate label; the repository's own history; the default of the options.
//
// History is the median time from opening to closing of the issues that were
// closed within a working day (8 hours) of being opened, rounded to minutes.
// Issues that lay around for longer say more about the queue than about the
// work. It takes at least 30 of them, else there is no history.
#ifndef CLAMBAKE_PLANNER_ESTIMATES_H_
#define CLAMBAKE_PLANNER_ESTIMATES_H_

#include <cstdint>
#include <optional>

#include "planner/eligibility.h"
#include "planner/rows.h"

namespace clambake::planner {

std::optional<std::int64_t> MinutesOfHistory(const Backlog& backlog);

// By position. InvalidArgument: an estimate below 1 or above kMaxMinutes, or a
// default that is. Where an issue has several estimates, the largest counts.
absl::StatusOr<Column<std::int64_t>> EstimateIssues(const PlanRequest& request, Intake& intake);

}  // namespace clambake::planner

#endif  // CLAMBAKE_PLANNER_ESTIMATES_H_
