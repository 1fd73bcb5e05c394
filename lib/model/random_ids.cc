// Correlation ids out of the machine's randomness.
#include <mutex>

#include "clambake/rng.h"
#include "clambake/telemetry.h"

namespace clambake {
namespace {

class RandomIds : public IdSource {
 public:
  std::uint64_t Next() override {
    const std::lock_guard lock(mutex_);
    std::uint64_t id = 0;
    while (id == 0) id = rng_->Next();
    return id;
  }

 private:
  std::mutex mutex_;  // guards what follows
  std::unique_ptr<Rng> rng_ = NewSystemRng();
};

}  // namespace

std::shared_ptr<IdSource> NewRandomIds() { return std::make_shared<RandomIds>(); }

}  // namespace clambake
