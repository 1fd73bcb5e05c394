// One answer of GitHub's: "STATUS\nName: value\n…\n\nbody".
#include "github/answer.h"

#include "fmt/format.h"
#include "nlohmann/json.hpp"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/http_script.h"

namespace clambake {
namespace {

using absl::StatusCode;

// The code says what to do; 422 alone depends on the words.
std::vector<StatusCode> CodesFor(int status) {
  switch (status) {
    case 400:
      return {StatusCode::kInvalidArgument};
    case 401:
      return {StatusCode::kUnauthenticated};
    case 403:
    case 451:
      return {StatusCode::kPermissionDenied};
    case 404:
    case 410:
      return {StatusCode::kNotFound};
    case 409:
      return {StatusCode::kAborted};
    case 422:
      return {StatusCode::kAlreadyExists, StatusCode::kAborted, StatusCode::kNotFound,
              StatusCode::kInvalidArgument};
    case 429:
      return {StatusCode::kResourceExhausted};
    default:
      return {status >= 500 ? StatusCode::kUnavailable : StatusCode::kFailedPrecondition};
  }
}

void CheckError(const HttpResponse& response) {
  const absl::Status error = ErrorFromAnswer(response, "GET /x");
  const std::vector<StatusCode> codes = CodesFor(response.status);
  FUZZ_CHECK(std::find(codes.begin(), codes.end(), error.code()) != codes.end());
  FUZZ_CHECK(fuzz::IsShowable(fuzz::Message(error), 2'500));
  FUZZ_CHECK(fuzz::Message(error).find('\n') == std::string_view::npos);
  FUZZ_CHECK(ErrorDetails(error).http_status == response.status);
  const absl::Time retry = absl::FromUnixMicros(1'767'323'045'000'123);
  const GithubError details = ErrorDetails(
      Annotate(WithDetails(error, {.http_status = 1, .request_id = "id", .retry_at = retry}), "more"));
  FUZZ_CHECK(details.http_status == 1 && details.request_id == "id" && details.retry_at == retry);
}

void CheckBody(const HttpResponse& response) {
  const absl::StatusOr<rapidjson::Document> body = ParseBody(response);
  fuzz::CheckCode(body.status(), {StatusCode::kDataLoss});
  FUZZ_CHECK(fuzz::IsShowable(fuzz::Message(body.status()), 1'000));
  if (!body.ok() || body->IsNull()) return;
  FUZZ_CHECK(!nlohmann::json::parse(response.body, nullptr, false).is_discarded());
}

FUZZ_TARGET(input) {
  const HttpResponse response = fuzz::ReadResponse(input);
  const LimitSignal signal = SignalOf(response);
  FUZZ_CHECK(!signal.success || signal.breach == LimitSignal::Breach::kNone);
  FUZZ_CHECK(!signal.success || response.status < 400);
  FUZZ_CHECK(response.status != 429 || signal.breach != LimitSignal::Breach::kNone);
  CheckBody(response);
  CheckError(response);
}

}  // namespace
}  // namespace clambake
