// HTTP, watched. Names of fields are those of OpenTelemetry's conventions.
#include <string>
#include <utility>

#include "clambake/observed.h"
#include "fmt/format.h"
#include "telemetry/call.h"

namespace clambake {
namespace {

// What may be seen of a URL: neither user nor query nor fragment.
struct Place {
  std::string_view host;
  std::string_view path;
};

Place PlaceOf(std::string_view url) {
  if (const std::size_t scheme = url.find("://"); scheme != std::string_view::npos)
    url.remove_prefix(scheme + 3);
  url = url.substr(0, url.find_first_of("?#"));
  const std::size_t slash = url.find('/');
  std::string_view host = url.substr(0, slash);
  if (const std::size_t at = host.rfind('@'); at != std::string_view::npos) host.remove_prefix(at + 1);
  return {host, slash == std::string_view::npos ? std::string_view("/") : url.substr(slash)};
}

class ObservedTransport : public HttpTransport {
 public:
  ObservedTransport(std::unique_ptr<HttpTransport> transport, Observer observer)
      : transport_(std::move(transport)), observer_(std::move(observer)) {}

  std::vector<absl::StatusOr<HttpResponse>> Send(const std::vector<HttpRequest>& requests,
                                                 const HttpLimits& limits) override {
    if (!observer_.telemetry.enabled()) return transport_->Send(requests, limits);
    std::vector<Span> spans;
    spans.reserve(requests.size());
    for (const HttpRequest& request : requests) spans.push_back(Start(request));
    const Stopwatch watch(observer_.telemetry);
    std::vector<absl::StatusOr<HttpResponse>> results = transport_->Send(requests, limits);
    for (std::size_t i = 0; i < spans.size() && i < results.size(); ++i) {
      End(spans[i], requests[i], results[i], watch.Elapsed());
    }
    return results;
  }

 private:
  Span Start(const HttpRequest& request) const {
    Span span = StartBelow(observer_, request.method);
    const Place place = PlaceOf(request.url);
    span.SetKind(FinishedSpan::Kind::kClient);
    span.AddField({"http.request.method", request.method});
    span.AddField({"server.address", place.host});
    span.AddField({"url.path", place.path});
    return span;
  }

  // Requests of a batch start together; each has ended when its transport says.
  void End(Span& span, const HttpRequest& request, const absl::StatusOr<HttpResponse>& result,
           absl::Duration elapsed) const {
    const bool timed = result.ok() && result->took > absl::ZeroDuration();
    const absl::Duration took = timed ? result->took : elapsed;
    const std::string status = result.ok() ? fmt::format("{}", result->status) : "none";
    if (result.ok()) span.AddField({"http.response.status_code", result->status});
    if (!result.ok()) span.AddField({"error.type", absl::StatusCodeToString(result.status().code())});
    if (result.ok() && result->status >= 400) span.AddField({"error.type", status});
    span.SetStatus(result.ok() && result->status >= 400 ? absl::UnknownError(status) : result.status());
    if (result.ok()) AddRequestId(span, *result);
    observer_.telemetry.Observe(metrics::kHttpDuration, {{"method", request.method}, {"status", status}},
                                took);
    span.End(took);
  }

  // By which GitHub's support finds the request.
  static void AddRequestId(Span& span, const HttpResponse& response) {
    const std::string_view id = FindHeader(response.headers, "x-github-request-id");
    if (!id.empty()) span.AddField({"github.request_id", id});
  }

  std::unique_ptr<HttpTransport> transport_;
  Observer observer_;
};

}  // namespace

std::unique_ptr<HttpTransport> NewObservedTransport(std::unique_ptr<HttpTransport> transport,
                                                    Observer observer) {
  return std::make_unique<ObservedTransport>(std::move(transport), std::move(observer));
}

}  // namespace clambake
