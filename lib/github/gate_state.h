// The rules of GitHub's limits, as a value: what was sent, what may be sent.
// No file, no clock, no waiting: see gate.h for those.
#ifndef CLAMBAKE_GITHUB_GATE_STATE_H_
#define CLAMBAKE_GITHUB_GATE_STATE_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "absl/time/time.h"

namespace clambake {

enum class PassageKind {
  kRead,    // GET: 1 point
  kQuery,   // GraphQL query: 1 point, another budget
  kDelete,  // 5 points, creates nothing
  kWrite,   // 5 points, counts as creating content
  kNotify,  // the same, and people are notified
};

struct Passage {
  PassageKind kind = PassageKind::kRead;
  int wanted = 1;                              // reads alone may want more than one
  absl::Duration longest = absl::Seconds(31);  // a write has ended after this for certain
};

struct Admission {
  int granted = 0;                             // 0: not now
  absl::Duration wait = absl::ZeroDuration();  // ask again after this
  std::string_view reason;                     // for people
};

// What an answer says about limits.
struct LimitSignal {
  enum class Breach { kNone, kPrimary, kSecondary } breach = Breach::kNone;
  bool success = false;
  std::string_view resource = "core";
  std::optional<std::int64_t> limit;
  std::optional<std::int64_t> remaining;
  std::optional<absl::Time> reset;
  std::optional<absl::Duration> retry_after;
};

// Trivially copyable: these bytes are the file.
class GateState {
 public:
  Admission Enter(const Passage& passage, absl::Time now);
  void Leave(const Passage& passage, const LimitSignal& signal, absl::Time now);

  // Until when nothing may be sent, for whatever reason a breach gave.
  [[nodiscard]] absl::Time BlockedUntil(std::string_view resource, absl::Time now) const;

  // False: these bytes were not written by Seal.
  [[nodiscard]] bool IsSealed() const;
  void Seal();

  // Of an unknown past: be silent for a minute.
  static GateState AfterDamage(absl::Time now);

 private:
  struct Budget {
    std::array<char, 24> resource;
    std::int64_t limit;
    std::int64_t remaining;
    std::int64_t reset_us;
  };

  [[nodiscard]] std::optional<Admission> WaitForBlock(const Passage& passage, std::int64_t now_us) const;
  [[nodiscard]] std::optional<Admission> WaitForTurn(const Passage& passage, std::int64_t now_us) const;
  [[nodiscard]] std::optional<Admission> WaitForWindows(const Passage& passage, std::int64_t now_us) const;
  [[nodiscard]] int PointsLeft(std::int64_t now_us) const;
  void BookPoints(int points, std::int64_t now_us);
  void BookCreation(std::int64_t now_us);
  void NoteBudget(const LimitSignal& signal, std::int64_t now_us);
  void NoteSecondary(const LimitSignal& signal, std::int64_t now_us);
  [[nodiscard]] const Budget* FindBudget(std::string_view resource) const;
  Budget& BudgetFor(std::string_view resource);
  // When the creation before the last `count` was; far in the past if there was none.
  [[nodiscard]] std::int64_t CreationBefore(std::size_t count) const;
  [[nodiscard]] std::uint64_t Checksum() const;

  static constexpr std::size_t kCreations = 512;
  static constexpr std::size_t kSeconds = 64;

  std::uint64_t version_ = 1;
  std::int64_t blocked_until_us_ = 0;
  std::int64_t strikes_ = 0;         // secondary limits met in a row
  std::int64_t write_lease_us_ = 0;  // a write is on its way until then at most
  std::int64_t last_write_us_ = 0;   // when the last one ended
  std::int64_t last_notify_us_ = 0;
  std::array<Budget, 8> budgets_{};
  std::array<std::int64_t, kSeconds> point_seconds_{};
  std::array<std::int64_t, kSeconds> points_{};
  std::array<std::int64_t, kCreations> creations_{};
  std::uint64_t creation_count_ = 0;
  std::uint64_t checksum_ = 0;
};

}  // namespace clambake

#endif  // CLAMBAKE_GITHUB_GATE_STATE_H_
