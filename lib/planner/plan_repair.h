// A schedule that takes changes one at a time. What a change makes impossible
// is taken out and placed anew; everything else stays where it is. An issue
// that is placed takes the start of one of a lower tier where the rule of
// tiers wants that, and that one is placed anew in turn, so that a change
// ripples down the tiers and not through the whole schedule. Holes that arise
// in the future stay until something that is displaced fits in; an agent that
// is idle now is given work.
//
// What others wait for, or share file areas with, is rigid: it takes the start
// of something of its tier that is not, and only that goes to the end of the
// schedule, instead of something shorter, so that all agents still end together.
//
// After each change the schedule is feasible and keeps the rule of tiers, if
// it was and did before; worn() tells when repairs may have made it too long.
// A change costs O(a · (g + log n)) for a issues that it touches and g groups
// of agents; making a PlanRepair costs O(n log n).
#ifndef CLAMBAKE_PLANNER_PLAN_REPAIR_H_
#define CLAMBAKE_PLANNER_PLAN_REPAIR_H_

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <set>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/btree_set.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "planner/labels.h"
#include "planner/problem.h"

namespace clambake::planner {

struct NewJob {
  std::int64_t minutes = 1;
  std::uint8_t tier = 0;
  std::int32_t skill = 0;            // class of the problem
  std::vector<std::int32_t> before;  // jobs that are not removed
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
  void SetTier(std::int32_t job, std::uint8_t tier);
  // `before`: jobs that are not removed, each once. False, and nothing is
  // changed, if one of them waits for the job.
  bool SetBlockers(std::int32_t job, const std::vector<std::int32_t>& before);
  std::int32_t Add(const NewJob& job);                               // its number
  std::int32_t AddAgent(std::int32_t capacity, std::int32_t group);  // its number
  void RemoveAgent(std::int32_t agent);                              // what it had is placed elsewhere

  [[nodiscard]] const Problem& problem() const { return problem_; }
  [[nodiscard]] bool removed(std::int32_t job) const { return jobs_[job].lane == kGone; }
  [[nodiscard]] std::int64_t start(std::int32_t job) const { return jobs_[job].start; }
  [[nodiscard]] std::int32_t agent(std::int32_t job) const {
    return jobs_[job].lane < 0 ? kNone : lanes_[jobs_[job].lane].agent;
  }
  [[nodiscard]] std::int64_t makespan() const;

  // False once some job has nobody left to take it, or the search for places
  // was given up: plan anew, nothing else here means anything any more.
  [[nodiscard]] bool complete() const { return stranded_.empty(); }

  // True if a new plan may well be more than 0.5 % shorter than what repairs
  // have come to. Rebase: it is not, whatever worn() says; measure from here.
  [[nodiscard]] bool worn() const;
  void Rebase();

  // Jobs that the last change placed, moved or removed, each once, in no order.
  [[nodiscard]] const std::vector<std::int32_t>& touched() const { return touched_; }

 private:
  static constexpr std::int32_t kGone = -2;
  static constexpr std::int32_t kFirst = std::numeric_limits<std::int32_t>::min();  // before all jobs
  static constexpr std::int32_t kLast = std::numeric_limits<std::int32_t>::max();
  static constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();
  static constexpr std::int64_t kManyFollowers = 1'000'000;
  static constexpr int kFewLooks = 64;
  static constexpr int kManyLooks = 16'384;
  using Event = std::pair<std::int64_t, std::int32_t>;  // time, job or lane
  using Events = absl::btree_set<Event>;
  // Where something was taken out, and the lane: its end. Holes shrink and
  // vanish without leaving the list; whoever looks at one finds out.
  using Holes = absl::btree_map<Event, std::int64_t>;
  // The length of a hole, where it begins, and the lane.
  using HoleLengths = absl::btree_set<std::tuple<std::int64_t, std::int64_t, std::int32_t>>;

  // What a turn asks of a job, in one cache line: a million are looked at in no
  // order, and each column of the problem would be a miss of its own.
  struct alignas(64) Job {
    std::int64_t minutes = 1;
    std::int64_t start = 0;  // of one to be placed: its turn
    std::int64_t floor = 0;  // of one to be placed: not before
    std::int64_t ready = 0;  // when the last that it waits for ends: if that is not placed, at the earliest
    std::int64_t tail = 1;   // minutes of the longest chain that begins with it
    std::int32_t lane = kNone;   // kNone: not placed, kGone: removed
    std::int32_t followers = 0;  // about how many wait for it, or for those who do; 0: none
    // As in the problem, like the minutes.
    std::int32_t skill = 0;
    std::int32_t area_set = 0;
    std::int32_t held_by = kNone;
    std::uint8_t tier = 0;

    bool touched = false;  // by this change
  };
  // What a lane does, and when: to search a lane is to ask nothing of its jobs.
  struct Slot {
    std::int64_t start = 0;
    std::int64_t end = 0;
    std::int32_t job = kNone;
  };
  struct Lane {  // a unit of an agent's capacity
    std::int32_t agent = 0;
    bool open = true;         // may be given more
    std::vector<Slot> slots;  // by start

    using Iterator = std::vector<Slot>::const_iterator;
    [[nodiscard]] Iterator FirstFrom(std::int64_t time) const {
      return std::lower_bound(slots.begin(), slots.end(), time,
                              [](const Slot& slot, std::int64_t t) { return slot.start < t; });
    }
    [[nodiscard]] std::int64_t end() const { return slots.empty() ? 0 : slots.back().end; }
  };
  struct AreaUser {
    std::int64_t start = 0;
    std::int32_t job = 0;
    bool below = false;
    bool operator<(const AreaUser& other) const { return Event(start, job) < Event(other.start, other.job); }
  };
  struct Place {
    std::int64_t start = 0;
    std::int32_t lane = kNone;
  };

  [[nodiscard]] Job JobOf(std::int32_t number) const;  // as the problem has it, without a place
  void MakeJobs();
  void MakeLanes();
  void Seed(const Schedule& schedule);
  void Settle(std::int64_t turns);  // given up after so many
  void PlaceNext();
  void Begin();   // of a change
  void Finish();  // and of what it has made impossible
  [[nodiscard]] std::int64_t Floor(std::int32_t job) const;

  [[nodiscard]] std::int64_t End(std::int32_t job) const { return jobs_[job].start + jobs_[job].minutes; }
  [[nodiscard]] std::int64_t LastBlockerEnd(std::int32_t job) const;
  [[nodiscard]] std::int64_t Ready(std::int32_t job) const { return jobs_[job].ready; }
  [[nodiscard]] std::int32_t GroupOf(std::int32_t lane) const { return problem_.group[lanes_[lane].agent]; }
  [[nodiscard]] bool Placed(std::int32_t job) const { return jobs_[job].lane >= 0; }
  [[nodiscard]] Events& EndsOf(std::int32_t lane) { return ends_[static_cast<std::size_t>(GroupOf(lane))]; }
  [[nodiscard]] Holes& HolesOf(std::int32_t lane) { return holes_[static_cast<std::size_t>(GroupOf(lane))]; }
  [[nodiscard]] HoleLengths& LengthsOf(std::int32_t lane) {
    return lengths_[static_cast<std::size_t>(GroupOf(lane))];
  }
  [[nodiscard]] Lane::Iterator SlotOf(std::int32_t job) const {
    return lanes_[jobs_[job].lane].FirstFrom(jobs_[job].start);
  }
  [[nodiscard]] bool HasSuccessors(std::int32_t job) const { return jobs_[job].followers > 0; }
  // Others wait for it, or share its areas: it cannot go just anywhere.
  [[nodiscard]] bool Rigid(std::int32_t job) const { return HasSuccessors(job) || jobs_[job].area_set != 0; }
  [[nodiscard]] std::int64_t Weight(std::int32_t job) const {
    return jobs_[job].followers + (Rigid(job) ? 1 : 0);
  }
  void CountFollowers();
  // That many more wait for it, and begin a chain of so many minutes.
  void Lead(std::int32_t job, std::int64_t more, std::int64_t tail);
  [[nodiscard]] std::int32_t LaneFor(std::int32_t job, std::int32_t agent, std::int64_t start) const;
  [[nodiscard]] Events& Starts(std::int32_t group, std::uint8_t tier, bool rigid) {
    return starts_[(static_cast<std::size_t>(group) * kTiers + tier) * 2 + (rigid ? 1 : 0)];
  }
  [[nodiscard]] Events& StartsLike(std::int32_t job) {
    return Starts(GroupOf(jobs_[job].lane), jobs_[job].tier, Rigid(job));
  }
  // The first at `time` or later. A look at both ends saves most ways down the
  // tree: what starts in a tier is mostly all before `time`, or all after it.
  static Events::const_iterator FirstFrom(const Events& events, std::int64_t time) {
    if (events.empty() || events.rbegin()->first < time) return events.end();
    if (events.begin()->first >= time) return events.begin();
    return events.lower_bound({time, kFirst});
  }
  // kNever if the group starts nothing of the tier from then on.
  [[nodiscard]] std::int64_t FirstStart(std::int32_t group, std::uint8_t tier, std::int64_t from);
  [[nodiscard]] Events& Queue(std::int32_t skill, std::uint8_t tier, bool areas) {
    return queue_[(static_cast<std::size_t>(skill) * kTiers + tier) * 2 + (areas ? 1 : 0)];
  }
  [[nodiscard]] Events& QueueOf(std::int32_t job) {
    return Queue(jobs_[job].skill, jobs_[job].tier, jobs_[job].area_set != 0);
  }
  [[nodiscard]] std::span<const std::int32_t> UsesOf(std::int32_t job) const {
    return problem_.area_sets[jobs_[job].area_set];
  }

  // Where a job can go at `from` or later, and what that takes.
  Place FindPlace(std::int32_t job, std::int64_t from);
  std::optional<std::int64_t> FirstLowerStart(std::int32_t job, std::int64_t from);
  std::int32_t Victim(std::int32_t job, std::int64_t time);
  [[nodiscard]] std::pair<std::int64_t, int> Damage(std::int32_t other, std::int64_t minutes) const;
  std::optional<Place> SwapPlace(std::int32_t job, std::int64_t from);
  std::optional<Place> FirstSwap(std::int32_t job, std::int64_t from, std::int64_t weight);
  std::optional<Place> Hole(std::int32_t job, std::int64_t from, std::int64_t until);
  std::optional<Place> FittingHole(std::int32_t job);
  bool FillFittingHole(std::int32_t job);
  void NoteHole(std::int32_t lane, std::int64_t time);
  [[nodiscard]] std::pair<std::int64_t, std::int64_t> HoleAt(std::int32_t lane, std::int64_t time) const;
  std::optional<Place> FreeLane(std::int32_t job, std::int64_t from);
  bool Squeeze(std::int32_t job, std::int64_t from, const Place& free);
  // How unevenly the lanes may end.
  static std::int64_t EndSlack(std::int64_t makespan) { return makespan * 9 / 2000; }
  std::pair<std::int64_t, Place> Shorter(std::int32_t job, std::int64_t from, std::int64_t free,
                                         std::int64_t goal);
  Place Pieces(std::int32_t job, std::int64_t from, std::int64_t goal);
  [[nodiscard]] std::int64_t LongestFrom(std::int32_t job, std::int64_t below) const;
  // Of the lowest tier: that breaks no rule of tiers.
  [[nodiscard]] bool MayStartLater(std::int32_t job) const {
    return jobs_[job].tier == lowest_ && jobs_[job].held_by == kNone;
  }
  [[nodiscard]] std::int64_t AreasBusyUntil(std::int32_t job, std::int64_t time) const;
  [[nodiscard]] std::int64_t AreasClaimedUntil(std::int32_t job, std::int64_t time) const;
  [[nodiscard]] bool Overloaded(std::int32_t job) const;
  [[nodiscard]] bool AreasFree(std::int32_t job, std::int64_t from) const;
  std::int32_t WaitingAt(std::int32_t group, std::uint8_t tier, std::int64_t time, int looks = kFewLooks);

  // That something ends at another time than `before`.
  void SetStart(std::int32_t job, std::int64_t start);
  void NoteEnd(std::int32_t job, std::int64_t before);
  void NoteLaneEnd(std::int32_t lane, std::int64_t before);
  void Touch(std::int32_t job);
  void Insert(std::int32_t job, Place place);
  void Take(std::int32_t job);                      // out of the schedule
  void Await(std::int32_t job, std::int64_t time);  // to be placed at `time` or later
  void Requeue(std::int32_t job, std::int64_t time);
  void Forget(std::int32_t job);
  void Evict(std::int32_t job, std::int64_t time);  // both
  void Commit(std::int32_t job, Place place);
  void ClearWay(std::int32_t job);
  void Hurry(std::int32_t job, std::int64_t from);
  void Absorb(Place place, std::int64_t minutes);
  void FillHole(std::int32_t lane);
  void PullForward(std::int32_t lane);

  [[nodiscard]] std::span<const std::int32_t> BeforeOf(std::int32_t job) const {
    if (before_now_.empty()) return problem_.before[job];
    const auto now = before_now_.find(job);
    return now == before_now_.end() ? problem_.before[job] : std::span<const std::int32_t>(now->second);
  }
  [[nodiscard]] bool WaitsFor(std::int32_t job, std::int32_t blocker) const {
    if (!before_now_.contains(job)) return true;
    const auto before = BeforeOf(job);
    return std::find(before.begin(), before.end(), blocker) != before.end();
  }
  template <typename Do>
  void ForSuccessors(std::int32_t job, Do&& act) const {
    if (job < problem_.after.size()) {
      for (const std::int32_t next : problem_.after[job]) {
        if (WaitsFor(next, job)) act(next);
      }
    }
    if (const auto more = more_after_.find(job); more != more_after_.end()) {
      for (const std::int32_t next : more->second) {
        if (WaitsFor(next, job)) act(next);
      }
    }
  }
  [[nodiscard]] bool Reaches(std::int32_t job, const std::vector<std::int32_t>& others) const;
  [[nodiscard]] bool IsListedAfter(std::int32_t job, std::int32_t next) const;
  void Feed(std::int32_t lane);

  Problem problem_;
  absl::flat_hash_map<std::int32_t, std::vector<std::int32_t>> more_after_;  // by job: added since
  absl::flat_hash_map<std::int32_t, std::vector<std::int32_t>> before_now_;  // of whom it was changed
  std::int64_t work_ = 0;                                                    // minutes
  std::int64_t capacity_ = 0;                                                // of all agents
  double trusted_ = 0;       // the makespan that was trusted, for each minute of work per agent
  std::uint8_t lowest_ = 0;  // tier
  Column<Job> jobs_;
  Column<Lane> lanes_;
  std::vector<std::int32_t> closed_;     // lanes that are not open
  Rows lanes_of_;                        // by agent
  std::vector<Events> starts_;           // by group of agents, tier, and whether it is rigid
  std::vector<Events> queue_;            // by skill class, tier, and whether it has areas: what starts
  std::vector<Events> ends_;             // by group: lanes by their ends
  std::vector<Holes> holes_;             // by group
  std::vector<HoleLengths> lengths_;     // by group: those of them for the lowest tier
  Column<std::vector<AreaUser>> users_;  // by area: jobs by start
  std::set<std::tuple<std::int64_t, std::uint8_t, std::int32_t>> pending_, last_;  // from when, tier, job
  std::vector<Event> hurry_;  // from when, job: may have to start earlier than it does
  std::vector<std::int32_t> stranded_;
  std::vector<std::int32_t> touched_;
  absl::flat_hash_map<std::int32_t, std::int64_t> released_;  // areas that the change has left: from when
};

}  // namespace clambake::planner

#endif  // CLAMBAKE_PLANNER_PLAN_REPAIR_H_
