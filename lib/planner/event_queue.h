// Which running job ends next. Time only runs forward and is whole minutes:
// where minutes are not sparse a ring of lists, one for each minute, does it
// without comparing anything; else a heap.
#ifndef CLAMBAKE_PLANNER_EVENT_QUEUE_H_
#define CLAMBAKE_PLANNER_EVENT_QUEUE_H_

#include <algorithm>
#include <bit>
#include <cstdint>
#include <functional>
#include <queue>
#include <utility>
#include <vector>

#include "planner/problem.h"

namespace clambake::planner {

class EventQueue {
 public:
  explicit EventQueue(const Problem& problem) {
    constexpr std::int64_t kMaxRing = 1 << 16;
    std::int64_t longest = 1;
    std::int64_t total = 0;
    for (const std::int64_t minutes : problem.minutes) {
      longest = std::max(longest, minutes);
      total += minutes;
    }
    // A ring steps through every minute, `total` at most if all wait in a row.
    if (longest >= kMaxRing || total / std::max(problem.agents(), 1) > std::int64_t{8} * problem.jobs())
      return;
    first_.assign(std::bit_ceil(static_cast<std::size_t>(longest) + 1), kNone);
    next_.resize(problem.minutes.size());
  }

  void Clear() {
    now_ = 0;
    running_ = 0;
    std::fill(first_.begin(), first_.end(), kNone);
    heap_ = {};
  }

  [[nodiscard]] bool empty() const { return running_ == 0; }

  // `finish` is after the time of the last TakeNext.
  void Add(std::int64_t finish, std::int32_t job) {
    ++running_;
    if (first_.empty()) {
      heap_.emplace(finish, job);
      return;
    }
    next_[job] = std::exchange(first_[Slot(finish)], job);
  }

  // Moves to the next time at which something ends, returns it, and appends
  // all that ends then to `ended`.
  std::int64_t TakeNext(std::vector<std::int32_t>& ended) {
    if (first_.empty()) {
      now_ = heap_.top().first;
      for (; !heap_.empty() && heap_.top().first == now_; heap_.pop()) ended.push_back(heap_.top().second);
    } else {
      do {
        ++now_;
      } while (first_[Slot(now_)] == kNone);
      for (std::int32_t job = std::exchange(first_[Slot(now_)], kNone); job != kNone; job = next_[job]) {
        ended.push_back(job);
      }
    }
    running_ -= static_cast<std::int64_t>(ended.size());
    return now_;
  }

 private:
  using Event = std::pair<std::int64_t, std::int32_t>;  // finish, job

  [[nodiscard]] std::size_t Slot(std::int64_t time) const {
    return static_cast<std::size_t>(time) & (first_.size() - 1);
  }

  std::int64_t now_ = 0;
  std::int64_t running_ = 0;
  std::vector<std::int32_t> first_;  // by minute, around the ring: a list of jobs
  Column<std::int32_t> next_;        // by job
  std::priority_queue<Event, std::vector<Event>, std::greater<>> heap_;
};

}  // namespace clambake::planner

#endif  // CLAMBAKE_PLANNER_EVENT_QUEUE_H_
