// The five variables, one "NAME=value" a line, against a second reading of the
// documented rules.
#include <algorithm>
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

// What systemd makes of an EnvironmentFile, read a second time, from
// systemd.exec(5): blanks, comments, and assignments of values that are quoted
// pieces and at most one bare one.
class SystemdFile {
 public:
  // Until systemd 253, a comment's line that ends in a backslash takes the next
  // line with it; in 2018, a backslash also escapes within single quotes.
  SystemdFile(std::string_view text, int version)
      : rest_(text), comments_continue_(version <= 253), single_quotes_escape_(version <= 239) {
    while (SkipAll(" \t\r\n"), !rest_.empty()) ReadLine();
  }
  [[nodiscard]] const Values& values() const { return values_; }
  // Whether every version reads the same.
  [[nodiscard]] bool IsPlain() const { return is_plain_; }

 private:
  void ReadLine() {
    if (rest_.front() == '#' || rest_.front() == ';') return SkipComment();
    std::string key = TakeUntil("=\r\n");
    if (rest_.empty() || rest_.front() != '=') return;
    rest_.remove_prefix(1);
    while (!key.empty() && (key.back() == ' ' || key.back() == '\t')) key.pop_back();
    values_[key] = ReadValue();  // the last one counts
  }
  void SkipComment() {
    while (!rest_.empty() && !Is("\r\n")) {
      if (rest_.front() != '\\' || rest_.size() == 1) {
        rest_.remove_prefix(1);
        continue;
      }
      rest_.remove_prefix(1);
      const bool at_end = Is("\r\n");
      is_plain_ = is_plain_ && !at_end;
      if (!at_end || comments_continue_) rest_.remove_prefix(1);
    }
  }
  std::string ReadValue() {
    std::string value;
    for (SkipAll(" \t"); !rest_.empty() && !Is("\r\n"); SkipAll(" \t")) {
      if (rest_.front() == '\'') {
        rest_.remove_prefix(1);
        value += ReadSingleQuoted();
      } else if (rest_.front() == '"') {
        rest_.remove_prefix(1);
        value += ReadDoubleQuoted();
      } else {
        return value + ReadBare();
      }
    }
    return value;
  }
  std::string ReadSingleQuoted() {
    std::string value;
    for (; !rest_.empty() && rest_.front() != '\''; SkipOne()) {
      if (rest_.front() == '\\') {
        is_plain_ = false;
        if (single_quotes_escape_) SkipOne();
        if (rest_.empty() || (single_quotes_escape_ && Is("\r\n"))) continue;
      }
      value += rest_.front();
    }
    SkipOne();
    return value;
  }
  std::string ReadDoubleQuoted() {
    std::string value;
    for (; !rest_.empty() && rest_.front() != '"'; SkipOne()) {
      if (rest_.front() != '\\') {
        value += rest_.front();
      } else if (SkipOne(); !rest_.empty() && rest_.front() != '\n') {
        if (!Is("\"\\`$")) value += '\\';
        value += rest_.front();
      }
    }
    SkipOne();
    return value;
  }
  std::string ReadBare() {
    std::string value;
    std::size_t kept = 0;  // without blanks at the end, unless they are escaped
    for (; !rest_.empty() && !Is("\r\n"); SkipOne()) {
      const bool is_escaped = rest_.front() == '\\';
      if (is_escaped) {
        SkipOne();
        if (!rest_.empty() && !Is("\r\n")) value += rest_.front();
      } else {
        value += rest_.front();
      }
      if (is_escaped || value.empty() || (value.back() != ' ' && value.back() != '\t')) kept = value.size();
    }
    return value.substr(0, kept);
  }

  [[nodiscard]] bool Is(std::string_view set) const {
    return !rest_.empty() && set.find(rest_.front()) != std::string_view::npos;
  }
  void SkipOne() { rest_.remove_prefix(std::min<std::size_t>(1, rest_.size())); }
  void SkipAll(std::string_view set) {
    while (Is(set)) SkipOne();
  }
  std::string TakeUntil(std::string_view set) {
    const std::string taken(rest_.substr(0, rest_.find_first_of(set)));
    rest_.remove_prefix(taken.size());
    return taken;
  }

  std::string_view rest_;
  bool comments_continue_;
  bool single_quotes_escape_;
  bool is_plain_ = true;
  Values values_;
};

Values WithoutOurs(Values values) {
  for (const Component component : kComponents) values.erase(std::string(Variable(component)));
  values.erase(std::string(kReadOnly));
  values.erase(std::string(kPhase));
  return values;
}

void CheckSwitchedOff(const Values& values) {
  for (const Component component : kComponents) {
    FUZZ_CHECK(Meaning(values, Variable(component)) == "false");
  }
  const auto flags = FeatureFlags::FromLookup(In(values));
  FUZZ_CHECK(flags.ok());
  FUZZ_CHECK(flags->write_mode() == WriteMode::kReadOnly);
  FUZZ_CHECK(flags->phase() == Phase::kLegacy);
}

// Whatever an EnvironmentFile held, rolled back it switches everything off, in
// every systemd, and says about everything else what it said before.
void CheckRollback(std::string_view file) {
  const std::vector<Component> all(kComponents.begin(), kComponents.end());
  const std::string text = RolledBackEnvironment(file, all, WriteMode::kReadOnly);
  std::string before(file);
  before.erase(std::remove(before.begin(), before.end(), '\0'), before.end());
  for (const int version : {239, 253, 254}) {
    const SystemdFile read_before(before, version);
    const SystemdFile read(text, version);
    CheckSwitchedOff(read.values());
    FUZZ_CHECK(!read_before.IsPlain() || WithoutOurs(read.values()) == WithoutOurs(read_before.values()));
  }
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
