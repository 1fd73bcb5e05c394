#include "github/gate_state.h"

#include <algorithm>
#include <cstring>
#include <type_traits>

namespace clambake {
namespace {

constexpr std::int64_t kSecond = 1'000'000;  // all times here are microseconds
constexpr std::int64_t kMinute = 60 * kSecond;
constexpr std::int64_t kHour = 60 * kMinute;
constexpr std::int64_t kSlack = 2 * kSecond;          // between their clock and ours
constexpr std::int64_t kLongestBlock = 65 * kMinute;  // budgets are hourly: later is a mistake
constexpr std::int64_t kLongestBackoff = 16 * kMinute;
constexpr int kPointsPerMinute = 880;            // of 900
constexpr std::size_t kCreationsPerMinute = 78;  // of 80
constexpr std::size_t kCreationsPerHour = 495;   // of 500
constexpr std::int64_t kPace = kSecond;
constexpr std::int64_t kNotifyPace = 3 * kSecond;
constexpr std::int64_t kTurnPoll = kSecond / 20;

bool IsWrite(PassageKind kind) { return kind >= PassageKind::kDelete; }
bool Creates(PassageKind kind) { return kind >= PassageKind::kWrite; }

Admission Wait(std::int64_t us, std::string_view reason) {
  return {0, absl::Microseconds(std::max<std::int64_t>(us, 1)), reason};
}

std::int64_t Clamp(std::int64_t us, std::int64_t now_us) { return std::min(us, now_us + kLongestBlock); }

}  // namespace

Admission GateState::Enter(const Passage& passage, absl::Time now) {
  const std::int64_t now_us = absl::ToUnixMicros(now);
  if (const auto wait = WaitForBlock(passage, now_us)) return *wait;
  if (IsWrite(passage.kind)) {
    if (const auto wait = WaitForTurn(passage, now_us)) return *wait;
  }
  if (Creates(passage.kind)) {
    if (const auto wait = WaitForWindows(passage, now_us)) return *wait;
  }
  const int cost = IsWrite(passage.kind) ? 5 : 1;
  int granted = std::min(std::max(passage.wanted, 1), PointsLeft(now_us) / cost);
  if (granted == 0) return Wait(kSecond, "900 points a minute");
  const Budget* budget = FindBudget(passage.kind == PassageKind::kQuery ? "graphql" : "core");
  if (budget != nullptr) {
    // In a new window the budget is whole again.
    const bool same_window = budget->reset_us + kSecond > now_us;
    const std::int64_t left = same_window ? budget->remaining : budget->limit;
    granted = static_cast<int>(std::min<std::int64_t>(granted, std::max<std::int64_t>(left, 1)));
  }
  BookPoints(granted * cost, now_us);
  if (Creates(passage.kind)) BookCreation(now_us);
  if (IsWrite(passage.kind)) write_lease_us_ = now_us + absl::ToInt64Microseconds(passage.longest);
  return {granted, absl::ZeroDuration(), {}};
}

void GateState::Leave(const Passage& passage, const LimitSignal& signal, absl::Time now) {
  const std::int64_t now_us = absl::ToUnixMicros(now);
  if (IsWrite(passage.kind)) {
    write_lease_us_ = 0;
    last_write_us_ = now_us;
    if (passage.kind == PassageKind::kNotify) last_notify_us_ = now_us;
    // GitHub counted it somewhere between entering and now: the later is safe.
    if (Creates(passage.kind) && creation_count_ > 0) creations_[(creation_count_ - 1) % kCreations] = now_us;
  }
  NoteBudget(signal, now_us);
  if (signal.breach == LimitSignal::Breach::kSecondary) NoteSecondary(signal, now_us);
  if (signal.success && blocked_until_us_ <= now_us) strikes_ = 0;
}

absl::Time GateState::BlockedUntil(std::string_view resource, absl::Time now) const {
  const std::int64_t now_us = absl::ToUnixMicros(now);
  const PassageKind kind = resource == "graphql" ? PassageKind::kQuery : PassageKind::kRead;
  const auto wait = WaitForBlock({.kind = kind}, now_us);
  return wait ? now + wait->wait : now;
}

std::optional<Admission> GateState::WaitForBlock(const Passage& passage, std::int64_t now_us) const {
  const std::int64_t until = Clamp(blocked_until_us_, now_us);
  if (until > now_us) return Wait(until - now_us, "GitHub's secondary rate limit");
  const Budget* budget = FindBudget(passage.kind == PassageKind::kQuery ? "graphql" : "core");
  if (budget == nullptr || budget->remaining > 0) return std::nullopt;
  const std::int64_t reset = Clamp(budget->reset_us, now_us) + kSecond;
  if (reset > now_us) return Wait(reset - now_us, "GitHub's hourly budget");
  return std::nullopt;
}

// One write at a time, and a pause between two.
std::optional<Admission> GateState::WaitForTurn(const Passage& passage, std::int64_t now_us) const {
  if (write_lease_us_ > now_us && write_lease_us_ < now_us + kHour) {
    return Wait(std::min(kTurnPoll, write_lease_us_ - now_us), "another write");
  }
  std::int64_t earliest = last_write_us_ + kPace;
  if (passage.kind == PassageKind::kNotify) earliest = std::max(earliest, last_notify_us_ + kNotifyPace);
  earliest = std::min(earliest, now_us + kNotifyPace);  // a clock that was set back
  if (earliest > now_us) return Wait(earliest - now_us, "a pause between writes");
  return std::nullopt;
}

std::optional<Admission> GateState::WaitForWindows(const Passage& /*passage*/, std::int64_t now_us) const {
  const std::int64_t minute = CreationBefore(kCreationsPerMinute) + kMinute + kSlack;
  if (minute > now_us) return Wait(Clamp(minute, now_us) - now_us, "80 writes a minute");
  const std::int64_t hour = CreationBefore(kCreationsPerHour) + kHour + kSlack;
  if (hour > now_us) return Wait(Clamp(hour, now_us) - now_us, "500 writes an hour");
  return std::nullopt;
}

int GateState::PointsLeft(std::int64_t now_us) const {
  const std::int64_t second = now_us / kSecond;
  std::int64_t used = 0;
  for (std::size_t i = 0; i < kSeconds; ++i) {
    if (point_seconds_[i] > second - 62 && point_seconds_[i] <= second + 62) used += points_[i];
  }
  return static_cast<int>(std::max<std::int64_t>(0, kPointsPerMinute - used));
}

void GateState::BookPoints(int points, std::int64_t now_us) {
  const std::int64_t second = now_us / kSecond;
  const auto slot = static_cast<std::size_t>(second) % kSeconds;
  if (point_seconds_[slot] != second) points_[slot] = 0;
  point_seconds_[slot] = second;
  points_[slot] += points;
}

void GateState::BookCreation(std::int64_t now_us) { creations_[creation_count_++ % kCreations] = now_us; }

std::int64_t GateState::CreationBefore(std::size_t count) const {
  if (creation_count_ < count) return -kHour * 2;
  return creations_[(creation_count_ - count) % kCreations];
}

void GateState::NoteBudget(const LimitSignal& signal, std::int64_t now_us) {
  const bool spent = signal.breach == LimitSignal::Breach::kPrimary;
  if (!spent && !(signal.remaining && signal.reset)) return;
  Budget& budget = BudgetFor(signal.resource);
  // A reset in the past does not mean "go on at once", an absurd one not "never".
  std::int64_t reset = signal.reset ? absl::ToUnixMicros(*signal.reset) : 0;
  if (reset < now_us && (spent || signal.remaining.value_or(1) == 0)) reset = now_us + kMinute;
  if (signal.retry_after) {
    reset = std::max(reset, now_us + absl::ToInt64Microseconds(*signal.retry_after));
  }
  reset = Clamp(reset, now_us);
  const std::int64_t remaining = spent ? 0 : *signal.remaining;
  // Within one window the budget only falls, in whatever order answers arrive.
  const bool same_window = reset / kSecond == budget.reset_us / kSecond;
  budget.remaining = same_window ? std::min(budget.remaining, remaining) : remaining;
  budget.reset_us = reset;
  budget.limit = signal.limit.value_or(std::max<std::int64_t>(budget.limit, 1));
}

void GateState::NoteSecondary(const LimitSignal& signal, std::int64_t now_us) {
  const std::int64_t doublings = std::clamp<std::int64_t>(strikes_, 0, 8);
  std::int64_t wait = std::min(kMinute << doublings, kLongestBackoff);
  if (signal.retry_after) {
    const std::int64_t asked = absl::ToInt64Microseconds(*signal.retry_after);
    wait = strikes_ == 0 ? std::max(asked, kSecond) : std::max(asked, wait / 2);
  } else if (signal.reset && signal.remaining.value_or(1) == 0) {
    wait = std::max(wait, absl::ToUnixMicros(*signal.reset) + kSecond - now_us);
  }
  ++strikes_;
  blocked_until_us_ = std::max(Clamp(blocked_until_us_, now_us), Clamp(now_us + wait, now_us));
}

const GateState::Budget* GateState::FindBudget(std::string_view resource) const {
  for (const Budget& budget : budgets_) {
    if (resource == std::string_view(budget.resource.data())) return &budget;
  }
  return nullptr;
}

GateState::Budget& GateState::BudgetFor(std::string_view resource) {
  const std::string_view name = resource.substr(0, budgets_[0].resource.size() - 1);
  Budget* oldest = budgets_.data();
  for (Budget& budget : budgets_) {
    if (name == std::string_view(budget.resource.data())) return budget;
    if (budget.reset_us < oldest->reset_us) oldest = &budget;
  }
  *oldest = Budget{};
  std::copy(name.begin(), name.end(), oldest->resource.begin());
  return *oldest;
}

std::uint64_t GateState::Checksum() const {
  GateState copy = *this;
  copy.checksum_ = 0;
  std::uint64_t hash = 14'695'981'039'346'656'037U;  // FNV-1a: against torn writes, not against people
  const auto* bytes = reinterpret_cast<const unsigned char*>(&copy);
  for (std::size_t i = 0; i < sizeof(copy); ++i) hash = (hash ^ bytes[i]) * 1'099'511'628'211U;
  return hash;
}

bool GateState::IsSealed() const { return version_ == 1 && checksum_ == Checksum(); }
void GateState::Seal() { checksum_ = Checksum(); }

GateState GateState::AfterDamage(absl::Time now) {
  GateState state;
  state.blocked_until_us_ = absl::ToUnixMicros(now) + kMinute;
  return state;
}

static_assert(std::is_trivially_copyable_v<GateState>);
static_assert(std::has_unique_object_representations_v<GateState>);

}  // namespace clambake
