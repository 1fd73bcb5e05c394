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
      const FeatureFlags stopped = FlagsWith({{"CLAMBAKE_READONLY", "yes"}});
      REQUIRE(NoteFlags(*store, "o/r", "blue", plain).ok());
      REQUIRE(NoteFlags(*store, "o/r", "green", stopped).ok());
      REQUIRE(NoteFlags(*store, "o/r", "blue", plain).ok());
      CHECK(store->ReadAudit("o/r", 10)->empty());
      REQUIRE(NoteFlags(*store, "o/r", "blue", stopped).ok());
      REQUIRE(NoteFlags(*store, "o/r", "blue", FlagsWith({{"CLAMBAKE_READONLY", "1"}})).ok());
      const auto log = store->ReadAudit("o/r", 10);
      REQUIRE(log->size() == 1);
      CHECK(log->at(0).actor == "blue");
      CHECK(log->at(0).event == "flags.changed");
      CHECK(log->at(0).detail == "CLAMBAKE_READONLY=true (before: CLAMBAKE_READONLY=false)");
      CHECK(LevelOf(log->at(0)) == AlertLevel::kInfo);
    }
  }
}

}  // namespace clambake
