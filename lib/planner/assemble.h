// From a request to a Problem and back to a Plan.
#ifndef CLAMBAKE_PLANNER_ASSEMBLE_H_
#define CLAMBAKE_PLANNER_ASSEMBLE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "clambake/work_planner.h"
#include "planner/eligibility.h"
#include "planner/problem.h"

namespace clambake::planner {

struct Assembly {
  Problem problem;
  Column<IssueNumber> issue;    // by job
  Column<Priority> priority;    // by job
  std::vector<Agent> agents;    // by id
  std::vector<Unassigned> out;  // by issue
  std::vector<std::string> notes;
  std::int64_t considered = 0;
};

absl::StatusOr<Assembly> Assemble(const PlanRequest& request);

// Assignments by start, then agent, then issue. Bound and notes are the caller's.
void WriteSchedule(const Assembly& assembly, const Schedule& schedule, Plan& plan);

}  // namespace clambake::planner

#endif  // CLAMBAKE_PLANNER_ASSEMBLE_H_
