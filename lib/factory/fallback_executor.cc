#include "factory/fallback_executor.h"

#include <exception>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/safe_text.h"
#include "base/status_macros.h"
#include "factory/fallback.h"
#include "fmt/format.h"
#include "model/operations.h"

namespace clambake {
namespace {

// Of the state, not of the executor: without it nobody may act, legacy least.
bool IsOfTheState(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsAborted(status) || absl::IsFailedPrecondition(status) ||
         absl::IsAlreadyExists(status) || absl::IsCancelled(status);
}

std::string Reason(const absl::Status& fault) {
  constexpr std::size_t kMaxShown = 200;
  return fmt::format("the v2 executor failed ({})", SafeText(std::string(fault.message()), kMaxShown));
}

// The request itself: it can be made by hand.
std::string NextStep(std::string_view repository, const JournalEntry& entry) {
  constexpr std::size_t kMaxBody = 500;
  std::string look = "read the operation with `clambake state queue show " + entry.id + "`";
  if (const absl::StatusOr<Operation> operation = FromJournalEntry(entry); operation.ok()) {
    const WireRequest request = Describe(repository, operation->write);
    look = fmt::format("see on GitHub whether it was done: {} {} {}", request.method, request.path,
                       request.body.substr(0, kMaxBody));
  }
  return fmt::format("{}; then `clambake state queue retry {}` (it looks before it sends), or `drop` it",
                     look, entry.id);
}

class FallbackExecutor : public Executor {
 public:
  FallbackExecutor(std::unique_ptr<Executor> v2, std::unique_ptr<Executor> legacy, Telemetry telemetry)
      : v2_(std::move(v2)), legacy_(std::move(legacy)), telemetry_(std::move(telemetry)) {}

  [[nodiscard]] std::string_view name() const override { return v2_->name(); }

  [[nodiscard]] absl::StatusOr<Preparation> Prepare(const PrepareRequest& request) const override {
    absl::StatusOr<Preparation> preparation = PrepareGuarded(request);
    // With nothing left from earlier runs, what is wrong is the request.
    const bool callers = absl::IsInvalidArgument(preparation.status()) && request.pending.empty();
    if (preparation.ok() || callers) return preparation;
    const std::string fault = Reason(preparation.status());
    TellFallback(telemetry_, Component::kExecutor, fault);
    if (legacy_ != nullptr && request.pending.empty()) {
      CLAMBAKE_ASSIGN_OR_RETURN(Preparation legacy, legacy_->Prepare(request));
      legacy.fault = fault;
      legacy.notes.push_back(fault + ": these are legacy's operations");
      return legacy;
    }
    Preparation none{.executor = std::string(v2_->name()), .repository = request.backlog->repository};
    none.fault = fault;
    none.notes.push_back(fault + ": what is left of earlier runs goes to the manual queue");
    return none;
  }

  absl::StatusOr<RunOutcome> Apply(const Preparation& preparation, const WritePermit& permit,
                                   const ApplyContext& context) override {
    if (!preparation.fault.empty()) return Degrade(preparation, preparation.fault, permit, context);
    absl::StatusOr<RunOutcome> outcome = ApplyGuarded(preparation, permit, context);
    if (outcome.ok() || IsOfTheState(outcome.status())) return outcome;
    const std::string fault = Reason(outcome.status());
    TellFallback(telemetry_, Component::kExecutor, fault);
    return Degrade(preparation, fault, permit, context);
  }

 private:
  // Exceptions of libraries, such as memory that runs out, end here.
  [[nodiscard]] absl::StatusOr<Preparation> PrepareGuarded(const PrepareRequest& request) const try {
    return v2_->Prepare(request);
  } catch (const std::exception& error) {
    return absl::InternalError(error.what());
  }

  absl::StatusOr<RunOutcome> ApplyGuarded(const Preparation& preparation, const WritePermit& permit,
                                          const ApplyContext& context) try {
    return v2_->Apply(preparation, permit, context);
  } catch (const std::exception& error) {
    return absl::InternalError(error.what());
  }

  absl::StatusOr<RunOutcome> Degrade(const Preparation& preparation, const std::string& fault,
                                     const WritePermit& permit, const ApplyContext& context) {
    const std::string& scope = permit.lease().scope;
    CLAMBAKE_ASSIGN_OR_RETURN(const std::vector<JournalEntry> pending,
                              context.store->PendingOperations(scope));
    CLAMBAKE_ASSIGN_OR_RETURN(const bool started, HasStarted(preparation, pending, scope, *context.store));
    absl::StatusOr<RunOutcome> outcome =
        started || legacy_ == nullptr ? HandOver(preparation.repository, pending, fault, permit, context)
                                      : TakeOver(preparation, pending, fault, permit, context);
    if (outcome.ok()) outcome->fault = fault;
    return outcome;
  }

  // Whether anything of this run may have been sent, or something is left that
  // this run did not prepare. An operation that is not pending any more has
  // ended: it was sent.
  static absl::StatusOr<bool> HasStarted(const Preparation& preparation,
                                         const std::vector<JournalEntry>& pending, const std::string& scope,
                                         StateStore& store) {
    std::set<std::string> prepared;
    for (const Operation& operation : preparation.operations) prepared.insert(operation.id);
    for (const JournalEntry& entry : pending) {
      if (IsUnfinished(entry.state) && (entry.attempts > 0 || !prepared.contains(entry.id))) return true;
    }
    for (const Operation& operation : preparation.operations) {
      const absl::StatusOr<JournalEntry> entry = store.ReadOperation(scope, operation.id);
      if (entry.ok() && entry->attempts > 0) return true;
      if (!entry.ok() && !absl::IsNotFound(entry.status())) return entry.status();
    }
    return false;
  }

  static absl::StatusOr<RunOutcome> HandOver(const std::string& repository,
                                             const std::vector<JournalEntry>& pending,
                                             const std::string& fault, const WritePermit& permit,
                                             const ApplyContext& context) {
    for (JournalEntry entry : pending) {
      if (!IsUnfinished(entry.state)) continue;
      entry.next_step = NextStep(repository, entry);
      entry.state = OperationState::kManual;
      entry.detail = fault;
      CLAMBAKE_RETURN_IF_ERROR(context.store->RecordOutcome(permit.lease(), entry, {}));
    }
    RunOutcome outcome;
    CLAMBAKE_ASSIGN_OR_RETURN(outcome.manual_queue, context.store->PendingOperations(permit.lease().scope));
    return outcome;
  }

  // Legacy keeps no journal: what v2 meant to do is taken out of it first.
  absl::StatusOr<RunOutcome> TakeOver(Preparation preparation, const std::vector<JournalEntry>& pending,
                                      const std::string& fault, const WritePermit& permit,
                                      const ApplyContext& context) {
    for (JournalEntry entry : pending) {
      if (!IsUnfinished(entry.state)) continue;
      entry.state = OperationState::kDropped;
      entry.detail = fault + ": left to legacy";
      CLAMBAKE_RETURN_IF_ERROR(context.store->RecordOutcome(permit.lease(), entry, {}));
    }
    LeaveOut(preparation);
    return legacy_->Apply(preparation, permit, context);
  }

  // What legacy would do without the care it needs waits for the next run: a
  // comment that no journal knows would be made twice, a bundle not be verified.
  static void LeaveOut(Preparation& preparation) {
    std::set<std::string> verified;
    for (const Operation& operation : preparation.operations) {
      if (!operation.tree.empty()) verified.insert(operation.lane);
    }
    std::erase_if(preparation.operations, [&](const Operation& operation) {
      return verified.contains(operation.lane) || verified.contains(operation.after) ||
             std::holds_alternative<CreateComment>(operation.write);
    });
  }

  std::unique_ptr<Executor> v2_;
  std::unique_ptr<Executor> legacy_;
  Telemetry telemetry_;
};

}  // namespace

std::unique_ptr<Executor> NewFallbackExecutor(std::unique_ptr<Executor> v2, std::unique_ptr<Executor> legacy,
                                              Telemetry telemetry) {
  return std::make_unique<FallbackExecutor>(std::move(v2), std::move(legacy), std::move(telemetry));
}

}  // namespace clambake
