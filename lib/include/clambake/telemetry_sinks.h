// The sinks that come with the library: logs, Prometheus metrics, OpenTelemetry
// traces. All are thread-safe.
#ifndef CLAMBAKE_TELEMETRY_SINKS_H_
#define CLAMBAKE_TELEMETRY_SINKS_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "clambake/secret.h"
#include "clambake/telemetry.h"

namespace clambake {

struct LogOptions {
  enum class Format { kText, kJson } format = Format::kText;
  Severity minimum = Severity::kInfo;
};

// One event, one line: `write` receives it with its newline, one call at a
// time. Whatever the fields hold, a line stays a line, and cannot steer a terminal.
std::shared_ptr<TelemetrySink> NewLogSink(const LogOptions& options,
                                          std::function<void(std::string_view line)> write);

// Metrics in memory, as Prometheus reads them. A metric has at most 1,000
// series: what comes beyond is counted in clambake_series_dropped_total.
class PrometheusMetrics : public TelemetrySink {
 public:
  // The text exposition (version 0.0.4), metrics and series in stable order.
  // A service that links the library answers its scrapes with it.
  [[nodiscard]] virtual std::string Exposition() const = 0;

  // For one-shot runs under node_exporter's textfile collector: adds the
  // counters and histograms to those of `path` and replaces the gauges, all in
  // one atomic rename; runs at the same time wait for each other (`path`.lock).
  // Call once, at the end of a run. InvalidArgument: `path` holds something
  // else, which is left alone. Unavailable: it cannot be written.
  [[nodiscard]] virtual absl::Status AddToTextfile(const std::string& path) const = 0;
};
std::shared_ptr<PrometheusMetrics> NewPrometheusMetrics();

// Where traces go, as the OTEL_… variables say.
struct OtlpOptions {
  std::string url;                                      // of the traces: "http://localhost:4318/v1/traces"
  std::vector<std::pair<std::string, Secret>> headers;  // often a credential
  std::vector<std::pair<std::string, std::string>> resource;  // "service.name" and more
  absl::Duration timeout = absl::Seconds(10);
  std::size_t max_spans = 10'000;  // between two flushes; what comes beyond is counted and dropped
};

// Reads OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, OTEL_EXPORTER_OTLP_ENDPOINT,
// …_HEADERS, …_TIMEOUT, …_PROTOCOL (http/json alone), OTEL_SERVICE_NAME,
// OTEL_RESOURCE_ATTRIBUTES, OTEL_TRACES_EXPORTER and OTEL_SDK_DISABLED through
// `lookup` (unset: nullopt). Nothing configured: no value. InvalidArgument:
// variable and expectation, without the value of a header.
absl::StatusOr<std::optional<OtlpOptions>> ReadOtlpOptions(
    const std::function<std::optional<std::string>(std::string_view variable)>& lookup);

struct OtlpRequest {
  std::string url;
  std::vector<std::pair<std::string, Secret>> headers;  // Content-Type included
  std::string body;
  absl::Duration timeout;
};
// Sends one POST. OK on a 2xx answer; an error is reported by Flush.
using OtlpTransport = std::function<absl::Status(const OtlpRequest& request)>;

class OtlpSink : public TelemetrySink {
 public:
  // Sends what has ended since the last flush, on the calling thread, once:
  // observing must not hold up the work. Spans that could not be sent are dropped.
  virtual absl::Status Flush() = 0;
};
std::shared_ptr<OtlpSink> NewOtlpSink(OtlpOptions options, OtlpTransport transport);

// The body of an OTLP/HTTP JSON request. Equal spans, equal bytes.
std::string EncodeOtlpTraces(const std::vector<std::pair<std::string, std::string>>& resource,
                             absl::Span<const FinishedSpan> spans);

}  // namespace clambake

#endif  // CLAMBAKE_TELEMETRY_SINKS_H_
