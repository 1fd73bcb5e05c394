// What comparisons of planners, bundlers and executors say alike.
#ifndef CLAMBAKE_REPORT_DIFFERENCE_CLASSES_H_
#define CLAMBAKE_REPORT_DIFFERENCE_CLASSES_H_

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/json_writer.h"
#include "clambake/cutover.h"
#include "report/table.h"

namespace clambake {

using ClassCounts = std::array<std::int64_t, 4>;  // by DifferenceClass

std::int64_t Count(const ClassCounts& counts, DifferenceClass c);

// "49 same, 4 equivalent, 6 expected, 0 different"
std::string CountsText(const ClassCounts& counts);
void WriteCounts(JsonWriter& json, std::string_view key, const ClassCounts& counts);

// The class in its ink.
Cell ClassCell(DifferenceClass c);

// "legacy (control) beside v2 (candidate): <what>", and the differences if there are any.
std::string SidesText(std::string_view control, std::string_view candidate, std::string_view what,
                      const Table& differences, const TextStyle& style);

// Counts, noise, and each difference as `write` (json, difference) has it.
template <typename Comparison, typename Write>
void WriteComparison(JsonWriter& json, const Comparison& comparison, const Comparison& noise, Write write) {
  WriteCounts(json, "counts", comparison.counts);
  WriteCounts(json, "noise", noise.counts);
  json.Key("differences");
  json.Array([&] {
    for (const auto& difference : comparison.differences) write(json, difference);
  });
  json.Member("same", Count(comparison.counts, DifferenceClass::kDifferent) == 0);
}

// Below the table: `who` ("planners") differ, or every difference has its reason.
std::string ConclusionText(std::string_view who, const ClassCounts& counts);

// "Noise floor (legacy beside legacy): …"
std::string NoiseText(std::string_view control, const ClassCounts& counts);

}  // namespace clambake

#endif  // CLAMBAKE_REPORT_DIFFERENCE_CLASSES_H_
