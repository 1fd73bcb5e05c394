#include "cli/observe.h"

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>

#include "clambake/clock.h"
#include "clambake/factory.h"
#include "clambake/telemetry_sinks.h"
#include "cli/messages.h"
#include "fmt/format.h"

namespace clambake::cli {
namespace {

std::optional<std::string> Environment(std::string_view variable) {
  const char* const value = std::getenv(std::string(variable).c_str());
  if (value == nullptr) return std::nullopt;
  return value;
}

// The sinks that were asked for; none of them: nothing is observed.
struct Sinks {
  std::shared_ptr<TelemetrySink> log;
  std::shared_ptr<PrometheusMetrics> metrics;
  std::shared_ptr<OtlpSink> traces;
};

Sinks MakeSinks(const Globals& globals) {
  Sinks sinks;
  if (!globals.log.empty()) {
    LogOptions options;
    if (globals.log == "json") options.format = LogOptions::Format::kJson;
    if (globals.verbose) options.minimum = Severity::kDebug;
    sinks.log =
        NewLogSink(options, [](std::string_view line) { std::fwrite(line.data(), 1, line.size(), stderr); });
  }
  if (!globals.metrics.empty()) sinks.metrics = NewPrometheusMetrics();
  absl::StatusOr<std::optional<OtlpOptions>> options = ReadOtlpOptions(Environment);
  if (!options.ok()) {
    Warn(globals, fmt::format("no traces are sent: {}", std::string(options.status().message())));
  } else if (options->has_value()) {
    sinks.traces = NewOtlpSink(**std::move(options), NewOtlpTransport());
  }
  return sinks;
}

Telemetry MakeTelemetry(const Sinks& sinks) {
  Telemetry::Options options{NewSystemClock(), NewRandomIds(), {}};
  if (sinks.log != nullptr) options.sinks.push_back(sinks.log);
  if (sinks.metrics != nullptr) options.sinks.push_back(sinks.metrics);
  if (sinks.traces != nullptr) options.sinks.push_back(sinks.traces);
  return Telemetry(std::move(options));
}

void Deliver(const Globals& globals, const Sinks& sinks) {
  if (sinks.metrics != nullptr) {
    const absl::Status written = sinks.metrics->AddToTextfile(globals.metrics);
    if (!written.ok()) Warn(globals, fmt::format("--metrics: {}", std::string(written.message())));
  }
  if (sinks.traces != nullptr) {
    const absl::Status sent = sinks.traces->Flush();
    if (!sent.ok()) Warn(globals, fmt::format("traces were not sent: {}", std::string(sent.message())));
  }
}

void CountStart(const Telemetry& telemetry, const Globals& globals) {
  const absl::StatusOr<FeatureFlags> flags = ReadFlags(globals);
  const bool readonly = !flags.ok() || flags->write_mode() == WriteMode::kReadOnly;
  telemetry.Set(metrics::kReadOnly, {}, readonly ? 1 : 0);
  telemetry.Set(metrics::kBuildInfo, {{"version", Version()}}, 1);
}

}  // namespace

ExitCode Observe(const Globals& globals, std::string_view command,
                 const std::function<ExitCode(const Observer& observer)>& run) {
  const Sinks sinks = MakeSinks(globals);
  const Telemetry telemetry = MakeTelemetry(sinks);
  if (telemetry.enabled()) CountStart(telemetry, globals);
  Span span = telemetry.StartSpan(fmt::format("clambake {}", command));
  span.Log(Severity::kDebug, "command.started", {{"command", command}});
  const ExitCode result = run({telemetry, &span});
  span.AddField({"exit_code", static_cast<int>(result)});
  if (result >= kUsage && result != kInconclusive) span.SetStatus(absl::UnknownError("the command failed"));
  span.Log(Severity::kInfo, "command.ended", {{"command", command}, {"exit_code", static_cast<int>(result)}});
  span.End();
  Deliver(globals, sinks);
  return result;
}

}  // namespace clambake::cli
