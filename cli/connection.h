// Where commands reach GitHub and the state.
#ifndef CLAMBAKE_CLI_CONNECTION_H_
#define CLAMBAKE_CLI_CONNECTION_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "clambake/clock.h"
#include "clambake/github_client.h"
#include "clambake/state_store.h"
#include "cli/globals.h"

namespace clambake::cli {

// API, repository, token and cache as options and environment say.
absl::StatusOr<GithubOptions> LoadGithubOptions(const Globals& globals, const std::string& repository);

// The state that --state names, or the default one.
absl::StatusOr<std::unique_ptr<StateStore>> OpenState(const Globals& globals, Clock& clock,
                                                      IfMissing if_missing);

// "owner/name", from --repo; InvalidArgument without it.
absl::StatusOr<std::string> RequireRepository(const Globals& globals);

}  // namespace clambake::cli

#endif  // CLAMBAKE_CLI_CONNECTION_H_
