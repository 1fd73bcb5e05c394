// The seam for randomness: integers alone, so that a seed gives the same
// numbers on every machine.
#ifndef CLAMBAKE_RNG_H_
#define CLAMBAKE_RNG_H_

#include <cstdint>
#include <memory>
#include <string>

namespace clambake {

// Thread-compatible.
class Rng {
 public:
  virtual ~Rng() = default;

  virtual std::uint64_t Next() = 0;

  // Uniform below `bound`, which is positive. Integer arithmetic; the bias is
  // below 2^-32 for bounds up to 2^32.
  std::uint64_t Below(std::uint64_t bound) { return bound == 0 ? 0 : Next() % bound; }
};

// SplitMix64: the same sequence for the same seed, everywhere.
std::unique_ptr<Rng> NewSeededRng(std::uint64_t seed);

// The machine's own randomness, for salts and identifiers.
std::unique_ptr<Rng> NewSystemRng();

// 64 random bits as 16 hexadecimal digits.
std::string RandomId(Rng& rng);

}  // namespace clambake

#endif  // CLAMBAKE_RNG_H_
