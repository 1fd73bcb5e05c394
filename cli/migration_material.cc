#include "cli/migration_material.h"

#include <memory>

#include "clambake/clock.h"
#include "clambake/rng.h"
#include "clambake/rollouts.h"
#include "cli/state_access.h"
#include "fmt/format.h"

namespace clambake::cli {
namespace {

absl::StatusOr<ReportMigration> Read(StateStore& store, const std::string& scope, const FeatureFlags& flags) {
  if (scope.empty()) {
    return absl::InvalidArgumentError("the backlog names no repository; name it with --repo OWNER/NAME");
  }
  const std::unique_ptr<Rng> rng = NewSystemRng();
  Rollouts rollouts(store, scope, *rng);
  return ReadMigration(store, scope, rollouts, flags);
}

std::string WhyAbsent(const absl::Status& status) {
  const std::string text(status.message());
  return absl::IsNotFound(status) ? fmt::format("there is no state yet ({})", text) : text;
}

}  // namespace

MigrationMaterial GatherMigration(const Globals& globals, const FeatureFlags& flags,
                                  const std::string& repository) {
  const std::string scope = globals.repo.empty() ? repository : globals.repo;
  const std::unique_ptr<Clock> clock = NewSystemClock();
  const absl::StatusOr<std::unique_ptr<StateStore>> store = OpenState(globals, *clock, IfMissing::kFail);
  MigrationMaterial material;
  absl::StatusOr<ReportMigration> migration =
      store.ok() ? Read(**store, scope, flags) : absl::StatusOr<ReportMigration>(store.status());
  if (!migration.ok()) material.absent = WhyAbsent(migration.status());
  if (migration.ok()) material.migration = *std::move(migration);
  material.health =
      CheckHealth({.flags = flags,
                   .scope = scope,
                   .store = store.ok() ? store->get() : nullptr,
                   .store_status = store.status(),
                   .github_status = absl::FailedPreconditionError("a report asks GitHub nothing"),
                   .clock = clock.get()});
  return material;
}

}  // namespace clambake::cli
