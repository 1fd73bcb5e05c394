// What ends next of all that runs. Time only runs forward and is whole minutes:
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

// `Event` is what is to be known of it when it ends; where the heap is used,
// equal times come out in the order of events.
template <typename Event>
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
    ring_.resize(std::bit_ceil(static_cast<std::size_t>(longest) + 1));
  }

  // Back to minute 0, once all has been taken.
  void Rewind() { now_ = 0; }

  [[nodiscard]] bool empty() const { return running_ == 0; }

  // `finish` is after the time of the last TakeNext.
  void Add(std::int64_t finish, const Event& event) {
    ++running_;
    if (ring_.empty()) {
      heap_.emplace(finish, event);
    } else {
      ring_[Slot(finish)].push_back(event);
    }
  }

  // Moves to the next time at which something ends, returns it, and appends
  // all that ends then to `ended`.
  std::int64_t TakeNext(std::vector<Event>& ended) {
    if (ring_.empty()) {
      now_ = heap_.top().first;
      for (; !heap_.empty() && heap_.top().first == now_; heap_.pop()) ended.push_back(heap_.top().second);
    } else {
      do {
        ++now_;
      } while (ring_[Slot(now_)].empty());
      auto& minute = ring_[Slot(now_)];
      ended.insert(ended.end(), minute.begin(), minute.end());
      minute.clear();
    }
    running_ -= static_cast<std::int64_t>(ended.size());
    return now_;
  }

 private:
  using Timed = std::pair<std::int64_t, Event>;  // finish first

  [[nodiscard]] std::size_t Slot(std::int64_t time) const {
    return static_cast<std::size_t>(time) & (ring_.size() - 1);
  }

  std::int64_t now_ = 0;
  std::int64_t running_ = 0;
  std::vector<std::vector<Event>> ring_;  // by minute, around the ring
  std::priority_queue<Timed, std::vector<Timed>, std::greater<>> heap_;
};

}  // namespace clambake::planner

#endif  // CLAMBAKE_PLANNER_EVENT_QUEUE_H_
