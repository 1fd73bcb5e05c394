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

// Where a call's span hangs.
Span StartBelow(const Observer& observer, std::string_view name);

// While it lives, `span` is the current call of those who share the observer.
class Enclosing {
 public:
  Enclosing(const Observer& observer, const Span& span);
  Enclosing(const Enclosing&) = delete;
  Enclosing& operator=(const Enclosing&) = delete;
  ~Enclosing();

 private:
  CurrentSpan* current_;  // null: nothing nests
  const Span* before_ = nullptr;
};

void CountDecision(const Observer& observer, Component component, const Decision& decision);

}  // namespace clambake

#endif  // CLAMBAKE_TELEMETRY_CALL_H_
