#include <map>
#include <string>

#include "clambake/telemetry_sinks.h"
#include "rapidjson/document.h"
#include "tests/support/catch.h"
#include "tests/telemetry/recorded.h"

using namespace clambake;

namespace {

absl::StatusOr<std::optional<OtlpOptions>> Read(const std::map<std::string, std::string>& environment) {
  return ReadOtlpOptions([&](std::string_view name) -> std::optional<std::string> {
    const auto found = environment.find(std::string(name));
    if (found == environment.end()) return std::nullopt;
    return found->second;
  });
}

}  // namespace

TEST_CASE("Spans become OTLP JSON: hex ids, nanoseconds and integers as strings") {
  Recorded recorded;
  {
    Span run = recorded.telemetry.StartSpan("run", {{"issues", 12}, {"readonly", true}, {"ratio", 0.5}});
    recorded.clock->Sleep(absl::Milliseconds(250));
    run.SetStatus(absl::UnavailableError("GitHub\ndid not answer"));
  }
  const std::string body = EncodeOtlpTraces({{"service.name", "clambake"}}, recorded.sink->spans);
  CHECK(
      body.find(R"("resource":{"attributes":[{"key":"service.name","value":{"stringValue":"clambake"}}]})") !=
      std::string::npos);
  const std::string span =
      R"({"traceId":"00000000000000010000000000000002","spanId":"0000000000000003","name":"run","kind":1,)"
      R"("startTimeUnixNano":"1767323045000000000","endTimeUnixNano":"1767323045250000000",)"
      R"("attributes":[{"key":"issues","value":{"intValue":"12"}},{"key":"readonly","value":{"boolValue":true}},)"
      R"({"key":"ratio","value":{"doubleValue":0.5}}],"status":{"code":2,"message":"GitHub did not answer"}})";
  CHECK(body.find(span) != std::string::npos);
  rapidjson::Document json;
  json.Parse(body);
  CHECK_FALSE(json.HasParseError());
}

TEST_CASE("A flush sends each span once, children with their parent's id") {
  Recorded recorded;
  int posts = 0;
  std::string body;
  const auto sink = NewOtlpSink({.url = "http://localhost:4318/v1/traces"}, [&](const OtlpRequest& request) {
    ++posts;
    body = request.body;
    CHECK(request.url == "http://localhost:4318/v1/traces");
    CHECK(request.headers.back().first == "Content-Type");
    CHECK(request.headers.back().second.Reveal() == "application/json");
    return absl::OkStatus();
  });
  const Telemetry telemetry({recorded.clock, NewSequentialIds(1), {sink}});
  {
    const Span run = telemetry.StartSpan("run");
    const Span plan = run.StartChild("plan");
  }
  CHECK(sink->Flush().ok());
  CHECK(body.find(R"("parentSpanId":"0000000000000003")") != std::string::npos);
  CHECK(sink->Flush().ok());
  CHECK(posts == 1);
}

TEST_CASE("A collector that fails costs the spans, not the memory") {
  Recorded recorded;
  int posts = 0;
  const auto sink = NewOtlpSink({.url = "http://localhost/x", .max_spans = 2}, [&](const OtlpRequest&) {
    return ++posts == 1 ? absl::UnavailableError("down") : absl::OkStatus();
  });
  const Telemetry telemetry({recorded.clock, NewSequentialIds(1), {sink}});
  telemetry.StartSpan("lost").End();
  CHECK(sink->Flush().code() == absl::StatusCode::kUnavailable);
  CHECK(sink->Flush().ok());
  CHECK(posts == 1);
  for (int i = 0; i < 5; ++i) telemetry.StartSpan("many").End();
  const absl::Status flushed = sink->Flush();
  CHECK(flushed.code() == absl::StatusCode::kResourceExhausted);
  CHECK(std::string(flushed.message()).starts_with("3 spans were dropped"));
}

TEST_CASE("Without an endpoint, or switched off, nothing is sent") {
  CHECK_FALSE(Read({})->has_value());
  CHECK_FALSE(Read({{"OTEL_EXPORTER_OTLP_ENDPOINT", ""}})->has_value());
  CHECK_FALSE(Read({{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:4318"}, {"OTEL_SDK_DISABLED", "TRUE"}})
                  ->has_value());
  CHECK_FALSE(
      Read({{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:4318"}, {"OTEL_TRACES_EXPORTER", "none"}})
          ->has_value());
}

TEST_CASE("The endpoint gets the path of the signal, the signal's own endpoint is taken as it is") {
  CHECK((*Read({{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:4318"}}))->url ==
        "http://localhost:4318/v1/traces");
  CHECK((*Read({{"OTEL_EXPORTER_OTLP_ENDPOINT", "https://otel.example/base/"}}))->url ==
        "https://otel.example/base/v1/traces");
  CHECK((*Read({{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:1"},
                {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://localhost:2/t"}}))
            ->url == "http://localhost:2/t");
}

TEST_CASE("Headers, timeout, service name and resource are read as the standard says") {
  const auto options = Read({{"OTEL_EXPORTER_OTLP_ENDPOINT", "https://otel.example"},
                             {"OTEL_EXPORTER_OTLP_HEADERS", " authorization=Bearer%20abc , x=1"},
                             {"OTEL_EXPORTER_OTLP_TIMEOUT", "250"},
                             {"OTEL_SERVICE_NAME", "fleet"},
                             {"OTEL_RESOURCE_ATTRIBUTES", "service.name=other,deployment.environment=ci"}});
  REQUIRE(options.ok());
  const OtlpOptions& read = **options;
  REQUIRE(read.headers.size() == 2);
  CHECK(read.headers[0].first == "authorization");
  CHECK(read.headers[0].second.Reveal() == "Bearer abc");
  CHECK(read.timeout == absl::Milliseconds(250));
  CHECK(read.resource[0] == std::pair<std::string, std::string>("service.name", "fleet"));
  CHECK(read.resource[1].second == "ci");
}

TEST_CASE("A bad variable is named, and a header's value is never repeated") {
  const std::string endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
  const std::vector<std::pair<std::string, std::map<std::string, std::string>>> cases = {
      {endpoint, {{endpoint, "localhost:4318"}}},
      {endpoint, {{endpoint, "https://user:planted@host"}}},
      {"OTEL_EXPORTER_OTLP_PROTOCOL",
       {{endpoint, "http://localhost"}, {"OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"}}},
      {"OTEL_EXPORTER_OTLP_TIMEOUT", {{endpoint, "http://localhost"}, {"OTEL_EXPORTER_OTLP_TIMEOUT", "1s"}}},
      {"OTEL_EXPORTER_OTLP_HEADERS",
       {{endpoint, "http://localhost"}, {"OTEL_EXPORTER_OTLP_HEADERS", "planted"}}},
      {"OTEL_EXPORTER_OTLP_HEADERS",
       {{endpoint, "http://localhost"}, {"OTEL_EXPORTER_OTLP_HEADERS", "a=planted%0d%0aevil: 1"}}},
      {"OTEL_EXPORTER_OTLP_HEADERS",
       {{endpoint, "http://collector:4318"}, {"OTEL_EXPORTER_OTLP_HEADERS", "authorization=planted"}}},
      {"OTEL_EXPORTER_OTLP_HEADERS",
       {{endpoint, "http://localhost.evil.example"},
        {"OTEL_EXPORTER_OTLP_HEADERS", "authorization=planted"}}},
  };
  for (const auto& [variable, environment] : cases) {
    const auto options = Read(environment);
    REQUIRE(options.status().code() == absl::StatusCode::kInvalidArgument);
    const std::string message(options.status().message());
    INFO(message);
    CHECK(message.starts_with(variable));
    CHECK(message.find("planted") == std::string::npos);
  }
}
