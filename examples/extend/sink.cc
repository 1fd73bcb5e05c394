// A telemetry sink of one's own: it adds up how long each kind of work took.
//   sink backlog.json
#include <iostream>
#include <map>
#include <mutex>

#include "clambake/clock.h"
#include "clambake/factory.h"
#include "clambake/observed.h"

namespace {

class TimeSheet : public clambake::TelemetrySink {
 public:
  void OnSpan(const clambake::FinishedSpan& span) override {
    const std::lock_guard<std::mutex> lock(mutex_);
    ++calls_[span.name];
    took_[span.name] += span.duration;
  }

  void Print() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (const auto& [name, calls] : calls_) {
      std::cout << name << ": " << calls << (took_.at(name) >= absl::ZeroDuration() ? " timed\n" : "\n");
    }
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, int> calls_;
  std::map<std::string, absl::Duration> took_;
};

}  // namespace

int main(int argc, char* argv[]) {
  const auto backlog = clambake::ReadBacklogFile(argc > 1 ? argv[1] : "-");
  auto planner = clambake::NewWorkPlanner(clambake::Generation::kV2);
  if (!backlog.ok() || !planner.ok()) {
    std::cerr << backlog.status() << "\n" << planner.status() << "\n";
    return 2;
  }
  const auto sheet = std::make_shared<TimeSheet>();
  const clambake::Telemetry telemetry({clambake::NewSystemClock(), clambake::NewRandomIds(), {sheet}});
  {
    const clambake::Span run = telemetry.StartSpan("run");
    const auto watched = clambake::NewObservedPlanner(
        *std::move(planner), {clambake::Generation::kV2, clambake::Reason::kStatic, ""}, {telemetry, &run});
    for (const int agents : {2, 3}) {
      const clambake::PlanRequest request{.backlog = &*backlog, .agents = *clambake::MakeAgents(agents)};
      if (!watched->MakePlan(request).ok()) return 2;
    }
  }
  sheet->Print();
  return 0;
}
