// A program that somebody named to be told of something.
#ifndef CLAMBAKE_CLI_HOOK_H_
#define CLAMBAKE_CLI_HOOK_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace clambake::cli {

// Runs the program with these arguments, without a shell, and with nothing of
// ours open but standard error; it and what it started are ended after `limit`.
// Unavailable: it could not be run, failed, or took too long.
absl::Status RunHook(const std::vector<std::string>& argv, absl::Duration limit);

}  // namespace clambake::cli

#endif  // CLAMBAKE_CLI_HOOK_H_
