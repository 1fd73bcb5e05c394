#include "clambake/telemetry.h"

#include <algorithm>
#include <array>
#include <atomic>

#include "fmt/format.h"

namespace clambake {
namespace {

class SequentialIds : public IdSource {
 public:
  explicit SequentialIds(std::uint64_t first) : next_(first == 0 ? 1 : first) {}
  std::uint64_t Next() override { return next_.fetch_add(1, std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> next_;
};

}  // namespace

std::string_view Name(Severity severity) {
  constexpr std::array<std::string_view, 4> kNames = {"debug", "info", "warning", "error"};
  return kNames[static_cast<std::size_t>(severity)];
}

std::string WithoutQueries(std::string_view text) {
  constexpr std::string_view kEnds = " \t\r\n\"'<>)";
  std::string result;
  while (true) {
    const std::size_t scheme = std::min(text.find("://"), text.size());
    const std::size_t end = std::min(text.find_first_of(kEnds, scheme), text.size());
    const std::size_t query = std::min(text.find('?', scheme), end);
    result.append(text, 0, query);
    if (query < end) result += "?…";
    if (end == text.size()) return result;
    result += text[end];
    text.remove_prefix(end + 1);
  }
}

std::string TraceId(const SpanContext& context) {
  return fmt::format("{:016x}{:016x}", context.trace_high, context.trace_low);
}

std::string SpanId(const SpanContext& context) { return fmt::format("{:016x}", context.span); }

std::shared_ptr<IdSource> NewSequentialIds(std::uint64_t first) {
  return std::make_shared<SequentialIds>(first);
}

Telemetry::Telemetry(Options options) {
  if (!options.sinks.empty()) shared_ = std::make_shared<const Options>(std::move(options));
}

Span Telemetry::StartSpan(std::string_view name, absl::Span<const Field> fields) const {
  if (!enabled()) return {};
  IdSource& ids = *shared_->ids;
  const std::uint64_t high = ids.Next();
  const std::uint64_t low = ids.Next();
  return {*this, {high, low, ids.Next()}, 0, name, fields};
}

void Telemetry::Log(Severity severity, std::string_view event, absl::Span<const Field> fields) const {
  LogIn({}, severity, event, fields);
}

void Telemetry::LogIn(const SpanContext& context, Severity severity, std::string_view event,
                      absl::Span<const Field> fields) const {
  if (!enabled()) return;
  const Event record{shared_->clock->Now(), severity, event, fields, context};
  for (const auto& sink : shared_->sinks) sink->OnEvent(record);
}

void Telemetry::Emit(const Sample& sample) const {
  if (!enabled()) return;
  for (const auto& sink : shared_->sinks) sink->OnSample(sample);
}

void Telemetry::Count(const Metric& counter, absl::Span<const Label> labels, std::int64_t by) const {
  Emit({&counter, labels, static_cast<double>(by)});
}

void Telemetry::Set(const Metric& gauge, absl::Span<const Label> labels, double value) const {
  Emit({&gauge, labels, value});
}

void Telemetry::Observe(const Metric& histogram, absl::Span<const Label> labels, absl::Duration value) const {
  Emit({&histogram, labels, absl::ToDoubleSeconds(value)});
}

Span::Span(Telemetry telemetry, SpanContext context, std::uint64_t parent, std::string_view name,
           absl::Span<const Field> fields)
    : telemetry_(std::move(telemetry)) {
  Clock& clock = *telemetry_.shared_->clock;
  record_.context = context;
  record_.parent = parent;
  record_.name = std::string(name);
  record_.start = clock.Now();
  record_.fields = {fields.begin(), fields.end()};
  started_ = clock.Monotonic();
}

Span::Span(Span&& other) noexcept
    : telemetry_(std::exchange(other.telemetry_, {})),
      record_(std::move(other.record_)),
      started_(other.started_) {}

Span& Span::operator=(Span&& other) noexcept {
  if (this == &other) return *this;
  End();
  telemetry_ = std::exchange(other.telemetry_, {});
  record_ = std::move(other.record_);
  started_ = other.started_;
  return *this;
}

Span Span::StartChild(std::string_view name, absl::Span<const Field> fields) const {
  if (!telemetry_.enabled()) return {};
  SpanContext child = record_.context;
  child.span = telemetry_.shared_->ids->Next();
  return {telemetry_, child, record_.context.span, name, fields};
}

void Span::Log(Severity severity, std::string_view event, absl::Span<const Field> fields) const {
  telemetry_.LogIn(record_.context, severity, event, fields);
}

void Span::AddField(Field field) {
  if (telemetry_.enabled()) record_.fields.push_back(std::move(field));
}

void Span::SetStatus(absl::Status status) {
  if (!telemetry_.enabled()) return;
  record_.status =
      status.ok()
          ? std::move(status)
          : absl::Status(status.code(), WithoutQueries({status.message().data(), status.message().size()}));
}

void Span::SetKind(FinishedSpan::Kind kind) { record_.kind = kind; }

void Span::End() {
  if (telemetry_.enabled()) End(telemetry_.shared_->clock->Monotonic() - started_);
}

void Span::End(absl::Duration took) {
  const Telemetry telemetry = std::exchange(telemetry_, {});
  if (!telemetry.enabled()) return;
  record_.duration = took;
  for (const auto& sink : telemetry.shared_->sinks) sink->OnSpan(record_);
}

Stopwatch::Stopwatch(const Telemetry& telemetry) : telemetry_(telemetry) {
  if (telemetry.enabled()) started_ = telemetry.shared_->clock->Monotonic();
}

absl::Duration Stopwatch::Elapsed() const {
  if (!telemetry_.enabled()) return absl::ZeroDuration();
  return telemetry_.shared_->clock->Monotonic() - started_;
}

}  // namespace clambake
