// What can be seen of a command from outside: --log, --metrics, and traces as
// the OTEL_… variables say.
#ifndef CLAMBAKE_CLI_OBSERVE_H_
#define CLAMBAKE_CLI_OBSERVE_H_

#include <memory>
#include <string>

#include "clambake/telemetry.h"
#include "cli/globals.h"

namespace clambake::cli {

struct Sinks;

// One command: a span of its own ("clambake plan"), and all that hangs below it
// by Globals::observer. Observing never fails a command: what cannot be
// delivered is a warning.
class Observation {
 public:
  explicit Observation(Globals& globals);  // not owned, outlives the object
  Observation(const Observation&) = delete;
  Observation& operator=(const Observation&) = delete;
  ~Observation();

  // When the options are known, before the command runs.
  void Start(const std::string& command);
  // Hands over what was observed, and leaves proof of it beside the state.
  void Finish(ExitCode result);

 private:
  Globals& globals_;
  std::string command_;
  std::unique_ptr<Sinks> sinks_;  // null: nothing is observed
  Span span_;
};

}  // namespace clambake::cli

#endif  // CLAMBAKE_CLI_OBSERVE_H_
