#include "tests/fakes/simulated_transport.h"

#include <algorithm>

namespace clambake {
namespace {

class SimulatedTransport : public HttpTransport {
 public:
  SimulatedTransport(SimulatedGithub& github, Clock& clock, absl::Duration latency)
      : github_(github), clock_(clock), latency_(latency) {}

  std::vector<absl::StatusOr<HttpResponse>> Send(const std::vector<HttpRequest>& requests,
                                                 const HttpLimits& limits) override {
    std::vector<absl::StatusOr<HttpResponse>> results;
    const auto width = static_cast<std::size_t>(std::max(1, limits.max_concurrent));
    for (std::size_t begin = 0; begin < requests.size(); begin += width) {
      absl::Duration longest = latency_;
      clock_.Sleep(latency_ / 2);
      for (std::size_t i = begin; i < std::min(begin + width, requests.size()); ++i) {
        results.push_back(Receive(requests[i], limits, longest));
      }
      clock_.Sleep(longest - latency_ / 2);
    }
    return results;
  }

 private:
  absl::StatusOr<HttpResponse> Receive(const HttpRequest& request, const HttpLimits& limits,
                                       absl::Duration& longest) {
    using Wire = Exchange::Wire;
    Exchange exchange = github_.Receive(request);
    longest = std::max(longest, std::min(exchange.delay, limits.timeout));
    switch (exchange.wire) {
      case Wire::kNotSent:
        return absl::UnavailableError("connection failed: refused");
      case Wire::kCut:
        return absl::UnknownError("connection failed: cut");
      case Wire::kTimeout:
        longest = std::max(longest, limits.timeout);
        return absl::DeadlineExceededError("connection failed: timeout");
      case Wire::kAnswered:
        break;
    }
    if (exchange.delay >= limits.timeout) return absl::DeadlineExceededError("connection failed: timeout");
    if (exchange.response.body.size() > limits.max_body_bytes) {
      return absl::ResourceExhaustedError("the answer is too large");
    }
    return std::move(exchange.response);
  }

  SimulatedGithub& github_;
  Clock& clock_;
  absl::Duration latency_;
};

}  // namespace

std::unique_ptr<HttpTransport> NewSimulatedTransport(SimulatedGithub& github, Clock& clock,
                                                     absl::Duration latency) {
  return std::make_unique<SimulatedTransport>(github, clock, latency);
}

}  // namespace clambake
