#include "clambake/health.h"

#include <algorithm>

#include "absl/strings/str_join.h"
#include "base/json_writer.h"
#include "base/safe_text.h"
#include "clambake/rng.h"
#include "clambake/rollouts.h"
#include "clambake/state_audit.h"
#include "fmt/format.h"

namespace clambake {
namespace {

using State = HealthCheck::State;

std::string Shown(const absl::Status& status) {
  constexpr std::size_t kMaxShown = 300;
  return SafeText(std::string(status.message()), kMaxShown);
}

HealthCheck CheckFlags(const HealthSubject& subject) {
  for (const Component component : kComponents) {
    const absl::StatusOr<Decision> decision = subject.flags.Decide(component);
    if (!decision.ok()) return {"flags", State::kFail, Shown(decision.status())};
  }
  const std::vector<std::string> warnings = subject.flags.Warnings();
  if (!warnings.empty()) return {"flags", State::kWarn, absl::StrJoin(warnings, "; ")};
  return {"flags", State::kPass, fmt::format("phase {}", Name(subject.flags.phase()))};
}

HealthCheck AskRepository(GithubReader& github) {
  const absl::Status status = github.GetRepository().status();
  if (!status.ok()) return {"", State::kFail, Shown(status)};
  return {"", State::kPass, fmt::format("{} can be read", github.repository())};
}

// What the token may do here: fine-grained tokens have no scopes to list, so
// GitHub is asked for the permissions that result.
HealthCheck AskToken(GithubReader& github) {
  const absl::StatusOr<std::string> login = github.GetLogin();
  const absl::StatusOr<Repository> repository = github.GetRepository();
  if (!repository.ok()) return {"", State::kFail, Shown(repository.status())};
  // An Actions token belongs to no user and may not ask.
  const std::string whose =
      login.ok() ? SafeText(*login, 100) + "'s token" : "the token (whose, it does not say)";
  if (!repository->may_push) return {"", State::kWarn, whose + ": what it may do, GitHub does not say"};
  if (*repository->may_push) return {"", State::kPass, whose + " may write"};
  return {"", State::kWarn, whose + " may read only: `clambake run` needs write access"};
}

HealthCheck AskRates(GithubReader& github) {
  const absl::StatusOr<std::vector<RateLimit>> limits = github.GetRateLimits();
  if (!limits.ok()) return {"", State::kFail, Shown(limits.status())};
  for (const RateLimit& limit : *limits) {
    if (limit.limit > 0 && limit.remaining * 10 < limit.limit) {
      return {"", State::kWarn,
              fmt::format("{}: {} of {} requests left", limit.resource, limit.remaining, limit.limit)};
    }
  }
  return {"", State::kPass, "at least a tenth of every budget is left"};
}

// The command makes them, or shows with --readonly what it would make.
HealthCheck AskLabels(GithubReader& github) {
  const absl::StatusOr<std::vector<std::string>> labels = github.ListLabels();
  if (!labels.ok()) return {"", State::kFail, Shown(labels.status())};
  std::vector<std::string> missing;
  for (const CreateLabel& label : MissingRouteLabels(*labels)) missing.push_back(label.name);
  if (missing.empty()) return {"", State::kPass, "the route labels are there"};
  return {
      "", State::kWarn,
      fmt::format("{} missing: `clambake run --repo {} --make-labels` makes {}", absl::StrJoin(missing, ", "),
                  github.repository(), missing.size() == 1 ? "it" : "them")};
}

// What cannot be asked is said once.
void CheckGithub(const HealthSubject& subject, std::vector<HealthCheck>& checks) {
  HealthCheck reached = {"", State::kSkipped, Shown(subject.github_status)};
  if (subject.github != nullptr) reached = AskRepository(*subject.github);
  const auto add = [&](std::string_view name, HealthCheck (*ask)(GithubReader&)) {
    HealthCheck check = {"", State::kSkipped, "see github"};
    if (reached.state == State::kPass) check = ask(*subject.github);
    check.name = name;
    checks.push_back(std::move(check));
  };
  checks.push_back({"github", reached.state, reached.text});
  add("token", AskToken);
  add("rate_budget", AskRates);
  add("labels", AskLabels);
}

HealthCheck CheckStore(const HealthSubject& subject) {
  if (subject.store != nullptr) {
    return {"state", State::kPass, fmt::format("{}, schema {}", subject.store->engine(), SchemaVersion())};
  }
  if (absl::IsNotFound(subject.store_status)) {
    return {"state", State::kSkipped, "there is none yet: `clambake state init` makes it"};
  }
  return {"state", State::kFail, Shown(subject.store_status)};
}

bool IsPureLegacy(const FeatureFlags& flags) {
  return std::all_of(kComponents.begin(), kComponents.end(), [&](Component component) {
    const absl::StatusOr<Decision> decision = flags.Decide(component);
    return decision.ok() && decision->generation == Generation::kLegacy;
  });
}

// Rows and audit log as this program left them.
HealthCheck CheckIntegrity(const HealthSubject& subject) {
  if (subject.store == nullptr) return {"integrity", State::kSkipped, "no state to look at"};
  const absl::StatusOr<StateAudit> audit = AuditState(*subject.store, subject.scope);
  if (!audit.ok()) return {"integrity", State::kFail, Shown(audit.status())};
  for (const BrokenInvariant& broken : audit->broken) {
    if (broken.rule == "seal" || broken.rule == "audit_log") return {"integrity", State::kFail, broken.text};
  }
  return {"integrity", State::kPass, "every row and the audit log are as they were left"};
}

HealthCheck CheckConsistency(const HealthSubject& subject) {
  if (subject.store == nullptr) return {"consistency", State::kSkipped, "no state to compare"};
  if (subject.store->IsCleanedUp().value_or(false)) {
    return {"consistency", State::kSkipped, "the cleanup has taken legacy away"};
  }
  if (IsPureLegacy(subject.flags)) {
    return {"consistency", State::kSkipped, "only legacy runs: there is nothing to be consistent with"};
  }
  const absl::StatusOr<StateAudit> audit = AuditState(*subject.store, subject.scope);
  if (!audit.ok()) return {"consistency", State::kFail, Shown(audit.status())};
  if (audit->rows.empty()) return {"consistency", State::kPass, "legacy and v2 agree row by row"};
  return {"consistency", State::kFail,
          fmt::format("legacy and v2 differ, in rows: {}; `clambake state audit` lists them",
                      audit->rows.size())};
}

HealthCheck CheckAssignments(const HealthSubject& subject) {
  if (subject.store == nullptr) return {"assignments", State::kSkipped, "no state to look at"};
  const absl::StatusOr<std::vector<Work>> work = subject.store->ListWork(subject.scope);
  if (!work.ok()) return {"assignments", State::kFail, Shown(work.status())};
  const std::vector<BrokenInvariant> broken = CheckWork(*work);
  if (broken.empty()) return {"assignments", State::kPass, "no issue is held twice"};
  return {"assignments", State::kFail,
          fmt::format("{} broken, the first: #{} {}", broken.size(), broken[0].issue, broken[0].text)};
}

HealthCheck CheckClock(const HealthSubject& subject) {
  if (subject.store == nullptr) return {"clock", State::kSkipped, "no other clock to compare with"};
  if (subject.store->engine() == "sqlite") {
    return {"clock", State::kSkipped, "the state uses this machine's clock"};
  }
  const absl::StatusOr<absl::Time> there = subject.store->Now();
  if (!there.ok()) return {"clock", State::kFail, Shown(there.status())};
  const absl::Duration skew = absl::AbsDuration(subject.clock->Now() - *there);
  const State state = skew > absl::Seconds(30)  ? State::kFail
                      : skew > absl::Seconds(2) ? State::kWarn
                                                : State::kPass;
  return {"clock", state,
          fmt::format("{} off the state's", absl::FormatDuration(absl::Trunc(skew, absl::Milliseconds(1))))};
}

HealthCheck CheckDisk(const HealthSubject& subject) {
  constexpr std::int64_t kMiB = 1 << 20;
  if (!subject.free_bytes)
    return {"disk", State::kSkipped, "not measured: that takes `clambake doctor`, and a state in a file"};
  const std::int64_t mib = *subject.free_bytes / kMiB;
  const State state = mib < 16 ? State::kFail : mib < 256 ? State::kWarn : State::kPass;
  return {"disk", state, fmt::format("{} MiB free", mib)};
}

HealthCheck CheckLatches(const HealthSubject& subject) {
  if (subject.store == nullptr) return {"latch", State::kSkipped, "no state to look at"};
  const std::unique_ptr<Rng> rng = NewSeededRng(0);  // nothing is drawn
  Rollouts rollouts(*subject.store, subject.scope, *rng);
  std::vector<std::string> latched;
  for (const Component component : kComponents) {
    const absl::StatusOr<RolloutRecord> record = rollouts.Read(component);
    if (!record.ok()) return {"latch", State::kFail, Shown(record.status())};
    if (record->latch.holds)
      latched.push_back(fmt::format("{} ({})", Name(component), record->latch.trigger));
  }
  if (latched.empty()) return {"latch", State::kPass, "nothing was rolled back"};
  return {"latch", State::kWarn, "rolled back: " + absl::StrJoin(latched, ", ")};
}

// Flags that keep a component from what its rollout gives it.
HealthCheck CheckRollouts(const HealthSubject& subject) {
  if (subject.store == nullptr) return {"rollouts", State::kSkipped, "no state to look at"};
  const std::unique_ptr<Rng> rng = NewSeededRng(0);  // nothing is drawn
  Rollouts rollouts(*subject.store, subject.scope, *rng);
  std::vector<std::string> active;
  for (const Component component : kComponents) {
    const absl::StatusOr<RolloutRecord> record = rollouts.Read(component);
    if (!record.ok()) return {"rollouts", State::kFail, Shown(record.status())};
    if (record->status == RolloutStatus::kNone || record->latch.holds) continue;
    const absl::StatusOr<Decision> decision = subject.flags.Decide(component, {.in_share = true});
    if (!decision.ok() || decision->generation == Generation::kLegacy) {
      return {"rollouts", State::kWarn,
              fmt::format("the {}'s rollout is {}, and the flags keep it at legacy: set {}=true",
                          Name(component), Name(record->status), Variable(component))};
    }
    active.push_back(
        fmt::format("{} {} at {} %", Name(component), Name(record->status), record->share() / 100));
  }
  return {"rollouts", State::kPass, active.empty() ? "none in progress" : absl::StrJoin(active, ", ")};
}

}  // namespace

std::string_view Name(HealthCheck::State state) {
  constexpr std::array<std::string_view, 4> kNames = {"pass", "warn", "fail", "skipped"};
  return kNames[static_cast<std::size_t>(state)];
}

std::vector<HealthCheck> CheckHealth(const HealthSubject& subject) {
  std::vector<HealthCheck> checks = {CheckFlags(subject)};
  CheckGithub(subject, checks);
  for (const auto check : {CheckStore, CheckIntegrity, CheckConsistency, CheckAssignments, CheckClock,
                           CheckDisk, CheckRollouts, CheckLatches}) {
    checks.push_back(check(subject));
  }
  return checks;
}

HealthCheck::State Gravest(const std::vector<HealthCheck>& checks) {
  HealthCheck::State gravest = HealthCheck::State::kPass;
  for (const HealthCheck& check : checks) {
    if (check.state != HealthCheck::State::kSkipped) gravest = std::max(gravest, check.state);
  }
  return gravest;
}

std::string HealthToJson(const std::vector<HealthCheck>& checks) {
  JsonWriter json;
  json.Object([&] {
    json.Member("schema", "clambake.doctor/1");
    json.Member("health", Name(Gravest(checks)));
    json.Key("checks");
    json.Array([&] {
      for (const HealthCheck& check : checks) {
        json.Object([&] {
          json.Member("name", check.name);
          json.Member("state", Name(check.state));
          json.Member("text", check.text);
        });
      }
    });
  });
  return json.Take();
}

}  // namespace clambake
