// What must be finished before what: blockers, and children before their
// parent. Cycles and issues that can never start are taken out here.
#ifndef CLAMBAKE_PLANNER_DEPENDENCIES_H_
#define CLAMBAKE_PLANNER_DEPENDENCIES_H_

#include "planner/eligibility.h"
#include "planner/rows.h"

namespace clambake::planner {

// By position: the planned or running issues that must finish before. Rows of
// issues that are not planned are empty. Rejects, in `intake`:
//  - members of a cycle, with the path of a shortest one (at most
//    kMaxCyclePath numbers of it);
//  - issues with a blocker that is unknown, unreadable, or open and not
//    planned, and all that depend on them.
// A running issue has started: what should have held it back no longer does.
Rows ResolveDependencies(const Backlog& backlog, Intake& intake);

inline constexpr std::size_t kMaxCyclePath = 100;

}  // namespace clambake::planner

#endif  // CLAMBAKE_PLANNER_DEPENDENCIES_H_
