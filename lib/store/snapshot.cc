// All rows of a scope as one sealed text, and back.
#include <array>
#include <charconv>
#include <set>

#include "base/json_view.h"
#include "base/json_writer.h"
#include "base/sealed_text.h"
#include "base/status_macros.h"
#include "clambake/model.h"
#include "fmt/format.h"
#include "store/sql_store.h"

namespace clambake::store {
namespace {

constexpr std::string_view kSchema = "clambake.snapshot/1";
constexpr auto kRequired = JsonView::Presence::kRequired;

struct Table {
  std::string_view name;
  // Of each column: t text, i integer, n number of an issue (from 1), w state of
  // work, o state of an operation. The first one names the row.
  std::string_view columns;
  std::string_view select;
};
// Rollouts, with their latches, are not part of it: a snapshot brings work
// back, it does not undo decisions. Nor are snapshots themselves.
constexpr std::array kTables = {
    Table{"legacy_work", "nttt",
          "SELECT issue, state, agent, branch FROM legacy_work WHERE scope = $1 ORDER BY issue"},
    Table{"work", "niwtiiti",
          "SELECT issue, rank, state, owner, fence, lease_until, branch, updated_at FROM work "
          "WHERE scope = $1 ORDER BY issue"},
    Table{
        "operations", "tttiittoiiitttiii",
        "SELECT id, lane, after_lane, position, issue, kind, payload, state, attempts, attempted_at, probed, "
        "detail, next_step, requests, latency_ms, result, fence FROM operations WHERE scope = $1 ORDER BY "
        "id"},
    Table{"documents", "tt",
          "SELECT key, value FROM documents WHERE scope = $1 AND key NOT LIKE 'rollout/%' AND key NOT LIKE "
          "'snapshot/%' AND key NOT LIKE 'verdict/%' ORDER BY key"},
};

using Fields = std::vector<std::string>;

std::int64_t Int(const std::string& text) {
  std::int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

template <typename State>
bool IsState(std::string_view text, State last) {
  for (int i = 0; i <= static_cast<int>(last); ++i) {
    if (Name(static_cast<State>(i)) == text) return true;
  }
  return false;
}

// Whether a field is what its column holds; an engine may cut a text at NUL.
bool IsGood(const std::string& field, char type) {
  const std::int64_t value = Int(field);
  const bool integer = std::to_string(value) == field;
  switch (type) {
    case 'i':
      return integer;
    case 'n':
      return integer && value > 0;
    case 'w':
      return IsState(field, WorkState::kSafe);
    case 'o':
      return IsState(field, OperationState::kDropped);
    default:
      return field.find('\0') == std::string::npos;
  }
}

absl::Status ReadRow(const JsonView& row, std::string_view columns, Fields& fields) {
  CLAMBAKE_RETURN_IF_ERROR(row.ForEachElement([&](const JsonView& field) -> absl::Status {
    CLAMBAKE_RETURN_IF_ERROR(field.As(fields.emplace_back()));
    const std::size_t column = fields.size() - 1;
    if (column < columns.size() && !IsGood(fields.back(), columns[column]))
      return field.Error("not what this column holds");
    return absl::OkStatus();
  }));
  if (fields.size() == columns.size()) return absl::OkStatus();
  return row.Error(fmt::format("expected {} fields", columns.size()));
}

// Work in progress is somebody's.
bool IsHeld(const Fields& work) { return work[2] == "claimed" || work[2] == "settling" || work[2] == "safe"; }

absl::Status ReadTable(const JsonView& view, const Table& table, std::vector<Fields>& rows) {
  std::set<std::string> names;
  return view.ForEach(table.name, kRequired, [&](const JsonView& row) -> absl::Status {
    Fields& fields = rows.emplace_back();
    CLAMBAKE_RETURN_IF_ERROR(ReadRow(row, table.columns, fields));
    if (!names.insert(fields[0]).second) return row.Error(fmt::format("{} appears twice", fields[0]));
    const bool is_work = table.name == "work";
    return is_work && IsHeld(fields) && fields[3].empty() ? row.Error("nobody holds it") : absl::OkStatus();
  });
}

// The rows of each table, in the order of kTables.
absl::Status ReadTables(std::string_view text, std::string_view scope,
                        std::array<std::vector<Fields>, kTables.size()>& tables) {
  rapidjson::Document document;
  CLAMBAKE_RETURN_IF_ERROR(ParseJson(text, "snapshot", document));
  const JsonView view(document, "snapshot: ");
  CLAMBAKE_RETURN_IF_ERROR(view.ExpectSchema(kSchema));
  std::string found;
  CLAMBAKE_RETURN_IF_ERROR(view.Read("scope", kRequired, found));
  if (found != scope) return view.Error(fmt::format("it is a snapshot of {}, not of {}", found, scope));
  for (std::size_t i = 0; i < kTables.size(); ++i) {
    CLAMBAKE_RETURN_IF_ERROR(ReadTable(view, kTables[i], tables[i]));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::string> SqlStore::TakeSnapshot(std::string_view scope) {
  return Transact([&]() -> absl::StatusOr<std::string> {
    JsonWriter json;
    absl::Status status;
    json.Object([&] {
      json.Member("schema", kSchema);
      json.Member("scope", scope);
      json.Member("schema_version", SchemaVersion());
      for (const Table& table : kTables) {
        const bool gone = cleaned_up_ && table.name == "legacy_work";
        const absl::StatusOr<Rows> rows = gone ? Rows{} : Run(table.select, {scope});
        status.Update(rows.status());
        json.Key(table.name);
        json.Array([&] {
          for (std::size_t i = 0; rows.ok() && i < rows->rows.size(); ++i) {
            json.Array([&] {
              for (std::size_t c = 0; c < table.columns.size(); ++c) json.Value(rows->rows[i].Text(c));
            });
          }
        });
      }
    });
    if (!status.ok()) return status;
    return Seal(json.Take(), Digest);
  });
}

absl::Status SqlStore::RestoreWork(std::string_view scope, const std::vector<std::string>& row) {
  CLAMBAKE_RETURN_IF_ERROR(Run("DELETE FROM work WHERE scope = $1 AND issue = $2 "
                               "AND state NOT IN ('landed', 'bundled', 'done')",
                               {scope, Int(row[0])})
                               .status());
  // Work in progress goes to the safe queue, with a new fence: what held it
  // before, or since, holds it no more.
  CLAMBAKE_ASSIGN_OR_RETURN(const std::int64_t fence, NextFence());
  CLAMBAKE_ASSIGN_OR_RETURN(
      const Rows added,
      Run("INSERT INTO work (scope, issue, rank, state, owner, fence, lease_until, branch, updated_at) "
          "VALUES ($1, $2, $3, $4, $5, $6, 0, $7, clambake_now()) ON CONFLICT (scope, issue) DO NOTHING",
          {scope, Int(row[0]), Int(row[1]), IsHeld(row) ? std::string_view("safe") : std::string_view(row[2]),
           row[3], fence, row[6]}));
  return added.changed > 0 ? FinishRow(scope, Int(row[0])) : absl::OkStatus();
}

// What legacy alone knew is adopted: nothing is lost.
absl::Status SqlStore::RestoreLegacyRow(std::string_view scope, const std::vector<std::string>& row) {
  const std::int64_t issue = Int(row[0]);
  CLAMBAKE_ASSIGN_OR_RETURN(const Rows known,
                            Run("SELECT 1 FROM work WHERE scope = $1 AND issue = $2", {scope, issue}));
  if (!known.rows.empty()) return absl::OkStatus();
  CLAMBAKE_RETURN_IF_ERROR(AdoptLegacyRow(scope, issue, {row[1], row[2], row[3]}));
  return FinishRow(scope, issue);
}

absl::Status SqlStore::RestoreOperation(std::string_view scope, const std::vector<std::string>& row) {
  CLAMBAKE_ASSIGN_OR_RETURN(
      const Rows added,
      Run("INSERT INTO operations (scope, id, lane, after_lane, position, issue, kind, payload, state, "
          "attempts, attempted_at, probed, detail, next_step, requests, latency_ms, result, fence) "
          "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18) "
          "ON CONFLICT (scope, id) DO NOTHING",
          {scope, row[0], row[1], row[2], Int(row[3]), Int(row[4]), row[5], row[6], row[7], Int(row[8]),
           Int(row[9]), Int(row[10]), row[11], row[12], row[13], Int(row[14]), Int(row[15]), Int(row[16])}));
  return added.changed > 0 ? SealOperation(scope, row[0]) : absl::OkStatus();
}

absl::Status SqlStore::RestoreDocument(std::string_view scope, const std::vector<std::string>& row) {
  return Run("INSERT INTO documents (scope, key, value, version, seal) VALUES ($1, $2, $3, 1, "
             CLAMBAKE_DOCUMENT_SEAL("$1", "$2", "$3", "1")
             ") ON CONFLICT (scope, key) DO UPDATE SET value = excluded.value, "
             "version = documents.version + 1, seal = " CLAMBAKE_DOCUMENT_SEAL(
                 "documents.scope", "documents.key", "excluded.value", "(documents.version + 1)"),
             {scope, row[0], row[1]})
      .status();
}

absl::Status SqlStore::RestoreSnapshot(std::string_view scope, std::string_view snapshot,
                                       std::string_view actor) {
  const std::string seal = SealOf(snapshot, Digest);
  if (seal.empty()) {
    return absl::InvalidArgumentError(
        "snapshot: its digest does not match: it was changed or cut; nothing is restored");
  }
  std::array<std::vector<Fields>, kTables.size()> tables;
  CLAMBAKE_RETURN_IF_ERROR(ReadTables(snapshot, scope, tables));
  return Transact([&]() -> absl::Status {
    // What GitHub has confirmed, or may have done, stays in the journal: going
    // back to before it was sent would do it twice. Finished work stays finished:
    // whoever went on with it would do so behind a pull request that closes it.
    // Work that was begun since stays: its branch would belong to nobody.
    for (const std::string_view clear :
         {"DELETE FROM work WHERE scope = $1 AND state = 'ready' AND fence = 0",
          "DELETE FROM operations WHERE scope = $1 AND attempts = 0",
          "DELETE FROM legacy_work WHERE scope = $1 AND issue NOT IN "
          "(SELECT issue FROM work WHERE scope = $1)"}) {
      if (cleaned_up_ && clear.find("legacy_work") != std::string_view::npos) continue;
      CLAMBAKE_RETURN_IF_ERROR(Run(clear, {scope}).status());
    }
    for (const Fields& row : tables[1]) CLAMBAKE_RETURN_IF_ERROR(RestoreWork(scope, row));
    CLAMBAKE_RETURN_IF_ERROR(MoveHeldToSafeQueue(scope).status());  // what is still claimed was begun since
    for (const Fields& row : tables[0]) CLAMBAKE_RETURN_IF_ERROR(RestoreLegacyRow(scope, row));
    for (const Fields& row : tables[2]) CLAMBAKE_RETURN_IF_ERROR(RestoreOperation(scope, row));
    for (const Fields& row : tables[3]) CLAMBAKE_RETURN_IF_ERROR(RestoreDocument(scope, row));
    return AppendAuditRow(scope, {.actor = std::string(actor), .event = "state.restore", .detail = seal});
  });
}

}  // namespace clambake::store
