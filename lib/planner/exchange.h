// Exchanges of jobs between pairs of equal agents, until all finish by a
// deadline.
#ifndef CLAMBAKE_PLANNER_EXCHANGE_H_
#define CLAMBAKE_PLANNER_EXCHANGE_H_

#include <array>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "planner/rng.h"
#include "planner/rows.h"

namespace clambake::planner {

class Exchange {
 public:
  // `agent`: by job, the agents it starts with.
  Exchange(std::span<const std::int64_t> minutes, const Column<std::int32_t>& agent, std::int32_t agents);

  // Lowers the makespan until it is `target` or `steps` are used up.
  void Run(std::int64_t target, std::int64_t steps);

  [[nodiscard]] std::int64_t makespan() const { return best_; }
  [[nodiscard]] const Column<std::int32_t>& agent() const { return best_agent_; }

 private:
  static constexpr int kSide = 9;  // jobs of one agent that may move in one step
  struct Choice {
    std::int64_t sum = 0;
    std::uint32_t set = 0;
  };

  // What an agent could give away: subsets of some of its jobs.
  struct Offer {
    std::vector<std::int32_t> jobs;
    std::vector<Choice> sums;  // of all subsets, ascending
    bool stale = true;
  };

  bool Split(std::int32_t a, std::int32_t b, std::int64_t limit);
  void FindSplits(const Offer& a, const Offer& b, std::int64_t low, std::int64_t high);
  const Offer& OfferOf(std::int32_t agent);
  void ListSums(Offer& offer);
  void Apply(std::int32_t from, std::int32_t to, const std::vector<std::int32_t>& jobs, std::uint32_t set);
  [[nodiscard]] std::int32_t TooBusy(std::int64_t limit);
  void Remember();

  std::span<const std::int64_t> minutes_;
  Column<std::int32_t> agent_, best_agent_;         // by job
  std::vector<std::vector<std::int32_t>> jobs_of_;  // by agent
  std::vector<std::int64_t> load_;                  // by agent
  std::int64_t best_ = 0;
  SearchRng rng_;
  std::vector<Offer> offers_;  // by agent
  std::vector<Choice> merged_;
  std::vector<std::pair<std::size_t, std::size_t>> splits_;
};

}  // namespace clambake::planner

#endif  // CLAMBAKE_PLANNER_EXCHANGE_H_
