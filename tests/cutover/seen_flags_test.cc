#include "clambake/seen_flags.h"

#include <map>
#include <optional>
#include <string>

#include "clambake/incidents.h"
#include "tests/support/catch.h"
#include "tests/support/store_world.h"

namespace clambake {
namespace {

FeatureFlags FlagsWith(const std::map<std::string, std::string>& set) {
  return *FeatureFlags::FromLookup([&](std::string_view variable) -> std::optional<std::string> {
    const auto found = set.find(std::string(variable));
    return found == set.end() ? std::nullopt : std::optional(found->second);
  });
}

}  // namespace

TEST_CASE("flags that are others than at an instance's last run are told of, once, and named") {
  for (const Engine engine : EnginesHere()) {
    DYNAMIC_SECTION(Name(engine)) {
      StoreWorld world(engine);
      auto store = world.Open();
      const FeatureFlags plain = FlagsWith({});
      const FeatureFlags planner = FlagsWith({{"CLAMBAKE_NEW_PLANNER", "yes"}});
      REQUIRE(NoteFlags(*store, "o/r", "blue", plain).ok());
      REQUIRE(NoteFlags(*store, "o/r", "green", planner).ok());
      REQUIRE(NoteFlags(*store, "o/r", "blue", plain).ok());
      CHECK(store->ReadAudit("o/r", 10)->empty());
      REQUIRE(NoteFlags(*store, "o/r", "blue", planner).ok());
      REQUIRE(NoteFlags(*store, "o/r", "blue", FlagsWith({{"CLAMBAKE_NEW_PLANNER", "1"}})).ok());
      const auto log = store->ReadAudit("o/r", 10);
      REQUIRE(log->size() == 1);
      CHECK(log->at(0).actor == "blue");
      CHECK(log->at(0).event == "flags.changed");
      CHECK(log->at(0).detail ==
            "CLAMBAKE_NEW_PLANNER=true CLAMBAKE_MIGRATION_PHASE=phase1 (before: CLAMBAKE_NEW_PLANNER=false "
            "CLAMBAKE_MIGRATION_PHASE=legacy)");
      CHECK(LevelOf(log->at(0)) == AlertLevel::kInfo);
    }
  }
}

}  // namespace clambake
