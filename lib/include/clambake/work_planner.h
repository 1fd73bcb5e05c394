// The planner's contract: backlog and agents in, plan out.
//
// A plan says which agent takes which issue, and when. Planning is a pure
// function: it reads nothing but its request and changes nothing, so that two
// planners can be compared on one frozen input, and a plan can be replayed.
#ifndef CLAMBAKE_WORK_PLANNER_H_
#define CLAMBAKE_WORK_PLANNER_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "clambake/feature_flags.h"
#include "clambake/model.h"

namespace clambake {

struct Assignment {
  IssueNumber issue = 0;
  std::int32_t agent = 0;           // index into Plan::agents
  std::int64_t start_minutes = 0;   // from now
  std::int64_t finish_minutes = 0;  // > start
  bool now = false;                 // to be started now, or running
  bool running = false;             // the agent holds it already: nothing to hand out
  Priority priority = Priority::kNone;
};

// Why an issue is in no agent's plan. Each has a fixed name (UnassignedReasonName).
enum class UnassignedReason {
  kBlocked,          // "blocked": `by` holds the open or unknown blockers that cannot be scheduled
  kCycle,            // "cycle": `by` is the cycle's path, this issue first
  kHumanOnly,        // "human_only": route:human-only
  kNotReady,         // "not_ready": no route label that hands it out
  kReview,           // "review": route:review, waits for a bundle
  kReadyToMerge,     // "ready_to_merge": reported, never assigned
  kBranchCompleted,  // "branch_completed": its agent branch is ahead of the base
  kOpenPull,         // "open_pull_request": `by` holds the pull request numbers
  kHeld,             // "held": another agent holds it (legacy), or an agent not in the list
  kNoIdleAgent,      // "no_idle_agent": eligible, every agent is busy (legacy only)
  kNoSkilledAgent,   // "no_skilled_agent": no agent has its skill
};
std::string_view UnassignedReasonName(UnassignedReason reason);

struct Unassigned {
  IssueNumber issue = 0;
  UnassignedReason reason = UnassignedReason::kNotReady;
  std::vector<std::int64_t> by;  // see UnassignedReason; empty where it says nothing
};

struct Plan {
  std::string planner;  // "legacy" or "v2"
  std::string repository;
  std::int64_t issues_considered = 0;       // open issues = assignments + unassigned
  std::vector<Agent> agents;                // by id
  std::vector<Assignment> assignments;      // by start, then agent, then issue
  std::vector<Unassigned> unassigned;       // by issue
  std::int64_t makespan_minutes = 0;        // largest finish
  std::int64_t lower_bound_minutes = 0;     // no feasible plan is shorter; legacy: 0
  std::string lower_bound_proof;            // which bound it is, "" for legacy
  std::int64_t workload_bound_minutes = 0;  // no distribution has a less busy busiest agent; legacy: 0
  std::vector<std::string> notes;           // what a person should know, a sentence each
};

// (makespan − bound) ÷ bound; 0 where the bound is 0.
double Gap(const Plan& plan);

// Busy minutes per agent, by index into Plan::agents. Capacity is not divided out.
std::vector<std::int64_t> Load(const Plan& plan);

struct PlanOptions {
  std::int64_t default_estimate_minutes = 60;                    // where nothing says how long an issue takes
  enum class Overlap { kHard, kSoft } overlap = Overlap::kHard;  // issues that touch the same file area
  int effort = 1;  // search budget, in multiples of the default number of iterations; 0: list schedule alone
};

struct PlanRequest {
  const Backlog* backlog = nullptr;  // not owned; outlives the call
  std::vector<Agent> agents;         // any order
  PlanOptions options;
  const Plan* previous = nullptr;  // keep what is still right of it; not owned, may be null
};

// Thread-safe: MakePlan may be called from several threads at once.
class WorkPlanner {
 public:
  virtual ~WorkPlanner() = default;

  // "legacy" or "v2".
  [[nodiscard]] virtual std::string_view name() const = 0;

  // Every open issue is in exactly one of the plan's lists. Equal requests
  // give equal plans; v2 whatever the order of the backlog's arrays (legacy
  // breaks ties by it).
  // InvalidArgument: the request contradicts itself (an agent twice, …).
  [[nodiscard]] virtual absl::StatusOr<Plan> MakePlan(const PlanRequest& request) const = 0;
};

// Checks a v2 plan against its request without trusting how it was made: every
// open issue in exactly one list, handed out only where that is allowed, agents
// within skills and capacity, blockers and children finished before, file areas
// apart (unless soft), running issues where they are, no agent starting a lower
// tier while a higher-tier issue that it could take is ready, and the figures.
// FailedPrecondition names the first breach found. O(n log n) for few skills.
absl::Status ValidatePlan(const PlanRequest& request, const Plan& plan);

// How evenly a plan spreads the work: the busiest agent's minutes per unit of
// capacity, beside the smallest that any distribution could reach.
struct Workload {
  std::int64_t busiest_minutes = 0;
  std::int64_t optimal_minutes = 0;  // a lower bound, so the comparison is on the safe side
  bool within_ten_percent = true;
};
Workload WorkloadOf(const Plan& plan);

// `clambake.plan/1`, with its digest over everything but the digest itself.
// `decision` says why this planner was chosen.
std::string PlanToJson(const Plan& plan, const Decision& decision, WriteMode mode);

// Reads what PlanToJson wrote (for `--previous`). InvalidArgument with a JSON pointer.
absl::StatusOr<Plan> ReadPlan(std::string_view json, std::string_view name);

// The digest alone: equal plans, equal digests.
std::string PlanDigest(const Plan& plan);

}  // namespace clambake

#endif  // CLAMBAKE_WORK_PLANNER_H_
