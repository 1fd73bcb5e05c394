// The independent check of a plan, in parts. Nothing here is shared with the
// scheduler but the reading of texts: labels, paths, references.
#ifndef CLAMBAKE_PLANNER_PLAN_CHECK_H_
#define CLAMBAKE_PLANNER_PLAN_CHECK_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "clambake/work_planner.h"

namespace clambake::planner {

// An assignment with all that the checks want to know of its issue.
struct CheckedJob {
  const Assignment* assignment = nullptr;
  const Issue* issue = nullptr;
  std::uint8_t tier = 0;
  std::int64_t ready = 0;          // the last of its blockers and children finishes
  std::vector<std::string> paths;  // normal form, ascending, each once
};

struct PlanCheck {
  const PlanRequest* request = nullptr;
  const Plan* plan = nullptr;
  std::vector<CheckedJob> jobs;  // as plan->assignments
  absl::flat_hash_map<IssueNumber, const Issue*> issues;
  absl::flat_hash_map<IssueNumber, std::size_t> job_of;
};

absl::Status CheckLists(const PlanCheck& check);     // each open issue once; figures
absl::Status CheckHandOuts(const PlanCheck& check);  // only what may be handed out; running ones stay
absl::Status CheckAgents(const PlanCheck& check);    // skills and capacity
absl::Status CheckPrecedence(PlanCheck& check);      // fills in CheckedJob::ready
absl::Status CheckAreas(const PlanCheck& check);     // no two on one file area at once
absl::Status CheckTiers(const PlanCheck& check);     // needs `ready`

absl::Status Breach(std::string_view what);  // FailedPrecondition

// True if `agent` may take `issue`, by the labels that the agents name as skills.
bool MayTake(const Plan& plan, const Agent& agent, const Issue& issue);

}  // namespace clambake::planner

#endif  // CLAMBAKE_PLANNER_PLAN_CHECK_H_
