// A clock that moves by hand, and a sink that keeps what it is given.
#ifndef CLAMBAKE_TESTS_TELEMETRY_RECORDED_H_
#define CLAMBAKE_TESTS_TELEMETRY_RECORDED_H_

#include <memory>
#include <mutex>
#include <vector>

#include "absl/time/civil_time.h"
#include "clambake/telemetry.h"

namespace clambake {

class HandClock : public Clock {
 public:
  absl::Time Now() override {
    return absl::FromCivil(absl::CivilSecond(2026, 1, 2, 3, 4, 5), absl::UTCTimeZone()) + passed_;
  }
  absl::Duration Monotonic() override { return passed_; }
  void Sleep(absl::Duration duration) override { passed_ += duration; }

 private:
  absl::Duration passed_;
};

class KeepingSink : public TelemetrySink {
 public:
  void OnSpan(const FinishedSpan& span) override {
    const std::lock_guard<std::mutex> lock(mutex_);
    spans.push_back(span);
  }

  std::vector<FinishedSpan> spans;

 private:
  std::mutex mutex_;
};

struct Recorded {
  std::shared_ptr<HandClock> clock = std::make_shared<HandClock>();
  std::shared_ptr<KeepingSink> sink = std::make_shared<KeepingSink>();
  Telemetry telemetry{{clock, NewSequentialIds(1), {sink}}};
};

}  // namespace clambake

#endif  // CLAMBAKE_TESTS_TELEMETRY_RECORDED_H_
