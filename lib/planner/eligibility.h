// Which open issues can be handed out at all, judged one by one: labels,
// finished branches, open pull requests, holders. Blockers and skills follow.
#ifndef CLAMBAKE_PLANNER_ELIGIBILITY_H_
#define CLAMBAKE_PLANNER_ELIGIBILITY_H_

#include <cstdint>
#include <string>
#include <vector>

#include "clambake/work_planner.h"
#include "planner/issue_table.h"
#include "planner/labels.h"
#include "planner/rows.h"

namespace clambake::planner {

enum class Fate : std::uint8_t { kPlanned, kRunning, kOut };

struct Intake {
  std::vector<Agent> agents;  // by id
  IssueTable table;
  // By position of the open issue.
  Column<LabelFacts> labels;
  Column<Fate> fate;
  Column<std::int32_t> holder;  // index in `agents`, or kNone
  std::vector<Unassigned> out;  // those with Fate::kOut
  std::vector<std::string> notes;

  void Reject(std::int32_t position, UnassignedReason reason, std::vector<std::int64_t> by = {});
};

// InvalidArgument: a capacity below 1 or above 1,000.
absl::Status CheckAgent(const Agent& agent);

// InvalidArgument: no agents, an agent twice, what CheckAgent says, or what
// IssueTable::Make says.
absl::StatusOr<Intake> JudgeIssues(const PlanRequest& request);

}  // namespace clambake::planner

#endif  // CLAMBAKE_PLANNER_ELIGIBILITY_H_
