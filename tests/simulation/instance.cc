// `clambake run` on a timer: the command's own order of things, on the library.
#include <algorithm>
#include <optional>
#include <utility>

#include "clambake/executor.h"
#include "clambake/factory.h"
#include "clambake/observations.h"
#include "clambake/pipeline.h"
#include "clambake/rollouts.h"
#include "clambake/run_figures.h"
#include "fmt/format.h"
#include "model/dependency_text.h"
#include "tests/simulation/actors.h"
#include "tests/simulation/invariants.h"
#include "tests/simulation/process.h"

namespace clambake::simulation {
namespace {

class Instance {
 public:
  Instance(World& world, unsigned number)
      : world_(world),
        process_(world, fmt::format("instance-{}", number), Process::Kind::kFragile),
        rng_(NewSeededRng(world.scenario.seed * 100 + number)),
        repo_(NewMemoryRepo(*world.git)) {}

  void Run() {
    while (!world_.over) {
      ReadFlags();
      process_.Restart();
      drawing_.emplace(process_.decisions(), std::string(kScope), *rng_);
      counting_.emplace(process_.store(), std::string(kScope), *rng_);
      kept_ = {};
      try {
        // A timer starts the program anew; a service lives on for some cycles.
        for (unsigned left = 1 + world_.baton.Below(12); left > 0; --left) {
          Cycle();
          Rest();
        }
      } catch (const Crash&) {
      }
      Rest();
    }
  }

 private:
  // Timers like full hours: often several start at once.
  void Rest() {
    absl::Duration rest = absl::Minutes(40) + absl::Seconds(world_.baton.Below(3'600));
    const absl::Duration since = world_.baton.Now() - absl::UnixEpoch();
    if (world_.baton.Roll(400)) rest = absl::Floor(since, absl::Hours(1)) + absl::Hours(2) - since;
    world_.baton.Pause(rest);
    world_.MayGoOn();
  }

  // What the operators want; now and then somebody starts this one with other flags.
  void ReadFlags() {
    std::map<std::string, std::string, std::less<>> environment;
    for (const Component component : kComponents) {
      const bool on = world_.calm || world_.enabled[static_cast<std::size_t>(component)];
      environment[std::string(Variable(component))] = on ? "true" : "false";
    }
    if (world_.scenario.flags != 0 && !world_.calm && world_.baton.Roll(150)) {
      switch (world_.baton.Below(4)) {
        case 0:
          environment["CLAMBAKE_READONLY"] = "yes";
          break;
        case 1:
          environment["CLAMBAKE_MIGRATION_PHASE"] = "legacy";
          break;
        case 2:
          environment["CLAMBAKE_MIGRATION_PHASE"] = "phase2";
          break;
        default:
          environment[std::string(Variable(Component::kPlanner))] = "off";
      }
    }
    flags_ = *FeatureFlags::FromLookup([&](std::string_view name) -> std::optional<std::string> {
      const auto found = environment.find(name);
      return found == environment.end() ? std::nullopt : std::optional(found->second);
    });
    process_.mode = flags_.write_mode();
  }

  // --- Decisions and samples, as RolloutLink has them ---

  RolloutState Draw(Component component) {
    clambake::Draw& draw = draws_[static_cast<std::size_t>(component)];
    auto& kept = kept_[static_cast<std::size_t>(component)];
    draw = drawing_->DrawFor(component, cycle_);
    if (world_.scenario.plant == Plant::kLatchIgnored) {
      if (!kept) kept = draw;
      draw = *kept;
    }
    return draw.state;
  }

  void Check(Component component, const Decision& decision) {
    world_.trace.Add(world_.baton.Now(), process_.name(),
                     fmt::format("{}: {} ({} {})", Name(component), Name(decision.generation),
                                 Name(decision.reason), decision.detail));
    world_.invariants->CheckDecision(process_, component, decision.generation);
  }

  void Record(Component component, SampleResult result, absl::Duration latency) {
    const clambake::Draw& draw = draws_[static_cast<std::size_t>(component)];
    if (!draw.state.in_share) return;
    const Arm arm = *draw.state.in_share ? Arm::kCandidate : Arm::kControl;
    const int bad = arm == Arm::kCandidate ? world_.bad[static_cast<std::size_t>(component)] : 0;
    if (bad > 0 && world_.baton.Roll(static_cast<unsigned>(bad))) result = SampleResult::kFallback;
    if (process_.mode == WriteMode::kReadWrite) {
      world_.invariants->CountSample(component, draw.rollout, draw.step, arm);
    }
    counting_->Record(draw, process_.mode, {arm, result, latency}).IgnoreError();
  }

  // --- One cycle ---

  void Cycle() {
    ++world_.cycles;
    cycle_ = RandomId(*rng_);
    draws_ = {};
    auto planner = NewWorkPlanner(flags_, Draw(Component::kPlanner));
    if (!planner.ok()) return;
    Check(Component::kPlanner, planner->decision);
    auto executor = NewExecutor(flags_, Draw(Component::kExecutor));
    if (!executor.ok()) return;
    Check(Component::kExecutor, executor->decision);
    planner_ = std::move(planner->planner);
    executor_ = std::move(executor->executor);
    github_ = process_.NewClient();
    std::string expected;
    if (process_.mode == WriteMode::kReadOnly || world_.baton.Roll(100)) {
      expected = Preview();
      world_.baton.Pause(absl::Minutes(world_.baton.Below(30)));
      world_.MayGoOn();
    }
    // Also where writing is not allowed: it is the guard's part to refuse.
    Admit(executor->decision, expected);
  }

  // What a person looks at before `run --expect-digest`: the digest, and the writes.
  std::string Preview() {
    PipelineInput input;
    Backlog backlog;
    if (!Load(input, backlog)) return "";
    if (!ReadState(process_.store(), kScope, input).ok()) return "";
    const absl::StatusOr<Decided> decided = Decide(parts(), input);
    if (!decided.ok()) return "";
    if (world_.scenario.plant == Plant::kReadonlyWrite && process_.mode == WriteMode::kReadOnly) {
      github_->Perform(AddLabels{1, {"seen"}}).IgnoreError();
    }
    approved_.emplace();
    for (const Operation& operation : decided->preparation.operations) {
      approved_->insert(WriteKey(operation.write));
    }
    return OperationsDigest(decided->preparation);
  }

  void Admit(const Decision& decision, const std::string& expected) {
    const bool told = world_.scenario.plant != Plant::kNoPermit;
    auto permit = Guard::Admit(told ? flags_ : FeatureFlags(), process_.store(),
                               {.generation = decision.generation,
                                .rollout = Draw(Component::kExecutor),
                                .scope = std::string(kScope),
                                .owner = process_.name()});
    if (!permit.ok()) return;
    process_.run = executor_->name() == "v2" ? Process::Run::kJournaled : Process::Run::kLegacy;
    // The latch may have been set since the executor was chosen, or legacy be gone: then no permit.
    world_.invariants->CheckDecision(process_, Component::kExecutor, decision.generation);
    Execute(**permit, expected);
  }

  void Execute(const WritePermit& permit, const std::string& expected) {
    PipelineInput input;
    Backlog backlog;
    if (!Load(input, backlog)) return;
    if (!RefreshClaims(process_.store(), kScope, backlog, absl::Hours(24)).ok()) return;
    if (!ReadState(process_.store(), kScope, input).ok()) return;
    const absl::StatusOr<Decided> decided = Decide(parts(), input);
    if (!decided.ok()) return;
    RecordDecided(*decided);
    CheckBlocked(decided->plan);
    if (!expected.empty()) process_.approved = &*approved_;
    const bool checks = world_.scenario.plant != Plant::kNoDigestCheck;
    const absl::Duration settle =
        world_.scenario.plant == Plant::kNoSettle ? absl::ZeroDuration() : absl::Seconds(60);
    const absl::Duration start = world_.baton.Monotonic();
    const absl::StatusOr<RunOutcome> outcome =
        Act(parts(), *decided, checks ? expected : "", permit,
            {.github = github_.get(), .store = &process_.store(), .clock = &world_.baton, .settle = settle});
    process_.approved = nullptr;
    if (outcome.ok()) LeaveFigures(*decided, *outcome);
    Judge(outcome, world_.baton.Monotonic() - start);
  }

  // As `clambake run` does it, for the success criteria of the phases.
  void LeaveFigures(const Decided& decided, const RunOutcome& outcome) {
    if (process_.mode == WriteMode::kReadOnly) return;
    RunFigures figures = FiguresOf(decided.plan, decided.bundles, decided.preparation, outcome);
    figures.at = world_.baton.Now();
    AddRunFigures(process_.store(), kScope, figures).IgnoreError();
    const std::string trace(32, 'a');
    KeepObservedRun(
        process_.store(), kScope,
        {.trace = trace, .generation = std::string(executor_->name()), .spans = 1, .spans_exported = 1})
        .IgnoreError();
  }

  void RecordDecided(const Decided& decided) {
    const absl::Duration took = absl::Milliseconds(100 + world_.baton.Below(50));
    const bool fell = decided.plan.planner != planner_->name();
    Record(Component::kPlanner, fell ? SampleResult::kFallback : SampleResult::kSuccess, took);
    if (bundler_ == nullptr) return;
    const bool failed = decided.bundles.bundler != bundler_->name();
    Record(Component::kBundler, failed ? SampleResult::kFallback : SampleResult::kSuccess, took);
  }

  // Against what GitHub really shows, however the backlog was read.
  void CheckBlocked(const Plan& plan) {
    if (plan.planner != "v2") return;
    for (const Assignment& assignment : plan.assignments) {
      if (!assignment.now || assignment.running || !waiting_.contains(assignment.issue)) continue;
      world_.Break(Invariant::kBlockedHandedOut,
                   fmt::format("{} hands out #{}, which is blocked", process_.name(), assignment.issue));
    }
  }

  void Judge(const absl::StatusOr<RunOutcome>& outcome, absl::Duration took) {
    SampleResult result = SampleResult::kSuccess;
    if (!outcome.ok()) {
      result = SampleResult::kUnavailable;
    } else if (!outcome->stopped.ok()) {
      result = SampleResult::kError;
    } else if (!Succeeded(*outcome)) {
      result = SampleResult::kWorkFailed;
    }
    const std::string why = outcome.ok() ? outcome->stopped.ToString() : outcome.status().ToString();
    world_.trace.Add(world_.baton.Now(), process_.name(), fmt::format("ran: {}", why));
    Record(Component::kExecutor, result, took);
  }

  // --- Input ---

  bool Load(PipelineInput& input, Backlog& backlog) {
    backlog = BacklogOf(world_);
    waiting_.clear();
    for (const Blockers& blockers : backlog.blocked_by) waiting_.insert(blockers.issue);
    if (world_.baton.Roll(world_.scenario.wire)) {
      absl::StatusOr<Backlog> fetched = github_->FetchBacklog({});
      if (!fetched.ok()) return false;
      backlog = *std::move(fetched);
      waiting_.clear();  // the world moved while the answer was on its way
    }
    if (world_.scenario.plant == Plant::kNoBlockers) {
      for (Blockers& blockers : backlog.blocked_by) blockers.unreadable.clear();
    }
    if (world_.scenario.plant == Plant::kForgotten) {
      std::erase_if(backlog.issues, [](const Issue& issue) { return issue.number == 2; });
    }
    input.backlog = &backlog;
    input.agents = *MakeAgents(static_cast<int>(world_.scenario.agents));
    input.base = input.base_sha = *world_.git->FindRef("refs/heads/main");
    input.assignee = "alice";
    input.bundle.window = world_.baton.Now();
    return ChooseBundler(backlog);
  }

  // Only where something is to be bundled.
  bool ChooseBundler(const Backlog& backlog) {
    bundler_ = nullptr;
    if (FinishedHeads(backlog).empty()) return true;
    auto bundler = NewBundler(flags_, repo_.get(), Draw(Component::kBundler));
    if (!bundler.ok()) return false;
    Check(Component::kBundler, bundler->decision);
    bundler_ = std::move(bundler->bundler);
    return true;
  }

  [[nodiscard]] PipelineParts parts() const { return {planner_.get(), bundler_.get(), executor_.get()}; }

  World& world_;
  Process process_;
  std::unique_ptr<Rng> rng_;
  std::unique_ptr<GitRepo> repo_;
  FeatureFlags flags_;
  std::string cycle_;
  std::optional<Rollouts> drawing_, counting_;  // of this life
  std::array<clambake::Draw, 3> draws_;
  std::array<std::optional<clambake::Draw>, 3> kept_;  // by a planted bug
  std::unique_ptr<WorkPlanner> planner_;
  std::unique_ptr<Bundler> bundler_;
  std::unique_ptr<Executor> executor_;
  std::unique_ptr<GithubClient> github_;
  std::optional<std::set<std::string>> approved_;
  std::set<IssueNumber> waiting_;  // for another issue, or for what cannot be read
};

}  // namespace

Backlog BacklogOf(World& world) {
  const clambake::World& github = world.github.world();
  Backlog backlog;
  backlog.repository = github.full_name;
  backlog.taken_at = world.baton.Now();
  for (const auto& [number, issue] : github.issues) {
    if (!issue.open) continue;
    if (issue.is_pull()) {
      backlog.pulls.push_back({.number = number,
                               .body = issue.body,
                               .head_ref = issue.head_ref,
                               .head_sha = issue.head_sha,
                               .base_ref = issue.base_ref,
                               .labels = issue.labels});
      continue;
    }
    backlog.issues.push_back({.number = number,
                              .id = issue.id,
                              .title = issue.title,
                              .body = issue.body,
                              .labels = issue.labels,
                              .assignees = issue.assignees,
                              .created_at = issue.created_at});
    Blockers blockers{.issue = number};
    for (const std::int64_t by : issue.blocked_by) {
      if (github.issues.at(by).open) blockers.blocked_by.push_back(by);
    }
    blockers.unreadable = issue.blocked_by_elsewhere;
    if (!blockers.blocked_by.empty() || !blockers.unreadable.empty()) backlog.blocked_by.push_back(blockers);
  }
  const std::string main = world.git->FindRef("refs/heads/main").value_or("");
  constexpr std::string_view kHeads = "refs/heads/";
  for (const auto& [name, sha] : world.git->ListRefs("refs/heads/agent")) {
    Branch branch{.name = name.substr(kHeads.size()), .sha = sha};
    branch.ahead_by = world.git->Compare(main, sha)->ahead_by;
    backlog.branches.push_back(std::move(branch));
  }
  AddTextDependencies(backlog, {});
  return backlog;
}

void RunInstance(World& world, unsigned number) { Instance(world, number).Run(); }

}  // namespace clambake::simulation
