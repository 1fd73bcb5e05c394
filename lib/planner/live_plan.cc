#include "clambake/live_plan.h"

#include <algorithm>
#include <span>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "fmt/format.h"
#include "planner/agents.h"
#include "planner/assemble.h"
#include "planner/bounds.h"
#include "planner/eligibility.h"
#include "planner/live_agents.h"
#include "planner/live_backlog.h"
#include "planner/order.h"
#include "planner/plan_repair.h"
#include "planner/replan.h"
#include "planner/v2_planner.h"
#include "planner/write_plan.h"

namespace clambake {
namespace {

using namespace ::clambake::planner;  // NOLINT(google-build-using-namespace): this is its front

absl::Status Missing(IssueNumber issue) {
  return absl::NotFoundError(fmt::format("live plan: no open issue #{}", issue));
}

}  // namespace

// Backlog and repair side by side. A job keeps its number as long as nothing
// is planned anew; that makes all other numbers and indices anew, too.
class LivePlan::State {
 public:
  State(Backlog backlog, std::vector<Agent> agents, const PlanOptions& options)
      : backlog_(std::move(backlog)), agents_(std::move(agents)), options_(options) {}

  // Refused by the planner, or all anew.
  absl::Status Begin() {
    const absl::StatusOr<Plan> plan = NewV2Planner()->MakePlan(Request());
    if (plan.ok()) Adopt(*plan);
    return plan.status();
  }

  absl::StatusOr<PlanChange> Close(IssueNumber issue) {
    Issue* const found = backlog_.FindOpen(issue);
    if (found == nullptr) return Missing(issue);
    found->state = IssueState::kClosed;
    const std::int32_t job = JobOf(issue);
    if (job == kNone) return PlanAnew("an issue outside of the plan is concerned");
    repair_->Remove(job);
    job_of_.erase(issue);
    return Settled();
  }

  absl::StatusOr<PlanChange> Add(const NewIssue& added) {
    const IssueNumber number = added.issue.number;
    if (number < 1 || added.issue.state != IssueState::kOpen || backlog_.Knows(number))
      return absl::InvalidArgumentError(fmt::format("live plan: #{} is no new open issue", number));
    if (added.minutes.has_value() && !Believable(*added.minutes)) return BadMinutes(*added.minutes);
    const std::optional<NewJob> job = JobFor(added);
    backlog_.Add(added);
    if (!job.has_value()) return PlanAnew("the new issue concerns others than its blockers");
    const std::int32_t numbered = repair_->Add(*job);
    issue_of_.push_back(number);
    job_of_[number] = numbered;
    return Settled();
  }

  absl::StatusOr<PlanChange> SetEstimate(IssueNumber issue, std::int64_t minutes) {
    if (!Believable(minutes)) return BadMinutes(minutes);
    if (backlog_.FindOpen(issue) == nullptr) return Missing(issue);
    backlog_.SetEstimate(issue, minutes);
    const std::int32_t job = JobOf(issue);
    if (job == kNone) return PlanAnew("an issue outside of the plan is concerned");
    repair_->SetMinutes(job, minutes);
    return Settled();
  }

  absl::StatusOr<PlanChange> SetPriority(IssueNumber issue, Priority priority) {
    if (priority == Priority::kReadyToMerge)
      return absl::InvalidArgumentError("live plan: what is ready to merge is not planned");
    Issue* const found = backlog_.FindOpen(issue);
    if (found == nullptr) return Missing(issue);
    SetPriorityLabel(*found, priority);
    const std::int32_t job = JobOf(issue);
    if (job == kNone || routes_are_skills_ || !ReadLabels(*found).ready)
      return PlanAnew("an issue outside of the plan is concerned");
    repair_->SetTier(job, TierOf(priority));
    return Settled();
  }

  absl::StatusOr<PlanChange> SetBlockers(IssueNumber issue, const std::vector<IssueNumber>& blocked_by) {
    if (backlog_.FindOpen(issue) == nullptr) return Missing(issue);
    backlog_.SetBlockers(issue, blocked_by);
    const std::int32_t job = JobOf(issue);
    const std::optional<std::vector<std::int32_t>> before = JobsBefore(issue, blocked_by);
    if (job == kNone || !before.has_value()) return PlanAnew("an issue outside of the plan is concerned");
    if (!repair_->SetBlockers(job, *before)) return PlanAnew("issues wait for each other");
    return Settled();
  }

  absl::StatusOr<PlanChange> AddAgent(const Agent& agent) {
    if (FindAgent(agents_.get(), agent.id) != kNone || agent.id.empty())
      return absl::InvalidArgumentError(fmt::format("live plan: '{}' is no new agent", agent.id));
    if (absl::Status status = CheckAgent(agent); !status.ok()) return status;
    const std::int32_t group = agents_.Add(agent);
    if (group == kNone || backlog_.Names(agent.id))
      return PlanAnew("the new agent changes who can take what");
    repair_->AddAgent(agent.capacity, group);
    return Settled();
  }

  absl::StatusOr<PlanChange> RemoveAgent(std::string_view id) {
    if (FindAgent(agents_.get(), id) == kNone)
      return absl::NotFoundError(fmt::format("live plan: no agent '{}'", id));
    if (agents_.get().size() == 1) return absl::InvalidArgumentError("live plan: the last agent");
    const std::int32_t agent = agents_.NumberOf(id);
    const bool held = backlog_.Names(std::string(id));
    const std::int32_t group = agents_.Remove(id);
    if (held || agents_.Empty(group))
      return PlanAnew("the agent held issues, or had skills that nobody else has");
    repair_->RemoveAgent(agent);
    return Settled();
  }

  [[nodiscard]] Plan plan() const {
    const Assembly assembly = *Assemble(Request());
    Schedule schedule;
    for (const IssueNumber issue : assembly.issue) {
      const std::int32_t job = job_of_.at(issue);
      schedule.start.push_back(repair_->start(job));
      schedule.agent.push_back(agents_.PlaceOf(repair_->agent(job)));
    }
    schedule.makespan = repair_->makespan();
    const Column<std::int32_t> topological = TopologicalOrder(assembly.problem);
    return WritePlan(backlog_.get().repository, assembly, schedule,
                     QuickBound(assembly.problem, Heads(assembly.problem, topological),
                                Tails(assembly.problem, topological)));
  }

  [[nodiscard]] const Backlog& backlog() const { return backlog_.get(); }
  [[nodiscard]] const std::vector<Agent>& agents() const { return agents_.get(); }

 private:
  using IssueState = clambake::State;

  static bool Believable(std::int64_t minutes) { return minutes >= 1 && minutes <= kMaxMinutes; }
  static absl::Status BadMinutes(std::int64_t minutes) {
    return absl::InvalidArgumentError(fmt::format("live plan: {} minutes are no estimate", minutes));
  }

  [[nodiscard]] PlanRequest Request() const {
    return {.backlog = &backlog_.get(), .agents = agents_.get(), .options = options_, .previous = nullptr};
  }
  [[nodiscard]] std::int32_t JobOf(IssueNumber issue) const {
    const auto found = job_of_.find(issue);
    return found == job_of_.end() ? kNone : found->second;
  }

  // Nullopt if one of them has no place in the plan and is not done either.
  [[nodiscard]] std::optional<std::vector<std::int32_t>> JobsBefore(
      IssueNumber issue, const std::vector<IssueNumber>& blocked_by) const {
    std::vector<IssueNumber> all = blocked_by;
    const std::span<const IssueNumber> children = backlog_.ChildrenOf(issue);
    all.insert(all.end(), children.begin(), children.end());
    std::vector<std::int32_t> before;
    for (const IssueNumber blocker : all) {
      const std::int32_t job = JobOf(blocker);
      if (job != kNone) {
        before.push_back(job);
      } else if (!backlog_.Closed(blocker)) {
        return std::nullopt;
      }
    }
    std::sort(before.begin(), before.end());
    before.erase(std::unique(before.begin(), before.end()), before.end());
    return before;
  }

  // What the new issue is to the repair, found out with a backlog of its own:
  // one agent of each group stands for all. Nullopt if it is not so simple.
  [[nodiscard]] std::optional<NewJob> JobFor(const NewIssue& added) const {
    const IssueNumber number = added.issue.number;
    if (!added.touches.empty() || named_.contains(number) || backlog_.WorkNames(number) ||
        !backlog_.ChildrenOf(number).empty())
      return std::nullopt;
    std::optional<std::vector<std::int32_t>> before = JobsBefore(number, added.blocked_by);
    if (!before.has_value()) return std::nullopt;
    Backlog alone;
    alone.issues = {added.issue};
    if (added.minutes.has_value()) alone.estimates = {{number, *added.minutes}};
    const PlanRequest request = {
        .backlog = &alone, .agents = agents_.OneOfEachGroup(), .options = options_, .previous = nullptr};
    const Assembly assembly = *Assemble(request);
    if (assembly.issue.size() != 1 || assembly.problem.held_by[0] != kNone) return std::nullopt;
    const std::int32_t skill = agents_.ClassOf(assembly.problem, repair_->problem().skill_groups);
    if (skill == kNone) return std::nullopt;
    // Estimates by history are the backlog's, not this one's.
    if (!added.minutes.has_value() && ReadLabels(added.issue).minutes == 0) return std::nullopt;
    return NewJob{.minutes = assembly.problem.minutes[0],
                  .tier = assembly.problem.tier[0],
                  .skill = skill,
                  .before = *std::move(before),
                  .uses = {}};
  }

  // Of what was let through: a planner refuses none of it.
  [[nodiscard]] Plan NewPlan() const { return *NewV2Planner()->MakePlan(Request()); }

  PlanChange PlanAnew(std::string why) {
    Adopt(NewPlan());
    return Anew(std::move(why));
  }
  [[nodiscard]] PlanChange Anew(std::string why) const {
    return {.how = PlanChange::How::kPlannedAnew,
            .moved = {},
            .makespan_minutes = repair_->makespan(),
            .why = std::move(why)};
  }

  PlanChange Settled() {
    if (!repair_->complete()) return PlanAnew("the repair found no place for an issue, or moved too many");
    if (repair_->worn()) {
      const Plan fresh = NewPlan();
      if (repair_->makespan() * 1000 > fresh.makespan_minutes * 1005) {
        std::string why =
            fmt::format("{} minutes instead of {}", fresh.makespan_minutes, repair_->makespan());
        Adopt(fresh);
        return Anew(std::move(why));
      }
      repair_->Rebase();
    }
    PlanChange change;
    change.makespan_minutes = repair_->makespan();
    for (const std::int32_t job : repair_->touched()) change.moved.push_back(MoveOf(job));
    std::sort(change.moved.begin(), change.moved.end(),
              [](const PlanChange::Move& a, const PlanChange::Move& b) { return a.issue < b.issue; });
    return change;
  }

  [[nodiscard]] PlanChange::Move MoveOf(std::int32_t job) const {
    const IssueNumber issue = issue_of_[job];
    if (repair_->removed(job)) return {.issue = issue, .agent = "", .start_minutes = 0, .finish_minutes = 0};
    return {.issue = issue,
            .agent = agents_.IdOf(repair_->agent(job)),
            .start_minutes = repair_->start(job),
            .finish_minutes = repair_->start(job) + repair_->problem().minutes[job]};
  }

  // Of Request().
  void Adopt(const Plan& plan) {
    Assembly assembly = *Assemble(Request());
    const Schedule schedule = ReadAdvice(assembly, plan);
    agents_.Adopt(assembly.problem);
    named_.clear();
    routes_are_skills_ = agents_.SkillsNameRoutes();
    for (const Unassigned& it : plan.unassigned) {
      named_.insert(it.by.begin(), it.by.end());
    }
    repair_.emplace(std::move(assembly.problem), schedule, PlanRepair::Trust::kValid);
    issue_of_ = std::move(assembly.issue);
    job_of_.clear();
    job_of_.reserve(issue_of_.size());
    for (std::int32_t job = 0; job < issue_of_.count(); ++job) job_of_.emplace(issue_of_[job], job);
  }

  LiveBacklog backlog_;
  LiveAgents agents_;
  PlanOptions options_;

  std::optional<PlanRepair> repair_;
  Column<IssueNumber> issue_of_;  // by job
  absl::flat_hash_map<IssueNumber, std::int32_t> job_of_;
  absl::flat_hash_set<IssueNumber> named_;  // by issues that are out, as what they wait for
  bool routes_are_skills_ = false;          // a priority is a skill, too
};

LivePlan::LivePlan(std::unique_ptr<State> state) : state_(std::move(state)) {}
LivePlan::LivePlan(LivePlan&&) noexcept = default;
LivePlan& LivePlan::operator=(LivePlan&&) noexcept = default;
LivePlan::~LivePlan() = default;

absl::StatusOr<LivePlan> LivePlan::Make(Backlog backlog, std::vector<Agent> agents,
                                        const PlanOptions& options) {
  if (options.overlap == PlanOptions::Overlap::kSoft)
    return absl::InvalidArgumentError("live plan: soft overlaps are not kept");
  auto state = std::make_unique<State>(std::move(backlog), std::move(agents), options);
  if (const absl::Status begun = state->Begin(); !begun.ok()) return begun;
  return LivePlan(std::move(state));
}

absl::StatusOr<PlanChange> LivePlan::Close(IssueNumber issue) { return state_->Close(issue); }
absl::StatusOr<PlanChange> LivePlan::Add(const NewIssue& added) { return state_->Add(added); }
absl::StatusOr<PlanChange> LivePlan::SetEstimate(IssueNumber issue, std::int64_t minutes) {
  return state_->SetEstimate(issue, minutes);
}
absl::StatusOr<PlanChange> LivePlan::SetPriority(IssueNumber issue, Priority priority) {
  return state_->SetPriority(issue, priority);
}
absl::StatusOr<PlanChange> LivePlan::SetBlockers(IssueNumber issue,
                                                 const std::vector<IssueNumber>& blocked_by) {
  return state_->SetBlockers(issue, blocked_by);
}
absl::StatusOr<PlanChange> LivePlan::AddAgent(const Agent& agent) { return state_->AddAgent(agent); }
absl::StatusOr<PlanChange> LivePlan::RemoveAgent(std::string_view id) { return state_->RemoveAgent(id); }
absl::StatusOr<Plan> LivePlan::plan() const { return state_->plan(); }
const Backlog& LivePlan::backlog() const { return state_->backlog(); }
const std::vector<Agent>& LivePlan::agents() const { return state_->agents(); }

}  // namespace clambake
