// What every watched call has in common.
#ifndef CLAMBAKE_TELEMETRY_CALL_H_
#define CLAMBAKE_TELEMETRY_CALL_H_

#include <string_view>

#include "clambake/observed.h"

namespace clambake {

// One call: its span, and its metrics when it ends. `observer` outlives it.
class Call {
 public:
  Call(const Observer& observer, Component component, std::string_view generation, std::string_view name);

  Span& span() { return span_; }
  void End(const absl::Status& status);

 private:
  const Telemetry& telemetry_;
  Component component_;
  std::string_view generation_;
  Stopwatch watch_;
  Span span_;
};

void CountDecision(const Observer& observer, Component component, const Decision& decision);

}  // namespace clambake

#endif  // CLAMBAKE_TELEMETRY_CALL_H_
