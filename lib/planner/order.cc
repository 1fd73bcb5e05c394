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

Rows RenumberedRows(const Rows& rows, const Column<std::int32_t>& order, const Column<std::int32_t>& place) {
  Rows result;
  result.begin.reserve(rows.begin.size());
  result.items.reserve(rows.items.size());
  for (const std::int32_t job : order) {
    for (const std::int32_t other : rows[job]) result.items.push_back(place[other]);
    result.begin.push_back(result.items.count());
  }
  return result;
}

// Area sets and areas, numbered by first use as well.
void RenumberAreas(const Problem& problem, Problem& result) {
  Column<std::int32_t> set_of(static_cast<std::size_t>(problem.area_sets.size()), kNone);
  Column<std::int32_t> area_of(static_cast<std::size_t>(problem.area_count), kNone);
  std::int32_t areas = 0;
  std::vector<std::int32_t> uses;
  result.area_sets.AddRow({});
  set_of[0] = 0;
  for (std::int32_t& set : result.area_set) {
    if (set_of[set] == kNone) {
      uses.clear();
      for (const std::int32_t use : problem.area_sets[set]) {
        std::int32_t& area = area_of[AreaOf(use)];
        if (area == kNone) area = areas++;
        uses.push_back(2 * area + (IsBelow(use) ? 1 : 0));
      }
      set_of[set] = result.area_sets.size();
      result.area_sets.AddRow(uses);
    }
    set = set_of[set];
  }
  result.area_count = problem.area_count;
}

template <typename T>
Column<T> Picked(const Column<T>& column, const Column<std::int32_t>& order) {
  Column<T> result;
  result.reserve(column.size());
  for (const std::int32_t job : order) result.push_back(column[job]);
  return result;
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

Column<std::int64_t> Tails(const Problem& problem) {
  Column<std::int64_t> tails = problem.minutes;
  const Column<std::int32_t> order = TopologicalOrder(problem);
  for (auto job = order.rbegin(); job != order.rend(); ++job) {
    std::int64_t longest = 0;
    for (const std::int32_t next : problem.after[*job]) longest = std::max(longest, tails[next]);
    tails[*job] += longest;
  }
  return tails;
}

Column<std::int64_t> Heads(const Problem& problem) {
  Column<std::int64_t> heads(problem.minutes.size(), 0);
  for (const std::int32_t job : TopologicalOrder(problem)) {
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
  return weights;
}

Problem Renumbered(const Problem& problem, const Column<std::int32_t>& order) {
  Column<std::int32_t> place(order.size());
  for (std::int32_t i = 0; i < order.count(); ++i) place[order[i]] = i;
  Problem result;
  result.minutes = Picked(problem.minutes, order);
  result.tier = Picked(problem.tier, order);
  result.skill = Picked(problem.skill, order);
  result.area_set = Picked(problem.area_set, order);
  result.held_by = Picked(problem.held_by, order);
  if (!problem.keep_at.empty()) {
    result.keep_at = Picked(problem.keep_at, order);
    result.keep_start = Picked(problem.keep_start, order);
  }
  result.before = RenumberedRows(problem.before, order, place);
  result.after = RenumberedRows(problem.after, order, place);
  RenumberAreas(problem, result);
  result.capacity = problem.capacity;
  result.group = problem.group;
  result.group_count = problem.group_count;
  result.skill_groups = problem.skill_groups;
  result.group_skills = problem.group_skills;
  return result;
}

Schedule NumberedBack(const Schedule& schedule, const Column<std::int32_t>& order) {
  Schedule result;
  result.makespan = schedule.makespan;
  result.start.resize(order.size());
  result.agent.resize(order.size());
  for (std::int32_t i = 0; i < order.count(); ++i) {
    result.start[order[i]] = schedule.start[i];
    result.agent[order[i]] = schedule.agent[i];
  }
  return result;
}

}  // namespace clambake::planner
