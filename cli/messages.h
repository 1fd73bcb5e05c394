// What goes to standard error: notes, warnings, errors.
#ifndef CLAMBAKE_CLI_MESSAGES_H_
#define CLAMBAKE_CLI_MESSAGES_H_

#include <string_view>

#include "absl/status/status.h"
#include "cli/globals.h"

namespace clambake::cli {

// Prints the error and returns its exit code.
ExitCode Fail(const absl::Status& status);

void Warn(const Globals& globals, std::string_view text);  // not with --quiet
void Note(const Globals& globals, std::string_view text);  // only with --verbose

// Writes data to standard output; kFailed if it cannot be written.
ExitCode Print(std::string_view data, ExitCode result = kDone);

}  // namespace clambake::cli

#endif  // CLAMBAKE_CLI_MESSAGES_H_
