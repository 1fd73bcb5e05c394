#include "clambake/telemetry.h"

#include <string>
#include <thread>
#include <vector>

#include "clambake/telemetry_sinks.h"
#include "fmt/format.h"
#include "rapidjson/document.h"
#include "tests/support/catch.h"
#include "tests/telemetry/recorded.h"

using namespace clambake;

TEST_CASE("A default Telemetry observes nothing and is safe to use") {
  const Telemetry telemetry;
  Span span = telemetry.StartSpan("run");
  Span child = span.StartChild("plan");
  child.AddField({"issues", 3});
  child.Log(Severity::kError, "nothing.happens");
  telemetry.Count(metrics::kFallbacks, {{"component", "planner"}});
  CHECK_FALSE(telemetry.enabled());
  CHECK(span.context().span == 0);
}

TEST_CASE("A span carries the trace of its run and its parent's id, and ends once") {
  Recorded recorded;
  {
    Span run = recorded.telemetry.StartSpan("run");
    Span plan = run.StartChild("plan", {{"planner", "v2"}});
    recorded.clock->Sleep(absl::Milliseconds(1500));
    Span moved = std::move(plan);
    plan.End();  // NOLINT(bugprone-use-after-move): what was moved from observes nothing
    moved.SetStatus(absl::AbortedError("the world moved"));
    moved.End();
    moved.End();
  }
  REQUIRE(recorded.sink->spans.size() == 2);
  const FinishedSpan& plan = recorded.sink->spans[0];
  const FinishedSpan& run = recorded.sink->spans[1];
  CHECK(plan.name == "plan");
  CHECK(plan.parent == run.context.span);
  CHECK(run.parent == 0);
  CHECK(TraceId(plan.context) == TraceId(run.context));
  CHECK(plan.duration == absl::Milliseconds(1500));
  CHECK(plan.status.code() == absl::StatusCode::kAborted);
  CHECK(plan.fields.at(0).key == "planner");
}

TEST_CASE("An event logged through a span carries its ids: one beside it carries none") {
  Recorded recorded;
  std::vector<std::string> lines;
  const auto log = NewLogSink({}, [&](std::string_view line) { lines.emplace_back(line); });
  const Telemetry telemetry({recorded.clock, NewSequentialIds(0xabc), {log}});
  const Span span = telemetry.StartSpan("run");
  span.Log(Severity::kInfo, "run.started");
  telemetry.Log(Severity::kWarning, "alone");
  REQUIRE(lines.size() == 2);
  CHECK(lines[0] ==
        "2026-01-02T03:04:05.000Z info    run.started trace=0000000000000abc0000000000000abd "
        "span=0000000000000abe\n");
  CHECK(lines[1] == "2026-01-02T03:04:05.000Z warning alone\n");
}

TEST_CASE("Log lines stay lines, whatever an issue's title holds") {
  Recorded recorded;
  const std::string hostile = "a\n::error::x\r\x1b[2J\xe2\x80\xae\"b\\ \xff";
  for (const auto format : {LogOptions::Format::kText, LogOptions::Format::kJson}) {
    std::string text;
    const auto log = NewLogSink({.format = format}, [&](std::string_view line) { text += line; });
    Telemetry({recorded.clock, NewSequentialIds(1), {log}})
        .Log(Severity::kInfo, "issue.seen", {{"title", hostile}});
    CHECK(std::count(text.begin(), text.end(), '\n') == 1);
    CHECK(text.back() == '\n');
    CHECK(text.find('\x1b') == std::string::npos);
    CHECK(text.find("\xe2\x80\xae") == std::string::npos);
    if (format == LogOptions::Format::kText) continue;
    rapidjson::Document json;
    json.Parse(text);
    REQUIRE_FALSE(json.HasParseError());
    CHECK(std::string(json["fields"]["title"].GetString()).starts_with("a ::error::x"));
  }
}

TEST_CASE("A secret given as a field reaches no sink, in no format") {
  Recorded recorded;
  const Secret token("ghp_planted_token");
  std::string text;
  const auto text_log = NewLogSink({}, [&](std::string_view line) { text += line; });
  const auto json_log =
      NewLogSink({.format = LogOptions::Format::kJson}, [&](std::string_view line) { text += line; });
  OtlpOptions options{.url = "http://localhost/v1/traces"};
  options.headers.emplace_back("authorization", token);
  const auto otlp = NewOtlpSink(options, [&](const OtlpRequest& request) {
    text += request.body;
    return absl::OkStatus();
  });
  const Telemetry telemetry({recorded.clock, NewSequentialIds(1), {text_log, json_log, otlp}});
  Span span = telemetry.StartSpan("run", {{"token", token}});
  span.Log(Severity::kError, "refused", {{"token", token}});
  span.End();
  REQUIRE(otlp->Flush().ok());
  CHECK(text.find("planted") == std::string::npos);
  CHECK(text.find("[secret]") != std::string::npos);
}

TEST_CASE("Events below the minimum are not written") {
  Recorded recorded;
  int lines = 0;
  const auto log = NewLogSink({.minimum = Severity::kWarning}, [&](std::string_view) { ++lines; });
  const Telemetry telemetry({recorded.clock, NewSequentialIds(1), {log}});
  telemetry.Log(Severity::kInfo, "quiet");
  telemetry.Log(Severity::kWarning, "loud");
  CHECK(lines == 1);
}

TEST_CASE("JSON lines keep the types of their fields") {
  Recorded recorded;
  std::string text;
  const auto log =
      NewLogSink({.format = LogOptions::Format::kJson}, [&](std::string_view line) { text += line; });
  Telemetry({recorded.clock, NewSequentialIds(1), {log}}).Log(Severity::kDebug, "unseen");
  Telemetry({recorded.clock, NewSequentialIds(1), {log}})
      .Log(
          Severity::kInfo, "typed",
          {{"n", 7}, {"yes", true}, {"took", absl::Milliseconds(250)}, {"ratio", 1.0 / 0.0}, {"name", "v2"}});
  CHECK(
      text ==
      R"({"time":"2026-01-02T03:04:05.000Z","level":"info","event":"typed","fields":{"n":7,"yes":true,"took":0.25,"ratio":"inf","name":"v2"}})"
      "\n");
}

TEST_CASE("Many threads may observe at once, and nothing is lost") {
  Recorded recorded;
  constexpr int kThreads = 4;
  constexpr int kEach = 500;
  std::string text;
  const auto log = NewLogSink({}, [&](std::string_view line) { text += line; });
  const auto metrics = NewPrometheusMetrics();
  const Telemetry telemetry({recorded.clock, NewRandomIds(), {log, metrics, recorded.sink}});
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < kEach; ++i) {
        const Span span = telemetry.StartSpan("work");
        span.Log(Severity::kInfo, "step");
        telemetry.Count(metrics::kFallbacks, {{"component", "planner"}});
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(std::count(text.begin(), text.end(), '\n') == kThreads * kEach);
  CHECK(recorded.sink->spans.size() == kThreads * kEach);
  CHECK(metrics->Exposition().find(fmt::format("clambake_fallbacks_total{{component=\"planner\"}} {}",
                                               kThreads * kEach)) != std::string::npos);
}
