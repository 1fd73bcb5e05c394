#include "clambake/rng.h"

#include <random>

#include "fmt/format.h"

namespace clambake {
namespace {

class SplitMix : public Rng {
 public:
  explicit SplitMix(std::uint64_t seed) : state_(seed) {}

  std::uint64_t Next() override {
    state_ += 0x9e3779b97f4a7c15U;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31U);
  }

 private:
  std::uint64_t state_;
};

class SystemRng : public Rng {
 public:
  std::uint64_t Next() override { return (std::uint64_t{device_()} << 32U) | device_(); }

 private:
  std::random_device device_;
};

}  // namespace

std::unique_ptr<Rng> NewSeededRng(std::uint64_t seed) { return std::make_unique<SplitMix>(seed); }

std::unique_ptr<Rng> NewSystemRng() { return std::make_unique<SystemRng>(); }

std::string RandomId(Rng& rng) { return fmt::format("{:016x}", rng.Next()); }

}  // namespace clambake
