// What an issue's labels say to a planner.
#ifndef CLAMBAKE_PLANNER_LABELS_H_
#define CLAMBAKE_PLANNER_LABELS_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "clambake/model.h"

namespace clambake::planner {

struct LabelFacts {
  bool human_only = false;
  bool review = false;
  bool ready_to_merge = false;
  bool ready = false;  // route:ready or route:unblocker: may be handed out
  bool held = false;   // some agent's label
  Priority priority = Priority::kNone;
  std::int64_t minutes = 0;  // the largest estimate among the labels; 0: none
};

LabelFacts ReadLabels(const Issue& issue);

// Minutes of a label such as "size/M" (XS 15, S 30, M 60, L 120, XL 240, XXL
// 480) or "estimate: 1h30m" (m, h, d; a day of work is 8 hours). "/", ":" and
// "-" separate, blanks and case do not matter. Nullopt for any other label.
std::optional<std::int64_t> EstimateOfLabel(std::string_view label);

// 0 is the highest: unblocker, very-high, high, medium, low. An issue without
// a priority counts as medium: nobody said that it can wait.
std::uint8_t TierOf(Priority priority);
inline constexpr int kTiers = 5;

// The longest estimate that is believed: 10,000,000 minutes, 19 years.
inline constexpr std::int64_t kMaxMinutes = 10'000'000;

}  // namespace clambake::planner

#endif  // CLAMBAKE_PLANNER_LABELS_H_
