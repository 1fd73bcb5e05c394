#include "report/difference_classes.h"

#include "fmt/format.h"

namespace clambake {
namespace {

constexpr std::array kClasses = {DifferenceClass::kSame, DifferenceClass::kEquivalent,
                                 DifferenceClass::kExpected, DifferenceClass::kDifferent};

}  // namespace

std::int64_t Count(const ClassCounts& counts, DifferenceClass c) {
  return counts[static_cast<std::size_t>(c)];
}

std::string CountsText(const ClassCounts& counts) {
  std::string text;
  for (const DifferenceClass c : kClasses) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", Count(counts, c), Name(c));
  }
  return text;
}

void WriteCounts(JsonWriter& json, std::string_view key, const ClassCounts& counts) {
  json.Key(key);
  json.Object([&] {
    for (const DifferenceClass c : kClasses) json.Member(Name(c), Count(counts, c));
  });
}

Cell ClassCell(DifferenceClass c) {
  constexpr std::array kInks = {Ink::kPlain, Ink::kPlain, Ink::kYellow, Ink::kRed};
  return {std::string(Name(c)), kInks[static_cast<std::size_t>(c)]};
}

std::string SidesText(std::string_view control, std::string_view candidate, std::string_view what,
                      const Table& differences, const TextStyle& style) {
  const std::string sides = fmt::format("{} (control) beside {} (candidate)", control, candidate);
  const std::string head = fmt::format("{}: {}\n\n", Colored(sides, Ink::kBold, style), what);
  return differences.empty() ? head : head + differences.Render("differences") + "\n";
}

std::string ConclusionText(std::string_view who, const ClassCounts& counts) {
  const std::int64_t different = Count(counts, DifferenceClass::kDifferent);
  if (different == 0) return "No functional difference: every difference has a declared reason.\n";
  return fmt::format("The {} differ: {} difference{} without a declared reason.\n", who, different,
                     different == 1 ? "" : "s");
}

std::string NoiseText(std::string_view control, const ClassCounts& counts) {
  return fmt::format("Noise floor ({0} beside {0}): {1}.\n", control, CountsText(counts));
}

}  // namespace clambake
