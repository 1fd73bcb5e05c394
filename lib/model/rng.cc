// The machine's randomness: the only place that asks for it.
#include <random>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "clambake/telemetry.h"

namespace clambake {
namespace {

class RandomIds : public IdSource {
 public:
  RandomIds() {
    std::random_device machine;
    std::seed_seq seed{machine(), machine(), machine(), machine(),
                       machine(), machine(), machine(), machine()};
    engine_.seed(seed);
  }

  std::uint64_t Next() override {
    const absl::MutexLock lock(&mutex_);
    std::uint64_t id = 0;
    while (id == 0) id = engine_();
    return id;
  }

 private:
  absl::Mutex mutex_;
  std::mt19937_64 engine_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace

std::shared_ptr<IdSource> NewRandomIds() { return std::make_shared<RandomIds>(); }

}  // namespace clambake
