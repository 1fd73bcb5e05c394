// Why the plan takes as long as it does: the chain of issues, each of which
// could not start before the one before it was done.
#ifndef CLAMBAKE_REPORT_CRITICAL_PATH_H_
#define CLAMBAKE_REPORT_CRITICAL_PATH_H_

#include <cstddef>
#include <string_view>
#include <vector>

#include "clambake/work_planner.h"

namespace clambake {

struct CriticalStep {
  enum class Cause { kStart, kBlocker, kSubIssue, kSameAgent, kSameFiles, kWait } cause = Cause::kStart;
  std::size_t assignment = 0;  // index into Plan::assignments
};

// From the first issue to the last one to finish; empty for an empty plan. Told
// from plan and backlog alone: where several causes hold, the first in the
// order of Cause is named; kWait where none is known (an agent idles).
std::vector<CriticalStep> CriticalPath(const Backlog& backlog, const Plan& plan);

std::string_view Explain(CriticalStep::Cause cause);

}  // namespace clambake

#endif  // CLAMBAKE_REPORT_CRITICAL_PATH_H_
