// PostgreSQL: one state for instances on several machines.
#include "base/late_library.h"
#include "base/status_macros.h"
#include "clambake/state_store.h"
#include "store/sql.h"

#if CLAMBAKE_HAS_POSTGRES

#include <libpq-fe.h>

#include <map>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "fmt/format.h"

namespace clambake::store {
namespace {

// libpq, bound at its first use: see base/late_library.h.
struct PqLibrary {
  PqLibrary() {
    library.Bind("PQclear", clear);
    library.Bind("PQcmdTuples", cmdTuples);
    library.Bind("PQconndefaults", conndefaults);
    library.Bind("PQconnectdb", connectdb);
    library.Bind("PQconninfo", conninfo);
    library.Bind("PQconninfoFree", conninfoFree);
    library.Bind("PQconninfoParse", conninfoParse);
    library.Bind("PQerrorMessage", errorMessage);
    library.Bind("PQexec", exec);
    library.Bind("PQexecPrepared", execPrepared);
    library.Bind("PQfinish", finish);
    library.Bind("PQfreemem", freemem);
    library.Bind("PQgetvalue", getvalue);
    library.Bind("PQnfields", nfields);
    library.Bind("PQntuples", ntuples);
    library.Bind("PQprepare", prepare);
    library.Bind("PQreset", reset);
    library.Bind("PQresultErrorField", resultErrorField);
    library.Bind("PQresultErrorMessage", resultErrorMessage);
    library.Bind("PQresultStatus", resultStatus);
    library.Bind("PQstatus", status);
  }

  LateLibrary library{"libpq.so.5"};
  decltype(::PQclear)* clear = nullptr;
  decltype(::PQcmdTuples)* cmdTuples = nullptr;
  decltype(::PQconndefaults)* conndefaults = nullptr;
  decltype(::PQconnectdb)* connectdb = nullptr;
  decltype(::PQconninfo)* conninfo = nullptr;
  decltype(::PQconninfoFree)* conninfoFree = nullptr;
  decltype(::PQconninfoParse)* conninfoParse = nullptr;
  decltype(::PQerrorMessage)* errorMessage = nullptr;
  decltype(::PQexec)* exec = nullptr;
  decltype(::PQexecPrepared)* execPrepared = nullptr;
  decltype(::PQfinish)* finish = nullptr;
  decltype(::PQfreemem)* freemem = nullptr;
  decltype(::PQgetvalue)* getvalue = nullptr;
  decltype(::PQnfields)* nfields = nullptr;
  decltype(::PQntuples)* ntuples = nullptr;
  decltype(::PQprepare)* prepare = nullptr;
  decltype(::PQreset)* reset = nullptr;
  decltype(::PQresultErrorField)* resultErrorField = nullptr;
  decltype(::PQresultErrorMessage)* resultErrorMessage = nullptr;
  decltype(::PQresultStatus)* resultStatus = nullptr;
  decltype(::PQstatus)* status = nullptr;
};

const PqLibrary& Pq() {
  static const PqLibrary pq;
  return pq;
}

struct FinishConnection {
  void operator()(PGconn* connection) const { Pq().finish(connection); }
};
struct ClearResult {
  void operator()(PGresult* result) const { Pq().clear(result); }
};
struct FreeOptions {
  void operator()(PQconninfoOption* options) const { Pq().conninfoFree(options); }
};
using Result = std::unique_ptr<PGresult, ClearResult>;
using ConnectionOptions = std::unique_ptr<PQconninfoOption, FreeOptions>;

bool IsThisHost(std::string_view host) {
  return host.empty() || host.starts_with("/") || host.starts_with("@") || host == "localhost" ||
         host.starts_with("127.") || host == "::1";
}

std::string ValueOf(const PQconninfoOption* options, std::string_view keyword) {
  for (; options != nullptr && options->keyword != nullptr; ++options) {
    if (options->keyword == keyword && options->val != nullptr) return options->val;
  }
  return "";
}

// Off this host nothing but a verified server may see the password or the
// state. `options` are those in effect, environment and service file included.
absl::Status CheckTransport(const PQconninfoOption* options) {
  if (ValueOf(options, "sslmode") == "verify-full") return absl::OkStatus();
  for (const char* keyword : {"host", "hostaddr"}) {
    for (const absl::string_view host : absl::StrSplit(ValueOf(options, keyword), ',')) {
      if (IsThisHost(std::string_view(host.data(), host.size()))) continue;
      return absl::InvalidArgumentError(
          fmt::format("state: PostgreSQL on \"{}\" must be asked for with sslmode=verify-full",
                      std::string_view(host.data(), host.size())));
    }
  }
  return absl::OkStatus();
}

std::string FirstLine(std::string_view text) { return std::string(text.substr(0, text.find('\n'))); }

class PostgresConnection : public Connection {
 public:
  PostgresConnection(PGconn* connection, Clock* clock) : connection_(connection), clock_(clock) {}

  [[nodiscard]] std::string_view engine() const override { return "postgresql"; }
  [[nodiscard]] WritableCte writable_cte() const override { return WritableCte::kYes; }

  absl::StatusOr<Rows> Run(std::string_view sql, std::initializer_list<Argument> arguments) override {
    CLAMBAKE_RETURN_IF_ERROR(Revive());
    CLAMBAKE_ASSIGN_OR_RETURN(const std::string name, Prepared(sql, arguments.size()));
    std::vector<std::string> texts;
    texts.reserve(arguments.size());
    for (const Argument& argument : arguments) texts.push_back(AsText(argument));
    std::vector<const char*> values;
    values.reserve(texts.size());
    for (const std::string& text : texts) values.push_back(text.c_str());
    Result result(Pq().execPrepared(connection_.get(), name.c_str(), static_cast<int>(values.size()),
                                    values.data(), nullptr, nullptr, 0));
    return ReadRows(result.get());
  }

  absl::Status RunScript(std::string_view script) override {
    CLAMBAKE_RETURN_IF_ERROR(Revive());
    Result result(Pq().exec(connection_.get(), std::string(script).c_str()));
    return ReadRows(result.get()).status();
  }

  absl::Status Begin() override {
    absl::Status begun = RunScript("BEGIN ISOLATION LEVEL READ COMMITTED");
    in_transaction_ = begun.ok();
    return begun;
  }
  absl::Status Commit() override {
    absl::Status committed = RunScript("COMMIT");
    in_transaction_ = false;
    return committed;
  }
  void Rollback() override {
    // Straight: within a transaction that failed nothing else is taken, not even the time.
    if (in_transaction_) Result(Pq().exec(connection_.get(), "ROLLBACK"));
    in_transaction_ = false;
  }

  // Gives a simulation's clock to the database; the real one needs nothing.
  absl::Status TellTime() {
    if (clock_ == nullptr) return absl::OkStatus();
    const std::int64_t now = absl::ToUnixMicros(clock_->Now());
    Result result(Pq().exec(connection_.get(), fmt::format("SET clambake.now = '{}'", now).c_str()));
    return ReadRows(result.get()).status();
  }

  // A process that is stopped within a transaction must not hold its locks, and
  // nobody waits for them for ever.
  absl::Status Prepare() {
    Result result(Pq().exec(connection_.get(),
                            "SET client_min_messages = warning; CREATE SCHEMA IF NOT EXISTS clambake; "
                            "SET search_path = clambake; SET lock_timeout = '30s'; "
                            "SET idle_in_transaction_session_timeout = '30s'"));
    statements_.clear();
    return ReadRows(result.get()).status();
  }

 private:
  // A connection that broke between transactions is made anew; within one, the
  // transaction is lost and the caller hears of it.
  absl::Status Revive() {
    if (Pq().status(connection_.get()) != CONNECTION_OK) {
      if (in_transaction_) return absl::UnavailableError("state: the connection to PostgreSQL was lost");
      Pq().reset(connection_.get());
      if (Pq().status(connection_.get()) != CONNECTION_OK) return ConnectionError();
      CLAMBAKE_RETURN_IF_ERROR(Prepare());
    }
    return TellTime();
  }

  [[nodiscard]] absl::Status ConnectionError() const {
    return absl::UnavailableError(fmt::format("state: {}", FirstLine(Pq().errorMessage(connection_.get()))));
  }

  absl::StatusOr<std::string> Prepared(std::string_view sql, std::size_t arguments) {
    auto known = statements_.find(sql);
    if (known != statements_.end()) return known->second;
    std::string name = fmt::format("c{}", statements_.size());
    Result result(Pq().prepare(connection_.get(), name.c_str(), std::string(sql).c_str(),
                               static_cast<int>(arguments), nullptr));
    CLAMBAKE_ASSIGN_OR_RETURN(const Rows prepared, ReadRows(result.get()));
    statements_.emplace(std::string(sql), name);
    return name;
  }

  static std::string AsText(const Argument& argument) {
    if (const auto* integer = std::get_if<std::int64_t>(&argument)) return std::to_string(*integer);
    return std::string(std::get<std::string_view>(argument));
  }

  absl::StatusOr<Rows> ReadRows(const PGresult* result) const {
    const ExecStatusType status = Pq().resultStatus(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) return Error(result);
    Rows rows;
    for (int i = 0; i < Pq().ntuples(result); ++i) {
      std::vector<Field> fields;
      for (int j = 0; j < Pq().nfields(result); ++j)
        fields.emplace_back(std::string(Pq().getvalue(result, i, j)));
      rows.rows.emplace_back(std::move(fields));
    }
    rows.changed = std::atoll(Pq().cmdTuples(const_cast<PGresult*>(result)));
    return rows;
  }

  [[nodiscard]] absl::Status Error(const PGresult* result) const {
    const char* code = result == nullptr ? nullptr : Pq().resultErrorField(result, PG_DIAG_SQLSTATE);
    if (code == nullptr || Pq().status(connection_.get()) != CONNECTION_OK) return ConnectionError();
    const std::string text = fmt::format("state: {} ({})", FirstLine(Pq().resultErrorMessage(result)), code);
    const std::string_view state = code;
    if (state == "40001" || state == "40P01") return absl::Status(kRetry, text);
    // A lock held for too long, an idle transaction ended: it passes.
    if (state == "55P03" || state == "25P03") return absl::UnavailableError(text);
    // So do shortages, operators' interventions and system errors.
    if (state.starts_with("53") || state.starts_with("57") || state.starts_with("58")) {
      return absl::UnavailableError(text);
    }
    return absl::FailedPreconditionError(text);
  }

  std::unique_ptr<PGconn, FinishConnection> connection_;
  Clock* clock_;
  bool in_transaction_ = false;
  std::map<std::string, std::string, std::less<>> statements_;
};

// What libpq would use for `location`: its own values over the defaults, which
// take in the environment.
absl::Status CheckLocation(const std::string& location) {
  char* error = nullptr;
  ConnectionOptions given(Pq().conninfoParse(location.c_str(), &error));
  const std::string why = error == nullptr ? "" : FirstLine(error);
  Pq().freemem(error);
  if (given == nullptr) return absl::InvalidArgumentError(fmt::format("state: {}", why));
  ConnectionOptions effective(Pq().conndefaults());
  for (PQconninfoOption* option = effective.get(); option != nullptr && option->keyword != nullptr;
       ++option) {
    const std::string value = ValueOf(given.get(), option->keyword);
    if (value.empty()) continue;
    Pq().freemem(option->val);
    option->val = strdup(value.c_str());
  }
  return CheckTransport(effective.get());
}

}  // namespace

absl::StatusOr<std::unique_ptr<Connection>> OpenPostgres(const StoreOptions& options) {
  if (!Pq().library.status().ok()) return Pq().library.status();
  absl::Status safe = CheckLocation(options.location);
  if (!safe.ok()) return safe;
  PGconn* raw = Pq().connectdb(options.location.c_str());
  auto connection = std::make_unique<PostgresConnection>(raw, options.clock);
  if (Pq().status(raw) != CONNECTION_OK) {
    return absl::UnavailableError(fmt::format("state: {}", FirstLine(Pq().errorMessage(raw))));
  }
  // A service file is read while connecting: look again at what is in effect.
  ConnectionOptions effective(Pq().conninfo(raw));
  safe = CheckTransport(effective.get());
  if (!safe.ok()) return safe;
  CLAMBAKE_RETURN_IF_ERROR(connection->Prepare());
  return connection;
}

}  // namespace clambake::store

#else

namespace clambake::store {

absl::StatusOr<std::unique_ptr<Connection>> OpenPostgres(const StoreOptions& /*options*/) {
  return absl::FailedPreconditionError(
      "state: this build cannot talk to PostgreSQL; build with libpq, or name a file with --state");
}

}  // namespace clambake::store

#endif
