#include <utility>

#include "clambake/observed.h"
#include "telemetry/call.h"

namespace clambake {
namespace {

Severity SeverityOf(const Outcome& outcome) {
  return outcome.state == OperationState::kConfirmed ? Severity::kInfo : Severity::kWarning;
}

void LogOutcomes(const Span& span, const RunOutcome& outcome) {
  for (const Outcome& one : outcome.outcomes) {
    span.Log(SeverityOf(one), "operation.ended",
             {{"operation", one.id},
              {"state", Name(one.state)},
              {"attempts", one.attempts},
              {"probed", one.probed},
              {"took", absl::Milliseconds(one.latency_ms)},
              {"detail", one.detail}});
  }
}

class ObservedExecutor : public Executor {
 public:
  ObservedExecutor(std::unique_ptr<Executor> executor, Observer observer)
      : executor_(std::move(executor)), observer_(std::move(observer)) {}

  [[nodiscard]] std::string_view name() const override { return executor_->name(); }

  [[nodiscard]] absl::StatusOr<Preparation> Prepare(const PrepareRequest& request) const override {
    Call call(observer_, Component::kExecutor, name(), "prepare");
    absl::StatusOr<Preparation> preparation = executor_->Prepare(request);
    if (preparation.ok()) {
      call.span().AddField({"operations", preparation->operations.size()});
      call.span().Log(Severity::kInfo, "operations.prepared",
                      {{"executor", preparation->executor},
                       {"operations", preparation->operations.size()},
                       {"digest", OperationsDigest(*preparation)}});
    }
    call.End(preparation.status());
    return preparation;
  }

  absl::StatusOr<RunOutcome> Apply(const Preparation& preparation, const WritePermit& permit,
                                   const ApplyContext& context) override {
    Call call(observer_, Component::kExecutor, name(), "apply");
    const Enclosing enclosing(observer_, call.span());
    absl::StatusOr<RunOutcome> outcome = executor_->Apply(preparation, permit, context);
    if (outcome.ok()) {
      LogOutcomes(call.span(), *outcome);
      call.span().AddField({"outcomes", outcome->outcomes.size()});
      call.span().AddField({"unfinished", outcome->unfinished});
      observer_.telemetry.Set(metrics::kManualQueue, {}, static_cast<double>(outcome->manual_queue.size()));
    }
    call.End(outcome.ok() ? outcome->stopped : outcome.status());
    return outcome;
  }

 private:
  std::unique_ptr<Executor> executor_;
  Observer observer_;
};

}  // namespace

std::unique_ptr<Executor> NewObservedExecutor(std::unique_ptr<Executor> executor, const Decision& decision,
                                              Observer observer) {
  CountDecision(observer, Component::kExecutor, decision);
  return std::make_unique<ObservedExecutor>(std::move(executor), std::move(observer));
}

}  // namespace clambake
