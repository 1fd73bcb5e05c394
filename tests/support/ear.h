// Telemetry that a test listens to.
#ifndef CLAMBAKE_TESTS_SUPPORT_EAR_H_
#define CLAMBAKE_TESTS_SUPPORT_EAR_H_

#include <memory>
#include <string>
#include <vector>

#include "clambake/telemetry.h"
#include "tests/fakes/manual_clock.h"

namespace clambake {

// Keeps the names of what is told: events, and samples with their first label.
class Ear : public TelemetrySink {
 public:
  void OnEvent(const Event& event) override { events.emplace_back(event.name); }
  void OnSample(const Sample& sample) override {
    samples.push_back(std::string(sample.metric->name) + " " + std::string(sample.labels[0].value));
  }
  std::vector<std::string> events;
  std::vector<std::string> samples;
};

inline Telemetry Listening(const std::shared_ptr<Ear>& ear) {
  return Telemetry({std::make_shared<ManualClock>(), NewSequentialIds(1), {ear}});
}

}  // namespace clambake

#endif  // CLAMBAKE_TESTS_SUPPORT_EAR_H_
