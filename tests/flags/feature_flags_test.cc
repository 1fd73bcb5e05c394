#include "clambake/feature_flags.h"

#include <cstdlib>
#include <map>

#include "tests/support/catch.h"

namespace clambake {
namespace {

using Environment = std::map<std::string, std::string, std::less<>>;

absl::StatusOr<FeatureFlags> Flags(const Environment& environment) {
  return FeatureFlags::FromLookup([&](std::string_view variable) -> std::optional<std::string> {
    const auto found = environment.find(variable);
    return found == environment.end() ? std::nullopt : std::optional(found->second);
  });
}

// The rules once more, written as the table that decisions D1 to D6 give, and
// not as the code has them: what must run, and why.
struct Expected {
  bool refused = false;
  Generation generation = Generation::kLegacy;
  Reason reason = Reason::kDefault;
  std::string detail;
};

Expected Oracle(int component, std::optional<bool> flag, const std::string& phase) {
  static const std::map<std::string, int> kAllowed = {{"", 3},       {"legacy", 0}, {"phase1", 1},
                                                      {"phase2", 2}, {"phase3", 3}, {"cleanup", 3}};
  const bool allowed = component < kAllowed.at(phase);
  const bool legacy_built = LegacyIsBuilt();
  if (flag == false) return {!legacy_built, Generation::kLegacy, Reason::kStatic, "env"};
  if (!allowed) return {!legacy_built, Generation::kLegacy, Reason::kDisabled, "phase_ceiling"};
  if (flag == true) return {false, Generation::kV2, Reason::kStatic, "env"};
  if (!legacy_built) return {false, Generation::kV2, Reason::kDefault, "legacy_not_built"};
  return {false, Generation::kLegacy, Reason::kDefault, ""};
}

const std::vector<std::string> kTrue = {"true", "1",  "yes",   "on",  "TRUE",
                                        "Yes",  "oN", " true", "1\t", "\n yes \n"};
const std::vector<std::string> kFalse = {"false", "0", "no", "off", "FALSE", "No", "oFF", " false ", "0\n"};
const std::vector<std::string> kUnset = {"", " ", "\t\n"};
const std::vector<std::string> kPhases = {"", "legacy", "phase1", "phase2", "phase3", "cleanup"};

void Check(const FeatureFlags& flags, const std::array<std::optional<bool>, 3>& set,
           const std::string& phase) {
  for (int i = 0; i < 3; ++i) {
    const Expected expected = Oracle(i, set.at(static_cast<std::size_t>(i)), phase);
    const absl::StatusOr<Decision> decision = flags.Decide(kComponents.at(static_cast<std::size_t>(i)));
    REQUIRE(decision.ok() == !expected.refused);
    if (!decision.ok()) {
      REQUIRE(decision.status().code() == absl::StatusCode::kFailedPrecondition);
      continue;
    }
    REQUIRE(decision->generation == expected.generation);
    REQUIRE(decision->reason == expected.reason);
    REQUIRE(decision->detail == expected.detail);
  }
}

TEST_CASE("D3 D4 D5: every combination of flags, phase and read-only decides as the table says") {
  int checked = 0;
  const std::array<std::optional<bool>, 3> kStates = {std::nullopt, false, true};
  for (auto planner : kStates) {
    for (auto bundler : kStates) {
      for (auto executor : kStates) {
        for (const std::string& phase : kPhases) {
          for (auto readonly : kStates) {
            Environment environment = {{"CLAMBAKE_MIGRATION_PHASE", phase}};
            const auto put = [&](const char* variable, std::optional<bool> value) {
              if (value) environment[variable] = *value ? "true" : "false";
            };
            put("CLAMBAKE_NEW_PLANNER", planner);
            put("CLAMBAKE_BUNDLER_V2", bundler);
            put("CLAMBAKE_NEW_EXECUTOR", executor);
            put("CLAMBAKE_READONLY", readonly);
            const auto flags = Flags(environment);
            REQUIRE(flags.ok());
            Check(*flags, {planner, bundler, executor}, phase);
            REQUIRE((flags->write_mode() == WriteMode::kReadOnly) == readonly.value_or(false));
            ++checked;
          }
        }
      }
    }
  }
  REQUIRE(checked == 27 * 6 * 3);
}

TEST_CASE("D1: every spelling of true and false is understood, for every variable") {
  for (const char* variable :
       {"CLAMBAKE_NEW_PLANNER", "CLAMBAKE_BUNDLER_V2", "CLAMBAKE_NEW_EXECUTOR", "CLAMBAKE_READONLY"}) {
    const auto value = [&](const std::string& text) {
      const auto flags = Flags({{variable, text}});
      REQUIRE(flags.ok());
      for (const FlagReport& row : flags->Report()) {
        if (row.variable == variable) return std::pair(row.value, row.source);
      }
      return std::pair<std::string, std::string>();
    };
    for (const std::string& text : kTrue)
      REQUIRE(value(text) == std::pair<std::string, std::string>("true", "environment"));
    for (const std::string& text : kUnset) REQUIRE(value(text).second == "default");
    if (!LegacyIsBuilt()) continue;
    for (const std::string& text : kFalse)
      REQUIRE(value(text) == std::pair<std::string, std::string>("false", "environment"));
  }
}

TEST_CASE("D1: phases are understood in any case, with blanks around them") {
  const auto flags = Flags({{"CLAMBAKE_MIGRATION_PHASE", "  Phase2\n"}});
  REQUIRE(flags.ok());
  REQUIRE(flags->phase() == Phase::kPhase2);
}

TEST_CASE("D2: a value that is not understood is refused, and all bad ones are named at once") {
  for (const char* text : {"maybe", "2", "tru", "truee", "-1", "y", "t", "enabled", "true false", "trüe"}) {
    const auto flags = Flags({{"CLAMBAKE_READONLY", text}});
    REQUIRE(flags.status().code() == absl::StatusCode::kInvalidArgument);
    REQUIRE_THAT(std::string(flags.status().message()),
                 ContainsSubstring("CLAMBAKE_READONLY=\"" + std::string(text)));
    REQUIRE_THAT(std::string(flags.status().message()),
                 ContainsSubstring("true, 1, yes, on, false, 0, no, off"));
  }
  const auto flags = Flags({{"CLAMBAKE_NEW_PLANNER", "x"}, {"CLAMBAKE_MIGRATION_PHASE", "phase4"}});
  const std::string message(flags.status().message());
  REQUIRE_THAT(message, ContainsSubstring("CLAMBAKE_NEW_PLANNER=\"x\""));
  REQUIRE_THAT(
      message,
      ContainsSubstring("CLAMBAKE_MIGRATION_PHASE=\"phase4\" is not understood; use one of: legacy, phase1"));
}

TEST_CASE("D2: a bad value is shown short and without control characters") {
  const auto flags = Flags({{"CLAMBAKE_READONLY", "\x1b[31m" + std::string(1000, 'x')}});
  const std::string message(flags.status().message());
  REQUIRE(message.size() < 200);
  REQUIRE(message.find('\x1b') == std::string::npos);
}

TEST_CASE("D2: the fail-safe flags are legacy and read-only, and say so") {
  const FeatureFlags flags = FeatureFlags::FailSafe();
  REQUIRE(flags.write_mode() == WriteMode::kReadOnly);
  for (Component component : kComponents) {
    const auto decision = flags.Decide(component);
    if (!LegacyIsBuilt()) {
      REQUIRE_FALSE(decision.ok());
      continue;
    }
    REQUIRE(decision->generation == Generation::kLegacy);
    REQUIRE(decision->reason == Reason::kError);
    REQUIRE(decision->detail == "fail_safe");
  }
  for (const FlagReport& row : flags.Report()) {
    const bool read_only = row.variable == "CLAMBAKE_READONLY";
    if (row.variable == "CLAMBAKE_MIGRATION_PHASE" || !(LegacyIsBuilt() || read_only)) continue;
    REQUIRE(row.value == (read_only ? "true" : "false"));
    REQUIRE(row.source == "fail-safe");
    REQUIRE(row.reason == Reason::kError);
    REQUIRE(row.detail == "fail_safe");
  }
}

TEST_CASE("D3: a phase that is not set is derived from the flags and changes nothing") {
  const auto phase = [](const char* planner, const char* bundler, const char* executor) {
    return Flags({{"CLAMBAKE_NEW_PLANNER", planner},
                  {"CLAMBAKE_BUNDLER_V2", bundler},
                  {"CLAMBAKE_NEW_EXECUTOR", executor}})
        ->phase();
  };
  REQUIRE(phase("0", "0", "0") == Phase::kLegacy);
  REQUIRE(phase("1", "0", "0") == Phase::kPhase1);
  REQUIRE(phase("1", "1", "0") == Phase::kPhase2);
  REQUIRE(phase("1", "1", "1") == Phase::kPhase3);
  REQUIRE(phase("0", "1", "1") == Phase::kLegacy);
}

TEST_CASE("D4: latch beats everything, the phase beats the share, the share beats true") {
  const Environment on = {{"CLAMBAKE_NEW_PLANNER", "true"}};
  const auto decide = [](Environment environment, const RolloutState& rollout) {
    return Flags(environment)->Decide(Component::kPlanner, rollout);
  };
  REQUIRE(decide(on, {.latched = false, .in_share = true})->generation == Generation::kV2);
  REQUIRE(decide(on, {.latched = false, .in_share = true})->reason == Reason::kSplit);
  if (!LegacyIsBuilt()) return;
  REQUIRE(decide(on, {.latched = true, .in_share = true})->detail == "latch");
  REQUIRE(decide({{"CLAMBAKE_NEW_PLANNER", "false"}}, {.latched = true})->detail == "latch");
  REQUIRE(decide(on, {.latched = false, .in_share = false})->generation == Generation::kLegacy);
  REQUIRE(decide(on, {.latched = false, .in_share = false})->detail == "rollout_share");
  Environment capped = on;
  capped["CLAMBAKE_MIGRATION_PHASE"] = "legacy";
  REQUIRE(decide(capped, {.latched = false, .in_share = true})->detail == "phase_ceiling");
  REQUIRE(decide({{"CLAMBAKE_NEW_PLANNER", "false"}}, {.latched = false, .in_share = true})->detail == "env");
}

TEST_CASE("D5: combinations off the path of the phases warn and work") {
  REQUIRE(Flags({{"CLAMBAKE_NEW_PLANNER", "1"}})->Warnings().empty());
  const auto off_path = Flags({{"CLAMBAKE_BUNDLER_V2", "1"}});
  REQUIRE(off_path->Warnings().size() == 1);
  REQUIRE(off_path->Decide(Component::kBundler)->generation == Generation::kV2);
  const auto capped = Flags({{"CLAMBAKE_NEW_PLANNER", "1"}, {"CLAMBAKE_MIGRATION_PHASE", "legacy"}});
  REQUIRE(capped->Warnings().size() == 1);
  REQUIRE_THAT(capped->Warnings().front(), ContainsSubstring("has no effect"));
}

TEST_CASE("D5: on the path of the phases nothing warns, and beyond the phase each flag does") {
  Environment environment = {
      {"CLAMBAKE_NEW_PLANNER", "1"}, {"CLAMBAKE_BUNDLER_V2", "1"}, {"CLAMBAKE_NEW_EXECUTOR", "1"}};
  REQUIRE(Flags(environment)->Warnings().empty());
  environment["CLAMBAKE_MIGRATION_PHASE"] = "phase3";
  REQUIRE(Flags(environment)->Warnings().empty());
  environment["CLAMBAKE_MIGRATION_PHASE"] = "phase1";
  const std::vector<std::string> warnings = Flags(environment)->Warnings();
  REQUIRE(warnings.size() == 2);
  REQUIRE_THAT(warnings[0], ContainsSubstring("keeps the bundler at legacy"));
  REQUIRE_THAT(warnings[1], ContainsSubstring("keeps the executor at legacy"));
}

TEST_CASE("Generations go by the names that plans and audit lines have") {
  REQUIRE(Name(Generation::kLegacy) == "legacy");
  REQUIRE(Name(Generation::kV2) == "v2");
}

TEST_CASE("D20: after the cleanup, asking for legacy is refused with the way out, and not asking is v2") {
  const RolloutState cleaned_up{.cleaned_up = true};
  const auto refused = [&](const Environment& environment, const RolloutState& rollout) {
    const absl::Status status = Flags(environment)->Decide(Component::kExecutor, rollout).status();
    CHECK(status.code() == absl::StatusCode::kFailedPrecondition);
    return std::string(status.message());
  };
  CHECK(Flags({})->Decide(Component::kExecutor, cleaned_up)->generation == Generation::kV2);
  CHECK(refused({{"CLAMBAKE_NEW_EXECUTOR", "false"}}, cleaned_up) ==
        "the legacy executor is asked for (env), and the cleanup has taken legacy away; "
        "set CLAMBAKE_NEW_EXECUTOR=true");
  CHECK(refused({{"CLAMBAKE_MIGRATION_PHASE", "phase1"}}, cleaned_up) ==
        "the legacy executor is asked for (phase_ceiling), and the cleanup has taken legacy away; "
        "set CLAMBAKE_NEW_EXECUTOR=true and CLAMBAKE_MIGRATION_PHASE=phase3");
  CHECK_THAT(refused({{"CLAMBAKE_NEW_EXECUTOR", "true"}}, {.latched = true, .cleaned_up = true}),
             ContainsSubstring("asked for (latch)"));
}

TEST_CASE("D4: each reason has the name that OpenFeature gives it") {
  CHECK(Name(Reason::kStatic) == "STATIC");
  CHECK(Name(Reason::kDefault) == "DEFAULT");
  CHECK(Name(Reason::kSplit) == "SPLIT");
  CHECK(Name(Reason::kDisabled) == "DISABLED");
  CHECK(Name(Reason::kError) == "ERROR");
}

TEST_CASE("D6: the report gives value, source and reason of each of the five variables") {
  const auto flags = Flags({{"CLAMBAKE_NEW_PLANNER", "1"}, {"CLAMBAKE_MIGRATION_PHASE", "phase3"}});
  const std::vector<FlagReport> report = flags->WithReadOnly().Report();
  REQUIRE(report.size() == 5);
  REQUIRE(report[0].variable == "CLAMBAKE_NEW_PLANNER");
  REQUIRE(report[0].value == "true");
  REQUIRE(report[0].detail == "env");
  REQUIRE(report[3].variable == "CLAMBAKE_READONLY");
  REQUIRE(report[3].value == "true");
  REQUIRE(report[3].source == "option");
  REQUIRE(report[3].detail == "readonly");
  REQUIRE(report[4].value == "phase3");
  REQUIRE(report[4].source == "environment");
}

TEST_CASE("Read-only can be added and never taken away") {
  const auto flags = Flags({{"CLAMBAKE_READONLY", "false"}});
  REQUIRE(flags->write_mode() == WriteMode::kReadWrite);
  REQUIRE(flags->WithReadOnly().write_mode() == WriteMode::kReadOnly);
  REQUIRE(flags->WithReadOnly().WithReadOnly().write_mode() == WriteMode::kReadOnly);
}

TEST_CASE("FromEnvironment reads the process environment") {
  setenv("CLAMBAKE_READONLY", " YES ", 1);
  const auto flags = FeatureFlags::FromEnvironment();
  setenv("CLAMBAKE_READONLY", "nope", 1);
  const auto bad = FeatureFlags::FromEnvironment();
  unsetenv("CLAMBAKE_READONLY");
  REQUIRE(flags->write_mode() == WriteMode::kReadOnly);
  REQUIRE(bad.status().code() == absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace clambake
