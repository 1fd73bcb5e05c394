// One connection to a SQL database, whichever engine. The statements of this
// room are written once: `$1` `$2` are parameters, `clambake_now()` is the
// store's clock in microseconds since 1970, `clambake_fence()` the next fence.
#ifndef CLAMBAKE_STORE_SQL_H_
#define CLAMBAKE_STORE_SQL_H_

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "clambake/state_store.h"

namespace clambake::store {

// A parameter. Texts must not contain NUL and outlive the call.
using Argument = std::variant<std::int64_t, std::string_view>;

// A field of a result, an integer if the engine gives it as one; NULL is "".
using Field = std::variant<std::string, std::int64_t>;

// Reads either as what is asked for.
class Row {
 public:
  explicit Row(std::vector<Field> fields) : fields_(std::move(fields)) {}
  [[nodiscard]] std::string Text(std::size_t column) const;
  [[nodiscard]] std::int64_t Int(std::size_t column) const;
  [[nodiscard]] absl::Time Time(std::size_t column) const;

 private:
  std::vector<Field> fields_;
};

struct Rows {
  std::vector<Row> rows;
  std::int64_t changed = 0;  // rows inserted, updated or deleted
};

// Thread-compatible.
class Connection {
 public:
  virtual ~Connection() = default;

  [[nodiscard]] virtual std::string_view engine() const = 0;

  // Runs one statement. Its text is prepared once and remembered, so it must
  // come from a bounded set.
  virtual absl::StatusOr<Rows> Run(std::string_view sql, std::initializer_list<Argument> arguments) = 0;

  // Runs a script without parameters or results, such as a migration.
  virtual absl::Status RunScript(std::string_view script) = 0;

  // A transaction that may write. A conflict with another one surfaces as
  // kRetry from any call within; after an error only Rollback may follow.
  virtual absl::Status Begin() = 0;
  virtual absl::Status Commit() = 0;
  virtual void Rollback() = 0;

  // Whether one statement may hold others that change data (WITH … UPDATE), so
  // that a claim is a single round trip.
  enum class WritableCte { kNo, kYes };
  [[nodiscard]] virtual WritableCte writable_cte() const = 0;
};

// The code of a transaction that lost against another and may simply run again.
inline constexpr absl::StatusCode kRetry = absl::StatusCode::kCancelled;

absl::StatusOr<std::unique_ptr<Connection>> OpenSqlite(const StoreOptions& options);
absl::StatusOr<std::unique_ptr<Connection>> OpenPostgres(const StoreOptions& options);

// Brings the schema up to date; each migration is a transaction of its own.
absl::Status Migrate(Connection& connection);

std::int64_t ToMicros(absl::Duration duration);

}  // namespace clambake::store

#endif  // CLAMBAKE_STORE_SQL_H_
