// The whole client against a server that says anything. The first byte says
// what is asked; then come the answers, in the order in which they are sent.
#include <memory>
#include <sstream>

#include "absl/strings/match.h"
#include "clambake/github_client.h"
#include "nlohmann/json.hpp"
#include "tests/fakes/manual_clock.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/http_script.h"

namespace clambake {
namespace {

using absl::StatusCode;

constexpr std::string_view kApi = "https://api.github.test";

// Statuses below 100 are failures of the connection. After the last answer
// nothing is there any more.
class ScriptedTransport : public HttpTransport {
 public:
  explicit ScriptedTransport(std::string_view script) : script_(script) {}

  std::vector<absl::StatusOr<HttpResponse>> Send(const std::vector<HttpRequest>& requests,
                                                 const HttpLimits& limits) override {
    FUZZ_CHECK(static_cast<int>(requests.size()) <= limits.max_concurrent);
    std::vector<absl::StatusOr<HttpResponse>> results;
    for (const HttpRequest& request : requests) {
      FUZZ_CHECK(absl::StartsWithIgnoreCase(request.url, std::string(kApi)));
      FUZZ_CHECK(std::string_view("/?#:").find(request.url.at(kApi.size())) != std::string_view::npos);
      FUZZ_CHECK(++sent_ <= 20'000);
      results.push_back(Next());
    }
    return results;
  }

 private:
  absl::StatusOr<HttpResponse> Next() {
    if (script_.empty()) return HttpResponse{404, {}, "{}"};
    HttpResponse response = fuzz::ReadResponse(script_.Until("\n===\n"));
    if (response.status == 1) return absl::UnavailableError("refused");
    if (response.status == 2) return absl::UnknownError("cut");
    if (response.status == 3) return absl::DeadlineExceededError("timeout");
    if (response.status < 200) response.status = 200;
    // JSON, unless something else is said.
    if (FindHeader(response.headers, "content-type").empty())
      response.headers.emplace_back("Content-Type", "application/json");
    return response;
  }

  fuzz::Input script_;
  int sent_ = 0;
};

// A failed read is never the caller's fault, unless GitHub says so, and never "unknown".
void CheckRead(const absl::Status& status) {
  fuzz::CheckCode(status, {StatusCode::kUnavailable, StatusCode::kDeadlineExceeded, StatusCode::kNotFound,
                           StatusCode::kPermissionDenied, StatusCode::kUnauthenticated,
                           StatusCode::kResourceExhausted, StatusCode::kFailedPrecondition,
                           StatusCode::kAborted, StatusCode::kAlreadyExists, StatusCode::kInvalidArgument});
  const bool said = ErrorDetails(status).http_status == 400 || ErrorDetails(status).http_status == 422;
  FUZZ_CHECK(!absl::IsInvalidArgument(status) || said);
  FUZZ_CHECK(fuzz::IsShowable(fuzz::Message(status), 20'000));
}

void CheckBacklog(const absl::StatusOr<Backlog>& fetched) {
  CheckRead(fetched.status());
  if (!fetched.ok()) return;
  const std::string written = BacklogToJson(*fetched);
  std::istringstream in(written);
  const absl::StatusOr<Backlog> again = ReadBacklog(in, "fetched");
  if (!again.ok()) std::fprintf(stderr, "%s\n", again.status().ToString().c_str());
  FUZZ_CHECK(again.ok() && BacklogToJson(*again) == written);
}

void Ask(int what, GithubClient& client) {
  switch (what) {
    case 0:
      return CheckRead(client.GetRepository().status());
    case 1:
      return CheckRead(client.GetIssue(7).status());
    case 2:
      return CheckRead(client.ListBlockedBy(7).status());
    case 3:
      return CheckRead(client.ListComments(7).status());
    case 4:
      return CheckRead(client.ListLabels().status());
    case 5:
      return CheckRead(client.GetRef("heads/main").status());
    case 6:
      return CheckRead(client.ListRefs("heads/agent").status());
    case 7:
      return CheckRead(client.GetCommit("0123456789012345678901234567890123456789").status());
    case 8:
      return CheckRead(client.Compare("main", "agent001/7").status());
    case 9:
      return CheckRead(client.ListPulls({}).status());
    case 10:
      return CheckRead(client.GetPull(7).status());
    case 11:
      return CheckRead(client.ListPullFiles(7).status());
    case 12:
      return CheckRead(client.GetRateLimits().status());
    case 13:
      return CheckRead(client.WaitForMergeable(7, absl::Minutes(5)).status());
    case 14:
      return CheckRead(client.GetLogin().status());
    case 15:
      return CheckRead(client.ListSubIssues(7).status());
    default:
      return CheckBacklog(client.FetchBacklog({}));
  }
}

FUZZ_TARGET(input) {
  fuzz::Input rest(input);
  const int what = rest.Byte() - 'a';
  ManualClock clock;
  GithubOptions options;
  options.api_url = kApi;
  options.repository = "octo/hello";
  options.token = Secret("ghs_fuzz");
  const auto client = NewGithubClient(options, clock, std::make_unique<ScriptedTransport>(rest.Rest()));
  FUZZ_CHECK(client.ok());
  Ask(what, **client);
}

}  // namespace
}  // namespace clambake
