// How the state is opened, and when it is not.
#include <sqlite3.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "tests/support/catch.h"
#include "tests/support/store_world.h"

namespace clambake {
namespace {

StoreOptions At(const std::string& location, Clock* clock) {
  StoreOptions options;
  options.location = location;
  options.clock = clock;
  return options;
}

absl::StatusCode CodeOf(const StoreOptions& options) { return OpenStateStore(options).status().code(); }

unsigned ModeOf(const std::string& path) {
  struct stat status = {};
  REQUIRE(stat(path.c_str(), &status) == 0);
  return status.st_mode & 0777U;
}

}  // namespace

TEST_CASE("the state file and a folder made for it are for their owner alone") {
  StoreWorld world(Engine::kSqlite);
  const std::filesystem::path folder =
      std::filesystem::path(world.location()).parent_path() / "new" / "clambake";
  REQUIRE(OpenStateStore(At(folder / "state.db", &world.clock)).ok());
  CHECK(ModeOf(folder / "state.db") == 0600);
  CHECK(ModeOf(folder) == 0700);
}

TEST_CASE("a state that must exist is not made") {
  StoreWorld world(Engine::kSqlite);
  StoreOptions options = At(world.location(), &world.clock);
  options.if_missing = IfMissing::kFail;
  CHECK(CodeOf(options) == absl::StatusCode::kNotFound);
  CHECK_FALSE(std::filesystem::exists(world.location()));
}

TEST_CASE("WAL is refused where SQLite can damage it, asked for or found") {
  if (sqlite3_libversion_number() >= 3'051'003) return;
  StoreWorld world(Engine::kSqlite);
  StoreOptions options = At(world.location(), &world.clock);
  options.journal = SqliteJournal::kWal;
  CHECK(CodeOf(options) == absl::StatusCode::kFailedPrecondition);
  world.Open();
  world.Execute("PRAGMA journal_mode=WAL");
  CHECK(CodeOf(At(world.location(), &world.clock)) == absl::StatusCode::kFailedPrecondition);
}

TEST_CASE("what is not a state is refused and left as it is") {
  StoreWorld world(Engine::kSqlite);
  const std::string text = "This is a letter, and not a database. " + std::string(4096, 'x');
  std::ofstream(world.location()) << text;
  CHECK(CodeOf(At(world.location(), &world.clock)) == absl::StatusCode::kFailedPrecondition);
  std::ifstream in(world.location());
  CHECK(std::string(std::istreambuf_iterator<char>(in), {}) == text);
  CHECK(CodeOf(At("/", &world.clock)) == absl::StatusCode::kInvalidArgument);
  CHECK(CodeOf(At("", &world.clock)) == absl::StatusCode::kInvalidArgument);
  CHECK(CodeOf(At("mysql://host/db", &world.clock)) == absl::StatusCode::kInvalidArgument);
}

TEST_CASE("PostgreSQL off this host must be verified, whatever the URL calls it") {
  ManualClock clock;
  if (!PostgresIsBuilt()) {
    CHECK(CodeOf(At("postgresql:///x", &clock)) == absl::StatusCode::kFailedPrecondition);
    return;
  }
  for (const char* url : {"postgresql://db.example.com/x", "postgresql://u:hidden@10.0.0.1/x?sslmode=require",
                          "postgresql:///x?hostaddr=192.0.2.1", "postgresql://localhost,db.example.com/x",
                          "postgres://db.example.com/x?sslmode=verify-ca"}) {
    INFO(url);
    auto refused = OpenStateStore(At(url, &clock)).status();
    CHECK(refused.code() == absl::StatusCode::kInvalidArgument);
    CHECK_THAT(std::string(refused.message()), ContainsSubstring("verify-full"));
    CHECK_THAT(std::string(refused.message()), !ContainsSubstring("hidden"));
  }
  auto away = OpenStateStore(At("postgresql:///x?host=/nowhere", &clock)).status();
  CHECK(away.code() == absl::StatusCode::kUnavailable);
}

TEST_CASE("PostgreSQL asked for by the environment is checked as well") {
  if (!PostgresIsBuilt()) return;
  ManualClock clock;
  setenv("PGHOST", "db.example.com", 1);
  CHECK(CodeOf(At("postgresql:///x", &clock)) == absl::StatusCode::kInvalidArgument);
  unsetenv("PGHOST");
}

}  // namespace clambake
