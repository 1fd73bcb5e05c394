// What a plan or a run leaves behind in a GitHub Actions job: outputs, and a summary
// with tables.
#ifndef CLAMBAKE_CLI_JOB_SUMMARY_H_
#define CLAMBAKE_CLI_JOB_SUMMARY_H_

#include <string>

#include "absl/status/status.h"
#include "clambake/executor.h"
#include "clambake/model.h"
#include "clambake/pipeline.h"
#include "clambake/work_planner.h"

namespace clambake::cli {

// Markdown; at most 50 rows for each table, the rest is counted.
std::string PlanSummary(const Backlog& backlog, const Plan& plan, const Decision& decision);

// Outputs `digest`, `now` (how many issues to hand out), `unassigned`,
// `makespan` and `lower_bound` (minutes), and the summary. Does nothing outside a job.
absl::Status LeaveInJob(const Backlog& backlog, const Plan& plan, const Decision& decision);

// Of a run: outputs `digest` and `operations` (how many), and the summary with
// what waits for a person. `outcome` is null where nothing was executed.
absl::Status LeaveInJob(const Decided& decided, const RunOutcome* outcome);

}  // namespace clambake::cli

#endif  // CLAMBAKE_CLI_JOB_SUMMARY_H_
