#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "clambake/factory.h"
#include "clambake/http_transport.h"
#include "fmt/format.h"

namespace clambake {
namespace {

absl::Status Post(HttpTransport& http, const OtlpRequest& request) {
  HttpRequest post{"POST", request.url, {}, request.body};
  for (const auto& [name, value] : request.headers) {
    post.headers.emplace_back(name, std::string(value.Reveal()));
  }
  const HttpLimits limits{.connect_timeout = request.timeout,
                          .timeout = request.timeout,
                          .max_body_bytes = std::size_t{1} << 20U};
  const absl::StatusOr<HttpResponse> answer = std::move(http.Send({std::move(post)}, limits).front());
  if (!answer.ok()) return answer.status();
  if (answer->status / 100 == 2) return absl::OkStatus();
  return absl::UnavailableError(fmt::format("the server answered {}", answer->status));
}

}  // namespace

OtlpTransport NewOtlpTransport() {
  const std::shared_ptr<HttpTransport> http = NewCurlTransport();
  return [http](const OtlpRequest& request) { return Post(*http, request); };
}

}  // namespace clambake
