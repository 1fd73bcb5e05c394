// Issues that wait for a file area. Those with the same skills and the same
// areas form a unit, which waits as one; the units that wait at an area for
// the same reason form a queue with the most urgent first. When the area
// comes free, one unit of each queue is let go, never all: a file that
// everybody touches would otherwise cost quadratic time.
#ifndef CLAMBAKE_PLANNER_AREA_QUEUE_H_
#define CLAMBAKE_PLANNER_AREA_QUEUE_H_

#include <cstdint>
#include <vector>

#include "planner/problem.h"

namespace clambake::planner {

class AreaQueues {
 public:
  explicit AreaQueues(std::int32_t areas) : areas_(static_cast<std::size_t>(areas)) {}

  // All areas free, nobody waiting; `units` of them may come.
  void Clear(std::int32_t units);

  // The area whose use keeps `uses` from starting now, as that use, or kNone.
  [[nodiscard]] std::int32_t Obstacle(std::span<const std::int32_t> uses) const;
  void Take(std::span<const std::int32_t> uses);
  void Release(std::int32_t use) { --Users(use); }

  // What every question about `use` reads first: for prefetching.
  [[nodiscard]] const void* AddressOf(std::int32_t use) const { return &areas_[AreaOf(use)]; }

  [[nodiscard]] const void* AddressOfWaiting(std::int32_t unit) const { return &waiting_[unit]; }

  // True if `use` could begin now.
  [[nodiscard]] bool Open(std::int32_t use) const {
    const Area& area = areas_[AreaOf(use)];
    return area.whole == 0 && (IsBelow(use) || area.below == 0);
  }

  // Queues of one area: the queue of (use, skill), made when first asked for.
  std::int32_t QueueOf(std::int32_t use, std::int32_t skill);
  [[nodiscard]] std::int32_t FirstQueue(std::int32_t area) const { return areas_[area].first_queue; }
  [[nodiscard]] std::int32_t NextQueue(std::int32_t queue) const { return queues_[queue].next; }
  [[nodiscard]] std::int32_t UseOf(std::int32_t queue) const { return queues_[queue].use; }

  void Push(std::int32_t queue, std::int32_t unit, std::int32_t rank);
  void Improve(std::int32_t unit, std::int32_t rank);  // of a unit that waits; rank only sinks
  std::int32_t Pop(std::int32_t queue);                // kNone if empty
  [[nodiscard]] std::int32_t Top(std::int32_t queue) const { return queues_[queue].root; }

  // The queue where `unit` waits, or kNone.
  [[nodiscard]] std::int32_t WaitsAt(std::int32_t unit) const { return waiting_[unit].at; }

 private:
  struct Queue {
    std::int32_t use = 0;
    std::int32_t skill = 0;
    std::int32_t root = kNone;
    std::int32_t next = kNone;
  };

  struct Area {
    std::int32_t whole = 0;  // uses of the area itself
    std::int32_t below = 0;  // uses below it
    std::int32_t first_queue = kNone;
  };
  // Of a pairing heap; `previous` is the parent for a first child.
  struct Waiting {
    std::int32_t at = kNone;  // its queue
    std::int32_t rank = 0;
    std::int32_t child = kNone, sibling = kNone, previous = kNone;
  };

  std::int32_t& Users(std::int32_t use) {
    Area& area = areas_[AreaOf(use)];
    return IsBelow(use) ? area.below : area.whole;
  }
  std::int32_t Meld(std::int32_t a, std::int32_t b);
  std::int32_t MeldSiblings(std::int32_t first);
  void Detach(std::int32_t unit);

  Column<Area> areas_;
  Column<Queue> queues_;
  Column<Waiting> waiting_;  // by unit
};

}  // namespace clambake::planner

#endif  // CLAMBAKE_PLANNER_AREA_QUEUE_H_
