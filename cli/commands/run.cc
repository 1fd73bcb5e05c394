// clambake run: plan, bundle, execute, once.
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "CLI/CLI.hpp"
#include "absl/strings/match.h"
#include "clambake/clock.h"
#include "clambake/executor.h"
#include "clambake/factory.h"
#include "clambake/git_repo.h"
#include "clambake/github_client.h"
#include "clambake/github_lock.h"
#include "clambake/pipeline.h"
#include "clambake/rng.h"
#include "clambake/run_figures.h"
#include "clambake/state_audit.h"
#include "cli/alerts.h"
#include "cli/commands/commands.h"
#include "cli/github_access.h"
#include "cli/github_actions.h"
#include "cli/messages.h"
#include "cli/progress.h"
#include "cli/rollout_link.h"
#include "cli/run_text.h"
#include "cli/shadow_compare.h"
#include "cli/state_access.h"
#include "fmt/format.h"

namespace clambake::cli {
namespace {

struct RunCommand {
  std::string expect_digest;
  std::string assignee;
  int max_bundle = 8;
  bool github_lock = false;
  int shadow_percent = 2;
};

std::atomic<bool> cancelled = false;  // NOLINT: signal handlers have no other way

// The first signal lets the request in flight finish; a second one ends the
// process at once, which the journal survives.
void OnSignal(int signal) {
  if (!cancelled.exchange(true)) return;
  constexpr std::string_view kGone =
      "\nclambake: stopped at once; the next run looks before it repeats anything\n";
  if (write(STDERR_FILENO, kGone.data(), kGone.size()) < 0) _exit(kFailed);
  _exit(128 + signal);
}

void CatchSignals() {
  struct sigaction action = {};
  action.sa_handler = OnSignal;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

// All that a run works with; members are declared in the order they depend on.
struct Session {
  Globals globals;  // with the repository, where it is known
  const RunCommand& command;
  FeatureFlags flags;
  std::unique_ptr<Clock> clock = NewSystemClock();
  ProgressLine line{globals};
  std::string stage;                          // what the line says while git merges
  std::unique_ptr<GithubReader> reader;       // null with --from and no writes
  std::unique_ptr<GitRepo> repo;              // null where nothing is to be bundled
  std::unique_ptr<StateStore> rollout_store;  // null: there is none yet, or it cannot be read
  std::unique_ptr<RolloutLink> link;
  ChosenPlanner planner;
  ChosenBundler bundler;  // empty without a clone
  ChosenExecutor executor;
  Backlog backlog;
  PipelineInput input;
  std::unique_ptr<GithubClient> lock_client;
  std::unique_ptr<GithubLock> lock;  // null: not asked for

  [[nodiscard]] bool readonly() const { return flags.write_mode() == WriteMode::kReadOnly; }
  [[nodiscard]] PipelineParts parts() const {
    return {planner.planner.get(), bundler.bundler.get(), executor.executor.get()};
  }
};

template <typename T>
absl::Status Take(absl::StatusOr<T> from, T& to) {
  if (from.ok()) to = *std::move(from);
  return from.status();
}

// Rollouts are read on a connection of their own: what runs is decided before
// the run's lease is taken. A state that is there and cannot be read: legacy.
void LinkRollouts(Session& session) {
  absl::StatusOr<std::unique_ptr<StateStore>> store =
      OpenState(session.globals, *session.clock, IfMissing::kFail);
  const absl::Status opened = store.status();
  if (store.ok()) session.rollout_store = *std::move(store);
  session.link = std::make_unique<RolloutLink>(session.rollout_store.get(), session.globals.repo,
                                               session.flags.write_mode(), *session.clock,
                                               session.globals.observer.telemetry);
  // InvalidArgument: no place for a state is known.
  if (!opened.ok() && !absl::IsNotFound(opened) && !absl::IsInvalidArgument(opened))
    session.link->Unreadable();
}

absl::Status ChooseParts(Session& session) {
  absl::Status status = Take(ReadFlags(session.globals), session.flags);
  if (!status.ok()) return status;
  LinkRollouts(session);
  RolloutLink& link = *session.link;
  const Telemetry& telemetry = session.globals.observer.telemetry;
  status = Take(NewWorkPlanner(session.flags, link.Draw(Component::kPlanner), telemetry), session.planner);
  if (status.ok()) {
    link.Chose(Component::kPlanner, session.planner.decision);
    session.planner.planner = std::make_unique<MeasuredPlanner>(std::move(session.planner.planner), link);
    const DrawForIssue draw = [&link](IssueNumber issue) { return link.DrawIssue(issue); };
    status = Take(NewSplitExecutor(session.flags, draw, telemetry), session.executor);
    link.Chose(Component::kExecutor, session.executor.decision);
  }
  if (status.ok()) status = Take(LoadAgents(session.globals), session.input.agents);
  return status;
}

// A clone is needed only where something is to be bundled.
absl::Status ChooseBundler(Session& session) {
  if (FinishedHeads(session.backlog).empty()) return absl::OkStatus();
  const std::string& named = session.globals.git_dir;
  const absl::Status opened = Take(OpenGitRepo(named.empty() ? "." : named), session.repo);
  if (absl::IsNotFound(opened) && named.empty()) {
    Warn(session.globals, "no clone here: finished branches are not bundled; name one with --git-dir");
    return absl::OkStatus();
  }
  if (!opened.ok()) return opened;
  session.repo = NewShownGit(std::move(session.repo), session.line, session.stage);
  const RolloutState drawn = session.link->Draw(Component::kBundler);
  const absl::Status chosen =
      Take(NewBundler(session.flags, session.repo.get(), drawn, session.globals.observer.telemetry),
           session.bundler);
  if (!chosen.ok()) return chosen;
  session.link->Chose(Component::kBundler, session.bundler.decision);
  session.bundler.bundler =
      std::make_unique<MeasuredBundler>(std::move(session.bundler.bundler), *session.link);
  session.bundler.bundler = NewObservedBundler(std::move(session.bundler.bundler), session.bundler.decision,
                                               session.globals.observer);
  return absl::OkStatus();
}

void Watch(Session& session) {
  const Observer& observer = session.globals.observer;
  ChosenPlanner& planner = session.planner;
  planner.planner = NewObservedPlanner(std::move(planner.planner), planner.decision, observer);
  ChosenExecutor& executor = session.executor;
  executor.executor = NewObservedExecutor(std::move(executor.executor), executor.decision, observer);
}

absl::Status Connect(Session& session) {
  if (!session.globals.from.empty() && session.readonly()) return absl::OkStatus();
  absl::StatusOr<GithubOptions> options = FindGithub(session.globals);
  if (!options.ok()) return options.status();
  return Take(ConnectReader(session.globals, *options, *session.clock), session.reader);
}

absl::Status LoadInput(Session& session) {
  absl::Status status = session.globals.from.empty()
                            ? Take(FetchFrom(session.globals, *session.reader), session.backlog)
                            : Take(LoadBacklog(session.globals), session.backlog);
  if (!status.ok()) return status;
  session.input.backlog = &session.backlog;
  session.input.assignee = session.command.assignee;
  session.input.bundle.max_size = session.command.max_bundle;
  session.input.bundle.window = session.clock->Now();
  if (session.reader == nullptr) return ChooseBundler(session);
  // A saved backlog of another repository must not be acted on here.
  const std::string_view wanted = session.reader->repository();
  if (!session.backlog.repository.empty() &&
      !absl::EqualsIgnoreCase(session.backlog.repository, absl::string_view(wanted.data(), wanted.size()))) {
    return absl::InvalidArgumentError(fmt::format("{}: the backlog is of {}, and --repo is {}",
                                                  session.globals.from, session.backlog.repository, wanted));
  }
  const absl::StatusOr<Ref> tip = session.reader->GetRef("refs/heads/" + session.backlog.default_branch);
  if (tip.ok()) session.input.base = session.input.base_sha = tip->sha;
  if (!tip.ok() && !absl::IsNotFound(tip.status())) return GithubFailure(tip.status());
  return ChooseBundler(session);
}

// What a workflow's later steps and its reader want to know.
absl::Status TellActions(const Decided& decided, const RunOutcome* outcome) {
  if (!InGithubActions()) return absl::OkStatus();
  const Preparation& preparation = decided.preparation;
  absl::Status status = AddOutput("digest", OperationsDigest(preparation));
  status.Update(AddOutput("operations", fmt::format("{}", preparation.operations.size())));
  std::string summary = fmt::format(
      "### clambake run\n\n| operations | confirmed | for a person | left |\n"
      "|---|---|---|---|\n| {} |",
      preparation.operations.size());
  if (outcome == nullptr) {
    summary += " read-only | | |\n";
  } else {
    std::size_t confirmed = 0;
    for (const Outcome& one : outcome->outcomes) confirmed += one.state == OperationState::kConfirmed ? 1 : 0;
    summary += fmt::format(" {} | {} | {} |\n", confirmed, outcome->manual_queue.size(), outcome->unfinished);
    for (const JournalEntry& entry : outcome->manual_queue) {
      summary += fmt::format("- {}: {}; {}\n", MarkdownCell(entry.lane), MarkdownCell(entry.detail),
                             MarkdownCell(entry.next_step));
    }
  }
  status.Update(AddSummary(summary));
  return status;
}

ExitCode PrintRun(const Session& session, const Decided& decided, const RunOutcome* outcome,
                  ExitCode result) {
  for (const std::string& note : decided.preparation.notes) Warn(session.globals, note);
  if (absl::Status told = TellActions(decided, outcome); !told.ok()) return Fail(told);
  if (!session.globals.json) return Print(RunText(decided, outcome, StdoutStyle(session.globals)), result);
  return Print(
      RunToJson(decided.preparation, outcome, PlanDigest(decided.plan), BundlesDigest(decided.bundles)) +
          "\n",
      result);
}

// A preview is kept beside the state, for a later --expect-digest to say what
// has changed since.
constexpr std::string_view kPreview = "preview";

void KeepPreview(StateStore& store, const Decided& decided) {
  const std::string scope = ShadowScope(decided.preparation.repository);
  const absl::StatusOr<Document> last = store.ReadDocument(scope, kPreview);
  if (last.ok()) store.WriteDocument(scope, kPreview, PreviewText(decided), last->version).IgnoreError();
}

ExitCode RefuseOtherDigest(const Session& session, StateStore& store, const Decided& decided) {
  const absl::StatusOr<Document> last =
      store.ReadDocument(ShadowScope(decided.preparation.repository), kPreview);
  const std::string then = last.ok() ? last->value : "";
  fmt::print(
      stderr,
      "clambake: error: the operations are not those expected: {} instead of {}; nothing was written\n",
      OperationsDigest(decided.preparation), session.command.expect_digest);
  fmt::print(stderr, "{}", PreviewDifference(then, session.command.expect_digest, PreviewText(decided)));
  return kNo;
}

absl::StatusOr<Decided> DecideAll(Session& session) {
  session.stage = fmt::format("deciding on {} issues", session.backlog.issues.size());
  session.line.Show(session.stage);
  absl::StatusOr<Decided> decided = Decide(session.parts(), session.input);
  session.line.Clear();
  return decided;
}

// What a real run would do, from the state as it is; a state that is not there
// is not made.
ExitCode RunReadonly(Session& session) {
  if (absl::Status loaded = LoadInput(session); !loaded.ok()) return Fail(loaded);
  const absl::StatusOr<std::unique_ptr<StateStore>> store =
      OpenState(session.globals, *session.clock, IfMissing::kFail);
  if (!store.ok() && !absl::IsNotFound(store.status())) return Fail(store.status());
  if (store.ok()) {
    const absl::Status read = ReadState(**store, session.backlog.repository, session.input);
    if (!read.ok()) return Fail(read);
  }
  const absl::StatusOr<Decided> decided = DecideAll(session);
  if (!decided.ok()) return Fail(decided.status());
  const std::string& expected = session.command.expect_digest;
  const bool matches = expected.empty() || expected == OperationsDigest(decided->preparation);
  if (store.ok() && matches) KeepPreview(**store, *decided);
  return PrintRun(session, *decided, nullptr, matches ? kDone : kNo);
}

ExitCode ExitCodeOfRun(const RunOutcome& outcome) {
  if (Succeeded(outcome)) return kDone;
  if (outcome.stopped.ok() || absl::IsCancelled(outcome.stopped)) return kNo;
  const ExitCode code = ExitCodeOf(outcome.stopped);
  return code == kUsage ? kFailed : code;
}

SampleResult ResultOf(OperationState state) {
  if (state == OperationState::kConfirmed) return SampleResult::kSuccess;
  return state == OperationState::kUnknown ? SampleResult::kError : SampleResult::kWorkFailed;
}

// What the judge learns of this run's executor: a sample for each issue that
// was handed out, the gravest outcome of its required operations. An
// interrupted run says nothing of what it left.
void RecordExecution(Session& session, const Decided& decided, const RunOutcome& outcome) {
  struct Handed {
    SampleResult result = SampleResult::kSuccess;
    absl::Duration took;
  };
  std::map<IssueNumber, Handed> issues;
  std::set<IssueNumber> of_legacy;
  std::map<std::string_view, const Operation*> operations;
  for (const Operation& operation : decided.preparation.operations) operations[operation.id] = &operation;
  for (const Outcome& one : outcome.outcomes) {
    const auto found = operations.find(one.id);
    if (found == operations.end() || found->second->lane != fmt::format("issue-{}", found->second->issue))
      continue;
    const std::vector<std::string>& legacy = decided.preparation.legacy;
    if (std::binary_search(legacy.begin(), legacy.end(), one.id)) of_legacy.insert(found->second->issue);
    Handed& handed = issues[found->second->issue];
    handed.took += absl::Milliseconds(one.latency_ms);
    if (one.need == Operation::Need::kRequired) handed.result = std::max(handed.result, ResultOf(one.state));
  }
  for (const auto& [issue, handed] : issues) {
    const bool fell_back = !outcome.fault.empty() && !of_legacy.contains(issue);
    session.link->RecordIssue(issue, fell_back ? SampleResult::kFallback : handed.result, handed.took);
  }
}

// For the success criteria of the phases. That it could not be kept is no
// reason to fail a run.
void LeaveFigures(const Session& session, StateStore& store, const Decided& decided,
                  const RunOutcome& outcome) {
  RunFigures figures = FiguresOf(decided.plan, decided.bundles, decided.preparation, outcome);
  figures.at = session.clock->Now();
  const absl::Status kept = AddRunFigures(store, decided.preparation.repository, figures);
  if (!kept.ok()) Warn(session.globals, fmt::format("figures are not kept: {}", std::string(kept.message())));
}

void CompareAfterwards(const Session& session, StateStore& store, const Decided& decided) {
  CompareInShadow(session.globals, {.store = &store,
                                    .scope = decided.preparation.repository,
                                    .input = &session.input,
                                    .decided = &decided,
                                    .unit = session.link->cycle(),
                                    .rate = session.command.shadow_percent * std::int64_t{100},
                                    .bundled = session.bundler.bundler != nullptr});
}

ExitCode Execute(Session& session, StateStore& store, const WritePermit& permit, GithubClient& github) {
  if (absl::Status loaded = LoadInput(session); !loaded.ok()) return Fail(loaded);
  const std::string& scope = permit.lease().scope;
  const absl::Status seen = KeepGithubManifest(store, scope, session.backlog);
  if (!seen.ok()) Warn(session.globals, fmt::format("for snapshots: {}", std::string(seen.message())));
  const absl::Status refreshed = RefreshClaims(store, scope, session.backlog, absl::Hours(24)).status();
  if (!refreshed.ok()) return Fail(refreshed);
  if (absl::Status read = ReadState(store, scope, session.input); !read.ok()) return Fail(read);
  const absl::StatusOr<Decided> decided = DecideAll(session);
  if (!decided.ok()) return Fail(decided.status());
  const std::string& expected = session.command.expect_digest;
  if (!expected.empty() && expected != OperationsDigest(decided->preparation)) {
    return RefuseOtherDigest(session, store, *decided);
  }
  const absl::StatusOr<RunOutcome> outcome =
      Act(session.parts(), *decided, expected, permit,
          {.github = &github,
           .store = &store,
           .clock = session.clock.get(),
           .cancelled = &cancelled,
           .progress = [&](const RunProgress& progress) { session.line.Show(ProgressText(progress)); },
           .lock = session.lock.get()});
  session.line.Clear();
  if (outcome.ok()) {
    RecordExecution(session, *decided, *outcome);
    LeaveFigures(session, store, *decided, *outcome);
  }
  if (outcome.ok() && !outcome->corruption.empty()) {
    session.link->ReportCorruption(Component::kBundler, outcome->corruption);
  }
  if (!outcome.ok()) return Fail(outcome.status());
  if (!outcome->stopped.ok()) {
    fmt::print(stderr, "clambake: stopped: {}\n", std::string(outcome->stopped.message()));
  }
  if (!outcome->fault.empty()) Warn(session.globals, outcome->fault);
  const ExitCode result = PrintRun(session, *decided, &*outcome, ExitCodeOfRun(*outcome));
  if (!cancelled) CompareAfterwards(session, store, *decided);
  TellAlerts(session.globals, store, scope);
  return result;
}

// Who this is, for those who find the state or GitHub locked.
std::string Holder() {
  constexpr std::size_t kMaxHost = 256;
  std::array<char, kMaxHost> host{};
  if (gethostname(host.data(), host.size() - 1) != 0) return fmt::format("pid {}", getpid());
  return fmt::format("{} pid {}", host.data(), getpid());
}

// The journal has the last word on every attempt: a client that repeats by
// itself, or waits longer than the lease, would act behind its back.
absl::StatusOr<std::unique_ptr<GithubClient>> NewJournaledClient(const Session& session) {
  absl::StatusOr<GithubOptions> options = FindGithub(session.globals);
  if (!options.ok()) return options.status();
  options->lost_answer = GithubOptions::LostAnswer::kReturnUnknown;
  options->max_attempts = 1;
  options->max_limit_wait = absl::Seconds(15);
  return ConnectClient(session.globals, *options, *session.clock);
}

// Before anything is read: what is decided must be decided under the lock.
absl::Status LockGithub(Session& session) {
  if (!session.command.github_lock) return absl::OkStatus();
  absl::StatusOr<GithubOptions> options = FindGithub(session.globals);
  if (!options.ok()) return options.status();
  absl::Status status = Take(NewGithubClient(*options, *session.clock), session.lock_client);
  if (!status.ok()) return status;
  const std::unique_ptr<Rng> rng = NewSystemRng();
  return Take(
      GithubLock::Take(*session.lock_client, *session.clock, {.holder = Holder(), .nonce = RandomId(*rng)}),
      session.lock);
}

ExitCode RunForReal(Session& session) {
  const absl::StatusOr<std::string> repository = RequireRepository(session.globals);
  if (!repository.ok()) return Fail(repository.status());
  const absl::StatusOr<std::unique_ptr<GithubClient>> github = NewJournaledClient(session);
  if (!github.ok()) return Fail(github.status());
  WarnAboutJobToken(session.globals);
  const absl::StatusOr<std::unique_ptr<StateStore>> store =
      OpenState(session.globals, *session.clock, IfMissing::kCreate);
  if (!store.ok()) return Fail(store.status());
  CatchSignals();
  const absl::StatusOr<std::unique_ptr<WritePermit>> permit =
      Guard::Admit(session.flags, **store,
                   {.generation = session.executor.decision.generation,
                    .rollout = session.link->DrawIssue(0),
                    .scope = *repository,
                    .owner = Holder()});
  if (!permit.ok()) return Fail(permit.status());
  if (absl::Status locked = LockGithub(session); !locked.ok()) return Fail(locked);
  return Execute(session, **store, **permit, **github);
}

ExitCode Run(const Globals& globals, const RunCommand& command) {
  Session session{.globals = globals, .command = command};
  // Rollouts are kept by repository, so the clone is asked at once.
  if (absl::StatusOr<std::string> found = FindRepository(globals); found.ok()) session.globals.repo = *found;
  if (absl::Status chosen = ChooseParts(session); !chosen.ok()) return Fail(chosen);
  Watch(session);
  for (const std::string& warning : session.flags.Warnings()) Warn(globals, warning);
  if (absl::Status connected = Connect(session); !connected.ok()) return Fail(connected);
  return session.readonly() ? RunReadonly(session) : RunForReal(session);
}

}  // namespace

void SetupRun(CLI::App& app, const Globals& globals, ExitCode& result) {
  auto command = std::make_shared<RunCommand>();
  CLI::App* run = app.add_subcommand(
      "run", "Plan, bundle, execute: one shot; with --readonly, only say what it would do");
  run->add_option("--expect-digest", command->expect_digest,
                  "Execute exactly the operations that were previewed under DIGEST, or nothing")
      ->type_name("DIGEST");
  run->add_option("--assignee", command->assignee, "GitHub login that stands for the agents")
      ->type_name("LOGIN");
  run->add_option("--max-bundle", command->max_bundle, "Branches in a bundle; 0: no limit")
      ->check(CLI::Range(0, 1'000))
      ->capture_default_str();
  run->add_flag("--github-lock", command->github_lock,
                "Hold a lock on GitHub, too: for a state that may have been split or restored");
  run->add_option("--shadow", command->shadow_percent,
                  "Where legacy runs: compare v2 in N % of the cycles, afterwards; see `compare --history`")
      ->type_name("N")
      ->check(CLI::Range(0, 100))
      ->capture_default_str();
  run->footer(
      "Interrupted, it finishes the request in flight; killed, the next run finishes what was left.\n"
      "Examples:\n"
      "  clambake run --readonly --from backlog.json --repo octo/repo\n"
      "  clambake run --repo octo/repo --git-dir . --agents 12\n"
      "  clambake run --repo octo/repo --expect-digest sha256:…\n");
  run->callback([command, &globals, &result] { result = Run(globals, *command); });
}

}  // namespace clambake::cli
