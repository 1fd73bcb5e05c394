// A simulated GitHub on a loopback port, for tests that need the real wire.
#ifndef CLAMBAKE_TESTS_FAKES_GITHUB_SERVER_H_
#define CLAMBAKE_TESTS_FAKES_GITHUB_SERVER_H_

#include <memory>
#include <string>

#include "absl/time/time.h"
#include "tests/fakes/simulated_github.h"

namespace clambake {

// Listens from construction to destruction, with threads of its own.
class GithubServer {
 public:
  // Not owned. Answers each request after `latency`. Port 0: any free one.
  explicit GithubServer(SimulatedGithub& github, absl::Duration latency = absl::ZeroDuration(), int port = 0);
  ~GithubServer();
  GithubServer(const GithubServer&) = delete;
  GithubServer& operator=(const GithubServer&) = delete;

  [[nodiscard]] const std::string& url() const { return url_; }

 private:
  struct Listener;
  std::unique_ptr<Listener> listener_;
  std::string url_;
};

}  // namespace clambake

#endif  // CLAMBAKE_TESTS_FAKES_GITHUB_SERVER_H_
