// A schedule that takes changes one at a time. What a change makes impossible
// is taken out and placed anew; everything else stays where it is. An issue
// that is placed takes the start of one of a lower tier where the rule of
// tiers wants that, and that one is placed anew in turn, so that a change
// ripples down the tiers and not through the whole schedule. Holes that arise
// in the future stay; an agent that is idle now is given work.
//
// After each change the schedule is feasible and keeps the rule of tiers, if
// it was and did before. A change costs O(a · (g + log n)) for a issues that
// it touches and g groups of agents; making a PlanRepair costs O(n log n).
#ifndef CLAMBAKE_PLANNER_PLAN_REPAIR_H_
#define CLAMBAKE_PLANNER_PLAN_REPAIR_H_

#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/container/btree_set.h"
#include "absl/container/flat_hash_map.h"
#include "planner/labels.h"
#include "planner/problem.h"

namespace clambake::planner {

struct NewJob {
  std::int64_t minutes = 1;
  std::uint8_t tier = 0;
  std::int32_t skill = 0;            // class of the problem
  std::vector<std::int32_t> before;  // jobs
  std::vector<std::int32_t> uses;    // of file areas, ascending; areas from area_count on are new
};

class PlanRepair {
 public:
  // Takes a problem and a schedule of it over. kAdvice: jobs whose agent is
  // kNone are placed, and so is whatever of the rest is not feasible, breaks
  // the rule of tiers or leaves an agent idle now. kValid: it is a plan's.
  enum class Trust { kAdvice, kValid };
  PlanRepair(Problem problem, const Schedule& schedule, Trust trust);

  void Remove(std::int32_t job);
  void SetMinutes(std::int32_t job, std::int64_t minutes);
  std::int32_t Add(const NewJob& job);   // its number
  void RemoveAgent(std::int32_t agent);  // what it had is placed elsewhere

  [[nodiscard]] const Problem& problem() const { return problem_; }
  [[nodiscard]] bool removed(std::int32_t job) const { return lane_[job] == kGone; }
  [[nodiscard]] std::int64_t start(std::int32_t job) const { return start_[job]; }
  [[nodiscard]] std::int32_t agent(std::int32_t job) const {
    return lane_[job] < 0 ? kNone : lanes_[lane_[job]].agent;
  }
  [[nodiscard]] std::int64_t makespan() const;

  // False once some job has nobody left to take it, or the search for places
  // was given up: plan anew, nothing else here means anything any more.
  [[nodiscard]] bool complete() const { return stranded_.empty(); }

  // Jobs that the last change placed, moved or removed.
  [[nodiscard]] const absl::btree_set<std::int32_t>& touched() const { return touched_; }

 private:
  static constexpr std::int32_t kGone = -2;
  using Event = std::pair<std::int64_t, std::int32_t>;  // time, job or lane
  using Events = absl::btree_set<Event>;
  struct Lane {  // a unit of an agent's capacity
    std::int32_t agent = 0;
    bool open = true;                // may be given more
    std::vector<std::int32_t> jobs;  // by start
  };
  struct AreaUser {
    std::int64_t start = 0;
    std::int32_t job = 0;
    bool below = false;
    auto operator<=>(const AreaUser&) const = default;
  };
  struct Place {
    std::int64_t start = 0;
    std::int32_t lane = kNone;
  };

  void MakeLanes();
  void Seed(const Schedule& schedule);
  void Settle();
  void PlaceNext();

  [[nodiscard]] std::int64_t End(std::int32_t job) const { return start_[job] + problem_.minutes[job]; }
  [[nodiscard]] std::int64_t Ready(std::int32_t job) const;
  [[nodiscard]] std::int32_t GroupOf(std::int32_t lane) const { return problem_.group[lanes_[lane].agent]; }
  [[nodiscard]] bool Placed(std::int32_t job) const { return lane_[job] >= 0; }
  [[nodiscard]] Events& EndsOf(std::int32_t lane) { return ends_[static_cast<std::size_t>(GroupOf(lane))]; }
  [[nodiscard]] Events& HolesOf(std::int32_t lane) { return holes_[static_cast<std::size_t>(GroupOf(lane))]; }
  [[nodiscard]] bool HasSuccessors(std::int32_t job) const;
  [[nodiscard]] std::int32_t LaneFor(std::int32_t job, std::int32_t agent, std::int64_t start) const;
  [[nodiscard]] std::int64_t LaneEnd(std::int32_t lane) const;
  [[nodiscard]] Events& Starts(std::int32_t group, std::uint8_t tier) {
    return starts_[static_cast<std::size_t>(group) * kTiers + tier];
  }
  [[nodiscard]] Events& Queue(std::int32_t skill, std::uint8_t tier) {
    return queue_[static_cast<std::size_t>(skill) * kTiers + tier];
  }
  [[nodiscard]] std::span<const std::int32_t> UsesOf(std::int32_t job) const {
    return problem_.area_sets[problem_.area_set[job]];
  }

  // Where a job can go at `from` or later, and what that takes.
  Place FindPlace(std::int32_t job, std::int64_t from);
  std::optional<std::int64_t> FirstLowerStart(std::int32_t job, std::int64_t from);
  std::int32_t Victim(std::int32_t job, std::int64_t time);
  [[nodiscard]] std::pair<int, int> Damage(std::int32_t other, std::int64_t minutes) const;
  std::optional<Place> SwapPlace(std::int32_t job, std::int64_t from);
  std::optional<Place> Hole(std::int32_t job, std::int64_t from);
  std::optional<Place> FreeLane(std::int32_t job, std::int64_t from);
  bool Squeeze(std::int32_t job, std::int64_t from, const Place& free);
  [[nodiscard]] bool MayYield(std::int32_t job) const;
  [[nodiscard]] std::int64_t AreasBusyUntil(std::int32_t job, std::int64_t time) const;
  [[nodiscard]] std::int64_t AreasClaimedUntil(std::int32_t job, std::int64_t time) const;
  [[nodiscard]] bool Overloaded(std::int32_t job) const;
  [[nodiscard]] bool AreasFree(std::int32_t job, std::int64_t from) const;
  std::int32_t WaitingAt(std::int32_t group, std::uint8_t tier, std::int64_t time);

  void Insert(std::int32_t job, Place place);
  void Take(std::int32_t job);                      // out of the schedule
  void Await(std::int32_t job, std::int64_t time);  // to be placed at `time` or later
  void Requeue(std::int32_t job, std::int64_t time);
  void Evict(std::int32_t job, std::int64_t time);  // both
  void Commit(std::int32_t job, Place place);
  void ClearWay(std::int32_t job);
  void Hurry(std::int32_t job, std::int64_t from);
  void Absorb(Place place, std::int64_t minutes);
  void FillHole(std::int32_t lane);
  void PullForward(std::int32_t lane);

  template <typename Do>
  void ForSuccessors(std::int32_t job, Do&& act) const {
    if (job < problem_.after.size()) {
      for (const std::int32_t next : problem_.after[job]) act(next);
    }
    if (const auto more = more_after_.find(job); more != more_after_.end()) {
      for (const std::int32_t next : more->second) act(next);
    }
  }

  Problem problem_;
  absl::flat_hash_map<std::int32_t, std::vector<std::int32_t>> more_after_;  // of added jobs
  std::uint8_t lowest_ = 0;                                                  // tier
  Column<std::int64_t> start_;  // by job; of those to be placed: their turn
  Column<std::int64_t> floor_;  // of those to be placed: not before
  Column<std::int32_t> lane_;   // by job; kNone: not placed, kGone: removed
  Column<Lane> lanes_;
  Rows lanes_of_;                        // by agent
  std::vector<Events> starts_;           // by group of agents and tier: what starts there
  std::vector<Events> queue_;            // by skill class and tier: what starts
  std::vector<Events> ends_;             // by group: lanes by their ends
  std::vector<Events> holes_;            // by group: where something was taken out, and the lane
  Column<std::vector<AreaUser>> users_;  // by area: jobs by start
  std::set<std::tuple<std::int64_t, std::uint8_t, std::int32_t>> pending_, last_;  // from when, tier, job
  std::vector<Event> hurry_;  // from when, job: may have to start earlier than it does
  std::vector<std::int32_t> stranded_;
  absl::btree_set<std::int32_t> touched_;
};

}  // namespace clambake::planner

#endif  // CLAMBAKE_PLANNER_PLAN_REPAIR_H_
