// Metrics as values: collected from samples, written and read as Prometheus
// text, added up.
#ifndef CLAMBAKE_TELEMETRY_METRIC_FAMILIES_H_
#define CLAMBAKE_TELEMETRY_METRIC_FAMILIES_H_

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "clambake/telemetry.h"

namespace clambake {

// Seconds; the last bucket, +Inf, is implied.
inline constexpr std::array kBuckets = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,  0.25,
                                        0.5,   1.0,    2.5,   5.0,  10.0,  30.0, 60.0, 300.0};

struct Series {
  double value = 0;                                         // counter, gauge; histogram: the sum
  std::array<std::uint64_t, kBuckets.size() + 1> counts{};  // histogram: per bucket, not cumulated
};

struct Family {
  Metric::Kind kind = Metric::Kind::kCounter;
  std::string help;
  std::map<std::string, Series> series;  // by `a="1",b="2"`
};

// Thread-compatible.
class MetricFamilies {
 public:
  static constexpr std::size_t kMaxSeries = 1'000;  // of one metric

  void Add(const Sample& sample);

  // Counters and histograms add up; a gauge of `later` replaces ours.
  // InvalidArgument: a metric of one name and two kinds.
  absl::Status Merge(const MetricFamilies& later);

  [[nodiscard]] std::string Render() const;

  // Reads what Render wrote, and nothing else. InvalidArgument with the line.
  static absl::StatusOr<MetricFamilies> Parse(std::string_view text);

 private:
  Series* FindSeries(Family& family, const std::string& labels);
  absl::Status ParseHead(std::string_view line, std::string& current);
  absl::Status ParseSeries(std::string_view line, const std::string& name);

  std::map<std::string, Family> families_;
};

}  // namespace clambake

#endif  // CLAMBAKE_TELEMETRY_METRIC_FAMILIES_H_
