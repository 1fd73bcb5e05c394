#include "telemetry/metric_families.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "base/safe_text.h"
#include "base/status_macros.h"
#include "fmt/format.h"

namespace clambake {
namespace {

constexpr std::string_view kFirstLine = "# Written by clambake.";
constexpr Metric kDropped{Metric::Kind::kCounter, "clambake_series_dropped_total",
                          "Samples dropped because a metric had too many series."};
constexpr std::array<std::string_view, 3> kKinds = {"counter", "gauge", "histogram"};

// Prometheus' escapes in label values; in help texts '"' stays as it is.
std::string Escaped(std::string_view text) {
  std::string out;
  for (const char c : SafeText(text, 200)) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

std::string LabelText(absl::Span<const Label> labels) {
  std::string text;
  for (const Label& label : labels) {
    text += fmt::format("{}{}=\"{}\"", text.empty() ? "" : ",", label.key, Escaped(label.value));
  }
  return text;
}

std::string Bound(std::size_t bucket) {
  return bucket < kBuckets.size() ? fmt::format("{}", kBuckets[bucket]) : "+Inf";
}

std::string Line(std::string_view name, std::string_view suffix, std::string_view labels, double value) {
  const std::string braces = labels.empty() ? "" : fmt::format("{{{}}}", labels);
  return fmt::format("{}{}{} {}\n", name, suffix, braces, value);
}

std::string HistogramLines(std::string_view name, const std::string& labels, const Series& series) {
  std::string text;
  std::uint64_t total = 0;
  for (std::size_t i = 0; i < series.counts.size(); ++i) {
    total += series.counts[i];
    const std::string with_bound = fmt::format("{}{}le=\"{}\"", labels, labels.empty() ? "" : ",", Bound(i));
    text += Line(name, "_bucket", with_bound, static_cast<double>(total));
  }
  return text + Line(name, "_sum", labels, series.value) +
         Line(name, "_count", labels, static_cast<double>(total));
}

void AddSeries(Metric::Kind kind, Series& to, const Series& from) {
  to.value = kind == Metric::Kind::kGauge ? from.value : to.value + from.value;
  for (std::size_t i = 0; i < to.counts.size(); ++i) to.counts[i] += from.counts[i];
}

std::optional<double> Number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

absl::Status NotOurs(std::string_view line) {
  return absl::InvalidArgumentError(
      fmt::format("not metrics that clambake wrote: \"{}\"", SafeText(line, 80)));
}

// "a_bucket{x="1",le="5"} 3" → "a_bucket", "x="1",le="5"", 3.
struct SeriesLine {
  std::string_view name;
  std::string_view labels;
  double value = 0;
};

std::optional<SeriesLine> Split(std::string_view line) {
  const std::size_t blank = line.rfind(' ');
  if (blank == std::string_view::npos) return std::nullopt;
  const std::optional<double> value = Number(line.substr(blank + 1));
  if (!value) return std::nullopt;
  std::string_view key = line.substr(0, blank);
  const std::size_t brace = key.find('{');
  if (brace == std::string_view::npos) return SeriesLine{key, "", *value};
  if (!key.ends_with('}')) return std::nullopt;
  return SeriesLine{key.substr(0, brace), key.substr(brace + 1, key.size() - brace - 2), *value};
}

// Takes `le` off the labels; the index of its bucket, or nothing.
std::optional<std::size_t> TakeBucket(std::string_view& labels) {
  const std::size_t at = labels.rfind("le=\"");
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view bound = labels.substr(at + 4, labels.size() - at - 5);
  labels = labels.substr(0, at == 0 ? 0 : at - 1);
  for (std::size_t i = 0; i <= kBuckets.size(); ++i) {
    if (Bound(i) == bound) return i;
  }
  return std::nullopt;
}

}  // namespace

Series* MetricFamilies::FindSeries(Family& family, const std::string& labels) {
  const auto found = family.series.find(labels);
  if (found != family.series.end()) return &found->second;
  if (family.series.size() >= kMaxSeries) return nullptr;
  return &family.series[labels];
}

void MetricFamilies::Add(const Sample& sample) {
  const Metric& metric = *sample.metric;
  Family& family = families_[std::string(metric.name)];
  if (family.series.empty()) {
    family.kind = metric.kind;
    family.help = std::string(metric.help);
  }
  Series* series = FindSeries(family, LabelText(sample.labels));
  if (series == nullptr) return Add({&kDropped, {}, 1});
  if (metric.kind != Metric::Kind::kHistogram) {
    series->value = metric.kind == Metric::Kind::kGauge ? sample.value : series->value + sample.value;
    return;
  }
  series->value += sample.value;
  const auto bucket = std::lower_bound(kBuckets.begin(), kBuckets.end(), sample.value) - kBuckets.begin();
  ++series->counts[static_cast<std::size_t>(bucket)];
}

absl::Status MetricFamilies::Merge(const MetricFamilies& later) {
  for (const auto& [name, theirs] : later.families_) {
    const auto [found, is_new] = families_.try_emplace(name, theirs);
    if (is_new) continue;
    Family& ours = found->second;
    if (ours.kind != theirs.kind) {
      return absl::InvalidArgumentError(fmt::format("{} is a {} and a {}", name,
                                                    kKinds[static_cast<std::size_t>(ours.kind)],
                                                    kKinds[static_cast<std::size_t>(theirs.kind)]));
    }
    for (const auto& [labels, series] : theirs.series) {
      if (Series* mine = FindSeries(ours, labels)) AddSeries(ours.kind, *mine, series);
    }
  }
  return absl::OkStatus();
}

std::string MetricFamilies::Render() const {
  std::string text = std::string(kFirstLine) + "\n";
  for (const auto& [name, family] : families_) {
    text += fmt::format("# HELP {} {}\n# TYPE {} {}\n", name, SafeText(family.help, 500), name,
                        kKinds[static_cast<std::size_t>(family.kind)]);
    for (const auto& [labels, series] : family.series) {
      text += family.kind == Metric::Kind::kHistogram ? HistogramLines(name, labels, series)
                                                      : Line(name, "", labels, series.value);
    }
  }
  return text;
}

// "# HELP name text" opens a family, "# TYPE name kind" gives its kind.
absl::Status MetricFamilies::ParseHead(std::string_view line, std::string& current) {
  const std::string_view what = line.substr(0, 7);
  const std::string_view rest = line.substr(std::min<std::size_t>(7, line.size()));
  const std::size_t blank = rest.find(' ');
  if (blank == std::string_view::npos) return NotOurs(line);
  if (what == "# HELP ") {
    current = std::string(rest.substr(0, blank));
    families_[current].help = std::string(rest.substr(blank + 1));
    return absl::OkStatus();
  }
  const auto kind = std::find(kKinds.begin(), kKinds.end(), rest.substr(blank + 1));
  if (what != "# TYPE " || rest.substr(0, blank) != current || kind == kKinds.end()) return NotOurs(line);
  families_[current].kind = static_cast<Metric::Kind>(kind - kKinds.begin());
  return absl::OkStatus();
}

absl::Status MetricFamilies::ParseSeries(std::string_view line, const std::string& name) {
  std::optional<SeriesLine> read = Split(line);
  if (!read || name.empty() || !read->name.starts_with(name)) return NotOurs(line);
  Family& family = families_[name];
  const std::string_view suffix = read->name.substr(name.size());
  std::optional<std::size_t> bucket;
  if (suffix == "_bucket" && !(bucket = TakeBucket(read->labels))) return NotOurs(line);
  Series* series = FindSeries(family, std::string(read->labels));
  if (series == nullptr) return NotOurs(line);
  if (family.kind != Metric::Kind::kHistogram) {
    if (!suffix.empty()) return NotOurs(line);
    series->value = read->value;
  } else if (suffix == "_sum") {
    series->value = read->value;
  } else if (bucket) {
    if (read->value < 0 || read->value > 9e15) return NotOurs(line);
    series->counts[*bucket] = static_cast<std::uint64_t>(read->value);
  } else if (suffix != "_count") {  // which the buckets repeat
    return NotOurs(line);
  }
  return absl::OkStatus();
}

absl::StatusOr<MetricFamilies> MetricFamilies::Parse(std::string_view text) {
  MetricFamilies result;
  std::string current;
  bool first = true;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (first && line != kFirstLine) return NotOurs(line);
    if (!first) {
      CLAMBAKE_RETURN_IF_ERROR(line.starts_with('#') ? result.ParseHead(line, current)
                                                     : result.ParseSeries(line, current));
    }
    first = false;
  }
  for (auto& [name, family] : result.families_) {
    if (family.kind != Metric::Kind::kHistogram) continue;
    for (auto& [labels, series] : family.series) {
      for (std::size_t i = series.counts.size() - 1; i > 0; --i) {
        if (series.counts[i] < series.counts[i - 1]) return NotOurs(name);
        series.counts[i] -= series.counts[i - 1];
      }
    }
  }
  return result;
}

}  // namespace clambake
