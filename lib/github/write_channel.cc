#include "github/write_channel.h"

#include <utility>

#include "base/status_macros.h"
#include "fmt/format.h"

namespace clambake {
namespace {

constexpr int kMaxHops = 5;

bool KeepsMethod(int status) { return status == 301 || status == 302 || status == 307 || status == 308; }

std::string RequestId(const HttpResponse& response) {
  return std::string(FindHeader(response.headers, "x-github-request-id"));
}

}  // namespace

absl::StatusOr<Answer> WriteChannel::SendOnce(const WireRequest& request, PassageKind kind) {
  const std::string what = fmt::format("{} {}", request.method, request.path);
  std::string url = UrlOf(request.path);
  for (int hops = 0; hops <= kMaxHops; ++hops) {
    const Passage passage{.kind = kind};
    CLAMBAKE_RETURN_IF_ERROR(Enter(passage).status());
    absl::StatusOr<HttpResponse> response =
        std::move(Send({MakeRequest(request.method, url, request.body)}).front());
    CLAMBAKE_ASSIGN_OR_RETURN(const bool limited, Leave(passage, response));
    if (!response.ok()) {
      const bool not_sent =
          absl::IsUnavailable(response.status()) || absl::IsFailedPrecondition(response.status());
      if (not_sent) return Annotate(response.status(), what);
      return absl::UnknownError(fmt::format("{}: {}", what, std::string(response.status().message())));
    }
    if (limited || !KeepsMethod(response->status)) {
      absl::StatusOr<Answer> answer = Judge(*response, what, limited);
      if (answer.ok()) answer->url = url;
      return answer;
    }
    absl::StatusOr<std::string> target = Follow(url, *response);
    if (!target.ok()) return Annotate(target.status(), what);
    url = *std::move(target);
  }
  return absl::FailedPreconditionError(fmt::format("{}: more than {} redirects", what, kMaxHops));
}

absl::StatusOr<Answer> WriteChannel::Judge(const HttpResponse& response, std::string_view what,
                                           bool limited) const {
  if (limited) return LimitError(what, response);
  if (response.status >= 500) {
    const absl::Status error = ErrorFromAnswer(response, what);
    return WithDetails(absl::UnknownError(error.message()), ErrorDetails(error));
  }
  if (response.status < 200 || response.status > 299) return ErrorFromAnswer(response, what);
  absl::StatusOr<rapidjson::Document> json = ParseBody(response);
  if (!json.ok()) {
    return WithDetails(absl::UnknownError(fmt::format("{}: {}", what, std::string(json.status().message()))),
                       {.http_status = response.status, .request_id = RequestId(response)});
  }
  return Answer{response.status, response.headers, *std::move(json), {}};
}

}  // namespace clambake
