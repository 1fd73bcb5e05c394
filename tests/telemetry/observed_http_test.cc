#include "clambake/factory.h"
#include "clambake/observations.h"
#include "clambake/observed.h"
#include "clambake/telemetry_sinks.h"
#include "tests/support/catch.h"
#include "tests/support/store_world.h"
#include "tests/telemetry/recorded.h"

using namespace clambake;

namespace {

std::string Text(const FinishedSpan& span, std::string_view key) {
  for (const Field& field : span.fields) {
    if (field.key == key && std::holds_alternative<std::string>(field.value))
      return std::get<std::string>(field.value);
  }
  return "";
}

// Answers the first request, and loses the second.
class HalfDeaf : public HttpTransport {
 public:
  std::vector<absl::StatusOr<HttpResponse>> Send(const std::vector<HttpRequest>& requests,
                                                 const HttpLimits& /*limits*/) override {
    std::vector<absl::StatusOr<HttpResponse>> results(
        requests.size(), absl::UnknownError("https://h/a?token=planted: connection failed"));
    results[0] = HttpResponse{.status = 200, .body = "planted", .took = absl::Milliseconds(7)};
    return results;
  }
};

}  // namespace

TEST_CASE("A request's span has method, server, path and status, and nothing that could be secret") {
  Recorded recorded;
  const auto metrics = NewPrometheusMetrics();
  const Telemetry telemetry({recorded.clock, NewSequentialIds(1), {recorded.sink, metrics}});
  const auto transport = NewObservedTransport(std::make_unique<HalfDeaf>(), {telemetry, nullptr, nullptr});
  const auto results =
      transport->Send({{"GET",
                        "https://user:planted@host:8443/repos/o/n?access_token=planted#planted",
                        {{"Authorization", "planted"}},
                        ""},
                       {"POST", "https://host", {}, "planted"}},
                      {});
  REQUIRE(results.size() == 2);
  CHECK(results[0]->body == "planted");
  REQUIRE(recorded.sink->spans.size() == 2);
  const FinishedSpan& get = recorded.sink->spans[0];
  CHECK(get.name == "GET");
  CHECK(get.kind == FinishedSpan::Kind::kClient);
  CHECK(get.duration == absl::Milliseconds(7));
  CHECK(Text(get, "server.address") == "host:8443");
  CHECK(Text(get, "url.path") == "/repos/o/n");
  CHECK(get.status.ok());
  const FinishedSpan& post = recorded.sink->spans[1];
  CHECK_FALSE(post.status.ok());
  CHECK(Text(post, "url.path") == "/");
  CHECK(Text(post, "error.type") == "UNKNOWN");
  CHECK_THAT(EncodeOtlpTraces({}, recorded.sink->spans), !ContainsSubstring("planted"));
  CHECK_THAT(
      metrics->Exposition(),
      ContainsSubstring("clambake_http_request_duration_seconds_count{method=\"POST\",status=\"none\"} 1"));
}

TEST_CASE("Queries are cut off every URL of a message, and nothing else is") {
  CHECK(WithoutQueries("https://h/p?a=1 and http://i/?b: why?") == "https://h/p?… and http://i/?… why?");
  CHECK(WithoutQueries("why? https://h/p") == "why? https://h/p");
  CHECK(WithoutQueries("\"https://h?x\"") == "\"https://h?…\"");
  CHECK(WithoutQueries("").empty());
}

TEST_CASE("A component's spans are counted with all that hangs below them, other components' are not") {
  Recorded recorded;
  const auto counter = NewComponentCounter(Component::kExecutor);
  const Telemetry telemetry({recorded.clock, NewSequentialIds(1), {counter}});
  {
    const Span run = telemetry.StartSpan("run");
    const Span plan = run.StartChild("plan", {{"component", "planner"}, {"generation", "v2"}});
    const Span fetch = run.StartChild("fetch");
    const Span apply = run.StartChild("apply", {{"component", "executor"}, {"generation", "v2"}});
    const Span write = apply.StartChild("add_labels");
    const Span post = write.StartChild("POST");
    telemetry.Count(metrics::kDecisions, {{"component", "executor"}});
    telemetry.Count(metrics::kDecisions, {{"component", "planner"}});
    telemetry.Set(metrics::kReadOnly, {}, 0);
  }
  const ObservedRun run = counter->Count();
  CHECK(run.spans == 3);
  CHECK(run.samples == 1);
  CHECK(run.generation == "v2");
  CHECK(run.trace.size() == 32);
}

TEST_CASE("Observed runs are kept, the newest hundred of them, and a damaged document is refused") {
  StoreWorld world(Engine::kSqlite);
  const auto store = world.Open();
  REQUIRE(ReadObservedRuns(*store, "o/r")->empty());
  for (std::int64_t i = 0; i < 103; ++i) {
    REQUIRE(
        KeepObservedRun(*store, "o/r", {.trace = "t", .generation = "v2", .spans = i, .samples_exported = 2})
            .ok());
  }
  const auto runs = ReadObservedRuns(*store, "o/r");
  REQUIRE(runs.ok());
  REQUIRE(runs->size() == kMaxObservedRuns);
  CHECK(runs->front().spans == 3);
  CHECK(runs->back().spans == 102);
  CHECK(runs->back().at == absl::FromUnixSeconds(absl::ToUnixSeconds(world.clock.Now())));
  CHECK(runs->back().samples_exported == 2);
  const auto document = store->ReadDocument("o/r", kObservationsKey);
  REQUIRE(store
              ->WriteDocument("o/r", kObservationsKey, R"({"schema":"clambake.observations/2","runs":[]})",
                              document->version)
              .ok());
  CHECK(absl::IsInvalidArgument(ReadObservedRuns(*store, "o/r").status()));
}
