#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include "clambake/telemetry_sinks.h"
#include "fmt/format.h"
#include "tests/support/catch.h"
#include "tests/telemetry/recorded.h"

using namespace clambake;

namespace {

struct Measured {
  std::shared_ptr<PrometheusMetrics> metrics = NewPrometheusMetrics();
  Telemetry telemetry{{std::make_shared<HandClock>(), NewSequentialIds(1), {metrics}}};
};

bool Has(const std::string& text, const std::string& line) {
  return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

std::string ReadAll(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// A folder of the test's own, gone afterwards.
struct Folder {
  std::string path = (std::filesystem::temp_directory_path() / "clambake-prom-XXXXXX").string();
  Folder() { REQUIRE(mkdtemp(path.data()) != nullptr); }
  ~Folder() { std::filesystem::remove_all(path); }
};

void Observe(const Telemetry& telemetry) {
  telemetry.Count(metrics::kDecisions,
                  {{"component", "planner"}, {"generation", "v2"}, {"reason", "STATIC"}});
  telemetry.Observe(metrics::kCallDuration, {{"component", "planner"}, {"generation", "v2"}},
                    absl::Milliseconds(30));
  telemetry.Set(metrics::kManualQueue, {}, 4);
}

}  // namespace

TEST_CASE("The exposition names metrics as dashboards expect them") {
  Measured measured;
  Observe(measured.telemetry);
  const std::string text = measured.metrics->Exposition();
  CHECK(Has(text, "# TYPE clambake_decisions_total counter"));
  CHECK(Has(text, R"(clambake_decisions_total{component="planner",generation="v2",reason="STATIC"} 1)"));
  CHECK(Has(text, "# TYPE clambake_call_duration_seconds histogram"));
  CHECK(Has(text, "clambake_manual_queue 4"));
}

TEST_CASE("A histogram's buckets are cumulative and its bounds inclusive") {
  Measured measured;
  for (const int ms : {1, 30, 30, 400'000}) {
    measured.telemetry.Observe(metrics::kCallDuration, {}, absl::Milliseconds(ms));
  }
  const std::string text = measured.metrics->Exposition();
  CHECK(Has(text, R"(clambake_call_duration_seconds_bucket{le="0.001"} 1)"));
  CHECK(Has(text, R"(clambake_call_duration_seconds_bucket{le="0.025"} 1)"));
  CHECK(Has(text, R"(clambake_call_duration_seconds_bucket{le="0.05"} 3)"));
  CHECK(Has(text, R"(clambake_call_duration_seconds_bucket{le="300"} 3)"));
  CHECK(Has(text, R"(clambake_call_duration_seconds_bucket{le="+Inf"} 4)"));
  CHECK(Has(text, "clambake_call_duration_seconds_sum 400.061"));
  CHECK(Has(text, "clambake_call_duration_seconds_count 4"));
}

TEST_CASE("Label values are escaped: nothing can add a line or a label") {
  Measured measured;
  measured.telemetry.Count(metrics::kFallbacks, {{"component", "a\"} 9\nx{b=\"\\"}});
  const std::string text = measured.metrics->Exposition();
  CHECK(Has(text, R"(clambake_fallbacks_total{component="a\"} 9 x{b=\"\\"} 1)"));
}

TEST_CASE("A metric with too many series stops growing, and says so") {
  Measured measured;
  for (int i = 0; i < 1'005; ++i) {
    measured.telemetry.Count(metrics::kFallbacks, {{"component", std::to_string(i)}});
  }
  CHECK(Has(measured.metrics->Exposition(), "clambake_series_dropped_total 5"));
}

TEST_CASE("One-shot runs add up in the textfile: gauges are replaced") {
  const Folder folder;
  const std::string path = folder.path + "/clambake.prom";
  for (int run = 0; run < 3; ++run) {
    Measured measured;
    Observe(measured.telemetry);
    measured.telemetry.Set(metrics::kManualQueue, {}, run);
    REQUIRE(measured.metrics->AddToTextfile(path).ok());
  }
  const std::string text = ReadAll(path);
  CHECK(Has(text, R"(clambake_decisions_total{component="planner",generation="v2",reason="STATIC"} 3)"));
  CHECK(
      Has(text, R"(clambake_call_duration_seconds_bucket{component="planner",generation="v2",le="0.05"} 3)"));
  CHECK(Has(text,
            R"(clambake_call_duration_seconds_bucket{component="planner",generation="v2",le="0.025"} 0)"));
  CHECK(Has(text, R"(clambake_call_duration_seconds_count{component="planner",generation="v2"} 3)"));
  CHECK(Has(text, "clambake_manual_queue 2"));
}

TEST_CASE("Hostile label values survive the way through the textfile") {
  const Folder folder;
  const std::string path = folder.path + "/clambake.prom";
  for (int run = 0; run < 2; ++run) {
    Measured measured;
    measured.telemetry.Count(metrics::kFallbacks, {{"component", "a\"} 9 le=\"1\" {"}});
    measured.telemetry.Observe(metrics::kCallDuration, {{"component", "a\"} 9,le=\"1\" {"}},
                               absl::Seconds(1));
    REQUIRE(measured.metrics->AddToTextfile(path).ok());
  }
  CHECK(Has(ReadAll(path), R"(clambake_fallbacks_total{component="a\"} 9 le=\"1\" {"} 2)"));
  CHECK(Has(ReadAll(path), R"(clambake_call_duration_seconds_count{component="a\"} 9,le=\"1\" {"} 2)"));
}

TEST_CASE("A file that somebody else wrote is left alone") {
  const Folder folder;
  const std::string path = folder.path + "/node.prom";
  for (const std::string content :
       {"node_load1 0.5\n", "# Written by clambake.\nno type 1\n",
        "# Written by clambake.\n# HELP a b\n# TYPE a histogram\na_bucket{le=\"7\"} 1\n",
        "# Written by clambake.\n# HELP a b\n# TYPE a counter\na nan\n"}) {
    std::ofstream(path, std::ios::binary) << content;
    Measured measured;
    Observe(measured.telemetry);
    const absl::Status status = measured.metrics->AddToTextfile(path);
    CHECK(status.code() == absl::StatusCode::kInvalidArgument);
    CHECK(std::string(status.message()).find("node.prom") != std::string::npos);
    CHECK(ReadAll(path) == content);
  }
}

TEST_CASE("A textfile that cannot be written is an error that names it") {
  Measured measured;
  const absl::Status status = measured.metrics->AddToTextfile("/nonexistent/folder/x.prom");
  CHECK(status.code() == absl::StatusCode::kUnavailable);
  CHECK(std::string(status.message()).find("/nonexistent/folder/x.prom") != std::string::npos);
}

TEST_CASE("Runs at the same time lose no count, and readers never see half a file") {
  const Folder folder;
  const std::string path = folder.path + "/clambake.prom";
  std::vector<std::thread> runs;
  for (int run = 0; run < 8; ++run) {
    runs.emplace_back([&path] {
      Measured measured;
      measured.telemetry.Count(metrics::kFallbacks, {{"component", "planner"}});
      if (!measured.metrics->AddToTextfile(path).ok()) std::abort();
    });
  }
  for (std::thread& run : runs) run.join();
  CHECK(Has(ReadAll(path), R"(clambake_fallbacks_total{component="planner"} 8)"));
  CHECK_FALSE(std::filesystem::exists(path + ".tmp"));
}
