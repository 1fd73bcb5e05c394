// What the state costs: claims a second and journal writes, beside a bare loop
// that sends the same SQL to the same database in the same run.
//   store_bench [FOLDER] [postgresql://…]
#include <sqlite3.h>
#if __has_include(<postgresql/libpq-fe.h>)
#include <postgresql/libpq-fe.h>
#define CLAMBAKE_BENCH_POSTGRES 1
#endif

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "clambake/clock.h"
#include "clambake/state_store.h"
#include "fmt/format.h"

namespace {

using clambake::StateStore;

constexpr int kClaims = 2'000;
constexpr int kRounds = 5;
constexpr const char* kNow = "1767323045000000";

template <typename F>
double Seconds(F work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void Require(bool ok, const char* what) {
  if (ok) return;
  std::fprintf(stderr, "store_bench: %s failed\n", what);
  std::exit(1);
}

void Fill(StateStore& store, const std::string& scope) {
  std::vector<clambake::ReadyIssue> issues;
  for (int i = 1; i <= kClaims; ++i) issues.push_back({i, i % 5});
  Require(store.Enqueue(scope, issues).ok(), "enqueue");
}

void ClaimOurs(StateStore& store, const std::string& scope, int count) {
  for (int i = 0; i < count; ++i) {
    const auto claim = store.ClaimNext(scope, "agent001", absl::Hours(1));
    Require(claim.ok() && claim->has_value(), "claim");
  }
}

// The journal's two transactions around each operation.
double Journal(StateStore& store, const std::string& scope) {
  const auto lease = store.StartRun(scope, "bench", absl::Hours(1));
  Require(lease.ok(), "start");
  std::vector<clambake::JournalEntry> entries;
  for (int i = 0; i < kClaims; ++i) {
    clambake::JournalEntry entry;
    entry.id = std::to_string(i);
    entry.lane = "lane" + entry.id;
    entry.payload = "{\"issue\":12,\"labels\":[\"agent001\"]}";
    entries.push_back(entry);
  }
  Require(store.RecordIntents(*lease, entries, {}).ok(), "intents");
  const double rate = kClaims / Seconds([&] {
                        for (clambake::JournalEntry& entry : entries) {
                          Require(store.RecordAttempt(*lease, entry.id).ok(), "attempt");
                          entry.state = clambake::OperationState::kConfirmed;
                          Require(store.RecordOutcome(*lease, entry, {}).ok(), "outcome");
                        }
                      });
  Require(store.EndRun(*lease).ok(), "end");
  return rate;
}

constexpr const char* kTake =
    "UPDATE work SET state = 'claimed', owner = 'agent001', fence = ?1, lease_until = ?2, updated_at = ?2 "
    "WHERE scope = ?3 AND issue = (SELECT issue FROM work WHERE scope = ?3 AND state = 'ready' "
    "ORDER BY rank, issue LIMIT 1) RETURNING issue";
constexpr const char* kLegacy =
    "INSERT INTO legacy_work (scope, issue, state, agent, branch) SELECT scope, issue, 'working', owner, "
    "branch "
    "FROM work WHERE scope = ?1 AND issue = ?2 ON CONFLICT (scope, issue) DO UPDATE SET "
    "state = excluded.state, agent = excluded.agent, branch = excluded.branch";

// Steps to the end; the first column of the first row, or 0.
sqlite3_int64 Step(sqlite3_stmt* statement) {
  sqlite3_int64 value = 0;
  int code = sqlite3_step(statement);
  if (code == SQLITE_ROW) value = sqlite3_column_int64(statement, 0);
  while (code == SQLITE_ROW) code = sqlite3_step(statement);
  Require(code == SQLITE_DONE, "bare claim");
  sqlite3_reset(statement);
  return value;
}

// The same transaction by hand.
class BareLoop {
 public:
  virtual ~BareLoop() = default;
  virtual void Claim(int count) = 0;
};

class BareSqlite : public BareLoop {
 public:
  BareSqlite(const std::string& path, const std::string& scope) : scope_(scope) {
    Require(sqlite3_open(path.c_str(), &database_) == SQLITE_OK, "open");
    sqlite3_exec(database_, "PRAGMA synchronous=FULL; PRAGMA journal_mode=TRUNCATE", nullptr, nullptr,
                 nullptr);
    for (const char* sql : {"BEGIN IMMEDIATE", "UPDATE fence SET value = value + 1 RETURNING value", kTake,
                            kLegacy, "COMMIT"}) {
      sqlite3_stmt* statement = nullptr;
      Require(sqlite3_prepare_v2(database_, sql, -1, &statement, nullptr) == SQLITE_OK, sql);
      statements_.push_back(statement);
    }
    sqlite3_bind_text(statements_[2], 2, kNow, -1, SQLITE_STATIC);
    sqlite3_bind_text(statements_[2], 3, scope_.c_str(), -1, SQLITE_STATIC);
    sqlite3_bind_text(statements_[3], 1, scope_.c_str(), -1, SQLITE_STATIC);
  }
  ~BareSqlite() override {
    for (sqlite3_stmt* statement : statements_) sqlite3_finalize(statement);
    sqlite3_close(database_);
  }
  BareSqlite(const BareSqlite&) = delete;
  BareSqlite& operator=(const BareSqlite&) = delete;

  void Claim(int count) override {
    for (int i = 0; i < count; ++i) {
      Step(statements_[0]);
      sqlite3_bind_int64(statements_[2], 1, Step(statements_[1]));
      sqlite3_bind_int64(statements_[3], 2, Step(statements_[2]));
      Step(statements_[3]);
      Step(statements_[4]);
    }
  }

 private:
  std::string scope_;
  sqlite3* database_ = nullptr;
  std::vector<sqlite3_stmt*> statements_;
};

#if CLAMBAKE_BENCH_POSTGRES
class BarePostgres : public BareLoop {
 public:
  BarePostgres(const std::string& url, const std::string& scope)
      : scope_(scope), connection_(PQconnectdb(url.c_str())) {
    PQclear(PQexec(connection_, "SET search_path = clambake"));
    const char* const sql =
        "WITH p AS MATERIALIZED (SELECT scope, issue FROM work WHERE scope = $1 AND state = 'ready' "
        "ORDER BY rank, issue FOR UPDATE SKIP LOCKED LIMIT 1), c AS (UPDATE work w SET state = 'claimed', "
        "owner = 'agent001', fence = nextval('fence'), lease_until = clambake_now() + $2, "
        "updated_at = clambake_now() FROM p WHERE w.scope = p.scope AND w.issue = p.issue RETURNING w.*), "
        "l AS (INSERT INTO legacy_work (scope, issue, state, agent, branch) SELECT scope, issue, 'working', "
        "owner, branch FROM c ON CONFLICT (scope, issue) DO UPDATE SET state = excluded.state, "
        "agent = excluded.agent, branch = excluded.branch) SELECT issue, fence FROM c";
    PQclear(PQprepare(connection_, "claim", sql, 2, nullptr));
  }
  ~BarePostgres() override { PQfinish(connection_); }
  BarePostgres(const BarePostgres&) = delete;
  BarePostgres& operator=(const BarePostgres&) = delete;

  void Claim(int count) override {
    const char* const values[] = {scope_.c_str(), "3600000000"};
    for (int i = 0; i < count; ++i) {
      PGresult* result = PQexecPrepared(connection_, "claim", 2, values, nullptr, nullptr, 0);
      Require(PQntuples(result) == 1, PQerrorMessage(connection_));
      PQclear(result);
    }
  }

 private:
  std::string scope_;
  PGconn* connection_;
};
#endif

std::unique_ptr<BareLoop> NewBareLoop(const std::string& location, const std::string& scope) {
#if CLAMBAKE_BENCH_POSTGRES
  if (location.find("://") != std::string::npos) return std::make_unique<BarePostgres>(location, scope);
#endif
  return std::make_unique<BareSqlite>(location, scope);
}

// Seconds that each took for the same number of claims, in turns so short that
// what else the machine and the database do falls on both alike.
struct Turns {
  double ours = 0;
  double bare = 0;
};
Turns TakeTurns(StateStore& store, BareLoop& bare, const std::string& scope) {
  constexpr int kSlice = 20;
  Turns turns;
  for (int done = 0; done < kClaims; done += 2 * kSlice) {
    turns.ours += Seconds([&] { ClaimOurs(store, scope, kSlice); });
    turns.bare += Seconds([&] { bare.Claim(kSlice); });
  }
  return turns;
}

void Measure(const std::string& location) {
  const auto clock = clambake::NewSystemClock();
  clambake::StoreOptions options;
  options.location = location;
  options.clock = location.find("://") != std::string::npos ? nullptr : clock.get();
  std::string engine;
  std::vector<double> ratios;
  double ours = 0;
  double bare = 0;
  double journal = 0;
  const auto run = std::chrono::steady_clock::now().time_since_epoch().count();
  for (int round = 0; round < kRounds; ++round) {
    const std::string scope = fmt::format("bench/{}-{}", run, round);
    auto store = clambake::OpenStateStore(options);
    Require(store.ok(), "opening the state");
    engine = (*store)->engine();
    Fill(**store, scope);
    const Turns turns = TakeTurns(**store, *NewBareLoop(location, scope), scope);
    ours = std::max(ours, kClaims / 2 / turns.ours);
    bare = std::max(bare, kClaims / 2 / turns.bare);
    ratios.push_back(turns.bare / turns.ours);
    journal = std::max(journal, Journal(**store, scope));
  }
  std::sort(ratios.begin(), ratios.end());
  fmt::print(
      "{:<10} claims/s {:>6.0f}   bare SQL {:>6.0f}   ratio {:.2f} ({:.2f} to {:.2f})   journal {:.0f} us an "
      "operation\n",
      engine, ours, bare, ratios[kRounds / 2], ratios.front(), ratios.back(), 1e6 / journal);
}

}  // namespace

int main(int argc, char* argv[]) {
  const std::string folder = argc > 1 ? argv[1] : "/tmp";
  const std::string path = folder + "/clambake-store-bench.db";
  std::filesystem::remove(path);
  Measure(path);
  std::filesystem::remove(path);
  if (argc > 2) Measure(argv[2]);
  return 0;
}
