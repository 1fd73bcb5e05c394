// Virtual time for a crowd of processes: it stands still while any of them
// works, and jumps to the earliest waking time when all sleep. Kept in a file
// that all of them map.
#ifndef CLAMBAKE_TESTS_BENCH_GITHUB_CROWD_CLOCK_H_
#define CLAMBAKE_TESTS_BENCH_GITHUB_CROWD_CLOCK_H_

#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <string>

#include "clambake/clock.h"

namespace clambake {

class CrowdClock : public Clock {
 public:
  static constexpr int kMaxCrowd = 64;

  // Sets the clock up in a new file, for members 0 … crowd - 1, all awake.
  static void Make(const std::string& path, int crowd) {
    const int file = open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0 || crowd > kMaxCrowd || ftruncate(file, sizeof(Shared)) != 0) Fail("cannot make the clock");
    close(file);
    CrowdClock clock(path, 0);
    Shared& shared = *clock.shared_;
    pthread_mutexattr_t mutex;
    pthread_mutexattr_init(&mutex);
    pthread_mutexattr_setpshared(&mutex, PTHREAD_PROCESS_SHARED);
    pthread_mutex_init(&shared.mutex, &mutex);
    pthread_condattr_t alarm;
    pthread_condattr_init(&alarm);
    pthread_condattr_setpshared(&alarm, PTHREAD_PROCESS_SHARED);
    shared.now_us = std::int64_t{1'767'323'045} * 1'000'000;
    shared.wake_us.fill(kGone);
    for (int i = 0; i < crowd; ++i) {
      pthread_cond_init(&shared.alarms[static_cast<std::size_t>(i)], &alarm);
      shared.wake_us[static_cast<std::size_t>(i)] = kAwake;
    }
  }

  // For member `member`, or for one who only looks.
  CrowdClock(const std::string& path, int member) : member_(static_cast<std::size_t>(member)) {
    const int file = open(path.c_str(), O_RDWR | O_CLOEXEC);
    void* memory = mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (file < 0 || memory == MAP_FAILED) Fail("cannot map the clock");
    close(file);
    shared_ = static_cast<Shared*>(memory);
  }
  ~CrowdClock() override { munmap(shared_, sizeof(Shared)); }
  CrowdClock(const CrowdClock&) = delete;
  CrowdClock& operator=(const CrowdClock&) = delete;

  absl::Time Now() override {
    const Lock lock(*shared_);
    return absl::FromUnixMicros(shared_->now_us);
  }
  absl::Duration Monotonic() override { return Now() - absl::UnixEpoch(); }

  void Sleep(absl::Duration duration) override {
    if (duration <= absl::ZeroDuration()) return;
    const Lock lock(*shared_);
    const std::int64_t wake_us =
        shared_->now_us + std::max<std::int64_t>(1, absl::ToInt64Microseconds(duration));
    shared_->wake_us[member_] = wake_us;
    MoveOn();
    while (shared_->now_us < wake_us) pthread_cond_wait(&shared_->alarms[member_], &shared_->mutex);
    shared_->wake_us[member_] = kAwake;
  }

  // A member has ended: time no longer waits for it.
  void Retire(int member) {
    const Lock lock(*shared_);
    shared_->wake_us[static_cast<std::size_t>(member)] = kGone;
    MoveOn();
  }

 private:
  static constexpr std::int64_t kAwake = 0;
  static constexpr std::int64_t kGone = std::numeric_limits<std::int64_t>::max();

  struct Shared {
    pthread_mutex_t mutex;
    std::array<pthread_cond_t, kMaxCrowd> alarms;
    std::array<std::int64_t, kMaxCrowd> wake_us;
    std::int64_t now_us;
  };

  class Lock {
   public:
    explicit Lock(Shared& shared) : shared_(shared) { pthread_mutex_lock(&shared_.mutex); }
    ~Lock() { pthread_mutex_unlock(&shared_.mutex); }
    Lock(const Lock&) = delete;
    Lock& operator=(const Lock&) = delete;

   private:
    Shared& shared_;
  };

  [[noreturn]] static void Fail(const char* what) {
    std::perror(what);
    std::exit(1);
  }

  // Who has been woken and has not run yet counts as awake.
  void MoveOn() {
    const std::int64_t earliest = *std::min_element(shared_->wake_us.begin(), shared_->wake_us.end());
    if (earliest <= shared_->now_us || earliest == kGone) return;
    shared_->now_us = earliest;
    for (std::size_t i = 0; i < kMaxCrowd; ++i) {
      if (shared_->wake_us[i] == earliest) pthread_cond_signal(&shared_->alarms[i]);
    }
  }

  Shared* shared_ = nullptr;
  std::size_t member_;
};

}  // namespace clambake

#endif  // CLAMBAKE_TESTS_BENCH_GITHUB_CROWD_CLOCK_H_
