#include "tests/simulation/scenario.h"

#include <algorithm>
#include <charconv>
#include <random>

#include "fmt/format.h"

namespace clambake::simulation {

std::string_view Name(Invariant invariant) {
  constexpr std::array<std::string_view, 11> kNames = {
      "held_twice",       "work_lost", "duplicate",  "readonly_write",     "promotion", "rows_differ",
      "rollback_ignored", "starved",   "unexpected", "blocked_handed_out", "cleanup"};
  return kNames[static_cast<std::size_t>(invariant)];
}

const std::vector<PlantFacts>& AllPlants() {
  using enum Invariant;
  static const std::vector<PlantFacts> all = {
      {Plant::kNoFence, "no_fence", {kHeldTwice, kDuplicate}},
      {Plant::kNoSettle, "no_settle", {kDuplicate}},
      {Plant::kNoProbe, "no_probe", {kDuplicate}},
      {Plant::kNoPermit, "no_permit", {Invariant::kReadonlyWrite}},
      {Plant::kNoLatchRead, "no_latch_read", {kRollbackIgnored}},
      {Plant::kNoDigestCheck, "no_digest_check", {kUnexpected}},
      {Plant::kNoBlockers, "no_blockers", {kBlockedHandedOut}},
      {Plant::kTwoHolders, "two_holders", {kHeldTwice}},
      {Plant::kLostMerge, "lost_merge", {kWorkLost}},
      {Plant::kTwinPull, "twin_pull", {kDuplicate}},
      {Plant::kTwinComment, "twin_comment", {kDuplicate}},
      {Plant::kReadonlyWrite, "readonly_write", {Invariant::kReadonlyWrite}},
      {Plant::kPromotion, "promotion", {Invariant::kPromotion}},
      {Plant::kLegacyRow, "legacy_row", {kRowsDiffer}},
      {Plant::kLatchIgnored, "latch_ignored", {kRollbackIgnored}},
      {Plant::kForgotten, "forgotten", {kStarved}},
      {Plant::kEarlyCleanup, "early_cleanup", {kCleanup}},
      {Plant::kLostArchive, "lost_archive", {kCleanup}},
      {Plant::kNoCleanupRead, "no_cleanup_read", {kCleanup}},
  };
  return all;
}

std::string_view Name(Plant plant) {
  for (const PlantFacts& facts : AllPlants()) {
    if (facts.plant == plant) return facts.name;
  }
  return "none";
}

const std::vector<Knob>& Knobs() {
  static const std::vector<Knob> all = {
      {"seed", &Scenario::seed, 0},           {"days", &Scenario::days, 1},
      {"instances", &Scenario::instances, 1}, {"agents", &Scenario::agents, 1},
      {"issues", &Scenario::issues, 1},       {"crash", &Scenario::crash, 0},
      {"pause", &Scenario::pause, 0},         {"store", &Scenario::store, 0},
      {"network", &Scenario::network, 0},     {"trouble", &Scenario::trouble, 0},
      {"people", &Scenario::people, 0},       {"operators", &Scenario::operators, 0},
      {"flags", &Scenario::flags, 0},         {"wire", &Scenario::wire, 0},
      {"cleanup", &Scenario::cleanup, 0},     {"faults", &Scenario::faults, 0},
  };
  return all;
}

void GoStraight(Scenario& scenario) {
  scenario.cleanup = scenario.operators = 1;
  scenario.instances = std::max(3U, scenario.instances);
  scenario.issues += 30;
  scenario.store /= 4;
  scenario.network /= 8;
}

Scenario Draw(unsigned seed) {
  std::mt19937 dice(seed ^ 0x5eedU);
  const auto below = [&](unsigned bound) { return static_cast<unsigned>(dice() % bound); };
  Scenario scenario;
  scenario.seed = seed;
  scenario.instances = 1 + below(4);
  scenario.agents = 2 + below(5);
  scenario.issues = 15 + below(30);
  scenario.crash = below(4);
  scenario.pause = below(4);
  scenario.store = below(8);
  scenario.network = below(120);
  scenario.trouble = below(120);
  scenario.people = below(8) == 0 ? 0 : 1;
  scenario.operators = below(8) == 0 ? 0 : 1;
  scenario.flags = below(4) == 0 ? 0 : 1;
  if (below(3) == 0) GoStraight(scenario);
  return scenario;
}

std::string ToArguments(const Scenario& scenario) {
  std::string text;
  for (const Knob& knob : Knobs()) text += fmt::format("--{} {} ", knob.name, scenario.*knob.value);
  return text + fmt::format("--plant {}", Name(scenario.plant));
}

absl::StatusOr<Scenario> FromArguments(const std::vector<std::string>& arguments, const Scenario& start) {
  Scenario scenario = start;
  for (std::size_t i = 0; i < arguments.size(); i += 2) {
    const std::string_view name = arguments[i];
    const std::string_view value = i + 1 < arguments.size() ? std::string_view(arguments[i + 1]) : "";
    bool read = name == "--plant" && value == "none";
    if (read) scenario.plant = Plant::kNone;
    for (const PlantFacts& facts : AllPlants()) {
      if (name != "--plant" || facts.name != value) continue;
      scenario.plant = facts.plant;
      read = true;
    }
    for (const Knob& knob : Knobs()) {
      if (name != fmt::format("--{}", knob.name)) continue;
      const char* const end = value.data() + value.size();
      const auto [stop, error] = std::from_chars(value.data(), end, scenario.*knob.value);
      read = error == std::errc() && stop == end && scenario.*knob.value >= knob.least;
    }
    if (!read) return absl::InvalidArgumentError(fmt::format("not understood: {} {}", name, value));
  }
  return scenario;
}

}  // namespace clambake::simulation
