#include <algorithm>
#include <array>
#include <charconv>

#include "base/status_macros.h"
#include "fmt/format.h"
#include "store/sql_store.h"

namespace clambake {
namespace {

constexpr std::array<std::string_view, 7> kWorkStates = {"ready",   "claimed", "settling", "landed",
                                                         "bundled", "done",    "safe"};
constexpr std::array<std::string_view, 7> kOperationStates = {"intent",  "attempt", "unknown", "confirmed",
                                                              "refused", "manual",  "dropped"};

}  // namespace

std::string_view Name(WorkState state) { return kWorkStates[static_cast<std::size_t>(state)]; }
std::string_view Name(OperationState state) { return kOperationStates[static_cast<std::size_t>(state)]; }

bool IsUnfinished(OperationState state) {
  return state == OperationState::kIntent || state == OperationState::kAttempt ||
         state == OperationState::kUnknown;
}

std::string ShadowScope(std::string_view repository) { return fmt::format("{}#shadow", repository); }

absl::StatusOr<std::unique_ptr<StateStore>> OpenStateStore(const StoreOptions& options) {
  if (options.location.empty()) return absl::InvalidArgumentError("state: its location is empty");
  const bool postgres =
      options.location.starts_with("postgresql://") || options.location.starts_with("postgres://");
  if (!postgres && options.location.find("://") != std::string::npos) {
    return absl::InvalidArgumentError("state: must be a file or postgresql://…");
  }
  auto connection = postgres ? store::OpenPostgres(options) : store::OpenSqlite(options);
  if (!connection.ok()) return connection.status();
  CLAMBAKE_RETURN_IF_ERROR(store::Migrate(**connection));
  auto opened = std::make_unique<store::SqlStore>(*std::move(connection));
  CLAMBAKE_RETURN_IF_ERROR(opened->ReadSchema());
  return opened;
}

namespace store {

std::string Row::Text(std::size_t column) const {
  const auto* const integer = std::get_if<std::int64_t>(&fields_[column]);
  return integer == nullptr ? std::get<std::string>(fields_[column]) : std::to_string(*integer);
}

std::int64_t Row::Int(std::size_t column) const {
  if (const auto* const integer = std::get_if<std::int64_t>(&fields_[column])) return *integer;
  const std::string& text = std::get<std::string>(fields_[column]);
  std::int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

absl::Time Row::Time(std::size_t column) const {
  const std::int64_t micros = Int(column);
  return micros == 0 ? absl::InfinitePast() : absl::FromUnixMicros(micros);
}

std::int64_t ToMicros(absl::Duration duration) {
  constexpr absl::Duration kLongest = absl::Hours(24 * 366 * 100);
  return absl::ToInt64Microseconds(std::min(duration, kLongest));
}

absl::StatusOr<Rows> SqlStore::RunAlone(std::string_view sql, Arguments arguments) {
  const std::lock_guard lock(mutex_);
  for (int attempt = 0;; ++attempt) {
    absl::StatusOr<Rows> rows = connection_->Run(sql, arguments);
    if (rows.ok() || rows.status().code() != kRetry) return rows;
    if (attempt == kMaxAttempts) return absl::UnavailableError(rows.status().message());
  }
}

absl::Status SqlStore::RunFenced(std::string_view sql, Arguments arguments, std::string_view lost) {
  CLAMBAKE_ASSIGN_OR_RETURN(const Rows rows, Run(sql, arguments));
  return rows.changed > 0 ? absl::OkStatus()
                          : absl::AbortedError(absl::string_view(lost.data(), lost.size()));
}

absl::StatusOr<absl::Time> SqlStore::Now() {
  CLAMBAKE_ASSIGN_OR_RETURN(const Rows rows, RunAlone("SELECT clambake_now()", {}));
  return absl::FromUnixMicros(rows.rows[0].Int(0));
}

// A damaged counter counts on, and stays damaged until it is repaired.
absl::StatusOr<std::int64_t> SqlStore::NextFence() {
  constexpr std::string_view kSqlite =
      "UPDATE fence SET value = value + 1, seal = CASE WHEN seal = " CLAMBAKE_FENCE_SEAL(
          "value") " THEN " CLAMBAKE_FENCE_SEAL("value + 1") " ELSE seal END RETURNING value";
  CLAMBAKE_ASSIGN_OR_RETURN(const Rows rows,
                            Run(engine() == "sqlite" ? kSqlite : "SELECT nextval('fence')", {}));
  return rows.rows[0].Int(0);
}

}  // namespace store
}  // namespace clambake
