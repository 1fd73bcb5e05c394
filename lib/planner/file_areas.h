// The file areas that issues name, as uses that exclude each other: a path
// against itself, and against every path below it.
#ifndef CLAMBAKE_PLANNER_FILE_AREAS_H_
#define CLAMBAKE_PLANNER_FILE_AREAS_H_

#include <cstdint>

#include "planner/eligibility.h"
#include "planner/rows.h"

namespace clambake::planner {

struct FileAreas {
  Column<std::int32_t> area_set;  // by position
  Rows area_sets;                 // uses (see problem.h), ascending; row 0 is empty
  std::int32_t area_count = 0;
};

// Areas of the planned and running issues.
FileAreas FindAreas(const Backlog& backlog, const Intake& intake);

}  // namespace clambake::planner

#endif  // CLAMBAKE_PLANNER_FILE_AREAS_H_
