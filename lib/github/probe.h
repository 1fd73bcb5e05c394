// Whether a write has taken effect, read from the repository's state.
#ifndef CLAMBAKE_GITHUB_PROBE_H_
#define CLAMBAKE_GITHUB_PROBE_H_

#include "absl/status/statusor.h"
#include "clambake/github_client.h"
#include "github/read_channel.h"

namespace clambake {

absl::StatusOr<ProbeResult> ProbeWrite(ReadChannel& channel, const GithubWrite& write);

// The ids of this token's own comments that carry the marker of `body`, ascending.
absl::StatusOr<std::vector<std::int64_t>> FindOwnComments(ReadChannel& channel, const CreateComment& comment);

}  // namespace clambake

#endif  // CLAMBAKE_GITHUB_PROBE_H_
