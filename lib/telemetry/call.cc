#include "telemetry/call.h"

#include <string>

namespace clambake {

Call::Call(const Observer& observer, Component component, std::string_view generation, std::string_view name)
    : telemetry_(observer.telemetry), component_(component), generation_(generation), watch_(telemetry_) {
  span_ = observer.parent != nullptr ? observer.parent->StartChild(name) : telemetry_.StartSpan(name);
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
    span_.Log(Severity::kError, "call.failed",
              {{"component", component}, {"kind", kind}, {"error", std::string(status.message())}});
  }
  span_.End();
}

void CountDecision(const Observer& observer, Component component, const Decision& decision) {
  observer.telemetry.Count(metrics::kDecisions, {{"component", Name(component)},
                                                 {"generation", Name(decision.generation)},
                                                 {"reason", Name(decision.reason)}});
}

}  // namespace clambake
