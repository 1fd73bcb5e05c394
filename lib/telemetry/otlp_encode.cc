// The body of an OTLP/HTTP JSON request: ids in hex, 64-bit numbers as strings.
#include "base/json_writer.h"
#include "base/safe_text.h"
#include "clambake/model.h"
#include "clambake/telemetry_sinks.h"
#include "fmt/format.h"

namespace clambake {
namespace {

constexpr std::size_t kMaxText = 4'000;
constexpr int kInternal = 1;  // SpanKind
constexpr int kClient = 3;
constexpr int kError = 2;  // StatusCode

void WriteDouble(JsonWriter& json, double value) {
  const std::string digits = fmt::format("{}", value);
  if (digits.find_first_of("0123456789") == std::string::npos) return json.Member("stringValue", digits);
  json.Key("doubleValue");
  json.Number(digits);
}

struct AnyValue {
  JsonWriter& json;
  void operator()(bool value) const { json.Member("boolValue", value); }
  void operator()(std::int64_t value) const { json.Member("intValue", fmt::format("{}", value)); }
  void operator()(double value) const { WriteDouble(json, value); }
  void operator()(const std::string& value) const { json.Member("stringValue", SafeText(value, kMaxText)); }
};

void WriteAttribute(JsonWriter& json, std::string_view key, const FieldValue& value) {
  json.Object([&] {
    json.Member("key", SafeText(key, 200));
    json.Key("value");
    json.Object([&] { std::visit(AnyValue{json}, value); });
  });
}

void WriteSpan(JsonWriter& json, const FinishedSpan& span) {
  const auto nanos = [](absl::Time time) { return fmt::format("{}", absl::ToUnixNanos(time)); };
  json.Object([&] {
    json.Member("traceId", TraceId(span.context));
    json.Member("spanId", SpanId(span.context));
    if (span.parent != 0) json.Member("parentSpanId", fmt::format("{:016x}", span.parent));
    json.Member("name", SafeText(span.name, 200));
    json.Member("kind", span.kind == FinishedSpan::Kind::kClient ? kClient : kInternal);
    json.Member("startTimeUnixNano", nanos(span.start));
    json.Member("endTimeUnixNano", nanos(span.start + span.duration));
    json.Key("attributes");
    json.Array([&] {
      for (const Field& field : span.fields) WriteAttribute(json, field.key, field.value);
    });
    json.Key("status");
    json.Object([&] {
      if (span.status.ok()) return;
      json.Member("code", kError);
      json.Member("message", SafeText(std::string(span.status.message()), kMaxText));
    });
  });
}

}  // namespace

std::string EncodeOtlpTraces(const std::vector<std::pair<std::string, std::string>>& resource,
                             absl::Span<const FinishedSpan> spans) {
  JsonWriter json;
  const auto write_scope = [&] {
    json.Key("scope");
    json.Object([&] {
      json.Member("name", "clambake");
      json.Member("version", Version());
    });
    json.Key("spans");
    json.Array([&] {
      for (const FinishedSpan& span : spans) WriteSpan(json, span);
    });
  };
  const auto write_resource = [&] {
    json.Key("resource");
    json.Object([&] {
      json.Key("attributes");
      json.Array([&] {
        for (const auto& [key, value] : resource) WriteAttribute(json, key, value);
      });
    });
    json.Key("scopeSpans");
    json.Array([&] { json.Object(write_scope); });
  };
  json.Object([&] {
    json.Key("resourceSpans");
    json.Array([&] { json.Object(write_resource); });
  });
  return json.Take();
}

}  // namespace clambake
