#include "planner/exchange.h"

#include <algorithm>

#include "planner/problem.h"

namespace clambake::planner {
namespace {

std::size_t At(std::int32_t i) { return static_cast<std::size_t>(i); }

}  // namespace

Exchange::Exchange(std::span<const std::int64_t> minutes, const Column<std::int32_t>& agent,
                   std::int32_t agents)
    : minutes_(minutes), agent_(agent), jobs_of_(At(agents)), load_(At(agents)), offers_(At(agents)) {
  for (std::int32_t job = 0; job < agent.count(); ++job) {
    jobs_of_[At(agent[job])].push_back(job);
    load_[At(agent[job])] += minutes[At(job)];
  }
  Remember();
}

void Exchange::Remember() {
  best_ = *std::max_element(load_.begin(), load_.end());
  best_agent_ = agent_;
}

// Some agent above `limit`, or kNone.
std::int32_t Exchange::TooBusy(std::int64_t limit) {
  const auto agents = static_cast<std::int32_t>(load_.size());
  const std::int32_t first = rng_.Below(agents);
  for (std::int32_t i = 0; i < agents; ++i) {
    const std::int32_t agent = first + i < agents ? first + i : first + i - agents;
    if (load_[At(agent)] > limit) return agent;
  }
  return kNone;
}

// Each round wants every agent below the best makespan so far. One above
// tries to split its jobs with others; now and then two of the others split
// theirs anew, which gives the next try something different to work with.
void Exchange::Run(std::int64_t target, std::int64_t steps) {
  const auto agents = static_cast<std::int32_t>(load_.size());
  while (best_ > target && steps > 0) {
    const std::int64_t limit = best_ - 1;
    const std::int32_t busiest = TooBusy(limit);
    if (busiest == kNone) {
      Remember();
      continue;
    }
    const std::int32_t first = rng_.Below(agents);
    bool split = false;
    for (std::int32_t i = 0; i < agents && !split; ++i) {
      const std::int32_t other = (first + i) % agents;
      if (other == busiest || load_[At(busiest)] + load_[At(other)] > 2 * limit) continue;
      split = Split(busiest, other, limit);
      --steps;
    }
    if (split) continue;
    for (int shuffles = 5; shuffles > 0; --shuffles, --steps) {
      const std::int32_t a = rng_.Below(agents);
      const std::int32_t b = rng_.Below(agents);
      if (a != b) Split(a, b, std::max({limit, load_[At(a)], load_[At(b)]}));
    }
  }
  if (*std::max_element(load_.begin(), load_.end()) < best_) Remember();
}

// With more than kSide jobs the offer is some of them, drawn each time.
const Exchange::Offer& Exchange::OfferOf(std::int32_t agent) {
  auto& mine = jobs_of_[At(agent)];
  Offer& offer = offers_[At(agent)];
  const auto count = static_cast<std::int32_t>(mine.size());
  if (!offer.stale && count <= kSide) return offer;
  const std::int32_t moved = std::min(count, kSide);
  for (std::int32_t i = 0; i < moved && count > kSide; ++i) {
    std::swap(mine[At(i)], mine[At(i + rng_.Below(count - i))]);
  }
  offer.jobs.assign(mine.begin(), mine.begin() + moved);
  offer.stale = false;
  ListSums(offer);
  return offer;
}

// Doubles the sorted list with each job by merging it with itself, shifted.
void Exchange::ListSums(Offer& offer) {
  std::vector<Choice>& sums = offer.sums;
  sums.assign(1, {});
  for (std::size_t i = 0; i < offer.jobs.size(); ++i) {
    const std::int64_t minutes = minutes_[At(offer.jobs[i])];
    merged_.clear();
    std::size_t with = 0;
    for (const Choice& choice : sums) {
      for (; sums[with].sum + minutes < choice.sum; ++with) {
        merged_.push_back({sums[with].sum + minutes, sums[with].set | (1U << i)});
      }
      merged_.push_back(choice);
    }
    for (; with < sums.size(); ++with)
      merged_.push_back({sums[with].sum + minutes, sums[with].set | (1U << i)});
    std::swap(sums, merged_);
  }
}

// Pairs of subsets whose difference is between `low` and `high`, but for the
// pair that moves nothing. Some of them, from a random place on.
void Exchange::FindSplits(const Offer& a, const Offer& b, std::int64_t low, std::int64_t high) {
  constexpr std::size_t kMaxSplits = 32;
  splits_.clear();
  const std::size_t size = a.sums.size();
  const auto offset = static_cast<std::size_t>(rng_.Below(static_cast<std::int32_t>(size)));
  std::size_t begin = 0;
  for (std::size_t k = 0; k < size && splits_.size() < kMaxSplits; ++k) {
    const std::size_t i = k + offset < size ? k + offset : k + offset - size;
    const std::int64_t sum = a.sums[i].sum;
    if (k == 0) {
      begin = static_cast<std::size_t>(
          std::lower_bound(b.sums.begin(), b.sums.end(), sum - high,
                           [](const Choice& choice, std::int64_t value) { return choice.sum < value; }) -
          b.sums.begin());
    } else if (i == 0) {
      begin = 0;
    }
    while (begin < b.sums.size() && b.sums[begin].sum < sum - high) ++begin;
    for (std::size_t j = begin; j < b.sums.size() && b.sums[j].sum <= sum - low; ++j) {
      if (a.sums[i].set != 0 || b.sums[j].set != 0) splits_.emplace_back(i, j);
    }
  }
}

// Moves jobs both ways so that neither agent is above `limit`; one of the
// possible ways at random.
bool Exchange::Split(std::int32_t a, std::int32_t b, std::int64_t limit) {
  const Offer& from_a = OfferOf(a);
  const Offer& from_b = OfferOf(b);
  // a gives s and gets t: load_a − limit ≤ s − t ≤ limit − load_b.
  FindSplits(from_a, from_b, load_[At(a)] - limit, limit - load_[At(b)]);
  if (splits_.empty()) return false;
  const auto [i, j] =
      splits_[static_cast<std::size_t>(rng_.Below(static_cast<std::int32_t>(splits_.size())))];
  Apply(a, b, from_a.jobs, from_a.sums[i].set);
  Apply(b, a, from_b.jobs, from_b.sums[j].set);
  return true;
}

void Exchange::Apply(std::int32_t from, std::int32_t to, const std::vector<std::int32_t>& jobs,
                     std::uint32_t set) {
  offers_[At(from)].stale = offers_[At(to)].stale = true;
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    if ((set >> i & 1U) == 0) continue;
    auto& source = jobs_of_[At(from)];
    source.erase(std::find(source.begin(), source.end(), jobs[i]));
    jobs_of_[At(to)].push_back(jobs[i]);
    agent_[jobs[i]] = to;
    load_[At(from)] -= minutes_[At(jobs[i])];
    load_[At(to)] += minutes_[At(jobs[i])];
  }
}

}  // namespace clambake::planner
