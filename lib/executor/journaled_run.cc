#include "executor/journaled_run.h"

#include <algorithm>

#include "base/safe_text.h"
#include "base/status_macros.h"
#include "fmt/format.h"

namespace clambake::executor {
namespace {

constexpr std::int64_t kMaxAttempts = 8;  // of one operation, over all runs
constexpr int kMaxFailures = 5;           // without effect, in one run
constexpr std::size_t kMaxDetail = 300;
// A request, and the wait for its turn, must fit into what is left of the lease.
constexpr absl::Duration kSendBudget = absl::Seconds(60);
constexpr absl::Duration kNap = absl::Seconds(1);  // how soon a cancellation is noticed

std::string Text(const absl::Status& status) {
  return SafeText(std::string_view(status.message().data(), status.message().size()), kMaxDetail);
}

absl::Duration Backoff(int failures) {
  return std::min(absl::Seconds(1) * (1 << std::min(failures, 6)), absl::Minutes(1));
}

absl::StatusOr<std::string> TreeOf(GithubReader& github, std::string_view branch) {
  CLAMBAKE_ASSIGN_OR_RETURN(const Ref ref, github.GetRef(fmt::format("refs/heads/{}", branch)));
  CLAMBAKE_ASSIGN_OR_RETURN(Commit commit, github.GetCommit(ref.sha));
  return std::move(commit.tree);
}

Outcome OutcomeOf(const Item& item) {
  return {.id = item.entry.id,
          .state = item.entry.state,
          .attempts = item.entry.attempts,
          .probed = item.entry.probed,
          .latency_ms = item.entry.latency_ms,
          .detail = item.entry.detail,
          .requests = item.entry.requests,
          .need = item.operation.need};
}

}  // namespace

RunOutcome JournaledRun::Execute() {
  renewed_at_ = Now();
  while (!schedule_.Empty() && MayGoOn()) {
    const absl::Time next = std::max(schedule_.NextTime(), blocked_until_);
    if (next > Now()) {
      WaitUntil(next);
    } else {
      Step(schedule_.Take());
    }
  }
  return std::move(outcome_);
}

bool JournaledRun::MayGoOn() {
  if (outcome_.stopped.ok() && context_.cancelled != nullptr && context_.cancelled->load()) {
    Stop(absl::CancelledError("cancelled; the next run finishes what is left"));
  }
  if (outcome_.stopped.ok() && context_.lock != nullptr) Stop(context_.lock->Keep());
  return outcome_.stopped.ok();
}

void JournaledRun::Stop(absl::Status why) { outcome_.stopped = std::move(why); }

// In small steps, so that a cancellation is noticed and the lease stays ours.
void JournaledRun::WaitUntil(absl::Time time) {
  context_.clock->Sleep(std::min(time - Now(), kNap));
  if (Now() - renewed_at_ < lease_.length / 3) return;
  renewed_at_ = Now();
  const absl::Status renewed = context_.store->RenewRun(lease_);
  if (absl::IsAborted(renewed)) Stop(renewed);
}

void JournaledRun::Step(Lane& lane) {
  JournalEntry& entry = lane.Current().entry;
  Report(lane.Current());
  if (entry.state == OperationState::kIntent) return Send(lane);
  // ATTEMPT of a run that died, or UNKNOWN: what was sent may still take effect.
  const absl::Time settled = entry.attempted_at + context_.settle;
  if (Now() < settled) return schedule_.Again(lane, settled);
  Look(lane, absl::UnknownError("no answer"));
}

bool JournaledRun::MayStillSend(absl::Duration since) const {
  if (context_.lock != nullptr && !context_.lock->IsHeldFor(kSendBudget)) return false;
  return context_.clock->Monotonic() - since < lease_.length - kSendBudget;
}

void JournaledRun::Send(Lane& lane) {
  Item& item = lane.Current();
  if (item.entry.attempts >= kMaxAttempts) {
    return Conclude(lane, OperationState::kManual, absl::UnknownError("GitHub did not answer any attempt"));
  }
  if (!IsAsVerified(lane)) return;
  const absl::Duration before = context_.clock->Monotonic();
  const absl::StatusOr<absl::Time> attempted = context_.store->RecordAttempt(lease_, item.entry.id);
  if (!attempted.ok()) return TryLater(lane, attempted.status());
  item.entry.state = OperationState::kAttempt;
  item.entry.attempts += 1;
  renewed_at_ = item.entry.attempted_at = Now();
  // The process may have slept since: others may hold the lease by now.
  if (!MayStillSend(before))
    return TryLater(lane, absl::UnavailableError("not sent: the lease was running out"));
  const absl::Duration start = context_.clock->Monotonic();
  const absl::StatusOr<WriteReceipt> answer = context_.github->Perform(item.operation.write);
  item.entry.latency_ms = absl::ToInt64Milliseconds(context_.clock->Monotonic() - start);
  const std::string request = answer.ok() ? answer->request_id : ErrorDetails(answer.status()).request_id;
  if (!request.empty()) item.entry.requests += (item.entry.requests.empty() ? "" : " ") + request;
  if (answer.ok() && answer->probed) item.entry.probed = true;
  Follow(lane, Judge(item.operation, answer.status()), answer);
}

void JournaledRun::Follow(Lane& lane, Verdict verdict, const absl::StatusOr<WriteReceipt>& answer) {
  Item& item = lane.Current();
  switch (verdict) {
    case Verdict::kConfirmed:
      item.entry.result = answer->number != 0 ? answer->number : answer->id;
      return Conclude(lane, OperationState::kConfirmed, absl::OkStatus());
    case Verdict::kAccepted:
      return Conclude(lane, OperationState::kConfirmed,
                      absl::AlreadyExistsError("it was there before, and is kept"));
    case Verdict::kSettle:
      item.entry.attempted_at = Now();
      if (Record(lane, OperationState::kUnknown, Text(answer.status()))) {
        schedule_.Again(lane, Now() + context_.settle);
      }
      return;
    case Verdict::kLook:
      return Look(lane, answer.status());
    case Verdict::kTryLater:
      return TryLater(lane, answer.status());
    case Verdict::kRateLimit:
      return ObeyLimit(lane, answer.status());
    case Verdict::kRefused:
      return Conclude(lane, OperationState::kRefused, answer.status());
    case Verdict::kManual:
      return Conclude(lane, OperationState::kManual, answer.status());
    case Verdict::kStop:
      if (Record(lane, OperationState::kIntent, Text(answer.status()))) Stop(answer.status());
      return;
  }
}

// Reads whether the operation has taken effect; if not, it is sent (again).
void JournaledRun::Look(Lane& lane, const absl::Status& why) {
  Item& item = lane.Current();
  item.entry.state = OperationState::kUnknown;  // until we know: never straight back to INTENT
  const absl::StatusOr<ProbeResult> probe = context_.github->Probe(item.operation.write);
  if (!probe.ok()) return CannotRead(lane, probe.status());
  item.entry.probed = true;
  if (probe->effect == Effect::kTaken) {
    item.entry.result = probe->receipt.number != 0 ? probe->receipt.number : probe->receipt.id;
    return Conclude(lane, OperationState::kConfirmed, absl::OkStatus());
  }
  if (probe->effect == Effect::kContradicted || absl::IsAlreadyExists(why)) {
    const bool kept = Judge(item.operation, absl::AlreadyExistsError("")) == Verdict::kAccepted;
    if (kept) return Follow(lane, Verdict::kAccepted, why);
    return Conclude(
        lane, OperationState::kManual,
        absl::IsAlreadyExists(why) ? why : absl::AlreadyExistsError("another one was there first"));
  }
  Send(lane);
}

void JournaledRun::CannotRead(Lane& lane, const absl::Status& why) {
  const Verdict verdict = Judge(lane.Current().operation, why);
  if (verdict == Verdict::kRateLimit) return ObeyLimit(lane, why);
  if (verdict == Verdict::kStop) return Stop(why);
  const bool passes = verdict == Verdict::kTryLater || verdict == Verdict::kSettle;
  if (passes) return TryLater(lane, why);
  Conclude(lane, OperationState::kManual, why);
}

// What GitHub merged must be what the bundle was verified as. False: the
// operation is not to be sent, and has been dealt with.
bool JournaledRun::IsAsVerified(Lane& lane) {
  const Operation& operation = lane.Current().operation;
  const auto* pull = std::get_if<CreatePull>(&operation.write);
  if (pull == nullptr || operation.tree.empty()) return true;
  const absl::StatusOr<std::string> tree = TreeOf(*context_.github, pull->head);
  if (!tree.ok()) {
    CannotRead(lane, tree.status());
    return false;
  }
  if (*tree == operation.tree) return true;
  const std::string what = fmt::format("branch {} holds tree {}, and the bundle was verified as tree {}",
                                       pull->head, *tree, operation.tree);
  if (outcome_.corruption.empty()) outcome_.corruption = what;
  Conclude(lane, OperationState::kManual, absl::DataLossError(what));
  return false;
}

// It had no effect. An operation that was never sent goes back to INTENT; one
// that may have been stays what it is, and is looked at before it is sent.
void JournaledRun::TryLater(Lane& lane, const absl::Status& why) {
  Item& item = lane.Current();
  if (absl::IsAborted(why) || absl::IsFailedPrecondition(why)) return Stop(why);
  const bool sent = item.entry.state == OperationState::kAttempt;
  if (sent && !Record(lane, OperationState::kIntent, Text(why))) return;
  if (++item.failures < kMaxFailures) {
    schedule_.Again(lane, Now() + Backoff(item.failures));
    return;
  }
  item.entry.detail = Text(why);
  outcome_.outcomes.push_back(OutcomeOf(item));
}

void JournaledRun::ObeyLimit(Lane& lane, const absl::Status& why) {
  Item& item = lane.Current();
  const bool sent = item.entry.state == OperationState::kAttempt;
  if (sent && !Record(lane, OperationState::kIntent, Text(why))) return;
  if (sent) item.entry.attempts -= 1;  // a limit is no failed attempt
  const absl::Time until = ErrorDetails(why).retry_at.value_or(Now() + absl::Minutes(1));
  if (until - Now() > context_.max_limit_wait) return Stop(why);
  blocked_until_ = std::max(blocked_until_, until);
  schedule_.Again(lane, until);
}

void JournaledRun::Conclude(Lane& lane, OperationState state, const absl::Status& why) {
  Item& item = lane.Current();
  if (state == OperationState::kManual) {
    if (item.operation.need == Operation::Need::kAdvisory) state = OperationState::kRefused;
    item.entry.next_step = NextStep(item.operation, why);
  }
  if (!Record(lane, state, why.ok() ? "" : Text(why))) return;
  outcome_.outcomes.push_back(OutcomeOf(item));
  if (state != OperationState::kManual) schedule_.Advance(lane);
}

// False if the journal could not be written: then nothing more may be done, and
// the next run finds the operation as it was and looks before it sends.
bool JournaledRun::Record(Lane& lane, OperationState state, const std::string& detail) {
  Item& item = lane.Current();
  item.entry.state = state;
  item.entry.detail = detail;
  std::vector<WorkChange> changes;
  if (state == OperationState::kConfirmed && item.operation.then) {
    changes.push_back({.issue = item.operation.issue, .state = *item.operation.then});
  }
  absl::Status recorded;
  for (int attempt = 0; attempt < kMaxFailures; ++attempt) {
    if (attempt > 0) context_.clock->Sleep(Backoff(attempt));
    recorded = context_.store->RecordOutcome(lease_, item.entry, changes);
    if (!absl::IsUnavailable(recorded)) break;
  }
  if (recorded.ok()) return true;
  Stop(recorded);
  return false;
}

void JournaledRun::Report(const Item& item) {
  if (!context_.progress) return;
  const std::string doing = fmt::format("{} {}", item.entry.kind, item.entry.lane);
  context_.progress({.done = outcome_.outcomes.size(), .total = total_, .doing = doing});
}

}  // namespace clambake::executor
