// Who can take what. An issue requires those of its labels that some agent of
// the list names as a skill. An agent with skills can take an issue if it has
// all that the issue requires; an agent without skills can take any.
#ifndef CLAMBAKE_PLANNER_SKILLS_H_
#define CLAMBAKE_PLANNER_SKILLS_H_

#include "planner/eligibility.h"
#include "planner/rows.h"

namespace clambake::planner {

struct Skills {
  Column<std::int32_t> skill;  // by position: class of issues that require the same
  Column<std::int32_t> group;  // by agent: group of agents with the same skills
  Rows skill_groups;           // by class: groups that can take it, ascending
  Rows group_skills;           // by group: classes that it can take, ascending
};

// Groups are numbered by how many classes they can take, the fewest first.
// Rejects the issues that nobody can take.
Skills MatchSkills(Intake& intake);

}  // namespace clambake::planner

#endif  // CLAMBAKE_PLANNER_SKILLS_H_
