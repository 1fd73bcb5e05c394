// The planner's own random numbers: a fixed seed, so that equal requests give
// equal plans. (SplitMix64; quality is enough for search, not for secrets.)
#ifndef CLAMBAKE_PLANNER_RNG_H_
#define CLAMBAKE_PLANNER_RNG_H_

#include <cstdint>

namespace clambake::planner {

class SearchRng {
 public:
  explicit SearchRng(std::uint64_t seed = 0x636c616d62616b65U) : state_(seed) {}

  std::uint64_t Next() {
    state_ += 0x9e3779b97f4a7c15U;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31U);
  }

  // 0 … limit−1; limit > 0.
  std::int32_t Below(std::int32_t limit) {
    return static_cast<std::int32_t>(((Next() >> 32U) * static_cast<std::uint64_t>(limit)) >> 32U);
  }

 private:
  std::uint64_t state_;
};

}  // namespace clambake::planner

#endif  // CLAMBAKE_PLANNER_RNG_H_
