// clambake doctor: can this installation work, and is the migration sane?
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>

#include "CLI/CLI.hpp"
#include "clambake/clock.h"
#include "clambake/github_client.h"
#include "clambake/health.h"
#include "cli/commands/commands.h"
#include "cli/github_access.h"
#include "cli/messages.h"
#include "cli/progress.h"
#include "cli/state_access.h"

namespace clambake::cli {
namespace {

absl::StatusOr<std::unique_ptr<GithubReader>> OpenGithub(const Globals& globals, Clock& clock) {
  if (!globals.from.empty()) return absl::FailedPreconditionError("a saved backlog is used (--from)");
  const absl::StatusOr<GithubOptions> options = FindGithub(globals);
  if (!options.ok()) return options.status();
  return ConnectReader(globals, *options, clock);
}

std::optional<std::int64_t> FreeBytes(const Globals& globals) {
  const std::string location = StateLocation(globals);
  if (location.empty() || location.find("://") != std::string::npos) return std::nullopt;
  std::error_code error;
  const std::filesystem::path folder = std::filesystem::absolute(location, error).parent_path();
  const std::filesystem::space_info space = std::filesystem::space(folder, error);
  if (error) return std::nullopt;
  return static_cast<std::int64_t>(space.available);
}

ExitCode RunDoctor(const Globals& globals) {
  const absl::StatusOr<FeatureFlags> flags = ReadFlags(globals);
  if (!flags.ok()) return Fail(flags.status());
  ProgressLine line(globals);
  line.Show("asking GitHub and the state");
  const std::unique_ptr<Clock> clock = NewSystemClock();
  const absl::StatusOr<std::unique_ptr<StateStore>> store = OpenState(globals, *clock, IfMissing::kFail);
  const absl::StatusOr<std::unique_ptr<GithubReader>> github = OpenGithub(globals, *clock);
  HealthSubject subject{.flags = *flags, .scope = FindRepository(globals).value_or(""), .clock = clock.get()};
  subject.store = store.ok() ? store->get() : nullptr;
  subject.store_status = store.status();
  subject.github = github.ok() ? github->get() : nullptr;
  subject.github_status = github.status();
  subject.free_bytes = FreeBytes(globals);
  const std::vector<HealthCheck> checks = CheckHealth(subject);
  line.Clear();
  const HealthCheck::State gravest = Gravest(checks);
  const ExitCode code = gravest == HealthCheck::State::kFail   ? kNo
                        : gravest == HealthCheck::State::kWarn ? kInconclusive
                                                               : kDone;
  if (globals.json) return Print(HealthToJson(checks) + "\n", code);
  return Print(HealthText(checks, StdoutStyle(globals)), code);
}

}  // namespace

void SetupDoctor(CLI::App& app, const Globals& globals, ExitCode& result) {
  CLI::App* doctor = app.add_subcommand("doctor", "Health checks: exit 0 healthy, 1 not, 3 with warnings");
  doctor->footer(
      "GitHub, the token, rate budget, labels; the state and its seals; legacy against v2; the clock, the\n"
      "disk, rollouts and latches. A check that does not apply says \"skipped\" and why. Reads only.\n\n"
      "Examples:\n"
      "  clambake doctor --repo octo/repo\n"
      "  clambake doctor || [ $? = 3 ]                     in a start script: warnings are no reason to "
      "stop\n"
      "  clambake doctor --json | jq -r '.checks[] | select(.state == \"fail\") | .text'\n"
      "  clambake doctor --from backlog.json               without GitHub\n");
  doctor->callback([&globals, &result] { result = RunDoctor(globals); });
}

}  // namespace clambake::cli
