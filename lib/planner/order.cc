#include "planner/order.h"

#include <algorithm>
#include <array>
#include <vector>

namespace clambake::planner {
namespace {

struct Key {
  std::uint64_t major = 0;
  std::int32_t job = 0;
};

// Stable, by `major`, in passes of 11 bits.
void RadixSort(std::vector<Key>& keys, std::uint64_t largest) {
  constexpr unsigned kBits = 11;
  std::vector<Key> other(keys.size());
  for (unsigned shift = 0; shift < 64 && (largest >> shift) != 0; shift += kBits) {
    std::array<std::size_t, std::size_t{1} << kBits> next{};
    const auto digit = [shift](const Key& key) { return key.major >> shift & ((1U << kBits) - 1); };
    for (const Key& key : keys) ++next[digit(key)];
    std::size_t sum = 0;
    for (std::size_t& it : next) sum += std::exchange(it, sum);
    for (const Key& key : keys) other[next[digit(key)]++] = key;
    keys.swap(other);
  }
}

Column<std::int32_t> Sorted(std::vector<Key> keys) {
  std::uint64_t largest = 0;
  for (const Key& key : keys) largest = std::max(largest, key.major);
  RadixSort(keys, largest);
  Column<std::int32_t> order;
  order.reserve(keys.size());
  for (const Key& key : keys) order.push_back(key.job);
  return order;
}

}  // namespace

Column<std::int32_t> TopologicalOrder(const Problem& problem) {
  Column<std::int32_t> order;
  Column<std::int32_t> waits_for(problem.minutes.size());
  order.reserve(problem.minutes.size());
  for (std::int32_t job = 0; job < problem.jobs(); ++job) {
    waits_for[job] = static_cast<std::int32_t>(problem.before[job].size());
    if (waits_for[job] == 0) order.push_back(job);
  }
  for (std::int32_t i = 0; i < order.count(); ++i) {
    for (const std::int32_t next : problem.after[order[i]]) {
      if (--waits_for[next] == 0) order.push_back(next);
    }
  }
  return order;
}

Column<std::int64_t> Tails(const Problem& problem, const Column<std::int32_t>& topological) {
  Column<std::int64_t> tails = problem.minutes;
  for (auto job = topological.rbegin(); job != topological.rend(); ++job) {
    std::int64_t longest = 0;
    for (const std::int32_t next : problem.after[*job]) longest = std::max(longest, tails[next]);
    tails[*job] += longest;
  }
  return tails;
}

Column<std::int64_t> Heads(const Problem& problem, const Column<std::int32_t>& topological) {
  Column<std::int64_t> heads(problem.minutes.size(), 0);
  for (const std::int32_t job : topological) {
    for (const std::int32_t next : problem.after[job]) {
      if (problem.held_by[next] != kNone) continue;
      heads[next] = std::max(heads[next], heads[job] + problem.minutes[job]);
    }
  }
  return heads;
}

Column<std::int32_t> OrderByTime(const Schedule& schedule, std::int32_t agents) {
  std::vector<Key> keys;
  keys.reserve(schedule.start.size());
  for (std::int32_t job = 0; job < schedule.start.count(); ++job) {
    const auto time = static_cast<std::uint64_t>(schedule.start[job]);
    keys.push_back(
        {time * static_cast<std::uint64_t>(agents) + static_cast<std::uint64_t>(schedule.agent[job]), job});
  }
  return Sorted(std::move(keys));
}

Column<std::int32_t> UrgencyOrder(const Problem& problem, const Column<std::int64_t>& weights) {
  const std::int64_t heaviest = weights.empty() ? 0 : *std::max_element(weights.begin(), weights.end());
  std::vector<Key> keys;
  keys.reserve(weights.size());
  for (std::int32_t job = 0; job < problem.jobs(); ++job) {
    const auto lightness = static_cast<std::uint64_t>(heaviest - weights[job]);
    keys.push_back({problem.tier[job] * static_cast<std::uint64_t>(heaviest + 1) + lightness, job});
  }
  return Sorted(std::move(keys));
}

Column<std::int32_t> OrderByWeight(const Column<std::int64_t>& weights) {
  const std::int64_t heaviest = weights.empty() ? 0 : *std::max_element(weights.begin(), weights.end());
  std::vector<Key> keys;
  keys.reserve(weights.size());
  for (std::int32_t job = 0; job < weights.count(); ++job) {
    keys.push_back({static_cast<std::uint64_t>(heaviest - weights[job]), job});
  }
  return Sorted(std::move(keys));
}

Column<std::int64_t> TailsWithQueues(const Problem& problem, const Column<std::int64_t>& tails) {
  Column<std::int64_t> weights = tails;
  if (problem.area_count == 0) return weights;
  Column<std::int64_t> queue(static_cast<std::size_t>(problem.area_count), 0);
  const Column<std::int32_t> order = UrgencyOrder(problem, tails);
  for (auto job = order.rbegin(); job != order.rend(); ++job) {
    const auto uses = problem.area_sets[problem.area_set[*job]];
    for (const std::int32_t use : uses) {
      if (!IsBelow(use)) weights[*job] = std::max(weights[*job], problem.minutes[*job] + queue[AreaOf(use)]);
    }
    for (const std::int32_t use : uses) {
      if (!IsBelow(use)) queue[AreaOf(use)] = weights[*job];
    }
  }
  // What is more urgent may have to wait for a blocker and come upon the area
  // late: work that is in no hurry had better be done with it by then.
  std::fill(queue.begin(), queue.end(), 0);
  for (const std::int32_t job : order) {
    const auto uses = problem.area_sets[problem.area_set[job]];
    for (const std::int32_t use : uses) {
      weights[job] = std::max(weights[job], problem.minutes[job] + queue[AreaOf(use)]);
      queue[AreaOf(use)] = std::max(queue[AreaOf(use)], problem.minutes[job]);
    }
  }
  return weights;
}

}  // namespace clambake::planner
