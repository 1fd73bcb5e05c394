// An HTTP transport of one's own: it answers from memory, as a proxy, a recorder
// or a replay of last night's traffic would. The client above it keeps all its
// rules: limits, pages, redirects, errors.
//   transport
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "clambake/clock.h"
#include "clambake/github_client.h"

namespace {

class Canned : public clambake::HttpTransport {
 public:
  explicit Canned(std::map<std::string, std::string> bodies) : bodies_(std::move(bodies)) {}

  std::vector<absl::StatusOr<clambake::HttpResponse>> Send(const std::vector<clambake::HttpRequest>& requests,
                                                           const clambake::HttpLimits& /*limits*/) override {
    std::vector<absl::StatusOr<clambake::HttpResponse>> results;
    for (const clambake::HttpRequest& request : requests) {
      const auto body = bodies_.find(request.url);
      if (body == bodies_.end()) {
        results.emplace_back(
            absl::UnavailableError("nothing is canned for " + request.url));  // and nothing was sent
      } else {
        results.emplace_back(clambake::HttpResponse{
            .status = 200, .headers = {{"Content-Type", "application/json"}}, .body = body->second});
      }
    }
    return results;
  }

 private:
  std::map<std::string, std::string> bodies_;
};

}  // namespace

int main() {
  const auto clock = clambake::NewSystemClock();
  clambake::GithubOptions options{.repository = "octo/repo"};
  options.max_attempts = 1;
  auto reader = clambake::NewGithubReader(
      options, *clock,
      std::make_unique<Canned>(std::map<std::string, std::string>{
          {"https://api.github.com/repos/octo/repo/issues/7",
           R"({"number": 7, "title": "Answer from memory", "state": "open", "labels": []})"}}));
  if (!reader.ok()) {
    std::cerr << reader.status() << "\n";
    return 2;
  }
  const auto issue = (*reader)->GetIssue(7);
  const auto other = (*reader)->GetIssue(8);
  if (!issue.ok()) {
    std::cerr << issue.status() << "\n";
    return 2;
  }
  std::cout << "#" << issue->number << ": " << issue->title << "\n"
            << "#8: " << absl::StatusCodeToString(other.status().code()) << "\n";
  return 0;
}
