#include "planner/partition_fill.h"

#include <algorithm>
#include <numeric>

#include "planner/bin_completion.h"
#include "planner/problem.h"
#include "planner/rng.h"

namespace clambake::planner {
namespace {

// Agent after agent around the longest job that is left, each with a random
// set that fits to the minute; the last few agents exactly.
class Filler {
 public:
  Filler(std::span<const std::int64_t> minutes, std::int32_t agents, std::int64_t deadline,
         std::int64_t steps)
      : minutes_(minutes),
        agents_(agents),
        deadline_(deadline),
        steps_(steps),
        spare_(agents * deadline - std::accumulate(minutes.begin(), minutes.end(), std::int64_t{0})),
        agent_(minutes.size(), kNone) {}

  std::vector<std::int32_t> Run() {
    if (spare_ < 0) return {};
    while (steps_ > 0) {
      if (Round()) return agent_;
    }
    return {};
  }

 private:
  static constexpr std::int32_t kExact = 6;  // agents that are left to the exact search
  static constexpr std::int64_t kNodes = 20'000;
  static constexpr int kTries = 12;  // at each set, before the round is given up

  bool Round() {
    left_.resize(minutes_.size());
    std::iota(left_.begin(), left_.end(), 0);
    std::int64_t spare = spare_;
    for (std::int32_t agent = 0; agent + kExact < agents_; ++agent) {
      if (left_.empty()) return true;
      if (!Fill(agent, spare)) return false;
    }
    return Finish(std::min(agents_, kExact));
  }

  // Ever more minutes may be wasted, but most are kept for the last agents.
  bool Fill(std::int32_t agent, std::int64_t& spare) {
    for (int attempt = 0; attempt < kTries; ++attempt) {
      const std::int64_t waste = std::min<std::int64_t>(attempt / 4, spare / 4);
      set_.assign(1, 0);
      const std::int64_t rest = Draw(deadline_ - Minutes(0), waste);
      if (rest < 0) continue;
      spare -= rest;
      Take(agent);
      return true;
    }
    return false;
  }

  // Random jobs until about two fit, then two that fit best. What is left of
  // `room`, or −1 if that is more than `waste`.
  std::int64_t Draw(std::int64_t room, std::int64_t waste) {
    const auto count = static_cast<std::int32_t>(left_.size());
    std::int64_t work = 0;
    for (const std::int32_t job : left_) work += minutes_[static_cast<std::size_t>(job)];
    steps_ -= std::int64_t{2} * count;
    if (room <= waste) return room;
    while (2 * room * count > 5 * work) {
      const std::int32_t at = rng_.Below(count);
      if (Minutes(at) > room || Chosen(at)) return -1;
      set_.push_back(at);
      room -= Minutes(at);
      steps_ -= 10;
    }
    const std::int32_t first = rng_.Below(count);
    for (std::int32_t i = 0; i < count; ++i) {
      const std::int32_t at = first + i < count ? first + i : first + i - count;
      const std::int64_t rest = room - Minutes(at);
      steps_ -= 12;
      if (rest < 0 || Chosen(at)) continue;
      const std::int32_t other = LongestWithin(rest);
      if (other < count && rest - Minutes(other) <= waste && other != at && !Chosen(other)) {
        set_.push_back(at);
        set_.push_back(other);
        return rest - Minutes(other);
      }
      if (rest > waste) continue;
      set_.push_back(at);
      return rest;
    }
    return -1;
  }

  [[nodiscard]] std::int64_t Minutes(std::int32_t place) const {
    return minutes_[static_cast<std::size_t>(left_[static_cast<std::size_t>(place)])];
  }
  [[nodiscard]] bool Chosen(std::int32_t place) const {
    return std::find(set_.begin(), set_.end(), place) != set_.end();
  }
  [[nodiscard]] std::int32_t LongestWithin(std::int64_t room) const {
    const auto found = std::partition_point(left_.begin(), left_.end(), [&](std::int32_t job) {
      return minutes_[static_cast<std::size_t>(job)] > room;
    });
    return static_cast<std::int32_t>(found - left_.begin());
  }

  void Take(std::int32_t agent) {
    std::sort(set_.begin(), set_.end());
    for (auto place = set_.rbegin(); place != set_.rend(); ++place) {
      agent_[static_cast<std::size_t>(left_[static_cast<std::size_t>(*place)])] = agent;
      left_.erase(left_.begin() + *place);
    }
  }

  bool Finish(std::int32_t agents) {
    std::vector<std::int64_t> minutes;
    for (const std::int32_t job : left_) minutes.push_back(minutes_[static_cast<std::size_t>(job)]);
    if (minutes.empty()) return true;
    const Completion completion = FinishBy(minutes, agents, deadline_, kNodes);
    steps_ -= completion.nodes * 8 + 2'000;
    if (completion.answer != Answer::kYes) return false;
    for (std::size_t i = 0; i < left_.size(); ++i)
      agent_[static_cast<std::size_t>(left_[i])] = agents_ - agents + completion.agent[i];
    return true;
  }

  std::span<const std::int64_t> minutes_;
  std::int32_t agents_;
  std::int64_t deadline_;
  std::int64_t steps_;
  std::int64_t spare_;
  SearchRng rng_;
  std::vector<std::int32_t> agent_;  // by job
  std::vector<std::int32_t> left_;   // jobs, longest first
  std::vector<std::int32_t> set_;    // places in left_ for the next agent
};

}  // namespace

std::vector<std::int32_t> FillToTheBrim(std::span<const std::int64_t> minutes, std::int32_t agents,
                                        std::int64_t deadline, std::int64_t steps) {
  return Filler(minutes, agents, deadline, steps).Run();
}

}  // namespace clambake::planner
