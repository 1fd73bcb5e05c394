// The list scheduler: time runs forward, and whenever agents are idle the most
// urgent issue that can start is given to one of them. Because it takes issues
// strictly by rank, and ranks put higher tiers first, no agent ever starts a
// lower tier while a higher-tier issue that it could take is ready.
//
// O(n log n) for n issues and edges; nearly all memory is allocated once.
#ifndef CLAMBAKE_PLANNER_LIST_SCHEDULE_H_
#define CLAMBAKE_PLANNER_LIST_SCHEDULE_H_

#include <cstdint>
#include <span>
#include <vector>

#include "planner/agent_pool.h"
#include "planner/area_queue.h"
#include "planner/event_queue.h"
#include "planner/problem.h"
#include "planner/rank_set.h"

namespace clambake::planner {

class ListScheduler {
 public:
  // `problem` outlives the scheduler, and its precedence has no cycles.
  explicit ListScheduler(const Problem& problem);

  // `order`: all jobs, most urgent first. May be called again and again; the
  // result stands until the next call.
  const Schedule& Run(std::span<const std::int32_t> order);

 private:
  // A job, by rank. All that is asked of one while time runs lies together:
  // with a million jobs, each look at another column would be a cache miss.
  struct alignas(32) Item {
    std::int32_t job = 0;
    std::int32_t minutes = 0;
    std::int32_t skill = 0;
    std::int32_t waits_for = 0;   // unfinished predecessors; kNever for what runs already
    std::int32_t after = 0;       // its successors are after_[after …] up to kNone
    std::int32_t place = 0;       // in offered_
    std::int32_t unit = kNone;    // of those with file areas
    std::int32_t unit_place = 0;  // in ready_in_unit_; before there are units, its set of file areas
  };

  struct Began {
    std::int64_t start = 0;
    std::int32_t agent = kNone;
  };

  // What is to be known of an item when it ends.
  struct Running {
    std::int32_t item = 0;
    std::int32_t agent = 0;
    std::int32_t unit = kNone;
    std::int32_t after = 0;
    bool operator<(const Running& other) const { return item < other.item; }
  };

  // Jobs with the same skills and the same file areas wait as one.
  struct alignas(32) Unit {
    std::int32_t begin = 0, end = 0;  // unit places
    std::int32_t uses = 0, uses_count = 0;
    std::int32_t set = 0, skill = 0;
    std::int32_t offer = kNone;     // its offered item
    std::int32_t woken_by = kNone;  // the queue that let it go
  };

  void MakeItems(std::span<const std::int32_t> order);
  std::int32_t ListAfter(std::int32_t job);
  void MakeUnits();
  std::int32_t UnitOf(std::int32_t set, std::int32_t skill);
  void Reset();
  void StartHeld();
  void FinishAll();
  void Begin(std::int32_t item, std::int32_t agent);
  void WriteResult();
  void Finish(const Running& ended);
  void ReleaseAreas(std::int32_t unit);
  void MakeReady(std::int32_t item);
  void Dispatch();
  [[nodiscard]] std::int32_t MostUrgent() const;
  void Start(std::int32_t item);

  // Offered items may start now as far as they are concerned. Of a unit, only
  // the most urgent item is offered, and only while no area stands against it.
  void Offer(std::int32_t item);
  void Withdraw(std::int32_t item);
  void FetchBehind(std::int32_t place, std::int32_t end) const;
  void OfferUnit(std::int32_t unit, std::int32_t item);
  void Park(std::int32_t unit, std::int32_t use);
  void WakeNext(std::int32_t queue);
  // The unit place of its most urgent ready item; its end if none is ready.
  [[nodiscard]] std::int32_t TopOfUnit(std::int32_t unit) const {
    return ready_in_unit_.First(units_[unit].begin, units_[unit].end);
  }
  [[nodiscard]] std::span<const std::int32_t> UsesOf(std::int32_t unit) const {
    return {uses_.data() + units_[unit].uses, static_cast<std::size_t>(units_[unit].uses_count)};
  }

  const Problem& problem_;
  Schedule schedule_;
  std::int64_t now_ = 0;
  EventQueue<Running> running_;
  std::vector<Running> ended_;
  AgentPool pool_;

  Column<Item> items_;
  Column<Began> began_;         // by item
  Column<std::int32_t> rank_;   // by job: its item
  Column<std::int32_t> after_;  // items, in the order of problem.after, with kNone behind each row
  RankSet offered_;             // places, by skill class and rank
  Column<std::int32_t> item_at_;
  Column<std::int32_t> skill_begin_;  // by skill class: its first place
  Column<std::int32_t> top_;          // by skill class: its most urgent offered item, or kNone
  std::int64_t offers_ = 0;

  Column<Unit> units_;                 // in the order of their most urgent items
  Column<std::int32_t> unit_of_set_;   // by area set: the last of its units
  Column<std::int32_t> unit_before_;   // by unit: another one of its set, or kNone
  Column<std::int32_t> area_number_;   // by area: its number here, by first use
  Column<std::int32_t> uses_;          // by unit, of areas as numbered here
  RankSet ready_in_unit_;              // unit places, by unit and rank
  Column<std::int32_t> unit_item_at_;  // by unit place
  AreaQueues areas_;
};

}  // namespace clambake::planner

#endif  // CLAMBAKE_PLANNER_LIST_SCHEDULE_H_
