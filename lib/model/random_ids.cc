// Correlation ids out of the machine's randomness.
#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "clambake/rng.h"
#include "clambake/telemetry.h"

namespace clambake {
namespace {

class RandomIds : public IdSource {
 public:
  std::uint64_t Next() override {
    const absl::MutexLock lock(&mutex_);
    std::uint64_t id = 0;
    while (id == 0) id = rng_->Next();
    return id;
  }

 private:
  absl::Mutex mutex_;
  std::unique_ptr<Rng> rng_ ABSL_GUARDED_BY(mutex_) = NewSystemRng();
};

}  // namespace

std::shared_ptr<IdSource> NewRandomIds() { return std::make_shared<RandomIds>(); }

}  // namespace clambake
