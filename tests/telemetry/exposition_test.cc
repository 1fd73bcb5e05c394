// Every exposition is what Prometheus reads; and the check that says so can fail.
#include "clambake/telemetry_sinks.h"
#include "tests/support/catch.h"
#include "tests/support/prometheus_syntax.h"
#include "tests/telemetry/recorded.h"

using namespace clambake;

TEST_CASE("Every metric with hostile labels is well-formed for Prometheus") {
  const auto sink = NewPrometheusMetrics();
  const Telemetry telemetry({std::make_shared<HandClock>(), NewSequentialIds(1), {sink}});
  for (const Metric* metric : {&metrics::kDecisions, &metrics::kCallErrors, &metrics::kShadowComparisons,
                               &metrics::kFallbacks, &metrics::kRollbacks}) {
    telemetry.Count(*metric, {{"component", "a\"} 9\n# TYPE x\\"}, {"kind", "\xff{}=,"}});
    telemetry.Count(*metric, {{"component", ""}});
  }
  for (const Metric* metric :
       {&metrics::kRolloutStep, &metrics::kManualQueue, &metrics::kReadOnly, &metrics::kBuildInfo}) {
    telemetry.Set(*metric, {}, 1e-7);
  }
  for (const Metric* metric : {&metrics::kCallDuration, &metrics::kHttpDuration}) {
    telemetry.Observe(*metric, {{"component", "x"}}, absl::Hours(2));
    telemetry.Observe(*metric, {}, absl::Nanoseconds(1));
  }
  const PrometheusText text = CheckPrometheus(sink->Exposition());
  CHECK(text.problems == std::vector<std::string>{});
  CHECK(text.values.at("clambake_manual_queue") == 1e-7);
}

TEST_CASE("What Prometheus would refuse is found") {
  const std::string counter = "# HELP a_total x\n# TYPE a_total counter\n";
  const std::string histogram = "# HELP h x\n# TYPE h histogram\n";
  for (const std::string& wrong : {
           counter + "a_total 1",                                       // no end of line
           counter + "a_total -1\n",                                    // a counter below zero
           counter + "a_total one\n",                                   // no number
           counter + "a_total{b=\"c} 1\n",                              // an open quote
           counter + "a_total{b=\"\\x\"} 1\n",                          // an unknown escape
           counter + "a_total{b=\"1\",b=\"2\"} 1\n",                    // a label twice
           counter + "a_total{1b=\"1\"} 1\n",                           // not a label's name
           counter + "a_total 1\na_total 2\n",                          // a series twice
           counter + "b_total 1\n",                                     // another family
           counter + "a_total 1\n" + counter + "a_total{b=\"1\"} 1\n",  // a family in two pieces
           std::string("a_total 1\n"),                                  // no TYPE
           std::string("# HELP a x\n# TYPE a counter\na 1\n"),          // no _total
           std::string("# HELP a_ms x\n# TYPE a_ms gauge\na_ms 1\n"),
           std::string("# HELP a x\n# TYPE a thing\na 1\n"),
           histogram + "h_sum 1\nh_count 1\n",                        // no buckets
           histogram + "h_bucket{le=\"1\"} 1\nh_sum 1\nh_count 1\n",  // no +Inf
           histogram + "h_bucket{le=\"1\"} 2\nh_bucket{le=\"+Inf\"} 1\nh_sum 1\nh_count 1\n",
           histogram + "h_bucket{le=\"+Inf\"} 1\nh_sum 1\nh_count 2\n",
           histogram +
               "h_bucket{le=\"2\"} 1\nh_bucket{le=\"1\"} 1\nh_bucket{le=\"+Inf\"} 1\nh_sum 1\nh_count 1\n",
       }) {
    INFO(wrong);
    CHECK_FALSE(CheckPrometheus(wrong).problems.empty());
  }
  CHECK(CheckPrometheus(histogram + "h_bucket{le=\"+Inf\"} 1\nh_sum 1\nh_count 1\n").problems.empty());
}
