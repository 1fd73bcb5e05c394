#include "clambake/feature_flags.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_join.h"
#include "fmt/format.h"

namespace clambake {
namespace {

constexpr bool kLegacyIsBuilt = CLAMBAKE_HAS_LEGACY != 0;
constexpr std::string_view kReadonlyVariable = "CLAMBAKE_READONLY";
constexpr std::string_view kPhaseVariable = "CLAMBAKE_MIGRATION_PHASE";
constexpr std::array kPhases = {Phase::kLegacy, Phase::kPhase1, Phase::kPhase2, Phase::kPhase3,
                                Phase::kCleanup};
constexpr std::string_view kBoolSpellings = "true, 1, yes, on, false, 0, no, off";
constexpr std::string_view kPhaseSpellings = "legacy, phase1, phase2, phase3, cleanup";

std::size_t Index(Component component) { return static_cast<std::size_t>(component); }

std::string Normalized(const std::string& value) {
  return absl::AsciiStrToLower(absl::StripAsciiWhitespace(value));
}

std::optional<bool> ParseBool(const std::string& normalized) {
  for (const char* yes : {"true", "1", "yes", "on"}) {
    if (normalized == yes) return true;
  }
  for (const char* no : {"false", "0", "no", "off"}) {
    if (normalized == no) return false;
  }
  return std::nullopt;
}

std::optional<Phase> ParsePhase(const std::string& normalized) {
  for (Phase phase : kPhases) {
    if (normalized == Name(phase)) return phase;
  }
  return std::nullopt;
}

// The value as it may be shown: short, and without control characters.
std::string Shown(const std::string& value) {
  constexpr std::size_t kMaxShown = 40;
  std::string shown;
  for (char c : value.substr(0, kMaxShown))
    shown += absl::ascii_iscntrl(static_cast<unsigned char>(c)) ? '?' : c;
  return value.size() > kMaxShown ? shown + "…" : shown;
}

// How many components, in the order planner, bundler, executor, may run v2.
std::size_t Ceiling(Phase phase) {
  return std::min<std::size_t>(static_cast<std::size_t>(phase), kComponents.size());
}

struct LegacyGone {
  std::string_view why;
  std::string_view way_out;  // beside asking for v2
};

LegacyGone WhyLegacyIsGone(const RolloutState& rollout) {
  if constexpr (!kLegacyIsBuilt) {
    if (!rollout.cleaned_up)
      return {"this build has no legacy generation", ", or use a build with CLAMBAKE_WITH_LEGACY=ON"};
  }
  return {"the cleanup has taken legacy away", ""};
}

}  // namespace

std::string_view Name(Component component) {
  constexpr std::array<std::string_view, 3> kNames = {"planner", "bundler", "executor"};
  return kNames[Index(component)];
}

std::string_view Name(Generation generation) { return generation == Generation::kV2 ? "v2" : "legacy"; }

std::string_view Name(Phase phase) {
  constexpr std::array<std::string_view, 5> kNames = {"legacy", "phase1", "phase2", "phase3", "cleanup"};
  return kNames[static_cast<std::size_t>(phase)];
}

std::string_view Name(Reason reason) {
  constexpr std::array<std::string_view, 5> kNames = {"STATIC", "DEFAULT", "SPLIT", "DISABLED", "ERROR"};
  return kNames[static_cast<std::size_t>(reason)];
}

std::string_view Variable(Component component) {
  constexpr std::array<std::string_view, 3> kNames = {"CLAMBAKE_NEW_PLANNER", "CLAMBAKE_BUNDLER_V2",
                                                      "CLAMBAKE_NEW_EXECUTOR"};
  return kNames[Index(component)];
}

bool LegacyIsBuilt() { return kLegacyIsBuilt; }

absl::StatusOr<FeatureFlags> FeatureFlags::FromEnvironment() {
  return FromLookup([](std::string_view variable) -> std::optional<std::string> {
    const char* value = std::getenv(std::string(variable).c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
  });
}

absl::StatusOr<FeatureFlags> FeatureFlags::FromLookup(const Lookup& lookup) {
  FeatureFlags flags;
  std::vector<std::string> problems;
  // Hands the value of a variable that is set to `parse`; notes it if it is not understood.
  auto read = [&](std::string_view variable, std::string_view spellings, auto&& parse) {
    std::optional<std::string> value = lookup(variable);
    if (!value || Normalized(*value).empty()) return;
    if (!parse(Normalized(*value))) {
      problems.push_back(
          fmt::format("{}=\"{}\" is not understood; use one of: {}", variable, Shown(*value), spellings));
    }
  };
  auto read_bool = [&](std::string_view variable, Setting& setting) {
    read(variable, kBoolSpellings, [&](const std::string& normalized) {
      std::optional<bool> value = ParseBool(normalized);
      if (value) setting = {*value, Source::kEnvironment};
      return value.has_value();
    });
  };
  for (Component component : kComponents) read_bool(Variable(component), flags.enabled_[Index(component)]);
  read_bool(kReadonlyVariable, flags.readonly_);
  read(kPhaseVariable, kPhaseSpellings, [&](const std::string& normalized) {
    flags.phase_ = ParsePhase(normalized);
    return flags.phase_.has_value();
  });
  if (!problems.empty()) return absl::InvalidArgumentError(absl::StrJoin(problems, "\n"));
  return flags;
}

FeatureFlags FeatureFlags::FailSafe() {
  FeatureFlags flags;
  flags.enabled_.fill({false, Source::kFailSafe});
  flags.readonly_ = {true, Source::kFailSafe};
  return flags;
}

FeatureFlags FeatureFlags::WithReadOnly() const {
  FeatureFlags flags = *this;
  if (!flags.readonly_.value) flags.readonly_ = {true, Source::kOption};
  return flags;
}

Reason FeatureFlags::ReasonOf(const Setting& setting) {
  constexpr std::array kReasons = {Reason::kDefault, Reason::kStatic, Reason::kStatic, Reason::kError};
  return kReasons[static_cast<std::size_t>(setting.source)];
}

std::string_view FeatureFlags::SourceName(Source source) {
  constexpr std::array<std::string_view, 4> kNames = {"default", "environment", "option", "fail-safe"};
  return kNames[static_cast<std::size_t>(source)];
}

absl::StatusOr<Decision> FeatureFlags::Decide(Component component, const RolloutState& rollout) const {
  const Setting& enabled = enabled_[Index(component)];
  const bool above_ceiling = phase_ && Index(component) >= Ceiling(*phase_);
  Decision decision{Generation::kLegacy, ReasonOf(enabled), ""};
  if (rollout.latched) {
    decision.reason = Reason::kDisabled;
    decision.detail = "latch";
  } else if (!enabled.value && enabled.source != Source::kDefault) {
    decision.detail = enabled.source == Source::kFailSafe ? "fail_safe" : "env";
  } else if (above_ceiling) {
    decision.reason = Reason::kDisabled;
    decision.detail = "phase_ceiling";
  } else if (!enabled.value) {
    // Nobody asked for anything: the default is legacy, or what is left of it.
    if (!kLegacyIsBuilt) return Decision{Generation::kV2, Reason::kDefault, "legacy_not_built"};
    if (rollout.cleaned_up) return Decision{Generation::kV2, Reason::kDefault, "cleaned_up"};
  } else if (rollout.in_share) {
    decision = {*rollout.in_share ? Generation::kV2 : Generation::kLegacy, Reason::kSplit, "rollout_share"};
  } else {
    decision = {Generation::kV2, Reason::kStatic, "env"};
  }
  if (decision.generation == Generation::kLegacy && (!kLegacyIsBuilt || rollout.cleaned_up)) {
    const LegacyGone gone = WhyLegacyIsGone(rollout);
    return absl::FailedPreconditionError(
        fmt::format("the legacy {} is asked for ({}), and {}; set {}=true{}{}", Name(component),
                    decision.detail, gone.why, Variable(component),
                    above_ceiling ? fmt::format(" and {}=phase3", kPhaseVariable) : "", gone.way_out));
  }
  return decision;
}

Phase FeatureFlags::phase() const {
  if (phase_) return *phase_;
  // The longest prefix of planner, bundler, executor that is switched on.
  std::size_t on = 0;
  while (on < kComponents.size() && enabled_[on].value) ++on;
  return kPhases[on];
}

std::vector<FlagReport> FeatureFlags::Report() const {
  std::vector<FlagReport> report;
  for (Component component : kComponents) {
    const Setting& enabled = enabled_[Index(component)];
    FlagReport row{std::string(Variable(component)), enabled.value ? "true" : "false",
                   std::string(SourceName(enabled.source)), ReasonOf(enabled), ""};
    absl::StatusOr<Decision> decision = Decide(component);
    if (kLegacyIsBuilt || decision.ok()) {  // nothing else is refused
      row.value = decision->generation == Generation::kV2 ? "true" : "false";
      row.reason = decision->reason;
      row.detail = decision->detail;
    } else {
      row.reason = Reason::kError;
      row.detail = "legacy_not_built";
    }
    report.push_back(std::move(row));
  }
  report.push_back({std::string(kReadonlyVariable), readonly_.value ? "true" : "false",
                    std::string(SourceName(readonly_.source)), ReasonOf(readonly_),
                    readonly_.source == Source::kFailSafe ? "fail_safe"
                    : readonly_.value                     ? "readonly"
                                                          : ""});
  report.push_back({std::string(kPhaseVariable), std::string(Name(phase())),
                    phase_ ? "environment" : "derived", phase_ ? Reason::kStatic : Reason::kDefault,
                    phase_ ? "env" : ""});
  return report;
}

std::vector<std::string> FeatureFlags::Warnings() const {
  std::vector<std::string> warnings;
  for (std::size_t i = 1; i < kComponents.size(); ++i) {
    if (enabled_[i].value && !enabled_[i - 1].value) {
      warnings.push_back(
          fmt::format("{} is on while {} is off: it works, but it is off the path of the phases",
                      Variable(kComponents[i]), Variable(kComponents[i - 1])));
    }
  }
  for (Component component : kComponents) {
    if (phase_ && enabled_[Index(component)].value && Index(component) >= Ceiling(*phase_)) {
      warnings.push_back(fmt::format("{}=true has no effect: {}={} keeps the {} at legacy",
                                     Variable(component), kPhaseVariable, Name(*phase_), Name(component)));
    }
  }
  return warnings;
}

}  // namespace clambake
