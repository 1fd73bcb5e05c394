#include "planner/labels.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"

namespace clambake::planner {
namespace {

// The rest of `label` after `word` and a separator, lower case without blanks;
// empty if the label is not of that form.
std::string After(std::string_view label, std::string_view word) {
  std::string compact;
  for (const char c : label) {
    if (c != ' ' && c != '\t') compact += absl::ascii_tolower(static_cast<unsigned char>(c));
  }
  if (!compact.starts_with(word) || compact.size() < word.size() + 2) return "";
  const char separator = compact[word.size()];
  if (separator != '/' && separator != ':' && separator != '-') return "";
  return compact.substr(word.size() + 1);
}

std::optional<std::int64_t> MinutesOfSize(std::string_view size) {
  constexpr std::array<std::pair<std::string_view, std::int64_t>, 6> kSizes = {
      {{"xs", 15}, {"s", 30}, {"m", 60}, {"l", 120}, {"xl", 240}, {"xxl", 480}}};
  for (const auto& [name, minutes] : kSizes) {
    if (size == name) return minutes;
  }
  return std::nullopt;
}

std::int64_t MinutesOfUnit(std::string_view unit) {
  if (unit == "m" || unit == "min" || unit == "minutes") return 1;
  if (unit == "h" || unit == "hours" || unit == "hour") return 60;
  if (unit == "d" || unit == "days" || unit == "day") return std::int64_t{8} * 60;
  return 0;
}

// "1h30m": numbers, each with its unit.
std::optional<std::int64_t> MinutesOfDuration(std::string_view text) {
  std::int64_t total = 0;
  while (!text.empty()) {
    std::size_t digits = 0;
    std::int64_t value = 0;
    while (digits < text.size() && absl::ascii_isdigit(static_cast<unsigned char>(text[digits]))) {
      value = std::min(value * 10 + (text[digits] - '0'), kMaxMinutes);
      ++digits;
    }
    std::size_t end = digits;
    while (end < text.size() && absl::ascii_isalpha(static_cast<unsigned char>(text[end]))) ++end;
    const std::int64_t unit = MinutesOfUnit(text.substr(digits, end - digits));
    if (digits == 0 || unit == 0) return std::nullopt;
    total = std::min(total + value * unit, kMaxMinutes);
    text.remove_prefix(end);
  }
  return total > 0 ? std::optional(total) : std::nullopt;
}

void ReadRoute(std::string_view route, LabelFacts& facts) {
  const auto raise = [&](Priority priority) { facts.priority = std::max(facts.priority, priority); };
  if (route == "ready") {
    facts.ready = true;
  } else if (route == "unblocker") {
    facts.ready = true;
    raise(Priority::kUnblocker);
  } else if (route == "review") {
    facts.review = true;
  } else if (route == "ready_to_merge") {
    facts.ready_to_merge = true;
    raise(Priority::kReadyToMerge);
  } else if (route == "human-only") {
    facts.human_only = true;
  } else if (route == "priority-very-high") {
    raise(Priority::kVeryHigh);
  } else if (route == "priority-high") {
    raise(Priority::kHigh);
  } else if (route == "priority-medium") {
    raise(Priority::kMedium);
  } else if (route == "priority-low") {
    raise(Priority::kLow);
  }
}

}  // namespace

LabelFacts ReadLabels(const Issue& issue) {
  constexpr std::string_view kRoute = "route:";
  LabelFacts facts;
  for (const std::string& name : issue.labels) {
    const std::string_view label = name;
    if (label.starts_with(kRoute)) {
      ReadRoute(label.substr(kRoute.size()), facts);
    } else if (IsAgentLabel(label)) {
      facts.held = true;
    } else if (const auto minutes = EstimateOfLabel(label)) {
      facts.minutes = std::max(facts.minutes, *minutes);
    }
  }
  return facts;
}

std::optional<std::int64_t> EstimateOfLabel(std::string_view label) {
  constexpr std::size_t kLongest = 40;
  if (label.size() < 3 || label.size() > kLongest) return std::nullopt;
  const char first = absl::ascii_tolower(static_cast<unsigned char>(label[0]));
  if (first == 's') return MinutesOfSize(After(label, "size"));
  if (first == 'e') return MinutesOfDuration(After(label, "estimate"));
  return std::nullopt;
}

std::uint8_t TierOf(Priority priority) {
  switch (priority) {
    case Priority::kUnblocker:
      return 0;
    case Priority::kVeryHigh:
      return 1;
    case Priority::kHigh:
      return 2;
    case Priority::kLow:
      return 4;
    case Priority::kReadyToMerge:
    case Priority::kMedium:
    case Priority::kNone:
      break;
  }
  return 3;
}

}  // namespace clambake::planner
