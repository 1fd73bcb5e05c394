#include "tests/simulation/baton.h"

#include <pthread.h>
#include <ucontext.h>

#include <algorithm>
#include <stdexcept>

// The sanitizers must be told when the stack changes under them.
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define CLAMBAKE_ASAN 1
#elif __has_feature(thread_sanitizer)
#define CLAMBAKE_TSAN 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define CLAMBAKE_ASAN 1
#elif defined(__SANITIZE_THREAD__)
#define CLAMBAKE_TSAN 1
#endif
#if defined(CLAMBAKE_ASAN)
#include <sanitizer/common_interface_defs.h>
#elif defined(CLAMBAKE_TSAN)
#include <sanitizer/tsan_interface.h>
#endif

namespace clambake {
namespace {

constexpr std::size_t kStackBytes = std::size_t{512} << 10U;

thread_local Baton* entered = nullptr;  // whose coroutine is about to start

// Stacks are kept for the next simulation: mapping them anew costs more than
// all switches together.
class StackPool {
 public:
  std::unique_ptr<char[]> Take() {
    if (free_.empty()) return std::unique_ptr<char[]>(new char[kStackBytes]);
    std::unique_ptr<char[]> stack = std::move(free_.back());
    free_.pop_back();
    return stack;
  }
  void Return(std::unique_ptr<char[]> stack) { free_.push_back(std::move(stack)); }

 private:
  std::vector<std::unique_ptr<char[]>> free_;
};

StackPool& Stacks() {
  thread_local StackPool pool;
  return pool;
}

}  // namespace

struct Baton::Coroutine {
  ucontext_t context = {};
  std::function<void()> body;
  std::unique_ptr<char[]> stack;
  absl::Time wake;  // InfiniteFuture: it has ended
#if defined(CLAMBAKE_ASAN)
  void* fake_stack = nullptr;
  const void* bottom = nullptr;
  std::size_t size = 0;
#elif defined(CLAMBAKE_TSAN)
  void* fiber = nullptr;
#endif
};

Baton::Baton(unsigned seed) : dice(seed) {}
Baton::~Baton() = default;

// Who is next: anybody who is awake, else whoever wakes first; null once all
// have ended.
Baton::Coroutine* Baton::Next() {
  absl::Time first = absl::InfiniteFuture();
  for (const auto& each : coroutines_) first = std::min(first, each->wake);
  if (first == absl::InfiniteFuture()) return nullptr;
  now_ = std::max(now_, first);
  const auto is_awake = [this](const auto& each) { return each->wake <= now_; };
  auto turn =
      dice() % static_cast<std::size_t>(std::count_if(coroutines_.begin(), coroutines_.end(), is_awake));
  for (const auto& each : coroutines_) {
    if (is_awake(each) && turn-- == 0) return each.get();
  }
  return nullptr;
}

void Baton::SwitchTo(Coroutine& next) {
  Coroutine& self = *current_;
  if (&next == &self) return;
  current_ = &next;
  entered = this;
#if defined(CLAMBAKE_ASAN)
  const bool ends = self.wake == absl::InfiniteFuture() && &self != main_.get();
  __sanitizer_start_switch_fiber(ends ? nullptr : &self.fake_stack, next.bottom, next.size);
#elif defined(CLAMBAKE_TSAN)
  __tsan_switch_to_fiber(next.fiber, 0);
#endif
  swapcontext(&self.context, &next.context);
#if defined(CLAMBAKE_ASAN)
  __sanitizer_finish_switch_fiber(self.fake_stack, nullptr, nullptr);
#endif
}

void Baton::Enter() {
  Baton& baton = *entered;
#if defined(CLAMBAKE_ASAN)
  __sanitizer_finish_switch_fiber(nullptr, nullptr, nullptr);
#endif
  baton.current_->body();
  baton.current_->wake = absl::InfiniteFuture();
  Coroutine* const next = baton.Next();
  baton.SwitchTo(next == nullptr ? *baton.main_ : *next);
}

void Baton::Pause(absl::Duration duration) {
  current_->wake = now_ + std::max(duration, absl::ZeroDuration());
  SwitchTo(*Next());
}

void Baton::Run(std::vector<std::function<void()>> bodies) {
  main_ = std::make_unique<Coroutine>();
  main_->wake = absl::InfiniteFuture();
#if defined(CLAMBAKE_ASAN)
  pthread_attr_t attributes;
  void* address = nullptr;
  pthread_getattr_np(pthread_self(), &attributes);
  pthread_attr_getstack(&attributes, &address, &main_->size);
  pthread_attr_destroy(&attributes);
  main_->bottom = address;
#elif defined(CLAMBAKE_TSAN)
  main_->fiber = __tsan_get_current_fiber();
#endif
  for (std::function<void()>& body : bodies) {
    Coroutine& each = *coroutines_.emplace_back(std::make_unique<Coroutine>());
    each.body = std::move(body);
    each.wake = now_;
    each.stack = Stacks().Take();
    if (getcontext(&each.context) != 0) throw std::runtime_error("no coroutine");
    each.context.uc_stack.ss_sp = each.stack.get();
    each.context.uc_stack.ss_size = kStackBytes;
    makecontext(&each.context, &Baton::Enter, 0);
#if defined(CLAMBAKE_ASAN)
    each.bottom = each.stack.get();
    each.size = kStackBytes;
#elif defined(CLAMBAKE_TSAN)
    each.fiber = __tsan_create_fiber(0);
#endif
  }
  current_ = main_.get();
  if (Coroutine* const first = Next()) SwitchTo(*first);
  for (const auto& each : coroutines_) {
#if defined(CLAMBAKE_TSAN)
    __tsan_destroy_fiber(each->fiber);
#endif
    Stacks().Return(std::move(each->stack));
  }
  coroutines_.clear();
}

}  // namespace clambake
