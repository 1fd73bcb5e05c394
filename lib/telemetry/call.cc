#include "telemetry/call.h"

#include <string>
#include <utility>

namespace clambake {

Call::Call(const Observer& observer, Component component, std::string_view generation, std::string_view name)
    : telemetry_(observer.telemetry), component_(component), generation_(generation), watch_(telemetry_) {
  span_ = StartBelow(observer, name);
  span_.AddField({"component", Name(component)});
  span_.AddField({"generation", generation});
}

void Call::End(const absl::Status& status) {
  const std::string_view component = Name(component_);
  telemetry_.Observe(metrics::kCallDuration, {{"component", component}, {"generation", generation_}},
                     watch_.Elapsed());
  if (!status.ok()) {
    const std::string kind = absl::StatusCodeToString(status.code());
    telemetry_.Count(metrics::kCallErrors,
                     {{"component", component}, {"generation", generation_}, {"kind", kind}});
    span_.SetStatus(status);
    span_.Log(
        Severity::kError, "call.failed",
        {{"component", component}, {"kind", kind}, {"error", WithoutQueries(std::string(status.message()))}});
  }
  span_.End();
}

Span StartBelow(const Observer& observer, std::string_view name) {
  const bool nested = observer.current != nullptr && observer.current->span != nullptr;
  const Span* const parent = nested ? observer.current->span : observer.parent;
  return parent != nullptr ? parent->StartChild(name) : observer.telemetry.StartSpan(name);
}

Enclosing::Enclosing(const Observer& observer, const Span& span) : current_(observer.current.get()) {
  if (current_ != nullptr) before_ = std::exchange(current_->span, &span);
}

Enclosing::~Enclosing() {
  if (current_ != nullptr) current_->span = before_;
}

void CountDecision(const Observer& observer, Component component, const Decision& decision) {
  observer.telemetry.Count(metrics::kDecisions, {{"component", Name(component)},
                                                 {"generation", Name(decision.generation)},
                                                 {"reason", Name(decision.reason)}});
}

}  // namespace clambake
