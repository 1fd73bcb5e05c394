// Collects spans and sends them when told to.
#include <mutex>
#include <utility>

#include "clambake/telemetry_sinks.h"
#include "fmt/format.h"

namespace clambake {
namespace {

class BufferedOtlp : public OtlpSink {
 public:
  BufferedOtlp(OtlpOptions options, OtlpTransport transport)
      : options_(std::move(options)), transport_(std::move(transport)) {}

  void OnSpan(const FinishedSpan& span) override {
    const std::lock_guard lock(mutex_);
    if (spans_.size() < options_.max_spans) {
      spans_.push_back(span);
    } else {
      ++dropped_;
    }
  }

  absl::Status Flush() override {
    const auto [spans, dropped] = Take();
    if (!spans.empty()) {
      const absl::Status sent = transport_(Request(spans));
      if (!sent.ok()) return sent;
    }
    if (dropped == 0) return absl::OkStatus();
    return absl::ResourceExhaustedError(
        fmt::format("{} spans were dropped: more than {} between two flushes", dropped, options_.max_spans));
  }

 private:
  std::pair<std::vector<FinishedSpan>, std::size_t> Take() {
    const std::lock_guard lock(mutex_);
    return {std::exchange(spans_, {}), std::exchange(dropped_, 0)};
  }

  [[nodiscard]] OtlpRequest Request(const std::vector<FinishedSpan>& spans) const {
    OtlpRequest request{options_.url, options_.headers, EncodeOtlpTraces(options_.resource, spans),
                        options_.timeout};
    request.headers.emplace_back("Content-Type", Secret("application/json"));
    return request;
  }

  const OtlpOptions options_;
  const OtlpTransport transport_;
  std::mutex mutex_;  // guards what follows
  std::vector<FinishedSpan> spans_;
  std::size_t dropped_ = 0;
};

}  // namespace

std::shared_ptr<OtlpSink> NewOtlpSink(OtlpOptions options, OtlpTransport transport) {
  return std::make_shared<BufferedOtlp>(std::move(options), std::move(transport));
}

}  // namespace clambake
