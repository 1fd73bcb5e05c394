// GitHub, simulated: a state machine that answers requests. No sockets and no
// threads of its own: a loopback server (github_server.h) or a transport on a
// virtual clock (simulated_transport.h) puts it on the wire.
#ifndef CLAMBAKE_TESTS_FAKES_SIMULATED_GITHUB_H_
#define CLAMBAKE_TESTS_FAKES_SIMULATED_GITHUB_H_

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "clambake/clock.h"
#include "clambake/http_transport.h"
#include "tests/fakes/github_faults.h"
#include "tests/fakes/github_git.h"
#include "tests/fakes/github_limits.h"
#include "tests/fakes/github_world.h"

namespace clambake {

// What a client sees of one request.
struct Exchange {
  enum class Wire { kAnswered, kNotSent, kCut, kTimeout } wire = Wire::kAnswered;
  HttpResponse response;
  absl::Duration delay;  // before the first byte
  bool trickle = false;  // slow bytes
};

// Thread-safe.
class SimulatedGithub {
 public:
  explicit SimulatedGithub(Clock& clock, std::unique_ptr<GithubGit> git = NewMemoryGit());

  // The whole way of a request: faults, limits, work, answer.
  Exchange Receive(const HttpRequest& request);

  // What clients must use. The root is "http://127.0.0.1:PORT" or any other.
  void SetRoot(std::string root) { root_ = std::move(root); }
  [[nodiscard]] const std::string& root() const { return root_; }
  static constexpr std::string_view kToken = "ghp_simulated0000000000000000000000000";

  // Setting the scene. Direct access is for tests alone, while nothing runs.
  World& world() { return world_; }
  GithubGit& git() { return *git_; }
  FaultScript& faults() { return faults_; }
  GithubLimits& limits() { return limits_; }
  // Asked for each request that no fault on script strikes; may be empty.
  std::function<std::optional<Fault>(const HttpRequest& request)> fate;

  WorldIssue& AddIssue(std::string title, std::vector<std::string> labels = {});
  WorldIssue& AddPull(std::string head, std::string base, std::string body = {});
  // A commit that changes `path`, on top of `parent` ("" is an empty tree); returns its sha.
  std::string AddCommit(const std::string& parent, const std::string& path, const std::string& content);
  std::string AddBranch(const std::string& name, const std::string& path, const std::string& content);
  void Rename(const std::string& full_name);

  // Anonymous requests and wrong tokens are refused if set; GraphQL too.
  bool require_token = true;
  bool refuse_graphql = false;
  // Pages of this URL part are endless, redirects of that one a loop.
  std::string endless_list;
  std::string redirect_loop;
  std::string foreign_redirect;
  // Keeps what lists looked like before each write, for kStaleList.
  bool keep_previous = false;
  absl::Duration longest_stale = absl::InfiniteDuration();  // older than that they are never

  // Writes that took effect, by "METHOD path": to find duplicates.
  [[nodiscard]] const std::vector<std::string>& effects() const { return effects_; }

 private:
  friend class GithubRoutes;

  HttpResponse Answer(const HttpRequest& request, bool stale);
  HttpResponse Work(const HttpRequest& request, bool stale);
  std::optional<HttpResponse> Refuse(const HttpRequest& request) const;
  std::optional<HttpResponse> Redirect(const HttpRequest& request, const std::string& path) const;
  Exchange Misfortune(const Fault& fault, const HttpRequest& request);
  Exchange Spoil(const Fault& fault, const HttpRequest& request);
  HttpResponse Block(const Fault& fault);
  HttpResponse LimitAnswer(GithubLimits::Verdict verdict, bool graphql);
  void AddLimitHeaders(HttpResponse& response, bool graphql);
  void RunLateEffects();

  std::mutex mutex_;
  Clock& clock_;
  std::unique_ptr<GithubGit> git_;
  World world_;
  World previous_;
  absl::Time written_ = absl::InfinitePast();  // when that was the last write
  FaultScript faults_;
  GithubLimits limits_;
  std::string root_ = "http://127.0.0.1:1";
  std::string old_name_;
  std::vector<std::pair<absl::Time, HttpRequest>> late_;
  std::vector<std::string> effects_;
  std::int64_t answered_ = 0;
};

}  // namespace clambake

#endif  // CLAMBAKE_TESTS_FAKES_SIMULATED_GITHUB_H_
