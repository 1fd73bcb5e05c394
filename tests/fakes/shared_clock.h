// A virtual clock that forked processes share. Sleeping moves it, for all.
#ifndef CLAMBAKE_TESTS_FAKES_SHARED_CLOCK_H_
#define CLAMBAKE_TESTS_FAKES_SHARED_CLOCK_H_

#include <sys/mman.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <new>
#include <stdexcept>

#include "clambake/clock.h"

namespace clambake {

class SharedClock : public Clock {
 public:
  SharedClock() {
    void* memory = mmap(nullptr, sizeof(Micros), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::runtime_error("no shared memory");
    micros_ = new (memory) Micros(std::int64_t{1'767'323'045} * 1'000'000);
  }
  ~SharedClock() override { munmap(micros_, sizeof(Micros)); }
  SharedClock(const SharedClock&) = delete;
  SharedClock& operator=(const SharedClock&) = delete;

  absl::Time Now() override { return absl::FromUnixMicros(micros_->load()); }
  absl::Duration Monotonic() override { return Now() - absl::UnixEpoch(); }
  void Sleep(absl::Duration duration) override {
    micros_->fetch_add(std::max<std::int64_t>(0, absl::ToInt64Microseconds(duration)));
  }

 private:
  using Micros = std::atomic<std::int64_t>;
  Micros* micros_;
};

}  // namespace clambake

#endif  // CLAMBAKE_TESTS_FAKES_SHARED_CLOCK_H_
