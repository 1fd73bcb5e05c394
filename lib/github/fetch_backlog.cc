#include "github/fetch_backlog.h"
namespace clambake {
absl::StatusOr<Backlog> FetchBacklog(ReadChannel& channel, const FetchOptions& options) {
  (void)channel;
  (void)options;
  return absl::UnimplementedError("");
}
}  // namespace clambake
