// What the shared state tells of the migration, for the report.
#ifndef CLAMBAKE_CLI_MIGRATION_MATERIAL_H_
#define CLAMBAKE_CLI_MIGRATION_MATERIAL_H_

#include <optional>
#include <string>
#include <vector>

#include "clambake/health.h"
#include "clambake/migration_report.h"
#include "cli/globals.h"

namespace clambake::cli {

struct MigrationMaterial {
  std::optional<ReportMigration> migration;
  std::string absent;  // why there is none
  std::vector<HealthCheck> health;
};

// Never fails: a report is wanted most where something is broken. Makes no
// state, and asks GitHub nothing.
MigrationMaterial GatherMigration(const Globals& globals, const FeatureFlags& flags,
                                  const std::string& repository);

}  // namespace clambake::cli

#endif  // CLAMBAKE_CLI_MIGRATION_MATERIAL_H_
