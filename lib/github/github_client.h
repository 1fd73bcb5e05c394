// The client on a transport of the caller's choice: for tests and simulations.
#ifndef CLAMBAKE_GITHUB_GITHUB_CLIENT_H_
#define CLAMBAKE_GITHUB_GITHUB_CLIENT_H_

#include <memory>

#include "absl/status/statusor.h"
#include "clambake/github_client.h"
#include "github/http_transport.h"

namespace clambake {

absl::StatusOr<std::unique_ptr<GithubReader>> NewGithubReader(const GithubOptions& options, Clock& clock,
                                                              std::unique_ptr<HttpTransport> transport);
absl::StatusOr<std::unique_ptr<GithubClient>> NewGithubClient(const GithubOptions& options, Clock& clock,
                                                              std::unique_ptr<HttpTransport> transport);

}  // namespace clambake

#endif  // CLAMBAKE_GITHUB_GITHUB_CLIENT_H_
