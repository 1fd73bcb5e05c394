#include "planner/order.h"

#include <algorithm>
#include <array>
#include <bit>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

namespace clambake::planner {
namespace {

// Stable, by the bits from `low` to `high`, in passes of 11.
void RadixSort(std::vector<std::uint64_t>& keys, int low, int high) {
  constexpr int kBits = 11;
  std::vector<std::uint64_t> other(keys.size());
  for (int shift = low; shift < high; shift += kBits) {
    std::array<std::uint32_t, std::size_t{1} << kBits> next{};
    const auto digit = [shift](std::uint64_t key) { return key >> shift & ((1U << kBits) - 1); };
    for (const std::uint64_t key : keys) ++next[digit(key)];
    std::uint32_t sum = 0;
    for (std::uint32_t& it : next) sum += std::exchange(it, sum);
    for (const std::uint64_t key : keys) other[next[digit(key)]++] = key;
    keys.swap(other);
  }
}

// Sorts jobs, given ascending, by `key_of`, none of which is above `largest`.
template <typename KeyOf>
void SortBy(Column<std::int32_t>& jobs, std::uint64_t largest, KeyOf&& key_of) {
  if (jobs.empty()) return;
  const auto job_bits = static_cast<int>(std::bit_width(static_cast<std::uint32_t>(jobs.back())));
  const auto key_bits = static_cast<int>(std::bit_width(largest));
  if (job_bits + key_bits > 64) {  // years of work for each of many
    std::stable_sort(jobs.begin(), jobs.end(), [&](auto a, auto b) { return key_of(a) < key_of(b); });
    return;
  }
  std::vector<std::uint64_t> keys;
  keys.reserve(jobs.size());
  for (const std::int32_t job : jobs)
    keys.push_back(key_of(job) << job_bits | static_cast<std::uint64_t>(job));
  // Counting what is in the many buckets takes longer than sorting a few keys.
  constexpr std::size_t kFew = 200;
  if (keys.size() < kFew) {
    std::sort(keys.begin(), keys.end());
  } else {
    RadixSort(keys, job_bits, job_bits + key_bits);
  }
  const std::uint64_t mask = (std::uint64_t{1} << job_bits) - 1;
  for (std::int32_t i = 0; i < jobs.count(); ++i)
    jobs[i] = static_cast<std::int32_t>(keys[static_cast<std::size_t>(i)] & mask);
}

Column<std::int32_t> AllJobs(std::size_t count) {
  Column<std::int32_t> jobs(count);
  std::iota(jobs.begin(), jobs.end(), 0);
  return jobs;
}

std::int64_t Largest(const Column<std::int64_t>& values) {
  return values.empty() ? 0 : *std::max_element(values.begin(), values.end());
}

void SortByUrgency(const Problem& problem, const Column<std::int64_t>& weights, Column<std::int32_t>& jobs) {
  if (jobs.empty()) return;
  const std::int64_t heaviest = Largest(weights);
  const auto span = static_cast<std::uint64_t>(heaviest) + 1;
  const std::uint64_t tiers = *std::max_element(problem.tier.begin(), problem.tier.end()) + std::uint64_t{1};
  SortBy(jobs, tiers * span - 1, [&](std::int32_t job) {
    return problem.tier[job] * span + static_cast<std::uint64_t>(heaviest - weights[job]);
  });
}

}  // namespace

// As near to the order of numbers as can be, which is how all columns lie.
Column<std::int32_t> TopologicalOrder(const Problem& problem) {
  Column<std::int32_t> order;
  Column<std::int32_t> waits_for(problem.minutes.size());
  order.reserve(problem.minutes.size());
  for (std::int32_t job = 0; job < problem.jobs(); ++job)
    waits_for[job] = static_cast<std::int32_t>(problem.before[job].size());
  std::vector<std::int32_t> next_ones;
  for (std::int32_t job = 0; job < problem.jobs(); ++job) {
    if (waits_for[job] == 0) next_ones.push_back(job);
    while (!next_ones.empty()) {
      const std::int32_t at = next_ones.back();
      next_ones.pop_back();
      order.push_back(at);
      for (const std::int32_t next : problem.after[at]) {
        if (--waits_for[next] == 0 && next < job) next_ones.push_back(next);  // later ones have their turn
      }
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
      heads[next] = std::max(heads[next], heads[job] + problem.minutes[job]);
    }
  }
  return heads;
}

Column<std::int32_t> OrderByTime(const Schedule& schedule, std::int32_t agents) {
  Column<std::int32_t> jobs = AllJobs(schedule.start.size());
  const auto each = static_cast<std::uint64_t>(agents);
  SortBy(jobs, (static_cast<std::uint64_t>(Largest(schedule.start)) + 1) * each, [&](std::int32_t job) {
    return static_cast<std::uint64_t>(schedule.start[job]) * each +
           static_cast<std::uint64_t>(schedule.agent[job]);
  });
  return jobs;
}

Column<std::int32_t> UrgencyOrder(const Problem& problem, const Column<std::int64_t>& weights) {
  Column<std::int32_t> jobs = AllJobs(weights.size());
  SortByUrgency(problem, weights, jobs);
  return jobs;
}

Column<std::int32_t> OrderByWeight(const Column<std::int64_t>& weights) {
  Column<std::int32_t> jobs = AllJobs(weights.size());
  const std::int64_t heaviest = Largest(weights);
  SortBy(jobs, static_cast<std::uint64_t>(heaviest),
         [&](std::int32_t job) { return static_cast<std::uint64_t>(heaviest - weights[job]); });
  return jobs;
}

namespace {

Column<std::int32_t> AreaJobsByUrgency(const Problem& problem, const Column<std::int64_t>& weights) {
  Column<std::int32_t> jobs;
  for (std::int32_t job = 0; job < problem.jobs(); ++job) {
    if (problem.area_set[job] != 0) jobs.push_back(job);
  }
  SortByUrgency(problem, weights, jobs);
  return jobs;
}

// In the order of urgency jobs lie all over the columns, and so do their areas:
// asks for what will be needed soon, one step of the way each time.
class AreaWalk {
 public:
  AreaWalk(const Problem& problem, const Column<std::int64_t>& weights, const Column<std::int64_t>& queue,
           const Column<std::int32_t>& jobs)
      : problem_(problem), weights_(weights), queue_(queue), jobs_(jobs) {}

  // `step` is 1 where jobs are walked forward, else −1.
  void FetchAhead(std::int32_t at, std::int32_t step) const {
    if (const std::int32_t i = at + 32 * step; Inside(i)) {
      __builtin_prefetch(&problem_.area_set[jobs_[i]]);
      __builtin_prefetch(&problem_.minutes[jobs_[i]]);
      __builtin_prefetch(&weights_[jobs_[i]]);
    }
    if (const std::int32_t i = at + 24 * step; Inside(i))
      __builtin_prefetch(&problem_.area_sets.begin[problem_.area_set[jobs_[i]]]);
    if (const std::int32_t i = at + 16 * step; Inside(i)) __builtin_prefetch(Uses(i).data());
    if (const std::int32_t i = at + 8 * step; Inside(i)) {
      for (const std::int32_t use : Uses(i)) __builtin_prefetch(&queue_[AreaOf(use)]);
    }
  }

  [[nodiscard]] std::span<const std::int32_t> Uses(std::int32_t i) const {
    return problem_.area_sets[problem_.area_set[jobs_[i]]];
  }

 private:
  [[nodiscard]] bool Inside(std::int32_t i) const { return i >= 0 && i < jobs_.count(); }

  const Problem& problem_;
  const Column<std::int64_t>& weights_;
  const Column<std::int64_t>& queue_;
  const Column<std::int32_t>& jobs_;
};

}  // namespace

Column<std::int64_t> TailsWithQueues(const Problem& problem, const Column<std::int64_t>& tails) {
  Column<std::int64_t> weights = tails;
  if (problem.area_count == 0) return weights;
  Column<std::int64_t> queue(static_cast<std::size_t>(problem.area_count), 0);
  const Column<std::int32_t> jobs = AreaJobsByUrgency(problem, tails);
  const AreaWalk walk(problem, weights, queue, jobs);
  for (std::int32_t i = jobs.count() - 1; i >= 0; --i) {
    const std::int32_t job = jobs[i];
    walk.FetchAhead(i, -1);
    const auto uses = walk.Uses(i);
    for (const std::int32_t use : uses) {
      if (!IsBelow(use)) weights[job] = std::max(weights[job], problem.minutes[job] + queue[AreaOf(use)]);
    }
    for (const std::int32_t use : uses) {
      if (!IsBelow(use)) queue[AreaOf(use)] = weights[job];
    }
  }
  // What is more urgent may have to wait for a blocker and come upon the area
  // late: work that is in no hurry had better be done with it by then.
  std::fill(queue.begin(), queue.end(), 0);
  for (std::int32_t i = 0; i < jobs.count(); ++i) {
    const std::int32_t job = jobs[i];
    walk.FetchAhead(i, 1);
    for (const std::int32_t use : walk.Uses(i)) {
      weights[job] = std::max(weights[job], problem.minutes[job] + queue[AreaOf(use)]);
      queue[AreaOf(use)] = std::max(queue[AreaOf(use)], problem.minutes[job]);
    }
  }
  return weights;
}

}  // namespace clambake::planner
