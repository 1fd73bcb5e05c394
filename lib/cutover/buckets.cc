// Ladders, and which unit belongs to which share.
#include <array>
#include <charconv>

#include "absl/status/status.h"
#include "absl/strings/str_join.h"
#include "clambake/model.h"
#include "clambake/rollout.h"
#include "fmt/format.h"

namespace clambake {
namespace {

constexpr std::int64_t kEverything = 10'000;
constexpr std::size_t kMaxSteps = 100;

}  // namespace

absl::StatusOr<Ladder> FindLadder(std::string_view name) {
  if (name == "standard") return Ladder{"standard", {1'000, 2'500, 5'000, 7'500, kEverything}};
  if (name == "planner") return Ladder{"planner", {1'000, 7'500, kEverything}};
  if (name == "bundler") return Ladder{"bundler", {2'500, kEverything}};
  return absl::InvalidArgumentError(
      fmt::format("no ladder \"{}\"; use standard, planner, bundler, or percentages such as "
                  "10,25,50,75,100",
                  name));
}

absl::StatusOr<Ladder> MakeLadder(const std::vector<std::int64_t>& steps) {
  std::int64_t last = 0;
  for (const std::int64_t step : steps) {
    if (step <= last || step > kEverything) {
      return absl::InvalidArgumentError(fmt::format(
          "a ladder's steps must grow and stay within 0.01 and 100 %, and {} basis points follow {}", step,
          last));
    }
    last = step;
  }
  if (last != kEverything || steps.size() < 2 || steps.size() > kMaxSteps) {
    // A single step would leave nothing to compare with.
    return absl::InvalidArgumentError("a ladder ends at 100 %, and has 2 to 100 steps");
  }
  return Ladder{"own", steps};
}

std::string LadderDigest(const Ladder& ladder) { return Digest(absl::StrJoin(ladder.steps, ",")); }

std::int64_t Bucket(std::string_view salt, Component component, std::string_view unit) {
  const std::string digest = Digest(fmt::format("{}:{}:{}", salt, Name(component), unit));
  constexpr std::size_t kPrefix = 7;  // "sha256:"
  constexpr std::size_t kDigits = 8;  // 32 bits
  std::uint32_t hash = 0;
  std::from_chars(digest.data() + kPrefix, digest.data() + kPrefix + kDigits, hash, 16);
  return static_cast<std::int64_t>((std::uint64_t{hash} * kEverything) >> 32U);
}

}  // namespace clambake
