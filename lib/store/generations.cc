// Legacy and v2 side by side: they are written in one transaction and cannot
// diverge by our hand; this finds what another hand did, and repairs it.
#include "base/status_macros.h"
#include "fmt/format.h"
#include "store/sql_store.h"

namespace clambake::store {
namespace {

// The v2 row as the legacy table would have it, beside the legacy row itself.
// Both halves of a full outer join, which SQLite 3.38 does not have.
constexpr std::string_view kDifferences =
    "SELECT w.issue AS issue, w.legacy, w.owner, w.branch, l.state, l.agent, l.branch, "
    "CASE WHEN l.issue IS NULL THEN 0 ELSE 1 END, 1 "
    "FROM (SELECT scope, issue, owner, branch, " CLAMBAKE_LEGACY_STATE
    " AS legacy FROM work WHERE scope = $1) w "
    "LEFT JOIN legacy_work l ON l.scope = w.scope AND l.issue = w.issue "
    "WHERE l.issue IS NULL OR l.state <> w.legacy OR l.agent <> w.owner OR l.branch <> w.branch "
    "UNION ALL "
    "SELECT l.issue, '', '', '', l.state, l.agent, l.branch, 1, 0 FROM legacy_work l "
    "WHERE l.scope = $1 AND NOT EXISTS (SELECT 1 FROM work w WHERE w.scope = l.scope AND w.issue = l.issue) "
    "ORDER BY issue";

std::string Shown(const Row& row, std::size_t first, std::size_t present) {
  if (row.Int(present) == 0) return "";
  const auto known = [&](std::size_t column) { return row.Text(column).empty() ? "-" : row.Text(column); };
  return fmt::format("{}, agent {}, branch {}", row.Text(first), known(first + 1), known(first + 2));
}

std::string_view StateOfLegacy(std::string_view state, std::string_view agent) {
  if (state == "landed" || state == "bundled") return state;
  if (state == "merged") return "done";
  return state == "idle" || agent.empty() ? "ready" : "safe";
}

}  // namespace

absl::StatusOr<std::vector<RowDifference>> SqlStore::ReadDifferences(std::string_view scope) {
  if (cleaned_up_) return std::vector<RowDifference>{};
  constexpr std::size_t kV2 = 1;
  constexpr std::size_t kLegacy = 4;
  constexpr std::size_t kLegacyPresent = 7;
  constexpr std::size_t kV2Present = 8;
  CLAMBAKE_ASSIGN_OR_RETURN(const Rows rows, Run(kDifferences, {scope}));
  std::vector<RowDifference> differences;
  for (const Row& row : rows.rows) {
    differences.push_back({row.Int(0), Shown(row, kLegacy, kLegacyPresent), Shown(row, kV2, kV2Present)});
  }
  return differences;
}

absl::StatusOr<std::vector<RowDifference>> SqlStore::CompareGenerations(std::string_view scope) {
  const std::lock_guard lock(mutex_);
  absl::StatusOr<std::vector<RowDifference>> differences = ReadDifferences(scope);
  if (!differences.ok() && LearnsOfCleanup(differences.status())) return std::vector<RowDifference>{};
  return differences;
}

// What legacy calls working goes to the safe queue: its agent keeps it, and no
// lease that nobody renews takes it away.
absl::Status SqlStore::AdoptLegacyRow(std::string_view scope, IssueNumber issue, const LegacyRow& row) {
  CLAMBAKE_ASSIGN_OR_RETURN(const std::int64_t fence, NextFence());
  return Run("INSERT INTO work (scope, issue, rank, state, owner, fence, lease_until, branch, updated_at) "
             "VALUES ($1, $2, 0, $3, $4, $5, 0, $6, clambake_now()) "
             "ON CONFLICT (scope, issue) DO UPDATE SET state = excluded.state, owner = excluded.owner, "
             "fence = excluded.fence, lease_until = 0, branch = excluded.branch, "
             "updated_at = excluded.updated_at",
             {scope, issue, StateOfLegacy(row.state, row.agent), row.agent, fence, row.branch})
      .status();
}

absl::Status SqlStore::AdoptLegacyRow(std::string_view scope, IssueNumber issue) {
  CLAMBAKE_ASSIGN_OR_RETURN(
      const Rows rows,
      Run("SELECT state, agent, branch FROM legacy_work WHERE scope = $1 AND issue = $2", {scope, issue}));
  if (rows.rows.empty()) return absl::OkStatus();
  const Row& row = rows.rows[0];
  return AdoptLegacyRow(scope, issue, {row.Text(0), row.Text(1), row.Text(2)});
}

absl::StatusOr<std::int64_t> SqlStore::RepairGenerations(std::string_view scope, Authority authority) {
  return Transact([&]() -> absl::StatusOr<std::int64_t> {
    CLAMBAKE_ASSIGN_OR_RETURN(const std::vector<RowDifference> differences, ReadDifferences(scope));
    for (const RowDifference& difference : differences) {
      // A row that the authority lacks is taken from the other side: nothing is lost.
      const bool from_legacy =
          difference.v2.empty() || (authority == Authority::kLegacy && !difference.legacy.empty());
      absl::Status repaired = from_legacy ? AdoptLegacyRow(scope, difference.issue) : absl::OkStatus();
      // Writing back makes both sides equal even where a state has no exact twin.
      if (repaired.ok()) repaired = FinishRow(scope, difference.issue);
      if (!repaired.ok()) return repaired;
    }
    CLAMBAKE_ASSIGN_OR_RETURN(const std::int64_t rows, RepairSealedRows(scope));
    CLAMBAKE_ASSIGN_OR_RETURN(const std::int64_t fences, RepairFences());
    return static_cast<std::int64_t>(differences.size()) + rows + fences;
  });
}

}  // namespace clambake::store
