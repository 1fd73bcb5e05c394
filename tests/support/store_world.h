// A fresh state on each engine that this machine has, for contract tests.
#ifndef CLAMBAKE_TESTS_SUPPORT_STORE_WORLD_H_
#define CLAMBAKE_TESTS_SUPPORT_STORE_WORLD_H_

#include <memory>
#include <string>
#include <vector>

#include "clambake/state_store.h"
#include "tests/fakes/manual_clock.h"

namespace clambake {

enum class Engine { kSqlite, kPostgres };
std::string Name(Engine engine);

// Those that can be tested here; says on stderr what is skipped and why.
std::vector<Engine> EnginesHere();

class StoreWorld {
 public:
  explicit StoreWorld(Engine engine);
  ~StoreWorld();
  StoreWorld(const StoreWorld&) = delete;
  StoreWorld& operator=(const StoreWorld&) = delete;

  // Another connection to the same state, as another process would have.
  std::unique_ptr<StateStore> Open();
  // SQL past the store.
  void Execute(const std::string& sql);

  [[nodiscard]] const std::string& location() const { return location_; }
  ManualClock clock;

 private:
  Engine engine_;
  std::string folder_;
  std::string location_;
};

}  // namespace clambake

#endif  // CLAMBAKE_TESTS_SUPPORT_STORE_WORLD_H_
