// What an HTTP answer of GitHub's means.
#ifndef CLAMBAKE_GITHUB_ANSWER_H_
#define CLAMBAKE_GITHUB_ANSWER_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "clambake/github_client.h"
#include "clambake/http_transport.h"
#include "github/gate_state.h"
#include "rapidjson/document.h"

namespace clambake {

// A whole, well-formed answer.
struct Answer {
  int status = 0;
  HttpHeaders headers;
  rapidjson::Document json;  // null where the answer has no body
  std::string url;           // that finally answered

  [[nodiscard]] std::string_view Header(std::string_view name) const { return FindHeader(headers, name); }
};

// Reads the headers about limits and finds out whether one was breached. The
// views in the result live as long as `response`.
LimitSignal SignalOf(const HttpResponse& response);

// The JSON of a 2xx answer. DataLoss: it is cut, broken, or no JSON at all.
absl::StatusOr<rapidjson::Document> ParseBody(const HttpResponse& response);

// GitHub's refusal as a status: its message, the errors in detail, and a
// hint where the message alone misleads. `what` says what was asked.
absl::Status ErrorFromAnswer(const HttpResponse& response, std::string_view what);

// The same status with what is known about the request attached.
absl::Status WithDetails(const absl::Status& status, const GithubError& details);

// The status with more words in front.
absl::Status Annotate(const absl::Status& status, std::string_view prefix);

}  // namespace clambake

#endif  // CLAMBAKE_GITHUB_ANSWER_H_
