// The metrics file that runs add to.
#include "fmt/format.h"
#include "telemetry/metric_families.h"
#include "tests/fuzz/fuzz.h"

namespace clambake {
namespace {

// What was read is written and read again without a difference, and adds up with itself.
void CheckParse(std::string_view text) {
  absl::StatusOr<MetricFamilies> read = MetricFamilies::Parse(text);
  fuzz::CheckCode(read.status(), {absl::StatusCode::kInvalidArgument});
  if (!read.ok()) return FUZZ_CHECK(fuzz::IsShowable(fuzz::Message(read.status()), 1'000));
  const std::string written = read->Render();
  const absl::StatusOr<MetricFamilies> again = MetricFamilies::Parse(written);
  if (!again.ok()) std::fprintf(stderr, "%s\n%s", again.status().ToString().c_str(), written.c_str());
  FUZZ_CHECK(again.ok() && again->Render() == written);
  FUZZ_CHECK(read->Merge(*again).ok());
  FUZZ_CHECK(MetricFamilies::Parse(read->Render()).ok());
}

// A label's value is one value, whatever its bytes are.
void CheckLabels(std::string_view text) {
  static constexpr Metric kMetric{Metric::Kind::kCounter, "fuzz_total", "Help."};
  const Label label{"key", text};
  MetricFamilies families;
  families.Add({.metric = &kMetric, .labels = {&label, 1}, .value = 3});
  const std::string written = families.Render();
  FUZZ_CHECK(std::count(written.begin(), written.end(), '\n') == 4);
  const absl::StatusOr<MetricFamilies> again = MetricFamilies::Parse(written);
  FUZZ_CHECK(again.ok() && again->Render() == written);
}

FUZZ_TARGET(input) {
  CheckParse(input);
  CheckLabels(input);
}

}  // namespace
}  // namespace clambake
