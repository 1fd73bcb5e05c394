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
  AreaQueues(std::int32_t areas, std::int32_t units);

  void Clear();

  // The area whose use keeps `uses` from starting now, as that use, or kNone.
  [[nodiscard]] std::int32_t Obstacle(std::span<const std::int32_t> uses) const;
  void Take(std::span<const std::int32_t> uses);
  void Release(std::int32_t use) { --(IsBelow(use) ? below_ : whole_)[AreaOf(use)]; }

  // True if `use` could begin now.
  [[nodiscard]] bool Open(std::int32_t use) const {
    const std::int32_t area = AreaOf(use);
    return whole_[area] == 0 && (IsBelow(use) || below_[area] == 0);
  }

  // Queues of one area: the queue of (use, skill), made when first asked for.
  std::int32_t QueueOf(std::int32_t use, std::int32_t skill);
  [[nodiscard]] std::int32_t FirstQueue(std::int32_t area) const { return first_queue_[area]; }
  [[nodiscard]] std::int32_t NextQueue(std::int32_t queue) const { return queues_[queue].next; }
  [[nodiscard]] std::int32_t UseOf(std::int32_t queue) const { return queues_[queue].use; }

  void Push(std::int32_t queue, std::int32_t unit, std::int32_t rank);
  void Improve(std::int32_t unit, std::int32_t rank);  // of a unit that waits; rank only sinks
  std::int32_t Pop(std::int32_t queue);                // kNone if empty
  [[nodiscard]] std::int32_t Top(std::int32_t queue) const { return queues_[queue].root; }

  // The queue where `unit` waits, or kNone.
  [[nodiscard]] std::int32_t WaitsAt(std::int32_t unit) const { return waits_at_[unit]; }

 private:
  struct Queue {
    std::int32_t use = 0;
    std::int32_t skill = 0;
    std::int32_t root = kNone;
    std::int32_t next = kNone;
  };

  std::int32_t Meld(std::int32_t a, std::int32_t b);
  std::int32_t MeldSiblings(std::int32_t first);
  void Detach(std::int32_t unit);

  Column<std::int32_t> whole_;        // by area: uses of the area itself
  Column<std::int32_t> below_;        // by area: uses below it
  Column<std::int32_t> first_queue_;  // by area
  Column<Queue> queues_;
  // Pairing heap, by unit. `previous` is the parent for a first child.
  Column<std::int32_t> rank_, child_, sibling_, previous_, waits_at_;
};

}  // namespace clambake::planner

#endif  // CLAMBAKE_PLANNER_AREA_QUEUE_H_
