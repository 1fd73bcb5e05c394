// Telling people: what is new in the audit log becomes log lines, workflow
// commands, and calls of a hook and a webhook.
//
//   CLAMBAKE_ALERT_HOOK     a program: called with LEVEL EVENT TEXT, no shell
//   CLAMBAKE_ALERT_WEBHOOK  a URL, HTTPS or loopback: gets a `clambake.alert/1`
#ifndef CLAMBAKE_CLI_ALERTS_H_
#define CLAMBAKE_CLI_ALERTS_H_

#include <string>

#include "clambake/state_store.h"
#include "cli/globals.h"

namespace clambake::cli {

// Tells of the lines that nobody was told of yet, whichever process wrote them:
// the state remembers up to where. A channel that fails is warned of, and costs
// its alert alone; each has ten seconds. Never fails the command.
void TellAlerts(const Globals& globals, StateStore& store, const std::string& scope);

}  // namespace clambake::cli

#endif  // CLAMBAKE_CLI_ALERTS_H_
