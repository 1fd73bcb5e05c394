// The five variables, one "NAME=value" a line, against a second reading of the
// documented rules.
#include <map>

#include "absl/strings/ascii.h"
#include "clambake/feature_flags.h"
#include "clambake/rollouts.h"
#include "tests/fuzz/fuzz.h"

namespace clambake {
namespace {

using Values = std::map<std::string, std::string, std::less<>>;

constexpr std::string_view kReadOnly = "CLAMBAKE_READONLY";
constexpr std::string_view kPhase = "CLAMBAKE_MIGRATION_PHASE";

Values ReadLines(std::string_view text) {
  Values values;
  for (fuzz::Input input(text); !input.empty();) {
    const std::string line = input.Line();
    const std::size_t equals = line.find('=');
    if (equals != std::string::npos) values.emplace(line.substr(0, equals), line.substr(equals + 1));
  }
  return values;
}

FeatureFlags::Lookup In(const Values& values) {
  return [&values](std::string_view name) -> std::optional<std::string> {
    const auto found = values.find(name);
    if (found == values.end()) return std::nullopt;
    return found->second;
  };
}

// "" if it is not set, "?" if it is not understood.
std::string Meaning(const Values& values, std::string_view name) {
  static const Values kBooleans = {{"", ""},        {"true", "true"}, {"1", "true"},
                                   {"yes", "true"}, {"on", "true"},   {"false", "false"},
                                   {"0", "false"},  {"no", "false"},  {"off", "false"}};
  static const Values kPhases = {{"", ""},        {"legacy", "0"}, {"phase1", "1"},
                                 {"phase2", "2"}, {"phase3", "3"}, {"cleanup", "3"}};
  const auto found = values.find(name);
  if (found == values.end()) return "";
  const Values& known = name == kPhase ? kPhases : kBooleans;
  const auto meaning =
      known.find(absl::AsciiStrToLower(std::string(absl::StripAsciiWhitespace(found->second))));
  return meaning == known.end() ? "?" : meaning->second;
}

// The most conservative wins.
Generation Expected(const Values& values, std::size_t component, const RolloutState& rollout) {
  const std::string flag = Meaning(values, Variable(kComponents.at(component)));
  const std::string phase = Meaning(values, kPhase);
  const bool below_ceiling = phase.empty() || component < static_cast<std::size_t>(phase[0] - '0');
  const bool v2 = !rollout.latched && flag == "true" && below_ceiling && rollout.in_share.value_or(true);
  return v2 ? Generation::kV2 : Generation::kLegacy;
}

void CheckDecisions(const Values& values, const FeatureFlags& flags) {
  for (const bool latched : {false, true}) {
    for (const std::optional<bool> share :
         {std::optional<bool>(), std::optional(false), std::optional(true)}) {
      const RolloutState rollout{latched, share};
      for (std::size_t i = 0; i < kComponents.size(); ++i) {
        const auto decision = flags.Decide(kComponents.at(i), rollout);
        const Generation expected = Expected(values, i, rollout);
        fuzz::CheckCode(decision.status(), {absl::StatusCode::kFailedPrecondition});
        FUZZ_CHECK(decision.ok() || (!LegacyIsBuilt() && expected == Generation::kLegacy));
        FUZZ_CHECK(!decision.ok() || !LegacyIsBuilt() || decision->generation == expected);
      }
    }
  }
}

// What is reported as set, set again, decides the same.
void CheckReport(const FeatureFlags& flags) {
  Values reported;
  for (const FlagReport& row : flags.Report()) {
    FUZZ_CHECK(fuzz::IsShowable(row.value, 10));
    if (row.source == "environment") reported.emplace(row.variable, row.value);
  }
  const auto again = FeatureFlags::FromLookup(In(reported));
  FUZZ_CHECK(again.ok());
  FUZZ_CHECK(again->write_mode() == flags.write_mode());
  FUZZ_CHECK(again->phase() == flags.phase());
  for (const Component component : kComponents) {
    const auto before = flags.Decide(component);
    const auto after = again->Decide(component);
    FUZZ_CHECK(before.ok() == after.ok());
    FUZZ_CHECK(!before.ok() || before->generation == after->generation);
  }
}

// A line that ends in a backslash swallows the next one.
std::string JoinContinued(std::string_view file) {
  std::string joined;
  for (std::size_t i = 0; i < file.size(); ++i) {
    if (file[i] == '\\' && i + 1 < file.size()) {
      if (file[++i] == '\n') continue;
      joined += '\\';
    }
    joined += file[i];
  }
  return joined;
}

// Whatever an EnvironmentFile held, rolled back it switches everything off.
void CheckRollback(std::string_view file) {
  const std::vector<Component> all(kComponents.begin(), kComponents.end());
  const std::string text = RolledBackEnvironment(file, all, WriteMode::kReadOnly);
  const Values values = ReadLines(JoinContinued(text));
  for (const Component component : all) FUZZ_CHECK(Meaning(values, Variable(component)) == "false");
  const auto flags = FeatureFlags::FromLookup(In(values));
  FUZZ_CHECK(flags.ok());
  FUZZ_CHECK(flags->write_mode() == WriteMode::kReadOnly);
  FUZZ_CHECK(flags->phase() == Phase::kLegacy);
  FUZZ_CHECK(RolledBackEnvironment(text, all, WriteMode::kReadOnly) == text);
}

FUZZ_TARGET(input) {
  CheckRollback(input);
  const Values values = ReadLines(input);
  std::vector<std::string_view> bad;
  for (const std::string_view name : {Variable(Component::kPlanner), Variable(Component::kBundler),
                                      Variable(Component::kExecutor), kReadOnly, kPhase}) {
    if (Meaning(values, name) == "?") bad.push_back(name);
  }
  const auto flags = FeatureFlags::FromLookup(In(values));
  fuzz::CheckCode(flags.status(), {absl::StatusCode::kInvalidArgument});
  FUZZ_CHECK(flags.ok() == bad.empty());
  FUZZ_CHECK(fuzz::IsShowable(fuzz::Message(flags.status()), 1'000));
  for (const std::string_view name : bad) {
    FUZZ_CHECK(fuzz::Message(flags.status()).find(name) != std::string_view::npos);
  }
  if (!flags.ok()) return;
  FUZZ_CHECK((flags->write_mode() == WriteMode::kReadOnly) == (Meaning(values, kReadOnly) == "true"));
  FUZZ_CHECK(flags->WithReadOnly().write_mode() == WriteMode::kReadOnly);
  CheckDecisions(values, *flags);
  CheckReport(*flags);
  for (const std::string& warning : flags->Warnings()) FUZZ_CHECK(fuzz::IsShowable(warning, 300));
}

}  // namespace
}  // namespace clambake
