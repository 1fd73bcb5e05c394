// A plan that follows its backlog change by change, for services that hear of
// changes one at a time. Each change is repaired where it is: running issues
// stay where they are, and of the others only few move. Where that cannot be
// done, or a new plan is more than 0.5 % shorter, all is planned anew; the
// answer says which it was.
//
// What a change costs does not grow with the backlog (lib/README.md has
// figures), but for planning anew and for making the object.
#ifndef CLAMBAKE_LIVE_PLAN_H_
#define CLAMBAKE_LIVE_PLAN_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "clambake/model.h"
#include "clambake/work_planner.h"

namespace clambake {

struct PlanChange {
  enum class How {
    kRepaired,     // `moved` is all that is different
    kPlannedAnew,  // anything may be different: see plan()
  };
  struct Move {
    IssueNumber issue = 0;
    std::string agent;  // empty: no longer in the plan
    std::int64_t start_minutes = 0;
    std::int64_t finish_minutes = 0;
  };
  How how = How::kRepaired;
  std::vector<Move> moved;  // by issue
  std::int64_t makespan_minutes = 0;
  std::string why;  // planned anew: for what reason
};

struct NewIssue {
  Issue issue;                          // open, with a number that is new
  std::optional<std::int64_t> minutes;  // else labels or the default say it
  std::vector<IssueNumber> blocked_by;
  std::vector<std::string> touches;  // paths; an issue with any is planned anew
};

// Equal changes in equal order give equal plans. What an issue's change does to
// others by other ways than time (estimates by history, a closing pull request)
// shows when all is planned anew. Thread-compatible.
class LivePlan {
 public:
  // InvalidArgument as MakePlan, and for soft overlaps, which are not kept.
  static absl::StatusOr<LivePlan> Make(Backlog backlog, std::vector<Agent> agents,
                                       const PlanOptions& options);
  LivePlan(LivePlan&&) noexcept;
  LivePlan& operator=(LivePlan&&) noexcept;
  ~LivePlan();

  // NotFound: no such open issue, or no such agent. InvalidArgument: an issue
  // or agent that is there already, minutes below 1 or beyond belief, a
  // capacity below 1 or above 1,000, or the last agent. Nothing is changed then.
  absl::StatusOr<PlanChange> Close(IssueNumber issue);
  absl::StatusOr<PlanChange> Add(const NewIssue& added);
  absl::StatusOr<PlanChange> SetEstimate(IssueNumber issue, std::int64_t minutes);
  absl::StatusOr<PlanChange> SetPriority(IssueNumber issue, Priority priority);
  absl::StatusOr<PlanChange> SetBlockers(IssueNumber issue, const std::vector<IssueNumber>& blocked_by);
  absl::StatusOr<PlanChange> AddAgent(const Agent& agent);
  absl::StatusOr<PlanChange> RemoveAgent(std::string_view id);

  // As it is now, with bound and workload. As costly as reading the backlog.
  [[nodiscard]] absl::StatusOr<Plan> plan() const;
  [[nodiscard]] const Backlog& backlog() const;
  [[nodiscard]] const std::vector<Agent>& agents() const;  // by id

 private:
  class State;
  explicit LivePlan(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace clambake

#endif  // CLAMBAKE_LIVE_PLAN_H_
