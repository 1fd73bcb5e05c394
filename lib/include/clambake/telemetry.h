// The seam for observation: events, metrics and spans go in, sinks take them
// out. Nothing here is global; a default Telemetry observes nothing.
//
//   Telemetry telemetry({.clock = clock, .ids = ids, .sinks = {NewLogSink(…)}});
//   Span run = telemetry.StartSpan("run");
//   Span plan = run.StartChild("plan", {{"planner", "v2"}});
//   plan.Log(Severity::kInfo, "plan.made", {{"issues", 120}});
//   telemetry.Count(metrics::kDecisions, {{"component", "planner"}, …});
//
// Every span of one run carries the run's trace id, and so does each event
// logged through a span: that is the correlation id. A Secret given as a field
// is never written: its bytes do not even reach a sink.
#ifndef CLAMBAKE_TELEMETRY_H_
#define CLAMBAKE_TELEMETRY_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "clambake/clock.h"
#include "clambake/secret.h"

namespace clambake {

enum class Severity { kDebug, kInfo, kWarning, kError };
std::string_view Name(Severity severity);  // "debug" "info" "warning" "error"

using FieldValue = std::variant<bool, std::int64_t, double, std::string>;

// A named value of an event or a span. Texts may come from outside: sinks
// escape them.
struct Field {
  template <typename T>
  requires std::is_integral_v<T> Field(std::string_view k, T v) : key(k) {
    if constexpr (std::is_same_v<T, bool>) {
      value = v;
    } else {
      value = static_cast<std::int64_t>(v);
    }
  }
  Field(std::string_view k, double v) : key(k), value(v) {}
  Field(std::string_view k, std::string_view v) : key(k), value(std::string(v)) {}
  Field(std::string_view k, const char* v) : key(k), value(std::string(v)) {}
  Field(std::string_view k, const std::string& v) : key(k), value(v) {}
  Field(std::string_view k, absl::Duration v) : key(k), value(absl::ToDoubleSeconds(v)) {}  // seconds
  Field(std::string_view k, const Secret& /*v*/) : key(k), value(std::string("[secret]")) {}

  std::string key;
  FieldValue value;
};

// Which span of which run; all zero: none.
struct SpanContext {
  std::uint64_t trace_high = 0;
  std::uint64_t trace_low = 0;
  std::uint64_t span = 0;
};
// `text` with the query of every URL cut off: "https://h/p?…". A query can carry
// a credential, and messages of errors name URLs.
std::string WithoutQueries(std::string_view text);

std::string TraceId(const SpanContext& context);  // 32 hex digits
std::string SpanId(const SpanContext& context);   // 16 hex digits

struct Event {
  absl::Time time;
  Severity severity = Severity::kInfo;
  std::string_view name;  // "plan.made": what happened, never data from outside
  absl::Span<const Field> fields;
  SpanContext context;
};

struct FinishedSpan {
  SpanContext context;
  std::uint64_t parent = 0;                                       // span id; 0: the root
  enum class Kind { kInternal, kClient } kind = Kind::kInternal;  // client: a request to another process
  std::string name;
  absl::Time start;
  absl::Duration duration;
  std::vector<Field> fields;
  absl::Status status;
};

// A metric is declared once, as a constant; names follow Prometheus.
struct Metric {
  enum class Kind { kCounter, kGauge, kHistogram } kind;
  std::string_view name;
  std::string_view help;
};

struct Label {
  std::string_view key;
  std::string_view value;  // one of few: never an issue number, a title, a path
};

struct Sample {
  const Metric* metric = nullptr;
  absl::Span<const Label> labels;
  double value = 0;  // counter: the increase; gauge: the value; histogram: the observation
};

// Where observations go. Thread-safe: called from any thread, at once, and must
// not block for long. What it is given lives only during the call.
class TelemetrySink {
 public:
  virtual ~TelemetrySink() = default;
  virtual void OnEvent(const Event& /*event*/) {}
  virtual void OnSample(const Sample& /*sample*/) {}
  virtual void OnSpan(const FinishedSpan& /*span*/) {}
};

// Makes trace and span ids. Thread-safe.
class IdSource {
 public:
  virtual ~IdSource() = default;
  virtual std::uint64_t Next() = 0;  // never 0, practically never twice
};
std::shared_ptr<IdSource> NewRandomIds();                         // seeded by the machine
std::shared_ptr<IdSource> NewSequentialIds(std::uint64_t first);  // for tests and simulations

class Span;

// Thread-safe; cheap to copy, copies share sinks, clock and ids.
class Telemetry {
 public:
  struct Options {
    std::shared_ptr<Clock> clock;
    std::shared_ptr<IdSource> ids;
    std::vector<std::shared_ptr<TelemetrySink>> sinks;
  };

  Telemetry() = default;                // observes nothing, and costs next to nothing
  explicit Telemetry(Options options);  // clock and ids are required

  [[nodiscard]] bool enabled() const { return shared_ != nullptr; }

  // The root of a trace: a run.
  [[nodiscard]] Span StartSpan(std::string_view name, absl::Span<const Field> fields = {}) const;

  void Log(Severity severity, std::string_view event, absl::Span<const Field> fields = {}) const;
  void Count(const Metric& counter, absl::Span<const Label> labels = {}, std::int64_t by = 1) const;
  void Set(const Metric& gauge, absl::Span<const Label> labels, double value) const;
  void Observe(const Metric& histogram, absl::Span<const Label> labels, absl::Duration value) const;

 private:
  friend class Span;
  friend class Stopwatch;
  void Emit(const Sample& sample) const;
  void LogIn(const SpanContext& context, Severity severity, std::string_view event,
             absl::Span<const Field> fields) const;

  std::shared_ptr<const Options> shared_;
};

// Work in progress; ends when it goes, or by End. Movable; thread-compatible.
// StartChild and Log may be called from several threads at once.
class Span {
 public:
  Span() = default;  // observes nothing
  Span(Span&& other) noexcept;
  Span& operator=(Span&& other) noexcept;
  Span(const Span&) = delete;
  Span& operator=(const Span&) = delete;
  ~Span() { End(); }

  [[nodiscard]] Span StartChild(std::string_view name, absl::Span<const Field> fields = {}) const;
  void Log(Severity severity, std::string_view event, absl::Span<const Field> fields = {}) const;
  void AddField(Field field);
  void SetStatus(absl::Status status);  // not OK: the span failed; queries of URLs in its message are cut
  void SetKind(FinishedSpan::Kind kind);
  void End();                     // the second call does nothing
  void End(absl::Duration took);  // the same, for work that ended a while ago

  [[nodiscard]] const SpanContext& context() const { return record_.context; }

 private:
  friend class Telemetry;
  Span(Telemetry telemetry, SpanContext context, std::uint64_t parent, std::string_view name,
       absl::Span<const Field> fields);

  Telemetry telemetry_;  // enabled while the span runs
  FinishedSpan record_;
  absl::Duration started_;
};

// Time that passes on the clock of a Telemetry; zero if it observes nothing.
class Stopwatch {
 public:
  explicit Stopwatch(const Telemetry& telemetry);  // not owned, outlives the object
  [[nodiscard]] absl::Duration Elapsed() const;

 private:
  const Telemetry& telemetry_;
  absl::Duration started_;
};

// The names that dashboards and alerts rely on.
namespace metrics {
inline constexpr Metric kDecisions{Metric::Kind::kCounter, "clambake_decisions_total",
                                   "Generations chosen, by component, generation and reason."};
inline constexpr Metric kCallDuration{Metric::Kind::kHistogram, "clambake_call_duration_seconds",
                                      "Duration of calls, by component and generation."};
inline constexpr Metric kCallErrors{Metric::Kind::kCounter, "clambake_call_errors_total",
                                    "Failed calls, by component, generation and kind."};
inline constexpr Metric kShadowComparisons{Metric::Kind::kCounter, "clambake_shadow_comparisons_total",
                                           "Shadow comparisons, by component and outcome."};
inline constexpr Metric kFallbacks{Metric::Kind::kCounter, "clambake_fallbacks_total",
                                   "Calls that legacy served because v2 failed, by component."};
inline constexpr Metric kRolloutStep{Metric::Kind::kGauge, "clambake_rollout_step",
                                     "Step of the rollout from 1, by component; 0: none in progress."};
inline constexpr Metric kRollbacks{Metric::Kind::kCounter, "clambake_rollbacks_total",
                                   "Rollbacks, by component and trigger."};
inline constexpr Metric kManualQueue{Metric::Kind::kGauge, "clambake_manual_queue",
                                     "Operations that wait for a person."};
inline constexpr Metric kReadOnly{Metric::Kind::kGauge, "clambake_readonly", "1 if nothing may be written."};
inline constexpr Metric kHttpDuration{Metric::Kind::kHistogram, "clambake_http_request_duration_seconds",
                                      "Duration of HTTP requests, by method and status."};
inline constexpr Metric kBuildInfo{Metric::Kind::kGauge, "clambake_build_info", "Always 1, by version."};
}  // namespace metrics

}  // namespace clambake

#endif  // CLAMBAKE_TELEMETRY_H_
