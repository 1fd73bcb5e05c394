// What can be seen of a command from outside: --log, --metrics, and traces as
// the OTEL_… variables say.
#ifndef CLAMBAKE_CLI_OBSERVE_H_
#define CLAMBAKE_CLI_OBSERVE_H_

#include <functional>
#include <string_view>

#include "clambake/observed.h"
#include "cli/globals.h"

namespace clambake::cli {

// Runs the command below a span of its own ("clambake plan"), then hands over
// what was observed. Observing never fails a command: what cannot be delivered
// is a warning.
ExitCode Observe(const Globals& globals, std::string_view command,
                 const std::function<ExitCode(const Observer& observer)>& run);

}  // namespace clambake::cli

#endif  // CLAMBAKE_CLI_OBSERVE_H_
