// Requests under GitHub's rules: the gate, the token, redirects. What may be
// repeated is for the channels above to know.
#ifndef CLAMBAKE_GITHUB_SESSION_H_
#define CLAMBAKE_GITHUB_SESSION_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "clambake/clock.h"
#include "clambake/github_client.h"
#include "clambake/http_transport.h"
#include "github/answer.h"
#include "github/gate.h"
#include "github/http_cache.h"
#include "github/url.h"

namespace clambake {

// What a session stands on; all of it can be replaced by tests.
struct SessionParts {
  GithubOptions options;
  ApiUrl api;
  Clock* clock = nullptr;  // not owned
  std::unique_ptr<HttpTransport> transport;
  std::unique_ptr<Gate> gate;
  std::unique_ptr<HttpCache> cache;
};

// Checks `options`, and makes gate and cache in its cache_dir.
absl::StatusOr<SessionParts> MakeSessionParts(const GithubOptions& options, Clock& clock,
                                              std::unique_ptr<HttpTransport> transport);

class Session {
 public:
  explicit Session(SessionParts parts) : parts_(std::move(parts)) {}

  [[nodiscard]] const GithubOptions& options() const { return parts_.options; }
  [[nodiscard]] Clock& clock() const { return *parts_.clock; }

  // "/repos/owner/name", the start of most paths.
  [[nodiscard]] std::string RepositoryPath() const { return "/repos/" + parts_.options.repository; }

  // The URL of a path below the API, renames that are known applied.
  [[nodiscard]] std::string UrlOf(std::string_view path) const;
  [[nodiscard]] std::string GraphqlUrl() const;

 protected:
  ~Session() = default;

  [[nodiscard]] HttpRequest MakeRequest(std::string_view method, std::string_view url,
                                        std::string body) const;

  // Waits until at least one request may be sent; returns how many.
  // ResourceExhausted with retry_at: the wait would be longer than allowed.
  absl::StatusOr<int> Enter(Passage passage);

  std::vector<absl::StatusOr<HttpResponse>> Send(const std::vector<HttpRequest>& requests);

  // Tells the gate; true if a limit was breached.
  absl::StatusOr<bool> Leave(const Passage& passage, const absl::StatusOr<HttpResponse>& response);

  // Where a 3xx leads, and remembers it if it is for good.
  absl::StatusOr<std::string> Follow(const std::string& url, const HttpResponse& response);

  [[nodiscard]] absl::Status LimitError(std::string_view what, const HttpResponse& response) const;

  // Before try `attempt` + 1: 1 s, 2 s, 4 s …, with jitter.
  void BackOff(int attempt);

  [[nodiscard]] HttpCache& cache() const { return *parts_.cache; }
  [[nodiscard]] const ApiUrl& api() const { return parts_.api; }

 private:
  SessionParts parts_;
  std::vector<std::pair<std::string, std::string>> moved_;  // path prefixes, old and new
  std::uint64_t jitter_ = 0;                                // seeded from the clock at first use
};

}  // namespace clambake

#endif  // CLAMBAKE_GITHUB_SESSION_H_
