#include "cli/run_session.h"

#include <unistd.h>

#include <array>
#include <string_view>
#include <utility>

#include "absl/strings/match.h"
#include "clambake/executor.h"
#include "clambake/rng.h"
#include "cli/github_access.h"
#include "cli/messages.h"
#include "cli/state_access.h"
#include "fmt/format.h"

namespace clambake::cli {
namespace {

template <typename T>
absl::Status Take(absl::StatusOr<T> from, T& to) {
  if (!from.ok()) return from.status();
  to = *std::move(from);
  return absl::OkStatus();
}

// Rollouts are read on a connection of their own: what runs is decided before
// the run's lease is taken. A state that is there and cannot be read: legacy.
void LinkRollouts(RunSession& session) {
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

absl::Status ChooseParts(RunSession& session) {
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

// GitHub in place of a clone. It was asked for by name, so that no rollout counts it.
absl::Status ChooseApproximateBundler(RunSession& session) {
  if (session.reader == nullptr) {
    return absl::InvalidArgumentError(
        "--approximate: GitHub must be asked what branches change; leave --from away");
  }
  session.bundler.decision = {Generation::kV2, Reason::kStatic, "approximate"};
  session.bundler.bundler = NewObservedBundler(NewApproximateBundler(session.reader.get()),
                                               session.bundler.decision, session.globals.observer);
  return absl::OkStatus();
}

// A clone is needed only where something is to be bundled.
absl::Status ChooseBundler(RunSession& session) {
  if (FinishedHeads(session.backlog).empty()) return absl::OkStatus();
  if (session.options.approximate) return ChooseApproximateBundler(session);
  const std::string& named = session.globals.git_dir;
  absl::Status opened = Take(OpenGitRepo(named.empty() ? "." : named), session.repo);
  if (absl::IsNotFound(opened) && named.empty()) {
    Warn(session.globals,
         "no clone here: finished branches are not bundled; name one with --git-dir, or ask GitHub with "
         "--approximate");
    return absl::OkStatus();
  }
  if (!opened.ok()) return opened;
  session.repo = NewShownGit(std::move(session.repo), session.line, session.stage);
  const RolloutState drawn = session.link->Draw(Component::kBundler);
  absl::Status chosen =
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

void Watch(RunSession& session) {
  const Observer& observer = session.globals.observer;
  ChosenPlanner& planner = session.planner;
  planner.planner = NewObservedPlanner(std::move(planner.planner), planner.decision, observer);
  ChosenExecutor& executor = session.executor;
  executor.executor = NewObservedExecutor(std::move(executor.executor), executor.decision, observer);
}

absl::Status ReadLabels(RunSession& session) {
  if (!session.options.make_labels) return absl::OkStatus();
  if (session.reader == nullptr) {
    return absl::InvalidArgumentError(
        "--make-labels: GitHub must be asked which are missing; leave --from away");
  }
  const absl::StatusOr<std::vector<std::string>> labels = session.reader->ListLabels();
  if (!labels.ok()) return GithubFailure(labels.status());
  session.input.labels = MissingRouteLabels(*labels);
  return absl::OkStatus();
}

absl::Status Connect(RunSession& session) {
  if (!session.globals.from.empty() && session.readonly()) return absl::OkStatus();
  absl::StatusOr<GithubOptions> options = FindGithub(session.globals);
  if (!options.ok()) return options.status();
  return Take(ConnectReader(session.globals, *options, *session.clock), session.reader);
}

}  // namespace

absl::Status OpenSession(RunSession& session) {
  // Rollouts are kept by repository, so the clone is asked at once.
  if (absl::StatusOr<std::string> found = FindRepository(session.globals); found.ok()) {
    session.globals.repo = *found;
  }
  if (absl::Status chosen = ChooseParts(session); !chosen.ok()) return chosen;
  Watch(session);
  for (const std::string& warning : session.flags.Warnings()) Warn(session.globals, warning);
  return Connect(session);
}

absl::Status LoadInput(RunSession& session) {
  absl::Status status = session.globals.from.empty()
                            ? Take(FetchFrom(session.globals, *session.reader), session.backlog)
                            : Take(LoadBacklog(session.globals), session.backlog);
  if (status.ok()) status = ReadLabels(session);
  if (!status.ok()) return status;
  session.input.backlog = &session.backlog;
  session.input.assignee = session.options.assignee;
  session.input.bundle.max_size = session.options.max_bundle;
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

std::string HostName() {
  constexpr std::size_t kMaxHost = 256;
  std::array<char, kMaxHost> host{};
  return gethostname(host.data(), host.size() - 1) == 0 ? host.data() : "";
}

std::string Holder() {
  const std::string host = HostName();
  return host.empty() ? fmt::format("pid {}", getpid()) : fmt::format("{} pid {}", host, getpid());
}

absl::StatusOr<std::unique_ptr<GithubClient>> NewJournaledClient(const RunSession& session) {
  absl::StatusOr<GithubOptions> github = FindGithub(session.globals);
  if (!github.ok()) return github.status();
  github->lost_answer = GithubOptions::LostAnswer::kReturnUnknown;
  github->max_attempts = 1;
  github->max_limit_wait = absl::Seconds(15);
  return ConnectClient(session.globals, *github, *session.clock);
}

absl::Status LockGithub(RunSession& session) {
  if (!session.options.github_lock) return absl::OkStatus();
  absl::StatusOr<GithubOptions> github = FindGithub(session.globals);
  if (!github.ok()) return github.status();
  absl::Status status = Take(NewGithubClient(*github, *session.clock), session.lock_client);
  if (!status.ok()) return status;
  const std::unique_ptr<Rng> rng = NewSystemRng();
  return Take(
      GithubLock::Take(*session.lock_client, *session.clock, {.holder = Holder(), .nonce = RandomId(*rng)}),
      session.lock);
}

}  // namespace clambake::cli
