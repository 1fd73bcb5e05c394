// Counting what a component lets be seen.
#include <algorithm>
#include <mutex>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "clambake/observations.h"

namespace clambake {
namespace {

class Counter : public ComponentCounter {
 public:
  explicit Counter(Component component) : component_(Name(component)) {}

  void OnSample(const Sample& sample) override {
    const auto is_ours = [&](const Label& label) {
      return label.key == "component" && label.value == component_;
    };
    if (std::none_of(sample.labels.begin(), sample.labels.end(), is_ours)) return;
    const std::lock_guard lock(mutex_);
    ++count_.samples;
  }

  // A span ends after those below it, so what is below is known by then.
  void OnSpan(const FinishedSpan& span) override {
    const std::lock_guard lock(mutex_);
    std::int64_t with_below = 1;
    if (const auto below = below_.find(span.context.span); below != below_.end()) {
      with_below += below->second;
      below_.erase(below);
    }
    if (TextField(span, "component") == component_) {
      count_.spans += with_below;
      count_.trace = TraceId(span.context);
      count_.generation = TextField(span, "generation");
    } else if (span.parent != 0 && below_.size() < kMaxOpen) {
      below_[span.parent] += with_below;
    }
  }

  [[nodiscard]] ObservedRun Count() const override {
    const std::lock_guard lock(mutex_);
    return count_;
  }

 private:
  static constexpr std::size_t kMaxOpen = 10'000;  // parents that have not ended

  static std::string TextField(const FinishedSpan& span, std::string_view key) {
    for (const Field& field : span.fields) {
      const auto* text = std::get_if<std::string>(&field.value);
      if (field.key == key && text != nullptr) return *text;
    }
    return "";
  }

  const std::string component_;
  mutable std::mutex mutex_;  // guards what follows
  ObservedRun count_;
  absl::flat_hash_map<std::uint64_t, std::int64_t> below_;
};

}  // namespace

std::shared_ptr<ComponentCounter> NewComponentCounter(Component component) {
  return std::make_shared<Counter>(component);
}

}  // namespace clambake
