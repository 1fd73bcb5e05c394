#include "planner/estimates.h"

#include <algorithm>
#include <vector>

#include "absl/time/time.h"
#include "base/counted.h"
#include "fmt/format.h"

namespace clambake::planner {
namespace {

absl::Status CheckMinutes(std::int64_t minutes, std::string_view what) {
  if (minutes >= 1 && minutes <= kMaxMinutes) return absl::OkStatus();
  return absl::InvalidArgumentError(
      fmt::format("{}: {} minutes is not between 1 and {}", what, minutes, kMaxMinutes));
}

}  // namespace

std::optional<std::int64_t> MinutesOfHistory(const Backlog& backlog) {
  constexpr std::size_t kMinSamples = 30;
  constexpr absl::Duration kWorkingDay = absl::Hours(8);
  std::vector<std::int64_t> samples;
  for (const Issue& issue : backlog.issues) {
    if (issue.state != State::kClosed || issue.created_at == absl::InfinitePast()) continue;
    const absl::Duration taken = issue.closed_at - issue.created_at;
    if (taken <= absl::ZeroDuration() || taken > kWorkingDay) continue;
    samples.push_back(std::max<std::int64_t>(absl::ToInt64Minutes(taken), 1));
  }
  if (samples.size() < kMinSamples) return std::nullopt;
  const auto middle = samples.begin() + static_cast<std::ptrdiff_t>(samples.size() / 2);
  std::nth_element(samples.begin(), middle, samples.end());
  return *middle;
}

absl::StatusOr<Column<std::int64_t>> EstimateIssues(const PlanRequest& request, Intake& intake) {
  if (auto status = CheckMinutes(request.options.default_estimate_minutes, "default estimate");
      !status.ok()) {
    return status;
  }
  Column<std::int64_t> minutes(static_cast<std::size_t>(intake.table.size()), 0);
  for (const Estimate& estimate : request.backlog->estimates) {
    if (estimate.minutes < 1 || estimate.minutes > kMaxMinutes) {
      return CheckMinutes(estimate.minutes, fmt::format("estimate of issue {}", estimate.issue));
    }
    const std::int32_t position = intake.table.Find(estimate.issue);
    if (position >= 0) minutes[position] = std::max(minutes[position], estimate.minutes);
  }
  std::vector<std::int32_t> unknown;
  for (std::int32_t position = 0; position < intake.table.size(); ++position) {
    if (minutes[position] == 0) minutes[position] = intake.labels[position].minutes;
    if (minutes[position] == 0) unknown.push_back(position);
  }
  if (unknown.empty()) return minutes;
  const std::optional<std::int64_t> history = MinutesOfHistory(*request.backlog);
  std::int64_t from_history = 0;
  for (const std::int32_t position : unknown) {
    minutes[position] = history.value_or(request.options.default_estimate_minutes);
    if (history.has_value() && intake.fate[position] != Fate::kOut) ++from_history;
  }
  if (from_history > 0) {
    intake.notes.push_back(
        fmt::format("{} without an estimate: {} each, the median of what was closed within 8 hours.",
                    Counted(static_cast<std::size_t>(from_history), "issue"),
                    Counted(static_cast<std::size_t>(*history), "minute")));
  }
  return minutes;
}

}  // namespace clambake::planner
