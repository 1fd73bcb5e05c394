// A process of the simulated system: its state, its way to GitHub, its fate.
#ifndef CLAMBAKE_TESTS_SIMULATION_PROCESS_H_
#define CLAMBAKE_TESTS_SIMULATION_PROCESS_H_

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "clambake/feature_flags.h"
#include "clambake/github_client.h"
#include "tests/simulation/fate.h"
#include "tests/simulation/fateful_store.h"
#include "tests/simulation/world.h"

namespace clambake::simulation {

// One name for one life after another: after a crash, Restart.
class Process : public Fate {
 public:
  // Fragile ones crash and sleep through their leases.
  enum class Kind { kFragile, kSturdy };
  Process(World& world, std::string name, Kind kind);

  absl::Status Before(std::string_view call) override;
  absl::Status After(std::string_view call) override;
  [[nodiscard]] bool IsDead() const override { return dead_; }
  void Restart();

  // The state as this process has it, on a connection of its own.
  StateStore& store() { return *store_; }
  // The same, for reading what a rollout says: a planted bug reads once in a life.
  StateStore& decisions() { return *decisions_; }
  // A client as `clambake run` makes it: every attempt is in the journal.
  std::unique_ptr<GithubClient> NewClient();

  [[nodiscard]] const std::string& name() const { return name_; }
  World& world() { return world_; }

  WriteMode mode = WriteMode::kReadWrite;  // what this life was told
  std::int64_t run_fence = 0;              // of the run it is in

  // What it was told, or could have been, when it last looked at the state.
  bool knows_legacy_gone = false;
  std::array<std::optional<bool>, 3> saw_latch;  // by component, since its last decision
  enum class Run { kLegacy, kJournaled } run = Run::kLegacy;
  const std::set<std::string>* approved = nullptr;  // the only writes that a person has seen; may be null

 private:
  void MayDie(std::string_view call, std::string_view where);
  [[noreturn]] void Die(std::string_view call, std::string_view where);

  World& world_;
  const std::string name_;
  const Kind kind_;
  bool dead_ = false;
  std::unique_ptr<StateStore> connection_;
  std::unique_ptr<StateStore> store_;
  std::unique_ptr<StateStore> decisions_;
};

// "POST /repos/… {body}": one write, as it goes out.
std::string WriteKey(const GithubWrite& write);

}  // namespace clambake::simulation

#endif  // CLAMBAKE_TESTS_SIMULATION_PROCESS_H_
