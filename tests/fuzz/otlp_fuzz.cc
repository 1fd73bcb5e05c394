// Spans as OTLP/HTTP JSON, read back by another parser; and the settings, one
// "NAME=value" a line.
#include <bit>
#include <map>

#include "base/safe_text.h"
#include "clambake/telemetry_sinks.h"
#include "fmt/format.h"
#include "nlohmann/json.hpp"
#include "tests/fuzz/fuzz.h"

namespace clambake {
namespace {

using nlohmann::json;

FinishedSpan MakeSpan(fuzz::Input& input) {
  FinishedSpan span;
  span.context = {input.Word(), input.Word(), input.Word()};
  span.parent = input.Byte() % 2 == 0 ? 0 : input.Word();
  span.start = absl::FromUnixNanos(static_cast<std::int64_t>(input.Word()));
  span.duration = absl::Nanoseconds(static_cast<std::int64_t>(input.Word() >> 2U));
  span.fields.emplace_back("number", static_cast<std::int64_t>(input.Word()));
  span.fields.emplace_back("real", std::bit_cast<double>(input.Word()));
  span.fields.emplace_back("flag", input.Byte() % 2 == 0);
  span.name = input.Line();
  if (const std::string error = input.Line(); !error.empty()) span.status = absl::UnavailableError(error);
  while (!input.empty()) {
    const std::string key = input.Line();
    span.fields.emplace_back(key, input.Line());
  }
  return span;
}

void CheckValue(const json& value, const FieldValue& field) {
  FUZZ_CHECK(value.size() == 1);
  if (const auto* number = std::get_if<std::int64_t>(&field)) {
    FUZZ_CHECK(value["intValue"] == fmt::format("{}", *number));
  } else if (const auto* real = std::get_if<double>(&field)) {
    const bool finite = value.contains("doubleValue");
    FUZZ_CHECK(finite ? value["doubleValue"].get<double>() == *real : value.contains("stringValue"));
    FUZZ_CHECK(finite == (*real - *real == 0));
  } else if (const auto* flag = std::get_if<bool>(&field)) {
    FUZZ_CHECK(value["boolValue"] == *flag);
  } else {
    FUZZ_CHECK(value["stringValue"] == SafeText(std::get<std::string>(field), 4'000));
  }
}

void CheckSpan(std::string_view text) {
  fuzz::Input input(text);
  const FinishedSpan span = MakeSpan(input);
  const json body = json::parse(EncodeOtlpTraces({{"service.name", span.name}}, {&span, 1}), nullptr, false);
  FUZZ_CHECK(!body.is_discarded());
  const json& resource = body["resourceSpans"][0];
  FUZZ_CHECK(resource["resource"]["attributes"][0]["value"]["stringValue"] == SafeText(span.name, 4'000));
  const json& found = resource["scopeSpans"][0]["spans"][0];
  FUZZ_CHECK(found["traceId"] ==
             fmt::format("{:016x}{:016x}", span.context.trace_high, span.context.trace_low));
  FUZZ_CHECK(found["spanId"] == fmt::format("{:016x}", span.context.span));
  FUZZ_CHECK(found.contains("parentSpanId") == (span.parent != 0));
  FUZZ_CHECK(found["name"] == SafeText(span.name, 200));
  FUZZ_CHECK(found["startTimeUnixNano"] == fmt::format("{}", absl::ToUnixNanos(span.start)));
  FUZZ_CHECK(found["status"].contains("code") == !span.status.ok());
  FUZZ_CHECK(found["attributes"].size() == span.fields.size());
  for (std::size_t i = 0; i < span.fields.size(); ++i) {
    FUZZ_CHECK(found["attributes"][i]["key"] == SafeText(span.fields[i].key, 200));
    CheckValue(found["attributes"][i]["value"], span.fields[i].value);
  }
}

// A bad setting is refused by name; no credential is shown or sent in the clear.
void CheckSettings(std::string_view text) {
  std::map<std::string, std::string, std::less<>> values = {
      {"OTEL_EXPORTER_OTLP_HEADERS", "authorization=sesame"}};
  for (fuzz::Input lines(text); !lines.empty();) {
    const std::string line = lines.Line();
    const std::size_t equals = std::min(line.find('='), line.size());
    values.emplace(line.substr(0, equals), line.substr(std::min(equals + 1, line.size())));
  }
  const auto options = ReadOtlpOptions([&](std::string_view name) -> std::optional<std::string> {
    const auto found = values.find(name);
    if (found == values.end()) return std::nullopt;
    return found->second;
  });
  fuzz::CheckCode(options.status(), {absl::StatusCode::kInvalidArgument});
  FUZZ_CHECK(fuzz::IsShowable(fuzz::Message(options.status()), 300));
  FUZZ_CHECK(fuzz::Message(options.status()).find("sesame") == std::string_view::npos);
  if (!options.ok()) FUZZ_CHECK(fuzz::Message(options.status()).substr(0, 5) == "OTEL_");
  if (!options.ok() || !*options) return;
  FUZZ_CHECK((*options)->url.substr(0, 8) == "https://" || (*options)->headers.empty() ||
             (*options)->url.find("localhost") == 7 || (*options)->url.find("127.0.0.1") == 7 ||
             (*options)->url.find("[::1]") == 7);
  FUZZ_CHECK((*options)->timeout > absl::ZeroDuration() && (*options)->timeout <= absl::Minutes(10));
  for (const auto& [key, value] : (*options)->headers) {
    FUZZ_CHECK(fuzz::IsShowable(key, text.size() + 20) && key.find('\n') == std::string::npos);
    FUZZ_CHECK(value.Reveal().find_first_of("\r\n") == std::string_view::npos);
  }
}

FUZZ_TARGET(input) {
  CheckSpan(input);
  CheckSettings(input);
}

}  // namespace
}  // namespace clambake
