// Feature flags: which generation of each component runs, whether anything
// may be written, and why. The single entry point of the migration.
//
//   CLAMBAKE_NEW_PLANNER     planner: v2 if true      default false
//   CLAMBAKE_BUNDLER_V2      bundler: v2 if true      default false
//   CLAMBAKE_NEW_EXECUTOR    executor: v2 if true     default false
//   CLAMBAKE_READONLY        no remote write at all   default false
//   CLAMBAKE_MIGRATION_PHASE legacy phase1 phase2 phase3 cleanup
//
// Booleans: true 1 yes on / false 0 no off; phases as listed. Case and
// surrounding blanks do not matter, an empty value means unset.
//
// A phase that is set is a ceiling: `legacy` none, `phase1` planner, `phase2`
// planner and bundler, `phase3` and `cleanup` all; a component runs v2 only if
// its flag is true and the phase allows it. A phase that is not set is derived
// from the flags and only reported.
//
// The most conservative wins: read-only > latch > explicit false > phase
// ceiling > rollout share > explicit true.
//
// A FeatureFlags is an immutable value: read the environment once, pass it on.
#ifndef CLAMBAKE_FEATURE_FLAGS_H_
#define CLAMBAKE_FEATURE_FLAGS_H_

#include <array>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace clambake {

enum class Component { kPlanner, kBundler, kExecutor };
inline constexpr std::array kComponents = {Component::kPlanner, Component::kBundler, Component::kExecutor};
enum class Generation { kLegacy, kV2 };
enum class Phase { kLegacy, kPhase1, kPhase2, kPhase3, kCleanup };
enum class WriteMode { kReadWrite, kReadOnly };

// Why a value is what it is, in OpenFeature's terms.
enum class Reason { kStatic, kDefault, kSplit, kDisabled, kError };

std::string_view Name(Component component);      // "planner" "bundler" "executor"
std::string_view Name(Generation generation);    // "legacy" "v2"
std::string_view Name(Phase phase);              // "legacy" "phase1" … "cleanup"
std::string_view Name(Reason reason);            // "STATIC" "DEFAULT" …
std::string_view Variable(Component component);  // "CLAMBAKE_NEW_PLANNER" …

struct Decision {
  Generation generation = Generation::kLegacy;
  Reason reason = Reason::kDefault;
  // "env" "phase_ceiling" "latch" "rollout_share" "legacy_not_built" "cleaned_up" "fail_safe" or ""
  std::string detail;
};

// What a rollout in progress says of one component, read at each decision.
struct RolloutState {
  bool latched = false;          // an automatic rollback holds (one-way)
  std::optional<bool> in_share;  // unset: no rollout in progress
  bool cleaned_up = false;       // the legacy side is gone for good
};

// One variable, for people and for `clambake flags`.
struct FlagReport {
  std::string variable;
  std::string value;   // effective: "true" "false" or a phase
  std::string source;  // "environment" "option" "default" "derived" "fail-safe"
  Reason reason = Reason::kDefault;
  std::string detail;  // as in Decision, or "readonly"
};

class FeatureFlags {
 public:
  // Every component legacy (v2 where legacy is not built), writes allowed.
  FeatureFlags() = default;

  // Reads the five variables of the process environment. InvalidArgument
  // names every bad variable, its value and the accepted spellings.
  static absl::StatusOr<FeatureFlags> FromEnvironment();

  // The same from any source: `lookup` returns a variable's value or nullopt.
  using Lookup = std::function<std::optional<std::string>(std::string_view variable)>;
  static absl::StatusOr<FeatureFlags> FromLookup(const Lookup& lookup);

  // For a service that must come up although its flags are wrong: every
  // component legacy, read-only on.
  static FeatureFlags FailSafe();

  // The same flags with read-only added; it can never be taken away.
  [[nodiscard]] FeatureFlags WithReadOnly() const;

  // Which generation runs. FailedPrecondition where legacy is asked for and
  // this build has none, or the cleanup has taken it away.
  [[nodiscard]] absl::StatusOr<Decision> Decide(Component component, const RolloutState& rollout = {}) const;

  [[nodiscard]] WriteMode write_mode() const {
    return readonly_.value ? WriteMode::kReadOnly : WriteMode::kReadWrite;
  }

  // As set, else derived from the flags.
  [[nodiscard]] Phase phase() const;

  // The five variables, in the order of the table above.
  [[nodiscard]] std::vector<FlagReport> Report() const;

  // Settings that work and are probably not meant, such as a combination off
  // the phase path. A sentence each.
  [[nodiscard]] std::vector<std::string> Warnings() const;

 private:
  enum class Source { kDefault, kEnvironment, kOption, kFailSafe };
  struct Setting {
    bool value = false;
    Source source = Source::kDefault;
  };

  static std::string_view SourceName(Source source);
  static Reason ReasonOf(const Setting& setting);

  std::array<Setting, 3> enabled_;  // by Component
  Setting readonly_;
  std::optional<Phase> phase_;  // nullopt: not set
};

// True if this build contains the legacy generation.
bool LegacyIsBuilt();

}  // namespace clambake

#endif  // CLAMBAKE_FEATURE_FLAGS_H_
