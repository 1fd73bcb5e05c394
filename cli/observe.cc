#include "cli/observe.h"

#include <cstdio>
#include <cstdlib>
#include <optional>
#include <utility>

#include "clambake/clock.h"
#include "clambake/factory.h"
#include "clambake/observations.h"
#include "clambake/telemetry_sinks.h"
#include "cli/messages.h"
#include "cli/state_access.h"
#include "fmt/format.h"

namespace clambake::cli {

// The sinks that were asked for, and a count for the proof.
struct Sinks {
  std::shared_ptr<TelemetrySink> log;
  std::shared_ptr<PrometheusMetrics> metrics;
  std::shared_ptr<OtlpSink> traces;
  std::shared_ptr<ComponentCounter> executor = NewComponentCounter(Component::kExecutor);

  [[nodiscard]] bool any() const { return log != nullptr || metrics != nullptr || traces != nullptr; }
};

namespace {

std::optional<std::string> Lookup(std::string_view variable) {
  const char* const value = std::getenv(std::string(variable).c_str());
  if (value == nullptr) return std::nullopt;
  return value;
}

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
  absl::StatusOr<std::optional<OtlpOptions>> options = ReadOtlpOptions(Lookup);
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
  options.sinks.push_back(sinks.executor);
  return Telemetry(std::move(options));
}

// What left the process, as far as the executor is concerned.
ObservedRun Deliver(const Globals& globals, const Sinks& sinks) {
  ObservedRun run = sinks.executor->Count();
  if (sinks.metrics != nullptr) {
    const absl::Status written = sinks.metrics->AddToTextfile(globals.metrics);
    if (written.ok()) run.samples_exported = run.samples;
    if (!written.ok()) Warn(globals, fmt::format("--metrics: {}", std::string(written.message())));
  }
  if (sinks.traces != nullptr) {
    const absl::Status sent = sinks.traces->Flush();
    if (sent.ok()) run.spans_exported = run.spans;
    if (!sent.ok()) Warn(globals, fmt::format("traces were not sent: {}", std::string(sent.message())));
  }
  return run;
}

bool IsReadOnly(const Globals& globals) {
  const absl::StatusOr<FeatureFlags> flags = ReadFlags(globals);
  return !flags.ok() || flags->write_mode() == WriteMode::kReadOnly;
}

void CountStart(const Telemetry& telemetry, const Globals& globals) {
  telemetry.Set(metrics::kReadOnly, {}, IsReadOnly(globals) ? 1 : 0);
  telemetry.Set(metrics::kBuildInfo, {{"version", Version()}}, 1);
}

// A success criterion of the migration reads this: see clambake/observations.h.
void KeepProof(const Globals& globals, ObservedRun run) {
  if (run.spans == 0 || globals.repo.empty() || IsReadOnly(globals)) return;
  const std::unique_ptr<Clock> clock = NewSystemClock();
  const absl::StatusOr<std::unique_ptr<StateStore>> store = OpenState(globals, *clock, IfMissing::kFail);
  absl::Status kept = store.status();
  if (store.ok()) kept = KeepObservedRun(**store, globals.repo, std::move(run));
  if (!kept.ok()) {
    Warn(globals, fmt::format("that this run was observed is not recorded: {}", std::string(kept.message())));
  }
}

}  // namespace

Observation::Observation(Globals& globals) : globals_(globals) {}
Observation::~Observation() = default;

void Observation::Start(const std::string& command) {
  auto sinks = std::make_unique<Sinks>(MakeSinks(globals_));
  if (!sinks->any()) return;
  sinks_ = std::move(sinks);
  command_ = command;
  const Telemetry telemetry = MakeTelemetry(*sinks_);
  CountStart(telemetry, globals_);
  span_ = telemetry.StartSpan(fmt::format("clambake {}", command));
  span_.Log(Severity::kDebug, "command.started", {{"command", command}});
  globals_.observer = {telemetry, &span_, std::make_shared<CurrentSpan>()};
}

void Observation::Finish(ExitCode result) {
  if (sinks_ == nullptr) return;
  span_.AddField({"exit_code", static_cast<int>(result)});
  if (result >= kUsage && result != kInconclusive) span_.SetStatus(absl::UnknownError("the command failed"));
  span_.Log(Severity::kInfo, "command.ended",
            {{"command", command_}, {"exit_code", static_cast<int>(result)}});
  span_.End();
  globals_.observer = {};
  KeepProof(globals_, Deliver(globals_, *std::exchange(sinks_, nullptr)));
}

}  // namespace clambake::cli
