// Makes a state with a migration in it, for the report to be looked at: the
// planner complete, the bundler on its way, the executor rolled back.
//   make_state STATE SCOPE
#include <cstdio>
#include <memory>
#include <string>

#include "clambake/observations.h"
#include "clambake/rollouts.h"
#include "clambake/run_figures.h"
#include "clambake/shadow.h"
#include "fmt/format.h"
#include "tests/fakes/manual_clock.h"

using namespace clambake;

namespace {

struct Maker {
  ManualClock clock;
  std::unique_ptr<StateStore> store;
  std::unique_ptr<Rng> rng = NewSeededRng(5);
  std::string scope;
  int cycle = 0;

  bool Sample(Rollouts& rollouts, Component component, int count, int fail_every) {
    for (int i = 0; i < count; ++i, ++cycle) {
      const Draw draw = rollouts.DrawFor(component, fmt::format("cycle {}", cycle));
      const bool candidate = draw.state.in_share.value_or(false);
      const auto result = candidate && fail_every > 0 && cycle % fail_every == 0 ? SampleResult::kFallback
                                                                                 : SampleResult::kSuccess;
      const RolloutSample sample{candidate ? Arm::kCandidate : Arm::kControl, result,
                                 absl::Milliseconds(30 + cycle * 37 % 60)};
      if (!rollouts.Record(draw, WriteMode::kReadWrite, sample).ok()) return false;
    }
    return true;
  }

  bool Migrate() {
    Rollouts rollouts(*store, scope, *rng);
    const Change change{"ann", "the calendar says so"};
    if (!rollouts.Start(Component::kPlanner, {*FindLadder("planner"), {}, change}).ok()) return false;
    // What the planner's criteria ask of its runs.
    const RunFigures good{.busiest_minutes = 100, .optimal_minutes = 100, .assignments = {{{9, 0}, {9, 0}}}};
    if (!AddRunFigures(*store, scope, good).ok()) return false;
    for (int step = 0; step < 3; ++step) {
      if (!Sample(rollouts, Component::kPlanner, 3'000, 97)) return false;
      clock.Sleep(absl::Hours(3));
      const auto advanced = rollouts.Advance(Component::kPlanner, change);
      if (!advanced.ok())
        return std::fprintf(stderr, "%s\n", std::string(advanced.status().message()).c_str()), false;
    }
    clock.Sleep(absl::Hours(50));
    bool done = rollouts.Start(Component::kBundler, {*FindLadder("standard"), {}, change}).ok() &&
                Sample(rollouts, Component::kBundler, 400, 40) &&
                rollouts.Start(Component::kExecutor, {*FindLadder("standard"), {}, change}).ok() &&
                Sample(rollouts, Component::kExecutor, 60, 0) &&
                rollouts.RollBack(Component::kExecutor, {"bob", "an <b>agent</b> said so"}).ok();
    for (int i = 0; i < 12 && done; ++i) {
      done = KeepShadowRecord(*store, scope,
                              {clock.Now(), "planner", i % 5 == 0 ? "same" : "expected",
                               i % 5 == 0 ? "" : fmt::format("{} L1_blocked, 1 tie_order", 1 + i)})
                 .ok();
    }
    return done && KeepObservedRun(*store, scope,
                                   {.trace = "4bf92f3577b34da6a3ce929d0e0e4736",
                                    .generation = "v2",
                                    .spans = 31,
                                    .spans_exported = 31,
                                    .samples = 9,
                                    .samples_exported = 9})
                       .ok();
  }
};

}  // namespace

int main(int argc, char* argv[]) {
  if (argc != 3) return 2;
  Maker maker;
  maker.scope = argv[2];
  auto store = OpenStateStore({.location = argv[1], .clock = &maker.clock});
  if (!store.ok()) return 1;
  maker.store = *std::move(store);
  return maker.Migrate() ? 0 : 1;
}
