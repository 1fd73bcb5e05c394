// SQLite, embedded: the state is one file that only its owner can read.
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <map>
#include <system_error>

#include "base/status_macros.h"
#include "clambake/model.h"
#include "clambake/state_store.h"
#include "fmt/format.h"
#include "store/sql.h"

namespace clambake::store {
namespace {

struct CloseDatabase {
  void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
};
struct FinalizeStatement {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Database = std::unique_ptr<sqlite3, CloseDatabase>;
using Statement = std::unique_ptr<sqlite3_stmt, FinalizeStatement>;

// 3.51.3 fixed a WAL reset that can corrupt the file when several connections
// are open; the fix went back to 3.50.7 and 3.44.6.
bool WalIsSafe() {
  constexpr int kFixed = 3'051'003;
  constexpr int k350 = 3'050'007;
  constexpr int k344 = 3'044'006;
  const int version = sqlite3_libversion_number();
  auto in_series = [&](int first_fixed) {
    return version >= first_fixed && version / 1000 == first_fixed / 1000;
  };
  return version >= kFixed || in_series(k350) || in_series(k344);
}

absl::Status WalRefused(const std::string& path) {
  return absl::FailedPreconditionError(
      fmt::format("{}: SQLite {} can damage a database in WAL mode; use the rollback journal "
                  "(PRAGMA journal_mode=DELETE), or SQLite 3.51.3 or newer",
                  path, sqlite3_libversion()));
}

// Creates the file with its final mode before SQLite would make it 0644.
absl::Status MakePrivateFile(const std::string& path, IfMissing if_missing) {
  struct stat status = {};
  if (stat(path.c_str(), &status) == 0) {
    if (S_ISREG(status.st_mode)) return absl::OkStatus();
    return absl::InvalidArgumentError(fmt::format("{}: is not a file", path));
  }
  if (if_missing == IfMissing::kFail) {
    return absl::NotFoundError(fmt::format("{}: there is no state; `clambake state init` makes it", path));
  }
  std::error_code error;
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  if (!folder.empty() && !std::filesystem::exists(folder, error)) {
    std::filesystem::create_directories(folder, error);
    if (!error) std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
    if (error) {
      return absl::FailedPreconditionError(fmt::format("{}: {}", folder.string(), error.message()));
    }
  }
  const int file = open(path.c_str(), O_CREAT | O_EXCL | O_RDWR | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (file < 0 && errno != EEXIST) {
    return absl::FailedPreconditionError(fmt::format("{}: {}", path, std::strerror(errno)));
  }
  if (file >= 0) close(file);
  return absl::OkStatus();
}

void NowFunction(sqlite3_context* context, int /*count*/, sqlite3_value** /*values*/) {
  auto* clock = static_cast<Clock*>(sqlite3_user_data(context));
  sqlite3_result_int64(context, absl::ToUnixMicros(clock->Now()));
}

// clambake_seal(text): SHA-256 in hexadecimal digits.
void SealFunction(sqlite3_context* context, int /*count*/, sqlite3_value** values) {
  const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(values[0]));
  const auto bytes = static_cast<std::size_t>(sqlite3_value_bytes(values[0]));
  constexpr std::size_t kPrefix = 7;  // "sha256:"
  const std::string digest = Digest(std::string_view(text == nullptr ? "" : text, bytes));
  sqlite3_result_text(context, digest.c_str() + kPrefix, static_cast<int>(digest.size() - kPrefix),
                      SQLITE_TRANSIENT);
}

class SqliteConnection : public Connection {
 public:
  SqliteConnection(Database database, std::string path)
      : database_(std::move(database)), path_(std::move(path)) {}

  [[nodiscard]] std::string_view engine() const override { return "sqlite"; }
  [[nodiscard]] WritableCte writable_cte() const override { return WritableCte::kNo; }

  absl::StatusOr<Rows> Run(std::string_view sql, std::initializer_list<Argument> arguments) override {
    CLAMBAKE_ASSIGN_OR_RETURN(sqlite3_stmt* const statement, Prepared(sql));
    Bind(statement, arguments);
    Rows result;
    const int before = sqlite3_total_changes(database_.get());
    int code = SQLITE_OK;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) result.rows.push_back(ReadRow(statement));
    absl::Status status = code == SQLITE_DONE ? absl::OkStatus() : Error(code);
    sqlite3_reset(statement);
    if (!status.ok()) return status;
    result.changed = sqlite3_total_changes(database_.get()) - before;
    return result;
  }

  absl::Status RunScript(std::string_view script) override {
    const int code = sqlite3_exec(database_.get(), std::string(script).c_str(), nullptr, nullptr, nullptr);
    return code == SQLITE_OK ? absl::OkStatus() : Error(code);
  }

  // IMMEDIATE: a deferred transaction that turns into a writer fails at once
  // with BUSY, however long the timeout.
  absl::Status Begin() override { return Run("BEGIN IMMEDIATE", {}).status(); }
  absl::Status Commit() override { return Run("COMMIT", {}).status(); }
  void Rollback() override {
    if (sqlite3_get_autocommit(database_.get()) == 0) Run("ROLLBACK", {}).IgnoreError();
  }

  [[nodiscard]] absl::Status Error(int code) const {
    const std::string text = fmt::format("{}: {}", path_, sqlite3_errmsg(database_.get()));
    switch (code & 0xFF) {
      case SQLITE_BUSY:
      case SQLITE_LOCKED:
      case SQLITE_IOERR:
      case SQLITE_FULL:
      case SQLITE_NOMEM:
        return absl::UnavailableError(text);
      default:
        return absl::FailedPreconditionError(text);
    }
  }

 private:
  absl::StatusOr<sqlite3_stmt*> Prepared(std::string_view sql) {
    auto known = statements_.find(sql);
    if (known != statements_.end()) return known->second.get();
    // ?1 is bound by its number, $1 by its name, which would be looked for each time.
    std::string numbered(sql);
    std::replace(numbered.begin(), numbered.end(), '$', '?');
    sqlite3_stmt* statement = nullptr;
    const int code = sqlite3_prepare_v3(database_.get(), numbered.data(), static_cast<int>(numbered.size()),
                                        SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
    if (code != SQLITE_OK) return Error(code);
    statements_.emplace(std::string(sql), Statement(statement));
    return statement;
  }

  static void Bind(sqlite3_stmt* statement, std::initializer_list<Argument> arguments) {
    int number = 0;
    for (const Argument& argument : arguments) {
      ++number;
      if (const auto* integer = std::get_if<std::int64_t>(&argument)) {
        sqlite3_bind_int64(statement, number, *integer);
      } else {
        const auto text = std::get<std::string_view>(argument);
        sqlite3_bind_text(statement, number, text.data() == nullptr ? "" : text.data(),
                          static_cast<int>(text.size()), SQLITE_STATIC);
      }
    }
  }

  static Row ReadRow(sqlite3_stmt* statement) {
    const int columns = sqlite3_column_count(statement);
    std::vector<Field> fields;
    fields.reserve(static_cast<std::size_t>(columns));
    for (int i = 0; i < columns; ++i) {
      if (sqlite3_column_type(statement, i) == SQLITE_INTEGER) {
        fields.emplace_back(std::int64_t{sqlite3_column_int64(statement, i)});
        continue;
      }
      const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, i));
      const auto bytes = static_cast<std::size_t>(sqlite3_column_bytes(statement, i));
      fields.emplace_back(text == nullptr ? std::string() : std::string(text, bytes));
    }
    return Row(std::move(fields));
  }

  Database database_;  // before the statements: they go first
  std::string path_;
  std::map<std::string, Statement, std::less<>> statements_;
};

absl::Status Configure(SqliteConnection& connection, const StoreOptions& options) {
  // FULL: a transaction that was reported as committed survives a power cut.
  absl::Status status = connection.RunScript("PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON");
  if (!status.ok()) return status;
  CLAMBAKE_ASSIGN_OR_RETURN(const Rows mode, connection.Run("PRAGMA journal_mode", {}));
  const bool is_wal = !mode.rows.empty() && mode.rows[0].Text(0) == "wal";
  const bool want_wal = options.journal == SqliteJournal::kWal;
  if ((is_wal || want_wal) && !WalIsSafe()) return WalRefused(options.location);
  if (is_wal) return absl::OkStatus();
  // A transaction ends with the journal cut to nothing and synced. Deleting it,
  // the default, ends it without a sync of the folder: the journal could be back
  // after a power cut, and undo what was reported as committed.
  return connection.RunScript(want_wal ? "PRAGMA journal_mode=WAL" : "PRAGMA journal_mode=TRUNCATE");
}

}  // namespace

absl::StatusOr<std::unique_ptr<Connection>> OpenSqlite(const StoreOptions& options) {
  if (options.clock == nullptr) return absl::InvalidArgumentError("SQLite state needs a clock");
  if (options.sqlite_vfs.empty()) {
    CLAMBAKE_RETURN_IF_ERROR(MakePrivateFile(options.location, options.if_missing));
  }
  sqlite3* raw = nullptr;
  // No mutex: a Connection is one thread's at a time, which SqlStore sees to.
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  const char* vfs = options.sqlite_vfs.empty() ? nullptr : options.sqlite_vfs.c_str();
  const int code = sqlite3_open_v2(options.location.c_str(), &raw, flags, vfs);
  auto connection = std::make_unique<SqliteConnection>(Database(raw), options.location);
  if (code != SQLITE_OK) return connection->Error(code);
  sqlite3_busy_timeout(raw, static_cast<int>(absl::ToInt64Milliseconds(options.busy_timeout)));
  sqlite3_create_function(raw, "clambake_now", 0, SQLITE_UTF8, options.clock, NowFunction, nullptr, nullptr);
  sqlite3_create_function(raw, "clambake_seal", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC, nullptr, SealFunction,
                          nullptr, nullptr);
  CLAMBAKE_RETURN_IF_ERROR(Configure(*connection, options));
  return connection;
}

}  // namespace clambake::store
