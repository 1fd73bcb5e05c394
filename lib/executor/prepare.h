// What v2 would do on GitHub: a pure function of backlog, plan, bundles, work.
#ifndef CLAMBAKE_EXECUTOR_PREPARE_H_
#define CLAMBAKE_EXECUTOR_PREPARE_H_

#include "absl/status/statusor.h"
#include "clambake/executor.h"

namespace clambake::executor {

absl::StatusOr<Preparation> PrepareV2(const PrepareRequest& request);

}  // namespace clambake::executor

#endif  // CLAMBAKE_EXECUTOR_PREPARE_H_
