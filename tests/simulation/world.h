// The world around the library: one clock, one GitHub, one state, and the book
// of what really happened, against which the invariants are checked.
#ifndef CLAMBAKE_TESTS_SIMULATION_WORLD_H_
#define CLAMBAKE_TESTS_SIMULATION_WORLD_H_

#include <array>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "clambake/state_store.h"
#include "tests/fakes/memory_git.h"
#include "tests/fakes/simulated_github.h"
#include "tests/simulation/baton.h"
#include "tests/simulation/scenario.h"

namespace clambake::simulation {

inline constexpr std::string_view kScope = "octo/hello";

struct Violation {
  Invariant invariant;
  std::string text;
};

// Thrown to end every body: the time is over, or an invariant is broken.
struct Over {};

// What happened, as a number that any difference changes, and on paper if asked for.
class Trace {
 public:
  explicit Trace(std::FILE* paper) : paper_(paper) {}
  void Add(absl::Time at, std::string_view who, std::string_view what);
  [[nodiscard]] std::uint64_t digest() const { return digest_; }
  [[nodiscard]] std::uint64_t events() const { return events_; }

 private:
  void Mix(std::string_view bytes);

  std::FILE* paper_;
  std::uint64_t digest_ = 14'695'981'039'346'656'037U;  // FNV-1a
  std::uint64_t events_ = 0;
};

// An agent's finished work.
struct Landed {
  IssueNumber issue = 0;
  std::string branch;
  std::string sha;
  bool merged = false;    // seen on main: it stays there
  bool unwanted = false;  // a person closed the issue all the same
};

class Invariants;

class World {
 public:
  World(const Scenario& scenario, std::FILE* paper);
  ~World();

  // Everything of interest passes here. Throws Over if it breaks an invariant.
  void Event(std::string_view who, std::string_view what);
  // Ends the simulation with a violation.
  [[noreturn]] void Break(Invariant invariant, std::string text);
  void MayGoOn() const {
    if (over) throw Over{};
  }

  // Whether misfortune strikes now; counted, and never once all is calm.
  bool Strikes(unsigned per_mille);
  [[nodiscard]] absl::Duration Age() { return baton.Now() - start; }

  // The state as another process opens it: a connection of its own.
  [[nodiscard]] std::unique_ptr<StateStore> Connect();

  const Scenario scenario;
  Baton baton;
  const absl::Time start;
  MemoryGit* git;  // GitHub's
  SimulatedGithub github;
  std::unique_ptr<StateStore> store;  // as it really is, without fate
  Trace trace;
  std::string location;  // of the state, for a look past the store

  // The book.
  bool calm = false;  // the last days: no more misfortune, all flags on v2
  bool over = false;
  bool acting_for_restore = false;  // a snapshot comes back: rows jump
  bool cleaned_up = false;          // legacy is gone
  std::optional<Violation> violation;
  std::vector<Landed> landed;
  std::set<IssueNumber> unwanted;  // closed by a person
  RunLease last_lease;             // of the newest run
  std::string last_run;            // whose it is
  std::array<bool, 3> enabled{};   // the operators' flags, by component
  std::array<int, 3> bad{};        // v2 fails so often, per mille
  std::uint64_t faults = 0;
  std::map<std::string, std::uint64_t, std::less<>>
      seams;  // where a fragile process can die, and how often it called
  std::set<std::string> kill_points;
  std::uint64_t cycles = 0;
  std::uint64_t pulls = 0;
  std::uint64_t merges = 0;
  std::uint64_t legacy_twins = 0;  // what legacy did twice: a known defect, not forgiven to v2
  std::uint64_t rollbacks = 0;
  std::uint64_t promotions = 0;
  std::uint64_t cleanups = 0;

  std::unique_ptr<Invariants> invariants;
};

}  // namespace clambake::simulation

#endif  // CLAMBAKE_TESTS_SIMULATION_WORLD_H_
