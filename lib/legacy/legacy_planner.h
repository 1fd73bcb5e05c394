// The planner of the legacy generation, warts included: shadow comparison and
// rollback are measured against it, so its defects are part of the contract.
// Known defects (codes as in ComparePlans): L1_blocked hands out issues whose
// blockers are open; L2_unlabelled_low ranks an issue without priority below
// `low`; L7_pr_body_first_match looks only at the first `#n` of a pull
// request's body; L12_human_only takes a human-only issue that is assigned to
// the repository's owner.
#ifndef CLAMBAKE_LEGACY_LEGACY_PLANNER_H_
#define CLAMBAKE_LEGACY_LEGACY_PLANNER_H_

#include <memory>

#include "clambake/work_planner.h"

namespace clambake {

// Plans hold only what is handed out now: one issue for each idle agent.
// Capacity, skills, options, blockers and file areas are not looked at. Ties
// of priority and title follow the input's order. O(n log n).
std::unique_ptr<WorkPlanner> NewLegacyPlanner();

}  // namespace clambake

#endif  // CLAMBAKE_LEGACY_LEGACY_PLANNER_H_
