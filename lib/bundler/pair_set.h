// A set of unordered pairs of small numbers: one bit for each.
#ifndef CLAMBAKE_BUNDLER_PAIR_SET_H_
#define CLAMBAKE_BUNDLER_PAIR_SET_H_

#include <cstddef>
#include <utility>
#include <vector>

namespace clambake::bundler {

class PairSet {
 public:
  explicit PairSet(std::size_t size) : bits_(size * (size + 1) / 2) {}

  void Insert(std::size_t a, std::size_t b) {
    if (a != b) bits_[Index(a, b)] = true;
  }
  [[nodiscard]] bool Contains(std::size_t a, std::size_t b) const { return a != b && bits_[Index(a, b)]; }

 private:
  static std::size_t Index(std::size_t a, std::size_t b) {
    if (a < b) std::swap(a, b);
    return a * (a + 1) / 2 + b;
  }
  std::vector<bool> bits_;
};

}  // namespace clambake::bundler

#endif  // CLAMBAKE_BUNDLER_PAIR_SET_H_
