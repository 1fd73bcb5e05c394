// Writing: one request, sent once. Whether it may be sent again is decided by
// who knows what it means (perform.cc).
#ifndef CLAMBAKE_GITHUB_WRITE_CHANNEL_H_
#define CLAMBAKE_GITHUB_WRITE_CHANNEL_H_

#include "absl/status/statusor.h"
#include "clambake/github_write.h"
#include "github/read_channel.h"

namespace clambake {

class WriteChannel : public ReadChannel {
 public:
  using ReadChannel::ReadChannel;

  // Unknown: no whole answer, it may have taken effect. Everything else as in
  // github_client.h. Redirects are followed with method and body kept.
  absl::StatusOr<Answer> SendOnce(const WireRequest& request, PassageKind kind);

  // Waits a moment before another try.
  void Pause(int attempt) { BackOff(attempt); }

 private:
  absl::StatusOr<Answer> Judge(const HttpResponse& response, std::string_view what, bool limited) const;
};

}  // namespace clambake

#endif  // CLAMBAKE_GITHUB_WRITE_CHANNEL_H_
