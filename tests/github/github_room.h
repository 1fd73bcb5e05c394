// A simulated GitHub, a clock and clients on the way between them.
#ifndef CLAMBAKE_TESTS_GITHUB_GITHUB_ROOM_H_
#define CLAMBAKE_TESTS_GITHUB_GITHUB_ROOM_H_

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "clambake/github_client.h"
#include "tests/fakes/manual_clock.h"
#include "tests/fakes/simulated_github.h"
#include "tests/fakes/simulated_transport.h"
#include "tests/support/catch.h"

namespace clambake {

// A folder of its own that goes with the object.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "clambake-github-XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  ~TemporaryFolder() {
    std::error_code error;
    std::filesystem::remove_all(path_, error);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// Keeps a copy of all that is sent.
class RecordingTransport : public HttpTransport {
 public:
  RecordingTransport(std::unique_ptr<HttpTransport> next, std::vector<HttpRequest>& log)
      : next_(std::move(next)), log_(log) {}
  std::vector<absl::StatusOr<HttpResponse>> Send(const std::vector<HttpRequest>& requests,
                                                 const HttpLimits& limits) override {
    log_.insert(log_.end(), requests.begin(), requests.end());
    return next_->Send(requests, limits);
  }

 private:
  std::unique_ptr<HttpTransport> next_;
  std::vector<HttpRequest>& log_;
};

struct GithubRoom {
  ManualClock clock;
  SimulatedGithub github{clock};
  std::vector<HttpRequest> sent;
  GithubOptions options;
  std::string base_sha;

  GithubRoom() {
    github.SetRoot("https://api.github.test");
    options.api_url = "https://api.github.test";
    options.repository = "octo/hello";
    options.token = Secret(std::string(SimulatedGithub::kToken));
    base_sha = github.AddCommit("", "README.md", "hello");
    github.git().SetRef("refs/heads/main", base_sha);
  }

  std::unique_ptr<HttpTransport> Transport() {
    return std::make_unique<RecordingTransport>(NewSimulatedTransport(github, clock), sent);
  }
  std::unique_ptr<GithubClient> Client() {
    auto client = NewGithubClient(options, clock, Transport());
    REQUIRE(client.ok());
    return *std::move(client);
  }
  std::unique_ptr<GithubReader> Reader() {
    auto reader = NewGithubReader(options, clock, Transport());
    REQUIRE(reader.ok());
    return *std::move(reader);
  }
};

}  // namespace clambake

#endif  // CLAMBAKE_TESTS_GITHUB_GITHUB_ROOM_H_
