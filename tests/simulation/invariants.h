// What must never be, looked at from outside: straight from the tables of the
// state, from GitHub's own world, and from the book of what really happened.
#ifndef CLAMBAKE_TESTS_SIMULATION_INVARIANTS_H_
#define CLAMBAKE_TESTS_SIMULATION_INVARIANTS_H_

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "clambake/feature_flags.h"
#include "clambake/rollout.h"
#include "tests/simulation/world.h"

struct sqlite3;
struct sqlite3_stmt;

namespace clambake::simulation {

class Process;

class Invariants {
 public:
  explicit Invariants(World& world);
  ~Invariants();
  Invariants(const Invariants&) = delete;
  Invariants& operator=(const Invariants&) = delete;

  // After a call of a seam, by its name: those checks that it can break.
  void After(std::string_view call);
  // After a person merged, closed or deleted, and every day.
  void CheckLanded();
  // What could be done and is not, "" if there is nothing.
  [[nodiscard]] std::string Undone() const;
  // A process looks at a document, or decided: on what the state said when it
  // looked, which it must do each time.
  void NoteLook(Process& process, std::string_view key);
  void CheckDecision(Process& process, Component component, Generation generation);
  // A process counts a sample; what it counted itself is the evidence.
  void CountSample(Component component, std::string_view rollout, std::int64_t step, Arm arm);

  // A statement past the store: for planted bugs alone.
  void Execute(const std::string& sql);

 private:
  struct Row {
    std::string state;
    std::string owner;
    std::int64_t fence = 0;
    std::int64_t lease_until = 0;
    std::string branch;
    std::uint64_t look = 0;  // at which it was seen last
  };
  struct Change {
    IssueNumber issue = 0;
    Row before;
  };
  struct Rollout {
    std::string id;
    std::string status = "none";
    std::int64_t step = 0;
    bool latched = false;
    absl::Time entered;
  };

  [[nodiscard]] sqlite3_stmt* Prepare(std::string_view sql);
  [[nodiscard]] std::int64_t ReadNumber(std::string_view sql);
  // Whether anybody has changed the state since this was asked last.
  [[nodiscard]] bool HasChanged();
  void CheckRows(std::string_view call);
  [[nodiscard]] std::vector<Change> ReadRows();
  void CheckLegacyCount(std::size_t rows);
  void ForgetUnlanded();
  void CheckTransition(std::string_view call, IssueNumber issue, const Row& before, const Row& now);
  void CheckRollouts();
  void CheckCleanup();
  void CheckArchive();
  void CheckPromotion(Component component, const Rollout& before, const Rollout& now);
  void CheckEffects();
  void CheckPull(const WorldIssue& pull);
  void CheckComment(const WorldComment& comment);
  [[nodiscard]] Rollout ReadRollout(Component component);
  [[nodiscard]] bool IsInOpenPull(const Landed& landed);

  World& world_;
  sqlite3* database_ = nullptr;
  sqlite3_stmt* changes_ = nullptr;
  std::int64_t seen_change_ = -1;
  sqlite3_stmt* rows_ = nullptr;
  sqlite3_stmt* legacy_count_ = nullptr;
  sqlite3_stmt* document_ = nullptr;
  sqlite3_stmt* copy_ = nullptr;
  std::map<IssueNumber, Row> known_;
  std::uint64_t look_ = 0;
  std::array<Rollout, 3> rollouts_;
  std::map<std::tuple<Component, std::string, std::int64_t, Arm>, std::int64_t> samples_;
  std::int64_t copy_version_ = 0;  // of the snapshot before the cleanup
  absl::Time copied_;
  std::int64_t seen_number_ = 0;
  std::int64_t seen_id_ = 0;
};

}  // namespace clambake::simulation

#endif  // CLAMBAKE_TESTS_SIMULATION_INVARIANTS_H_
