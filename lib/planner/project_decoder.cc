#include "planner/project_decoder.h"

#include <algorithm>

namespace clambake::planner {
namespace {

// The top bit of each lane. A lane's free amount has it set beforehand, so that
// subtracting a larger need clears it instead of borrowing from its neighbour.
constexpr std::uint64_t kGuards = 0x8000800080008000U;

}  // namespace

ProjectDecoder::ProjectDecoder(const Project& project) : project_(project) {
  std::int64_t horizon = 1;
  need_.resize(project.duration.size());
  for (std::int32_t job = 0; job < project.jobs(); ++job) {
    horizon += project.duration[job];
    for (std::int32_t r = 0; r < project.resources; ++r) {
      need_[job] |= static_cast<std::uint64_t>(project.Demand(job, r)) << (16U * static_cast<unsigned>(r));
    }
  }
  full_ = kGuards;
  for (std::int32_t r = 0; r < project.resources; ++r) {
    full_ |= static_cast<std::uint64_t>(project.capacity[r]) << (16U * static_cast<unsigned>(r));
  }
  free_.assign(static_cast<std::size_t>(std::min(horizon, kMaxHorizon)), full_);
}

std::int32_t ProjectDecoder::Fit(std::int32_t from, std::int32_t job) const {
  const std::uint64_t need = need_[job];
  const std::int32_t duration = project_.duration[job];
  std::int32_t at = from;
  // Looking from the end of the gap, an obstacle is stepped over at once.
  for (std::int32_t t = std::min(at + duration, used_until_) - 1; t >= at;) {
    if (((free_[t] - need) & kGuards) == kGuards) {
      --t;
      continue;
    }
    at = t + 1;
    t = std::min(at + duration, used_until_) - 1;
  }
  return at;
}

std::int32_t ProjectDecoder::Place(std::span<const std::int32_t> list, Direction direction,
                                   Column<std::int32_t>& start) {
  ++decodes_;
  std::fill(free_.begin(), free_.begin() + used_until_, full_);
  used_until_ = 0;
  const Rows& before = direction == Direction::kForward ? project_.before : project_.after;
  for (const std::int32_t job : list) {
    std::int32_t earliest = 0;
    for (const std::int32_t blocker : before[job]) {
      earliest = std::max(earliest, start[blocker] + project_.duration[blocker]);
    }
    const std::int32_t at = Fit(earliest, job);
    const std::int32_t end = at + project_.duration[job];
    start[job] = at;
    for (std::int32_t t = at; t < end; ++t) free_[t] -= need_[job];
    used_until_ = std::max(used_until_, end);
  }
  return used_until_;
}

void ProjectDecoder::SortInto(const Column<std::int32_t>& key, Column<std::int32_t>& list) {
  sort_.clear();
  for (std::int32_t job = 0; job < key.count(); ++job) {
    sort_.push_back((static_cast<std::uint64_t>(key[job]) << 32U) | static_cast<std::uint64_t>(job));
  }
  std::sort(sort_.begin(), sort_.end());
  list.resize(sort_.size());
  for (std::size_t i = 0; i < sort_.size(); ++i) {
    list[static_cast<std::int32_t>(i)] = static_cast<std::int32_t>(sort_[i] & 0xffffffffU);
  }
}

void ProjectDecoder::Decode(std::span<const std::int32_t> list, ProjectSchedule& schedule) {
  schedule.start.resize(project_.duration.size());
  schedule.makespan = Place(list, Direction::kForward, schedule.start);
}

void ProjectDecoder::Justify(ProjectSchedule& schedule) {
  const std::int32_t jobs = project_.jobs();
  key_.resize(project_.duration.size());
  back_.resize(project_.duration.size());
  for (std::int32_t last = schedule.makespan + 1; schedule.makespan < last;) {
    last = schedule.makespan;
    for (std::int32_t job = 0; job < jobs; ++job) {
      key_[job] = schedule.makespan - schedule.start[job] - project_.duration[job];
    }
    SortInto(key_, list_);
    const std::int32_t length = Place(list_, Direction::kBackward, back_);
    for (std::int32_t job = 0; job < jobs; ++job) key_[job] = length - back_[job] - project_.duration[job];
    SortInto(key_, list_);
    Decode(list_, schedule);
  }
}

void ProjectDecoder::ListOf(const ProjectSchedule& schedule, Column<std::int32_t>& list) {
  SortInto(schedule.start, list);
}

}  // namespace clambake::planner
