// Reading a backlog with the fewest calls.
#ifndef CLAMBAKE_GITHUB_FETCH_BACKLOG_H_
#define CLAMBAKE_GITHUB_FETCH_BACKLOG_H_

#include "absl/status/statusor.h"
#include "clambake/github_client.h"
#include "github/read_channel.h"

namespace clambake {

absl::StatusOr<Backlog> FetchBacklog(ReadChannel& channel, const FetchOptions& options);

}  // namespace clambake

#endif  // CLAMBAKE_GITHUB_FETCH_BACKLOG_H_
