// A rollout of the executor: each issue is executed by the generation that was
// drawn for it.
#ifndef CLAMBAKE_FACTORY_SPLIT_EXECUTOR_H_
#define CLAMBAKE_FACTORY_SPLIT_EXECUTOR_H_

#include <functional>
#include <memory>

#include "absl/status/statusor.h"
#include "clambake/executor.h"
#include "clambake/feature_flags.h"
#include "clambake/model.h"

namespace clambake {

// `decide` is asked once for each issue while preparing. A bundle goes with its
// first issue. What earlier runs left in the journal, and its issues, are v2's.
// Preparation::legacy names legacy's operations; these are performed last.
using DecideForIssue = std::function<absl::StatusOr<Decision>(IssueNumber)>;
std::unique_ptr<Executor> NewSplitExecutor(std::unique_ptr<Executor> v2, std::unique_ptr<Executor> legacy,
                                           DecideForIssue decide);

}  // namespace clambake

#endif  // CLAMBAKE_FACTORY_SPLIT_EXECUTOR_H_
