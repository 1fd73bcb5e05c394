// What an answer of GitHub means for an operation.
#ifndef CLAMBAKE_EXECUTOR_VERDICT_H_
#define CLAMBAKE_EXECUTOR_VERDICT_H_

#include <string>

#include "absl/status/status.h"
#include "clambake/executor.h"

namespace clambake::executor {

enum class Verdict {
  kConfirmed,
  kAccepted,   // not done by us, and as it should be: a branch kept from earlier work
  kSettle,     // no answer: wait, look, perhaps send again
  kLook,       // GitHub says it is there: look whether it is ours
  kTryLater,   // had no effect and may work later
  kRateLimit,  // the same, for everybody
  kRefused,    // nothing depends on it: go on without
  kManual,     // a person must act
  kStop,       // credentials: nothing more can be done in this run
};

Verdict Judge(const Operation& operation, const absl::Status& answer);

// What a person can do about an operation that is in the manual queue.
std::string NextStep(const Operation& operation, const absl::Status& answer);

}  // namespace clambake::executor

#endif  // CLAMBAKE_EXECUTOR_VERDICT_H_
