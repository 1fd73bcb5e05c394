#include "tests/support/prometheus_syntax.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <set>

#include "fmt/format.h"

namespace clambake {
namespace {

bool IsName(std::string_view name, bool colon) {
  if (name.empty()) return false;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (colon && c == ':');
    if (!letter && (i == 0 || c < '0' || c > '9')) return false;
  }
  return true;
}

std::optional<double> Number(std::string_view text) {
  if (text == "+Inf") return HUGE_VAL;
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

using Labels = std::vector<std::pair<std::string, std::string>>;

struct Line {
  std::string name;
  Labels labels;
  double value = 0;
};

// {a="b",c="d"}, with \\, \" and \n in values. Takes it off `rest`.
std::optional<Labels> TakeLabels(std::string_view& rest) {
  Labels labels;
  if (rest.empty() || rest.front() != '{') return labels;
  rest.remove_prefix(1);
  while (!rest.empty() && rest.front() != '}') {
    const std::size_t equals = rest.find("=\"");
    if (equals == std::string_view::npos || !IsName(rest.substr(0, equals), false)) return std::nullopt;
    const std::string key(rest.substr(0, equals));
    if (key.starts_with("__")) return std::nullopt;
    rest.remove_prefix(equals + 2);
    std::string value;
    while (!rest.empty() && rest.front() != '"') {
      if (rest.front() == '\\') {
        rest.remove_prefix(1);
        if (rest.empty() || std::string_view("\\\"n").find(rest.front()) == std::string_view::npos) {
          return std::nullopt;
        }
      }
      value += rest.front();
      rest.remove_prefix(1);
    }
    if (rest.empty()) return std::nullopt;
    rest.remove_prefix(1);
    for (const auto& [other, ignored] : labels) {
      if (other == key) return std::nullopt;
    }
    labels.emplace_back(key, value);
    if (!rest.empty() && rest.front() == ',') rest.remove_prefix(1);
  }
  if (rest.empty()) return std::nullopt;
  rest.remove_prefix(1);
  return labels;
}

std::optional<Line> ParseLine(std::string_view text) {
  Line line;
  std::string_view rest = text;
  const std::size_t end = rest.find_first_of("{ ");
  if (end == std::string_view::npos || !IsName(rest.substr(0, end), true)) return std::nullopt;
  line.name = rest.substr(0, end);
  rest.remove_prefix(end);
  std::optional<Labels> labels = TakeLabels(rest);
  if (!labels || rest.size() < 2 || rest.front() != ' ') return std::nullopt;
  const std::optional<double> value = Number(rest.substr(1));
  if (!value) return std::nullopt;
  line.labels = *std::move(labels);
  line.value = *value;
  return line;
}

std::string Spelled(const Labels& labels, std::string_view without) {
  std::string text;
  for (const auto& [key, value] : labels) {
    if (key != without) text += fmt::format("{}=\"{}\",", key, value);
  }
  return text;
}

struct Histogram {
  double last_bound = -HUGE_VAL;
  double last_count = 0;
  std::optional<double> infinite;
  std::optional<double> count;
  bool sum = false;
};

class Checker {
 public:
  PrometheusText Check(std::string_view text) {
    if (!text.empty() && text.back() != '\n') Problem("the last line has no end");
    while (!text.empty()) {
      ++number_;
      const std::size_t end = std::min(text.find('\n'), text.size());
      const std::string_view line = text.substr(0, end);
      text.remove_prefix(std::min(end + 1, text.size()));
      if (line.starts_with("# HELP ") || line.starts_with("# TYPE ")) {
        Head(line.substr(2, 4), line.substr(7));
      } else if (!line.empty() && !line.starts_with('#')) {
        Series(line);
      }
    }
    CloseFamily();
    return std::move(result_);
  }

 private:
  void Problem(std::string_view what) { result_.problems.push_back(fmt::format("{}: {}", number_, what)); }

  void Head(std::string_view what, std::string_view rest) {
    const std::size_t blank = rest.find(' ');
    const std::string name(rest.substr(0, blank));
    const std::string_view value = blank == std::string_view::npos ? "" : rest.substr(blank + 1);
    if (!IsName(name, true)) Problem("not a metric's name");
    if (value.empty()) Problem("nothing said of the metric");
    if (what == "HELP") {
      CloseFamily();
      family_ = name;
      if (!families_.insert(name).second) Problem("a family twice, or not in one piece: " + name);
      return;
    }
    if (name != family_ || !kind_.empty()) Problem("TYPE does not follow its HELP");
    kind_ = value;
    if (kind_ != "counter" && kind_ != "gauge" && kind_ != "histogram") Problem("no such type");
    Lint(name);
  }

  void Lint(const std::string& name) {
    if ((kind_ == "counter") != name.ends_with("_total"))
      Problem("a counter, and only a counter, ends in _total");
    for (const std::string_view suffix : {"_count", "_sum", "_bucket"}) {
      if (name.ends_with(suffix)) Problem("a suffix of histograms");
    }
    for (const std::string_view unit : {"_ms", "_milliseconds", "_minutes", "_kilobytes", "_percent"}) {
      if (name.find(unit) != std::string::npos) Problem("not a base unit");
    }
    if (std::any_of(name.begin(), name.end(), [](char c) { return c >= 'A' && c <= 'Z'; })) {
      Problem("names are lower case");
    }
  }

  void Series(std::string_view text) {
    const std::optional<Line> line = ParseLine(text);
    if (!line) return Problem(fmt::format("not a series: {}", text));
    if (kind_.empty()) return Problem("a series without its TYPE");
    if (!result_.values.emplace(text.substr(0, text.rfind(' ')), line->value).second)
      Problem("a series twice");
    if (kind_ == "histogram") return HistogramSeries(*line);
    if (line->name != family_) Problem("a series of another family");
    if (kind_ == "counter" && (line->value < 0 || std::isnan(line->value))) Problem("a counter below zero");
  }

  void HistogramSeries(const Line& line) {
    Histogram& histogram = histograms_[Spelled(line.labels, "le")];
    if (line.name == family_ + "_sum") {
      histogram.sum = true;
    } else if (line.name == family_ + "_count") {
      histogram.count = line.value;
    } else if (line.name == family_ + "_bucket") {
      std::optional<double> bound;
      for (const auto& [key, value] : line.labels) {
        if (key == "le") bound = Number(value);
      }
      if (!bound) return Problem("a bucket without a bound");
      if (*bound <= histogram.last_bound) Problem("bounds do not ascend");
      if (line.value < histogram.last_count) Problem("buckets do not add up");
      histogram.last_bound = *bound;
      histogram.last_count = line.value;
      if (std::isinf(*bound)) histogram.infinite = line.value;
    } else {
      Problem("a series of another family");
    }
  }

  void CloseFamily() {
    for (const auto& [labels, histogram] : histograms_) {
      if (!histogram.infinite) Problem("a histogram without its +Inf bucket: " + family_);
      if (!histogram.sum || !histogram.count) Problem("a histogram without sum or count: " + family_);
      if (histogram.infinite && histogram.count && *histogram.infinite != *histogram.count) {
        Problem("+Inf bucket and count differ: " + family_);
      }
    }
    histograms_.clear();
    kind_.clear();
    family_.clear();
  }

  PrometheusText result_;
  int number_ = 0;
  std::string family_;
  std::string kind_;
  std::set<std::string> families_;
  std::map<std::string, Histogram> histograms_;
};

}  // namespace

PrometheusText CheckPrometheus(std::string_view text) { return Checker().Check(text); }

}  // namespace clambake
