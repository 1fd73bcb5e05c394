// clambake run: plan, bundle, execute, once.
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <memory>
#include <string>

#include "CLI/CLI.hpp"
#include "clambake/executor.h"
#include "clambake/pipeline.h"
#include "clambake/run_figures.h"
#include "clambake/seen_flags.h"
#include "clambake/state_audit.h"
#include "cli/alerts.h"
#include "cli/commands/commands.h"
#include "cli/github_access.h"
#include "cli/job_summary.h"
#include "cli/messages.h"
#include "cli/run_session.h"
#include "cli/run_text.h"
#include "cli/shadow_compare.h"
#include "cli/state_access.h"
#include "fmt/format.h"

namespace clambake::cli {
namespace {

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

ExitCode PrintRun(const RunSession& session, const Decided& decided, const RunOutcome* outcome,
                  ExitCode result) {
  for (const std::string& note : decided.preparation.notes) Warn(session.globals, note);
  if (absl::Status told = LeaveInJob(decided, outcome); !told.ok()) return Fail(told);
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

ExitCode RefuseOtherDigest(const RunSession& session, StateStore& store, const Decided& decided) {
  const absl::StatusOr<Document> last =
      store.ReadDocument(ShadowScope(decided.preparation.repository), kPreview);
  const std::string then = last.ok() ? last->value : "";
  fmt::print(
      stderr,
      "clambake: error: the operations are not those expected: {} instead of {}; nothing was written\n",
      OperationsDigest(decided.preparation), session.options.expect_digest);
  fmt::print(stderr, "{}", PreviewDifference(then, session.options.expect_digest, PreviewText(decided)));
  return kNo;
}

absl::StatusOr<Decided> DecideAll(RunSession& session) {
  session.stage = "deciding on " + Counted(session.backlog.issues.size(), "issue");
  session.line.Show(session.stage);
  absl::StatusOr<Decided> decided = Decide(session.parts(), session.input);
  session.line.Clear();
  return decided;
}

// What a real run would do, from the state as it is; a state that is not there
// is not made.
ExitCode RunReadonly(RunSession& session) {
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
  const std::string& expected = session.options.expect_digest;
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

// For the success criteria of the phases. That it could not be kept is no
// reason to fail a run.
void LeaveFigures(const RunSession& session, StateStore& store, const Decided& decided,
                  const RunOutcome& outcome) {
  RunFigures figures = FiguresOf(decided.plan, decided.bundles, decided.preparation, outcome);
  figures.at = session.clock->Now();
  const absl::Status kept = AddRunFigures(store, decided.preparation.repository, figures);
  if (!kept.ok()) Warn(session.globals, fmt::format("figures are not kept: {}", std::string(kept.message())));
}

void CompareAfterwards(const RunSession& session, StateStore& store, const Decided& decided) {
  CompareInShadow(session.globals, {.store = &store,
                                    .scope = decided.preparation.repository,
                                    .input = &session.input,
                                    .decided = &decided,
                                    .unit = session.link->cycle(),
                                    .rate = session.options.shadow_percent * std::int64_t{100},
                                    .bundled = session.bundler.bundler != nullptr});
}

// That nobody hears of it is no reason to fail a run.
void TellOfFlags(const RunSession& session, StateStore& store, const std::string& scope) {
  const absl::Status noted = NoteFlags(store, scope, HostName(), session.flags);
  if (!noted.ok())
    Warn(session.globals, fmt::format("flags are not compared: {}", std::string(noted.message())));
}

ExitCode Execute(RunSession& session, StateStore& store, const WritePermit& permit, GithubClient& github) {
  if (absl::Status loaded = LoadInput(session); !loaded.ok()) return Fail(loaded);
  const std::string& scope = permit.lease().scope;
  TellOfFlags(session, store, scope);
  const absl::Status seen = KeepGithubManifest(store, scope, session.backlog);
  if (!seen.ok()) Warn(session.globals, fmt::format("for snapshots: {}", std::string(seen.message())));
  const absl::Status refreshed = RefreshClaims(store, scope, session.backlog, absl::Hours(24)).status();
  if (!refreshed.ok()) return Fail(refreshed);
  if (absl::Status read = ReadState(store, scope, session.input); !read.ok()) return Fail(read);
  const absl::StatusOr<Decided> decided = DecideAll(session);
  if (!decided.ok()) return Fail(decided.status());
  const std::string& expected = session.options.expect_digest;
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
    session.link->RecordRun(*decided, *outcome);
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

ExitCode RunForReal(RunSession& session) {
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

ExitCode Run(const Globals& globals, const RunOptions& options) {
  RunSession session{.globals = globals, .options = options};
  if (absl::Status opened = OpenSession(session); !opened.ok()) return Fail(opened);
  return session.readonly() ? RunReadonly(session) : RunForReal(session);
}

}  // namespace

void SetupRun(CLI::App& app, const Globals& globals, ExitCode& result) {
  auto options = std::make_shared<RunOptions>();
  CLI::App* run = app.add_subcommand(
      "run", "Plan, bundle, execute: one shot; with --readonly, only say what it would do");
  run->add_option("--expect-digest", options->expect_digest,
                  "Execute exactly the operations that were previewed under DIGEST, or nothing")
      ->type_name("DIGEST");
  run->add_option("--assignee", options->assignee, "GitHub login that stands for the agents")
      ->type_name("LOGIN");
  run->add_option("--max-bundle", options->max_bundle, "Branches in a bundle; 0: no limit")
      ->check(CLI::Range(0, 1'000))
      ->capture_default_str();
  run->add_flag("--github-lock", options->github_lock,
                "Hold a lock on GitHub, too: for a state that may have been split or restored");
  run->add_flag("--make-labels", options->make_labels,
                "Make the labels that work is routed by, where the repository lacks them");
  run->add_flag("--approximate", options->approximate,
                "Without a clone: bundle by the paths that GitHub says each branch changes; whether they "
                "merge, GitHub says as it builds the bundle");
  run->add_option("--shadow", options->shadow_percent,
                  "Where legacy runs: compare v2 in N % of the cycles, afterwards; see `compare --history`")
      ->type_name("N")
      ->check(CLI::Range(0, 100))
      ->capture_default_str();
  run->footer(
      "Interrupted, it finishes the request in flight; killed, the next run finishes what was left.\n\n"
      "Examples:\n"
      "  clambake run --readonly --from backlog.json --repo octo/repo\n"
      "  clambake run --repo octo/repo --git-dir . --agents 12\n"
      "  clambake run --repo octo/repo --expect-digest sha256:…\n");
  run->callback([options, &globals, &result] { result = Run(globals, *options); });
}

}  // namespace clambake::cli
