// Performing a write: at most one effect, and no false failure.
#ifndef CLAMBAKE_GITHUB_PERFORM_H_
#define CLAMBAKE_GITHUB_PERFORM_H_

#include "absl/status/statusor.h"
#include "clambake/github_client.h"
#include "github/write_channel.h"

namespace clambake {

absl::StatusOr<WriteReceipt> PerformWrite(WriteChannel& channel, const GithubWrite& write);

// What is wrong with a write before anything is sent.
absl::Status CheckWrite(const GithubWrite& write);

}  // namespace clambake

#endif  // CLAMBAKE_GITHUB_PERFORM_H_
