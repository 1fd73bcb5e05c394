// One event, one line.
#include <mutex>
#include <utility>

#include "base/json_writer.h"
#include "base/safe_text.h"
#include "clambake/telemetry_sinks.h"
#include "fmt/format.h"

namespace clambake {
namespace {

constexpr std::size_t kMaxText = 4'000;  // code points of one field

std::string Stamp(absl::Time time) {
  return std::string(absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", time, absl::UTCTimeZone()));
}

bool NeedsQuotes(std::string_view text) {
  return text.empty() || text.find_first_of(" \"\\=") != std::string_view::npos;
}

std::string Quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

struct TextValue {
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(std::int64_t value) const { return fmt::format("{}", value); }
  std::string operator()(double value) const { return fmt::format("{}", value); }
  std::string operator()(const std::string& value) const {
    const std::string safe = SafeText(value, kMaxText);
    return NeedsQuotes(safe) ? Quoted(safe) : safe;
  }
};

struct JsonValue {
  JsonWriter& json;

  void operator()(bool value) const { json.Value(value); }
  void operator()(std::int64_t value) const { json.Value(value); }
  void operator()(double value) const { WriteNumber(json, value); }
  void operator()(const std::string& value) const { json.Value(SafeText(value, kMaxText)); }

  static void WriteNumber(JsonWriter& out, double value) {
    const std::string digits = fmt::format("{}", value);
    // Infinity and NaN have no spelling in JSON.
    if (digits.find_first_of("0123456789") == std::string::npos) return out.Value(digits);
    out.Number(digits);
  }
};

std::string TextLine(const Event& event) {
  std::string line = fmt::format("{} {:<7} {}", Stamp(event.time), Name(event.severity), event.name);
  for (const Field& field : event.fields) {
    line += fmt::format(" {}={}", SafeText(field.key, 100), std::visit(TextValue{}, field.value));
  }
  if (event.context.span != 0) {
    line += fmt::format(" trace={} span={}", TraceId(event.context), SpanId(event.context));
  }
  return line + "\n";
}

std::string JsonLine(const Event& event) {
  JsonWriter json;
  json.Object([&] {
    json.Member("time", Stamp(event.time));
    json.Member("level", Name(event.severity));
    json.Member("event", event.name);
    if (event.context.span != 0) {
      json.Member("trace_id", TraceId(event.context));
      json.Member("span_id", SpanId(event.context));
    }
    json.Key("fields");
    json.Object([&] {
      for (const Field& field : event.fields) {
        json.Key(SafeText(field.key, 100));
        std::visit(JsonValue{json}, field.value);
      }
    });
  });
  return json.Take() + "\n";
}

class LogSink : public TelemetrySink {
 public:
  LogSink(const LogOptions& options, std::function<void(std::string_view)> write)
      : options_(options), write_(std::move(write)) {}

  void OnEvent(const Event& event) override {
    if (event.severity < options_.minimum) return;
    const std::string line = options_.format == LogOptions::Format::kJson ? JsonLine(event) : TextLine(event);
    const std::lock_guard lock(mutex_);
    write_(line);
  }

 private:
  const LogOptions options_;
  std::mutex mutex_;  // guards what follows
  std::function<void(std::string_view)> write_;
};

}  // namespace

std::shared_ptr<TelemetrySink> NewLogSink(const LogOptions& options,
                                          std::function<void(std::string_view line)> write) {
  return std::make_shared<LogSink>(options, std::move(write));
}

}  // namespace clambake
