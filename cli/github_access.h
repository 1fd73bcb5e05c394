// Access to GitHub as the command line and the environment describe it.
#ifndef CLAMBAKE_CLI_GITHUB_ACCESS_H_
#define CLAMBAKE_CLI_GITHUB_ACCESS_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "clambake/clock.h"
#include "clambake/github_client.h"
#include "cli/globals.h"

namespace clambake::cli {

// GH_TOKEN, else GITHUB_TOKEN, else --token-file, which must be readable by
// its owner alone. Unauthenticated, with how to get one, where there is none.
absl::StatusOr<Secret> FindToken(const Globals& globals);

// Repository, API URL, token and cache directory; InvalidArgument where no
// repository is named.
absl::StatusOr<GithubOptions> FindGithub(const Globals& globals);

// Connections whose calls and requests are seen by the command's observer.
absl::StatusOr<std::unique_ptr<GithubReader>> ConnectReader(const Globals& globals,
                                                            const GithubOptions& options, Clock& clock);
absl::StatusOr<std::unique_ptr<GithubClient>> ConnectClient(const Globals& globals,
                                                            const GithubOptions& options, Clock& clock);

// Says, in a job of GitHub Actions, that what its own GITHUB_TOKEN makes starts
// no workflows: a pull request gets no CI.
void WarnAboutJobToken(const Globals& globals);

// The backlog of the repository, with progress on a terminal.
absl::StatusOr<Backlog> FetchFromGithub(const Globals& globals);
absl::StatusOr<Backlog> FetchFrom(const Globals& globals, GithubReader& reader);

// What GitHub answered, as the exit code has it: whatever it was, it was not
// the command line.
absl::Status GithubFailure(const absl::Status& status);

}  // namespace clambake::cli

#endif  // CLAMBAKE_CLI_GITHUB_ACCESS_H_
