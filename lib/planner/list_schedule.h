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
  void MakeUnits();
  void PlaceJobs(std::span<const std::int32_t> order);
  void Reset();
  void StartHeld();
  void Begin(std::int32_t job, std::int32_t agent);
  void Finish(std::int32_t job);
  void ReleaseAreas(std::int32_t job);
  void MakeReady(std::int32_t job);
  void Dispatch();
  [[nodiscard]] std::int32_t MostUrgent() const;
  [[nodiscard]] std::int32_t OwnInstead(std::int32_t job);
  void Start(std::int32_t job);

  // Offered jobs may start now as far as they are concerned. Of a unit, only
  // the most urgent job is offered, and only while no area stands against it.
  void Offer(std::int32_t job);
  void Withdraw(std::int32_t job);
  void OfferUnit(std::int32_t unit);
  void Park(std::int32_t unit, std::int32_t use);
  void WakeNext(std::int32_t queue);
  [[nodiscard]] std::int32_t TopOfUnit(std::int32_t unit) const;

  const Problem& problem_;
  Schedule schedule_;
  std::int64_t now_ = 0;
  EventQueue running_;
  std::vector<std::int32_t> ended_;
  Column<std::int32_t> rank_;       // by job
  Column<std::int32_t> waits_for_;  // by job: unfinished predecessors
  AgentPool pool_;

  RankSet offered_;                   // places, by skill class and rank
  Column<std::int32_t> place_;        // by job
  Column<std::int32_t> job_at_;       // by place
  Column<std::int32_t> skill_begin_;  // by skill class: its first place
  Column<std::int32_t> top_;          // by skill class: its most urgent offered job, or kNone
  std::int64_t offers_ = 0;

  std::vector<std::int32_t> area_jobs_;           // jobs with file areas, by unit
  Column<std::int32_t> unit_;                     // by job, or kNone
  Column<std::int32_t> unit_begin_;               // by unit: its first unit place
  Column<std::int32_t> unit_areas_, unit_skill_;  // by unit
  RankSet ready_in_unit_;                         // unit places, by unit and rank
  Column<std::int32_t> unit_place_;               // by job
  Column<std::int32_t> unit_job_at_;              // by unit place
  Column<std::int32_t> unit_offer_;               // by unit: its offered job, or kNone
  Column<std::int32_t> woken_by_;                 // by unit: the queue that let it go, or kNone
  AreaQueues areas_;
};

}  // namespace clambake::planner

#endif  // CLAMBAKE_PLANNER_LIST_SCHEDULE_H_
