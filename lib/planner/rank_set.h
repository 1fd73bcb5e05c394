// A set of numbers 0 … n−1 that finds its smallest member in a range at once:
// a tree of 64-bit words, four levels for a million. Faster than a heap where
// the order of all possible members is known beforehand, as it is here.
#ifndef CLAMBAKE_PLANNER_RANK_SET_H_
#define CLAMBAKE_PLANNER_RANK_SET_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace clambake::planner {

class RankSet {
 public:
  explicit RankSet(std::int32_t size) {
    std::size_t words = static_cast<std::size_t>(size);
    do {
      words = (words + 63) / 64;
      levels_.emplace_back(words, 0);
    } while (words > 1);
  }

  void Clear() {
    for (auto& level : levels_) level.assign(level.size(), 0);
  }

  void Insert(std::int32_t member) {
    auto at = static_cast<std::size_t>(member);
    for (auto& level : levels_) {
      std::uint64_t& word = level[at / 64];
      const bool had = word != 0;
      word |= std::uint64_t{1} << (at % 64);
      if (had) return;
      at /= 64;
    }
  }

  void Erase(std::int32_t member) {
    auto at = static_cast<std::size_t>(member);
    for (auto& level : levels_) {
      std::uint64_t& word = level[at / 64];
      word &= ~(std::uint64_t{1} << (at % 64));
      if (word != 0) return;
      at /= 64;
    }
  }

  [[nodiscard]] bool Has(std::int32_t member) const {
    const auto at = static_cast<std::size_t>(member);
    return (levels_.front()[at / 64] >> (at % 64) & 1) != 0;
  }

  // The smallest member of both sets, which are of one size, or −1. Linear.
  [[nodiscard]] std::int32_t FirstIn(const RankSet& other) const {
    const auto& mine = levels_.front();
    for (std::size_t i = 0; i < mine.size(); ++i) {
      const std::uint64_t both = mine[i] & other.levels_.front()[i];
      if (both != 0)
        return static_cast<std::int32_t>(i * 64 + static_cast<std::size_t>(std::countr_zero(both)));
    }
    return -1;
  }

  // The smallest member that is ≥ `from` and < `to`, or `to`.
  [[nodiscard]] std::int32_t First(std::int32_t from, std::int32_t to) const {
    auto at = static_cast<std::size_t>(from);
    for (std::size_t level = 0; level < levels_.size(); ++level) {
      if (at / 64 >= levels_[level].size()) return to;
      const std::uint64_t word = levels_[level][at / 64] >> (at % 64);
      if (word != 0) {
        const std::size_t found = Descend(level, at + static_cast<std::size_t>(std::countr_zero(word)));
        return found < static_cast<std::size_t>(to) ? static_cast<std::int32_t>(found) : to;
      }
      at = at / 64 + 1;
    }
    return to;
  }

 private:
  [[nodiscard]] std::size_t Descend(std::size_t level, std::size_t at) const {
    while (level > 0) {
      --level;
      at = at * 64 + static_cast<std::size_t>(std::countr_zero(levels_[level][at]));
    }
    return at;
  }

  std::vector<std::vector<std::uint64_t>> levels_;  // leaves first
};

}  // namespace clambake::planner

#endif  // CLAMBAKE_PLANNER_RANK_SET_H_
