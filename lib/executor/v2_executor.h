// The executor of v2: journalled, resumable, one lane's failure its own.
#ifndef CLAMBAKE_EXECUTOR_V2_EXECUTOR_H_
#define CLAMBAKE_EXECUTOR_V2_EXECUTOR_H_

#include <memory>

#include "clambake/executor.h"

namespace clambake {

std::unique_ptr<Executor> NewV2Executor();

}  // namespace clambake

#endif  // CLAMBAKE_EXECUTOR_V2_EXECUTOR_H_
