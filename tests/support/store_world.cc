#include "tests/support/store_world.h"

#include <sqlite3.h>

#include <cstdio>
#include <filesystem>
#include <stdexcept>

#include "tests/support/postgres_server.h"

namespace clambake {

std::string Name(Engine engine) { return engine == Engine::kSqlite ? "sqlite" : "postgresql"; }

std::vector<Engine> EnginesHere() {
  if (PostgresServer::Instance() != nullptr) return {Engine::kSqlite, Engine::kPostgres};
  std::fputs("skipped: PostgreSQL (no server, no user for it, or no libpq here)\n", stderr);
  return {Engine::kSqlite};
}

StoreWorld::StoreWorld(Engine engine) : engine_(engine) {
  if (engine == Engine::kPostgres) {
    location_ = PostgresServer::Instance()->NewDatabase();
    return;
  }
  std::string pattern = (std::filesystem::temp_directory_path() / "clambake-store-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
  folder_ = pattern;
  location_ = folder_ + "/state.db";
}

StoreWorld::~StoreWorld() {
  std::error_code error;
  if (!folder_.empty()) std::filesystem::remove_all(folder_, error);
}

std::unique_ptr<StateStore> StoreWorld::Open() {
  StoreOptions options;
  options.location = location_;
  options.clock = &clock;
  auto store = OpenStateStore(options);
  if (!store.ok()) throw std::runtime_error(store.status().ToString());
  return *std::move(store);
}

void StoreWorld::Execute(const std::string& sql) {
  if (engine_ == Engine::kPostgres) {
    PostgresServer::Execute(location_, "SET search_path = clambake; " + sql);
    return;
  }
  sqlite3* database = nullptr;
  sqlite3_open(location_.c_str(), &database);
  const int code = sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr);
  const std::string error = sqlite3_errmsg(database);
  sqlite3_close(database);
  if (code != SQLITE_OK) throw std::runtime_error(error);
}

}  // namespace clambake
