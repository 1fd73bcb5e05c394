// Independent jobs on equal agents: bounds, exact search, exchanges, filling.
#include <algorithm>
#include <vector>

#include "planner/bin_completion.h"
#include "planner/exchange.h"
#include "planner/partition.h"
#include "planner/partition_bounds.h"
#include "planner/partition_fill.h"
#include "planner/rng.h"
#include "tests/support/catch.h"

namespace clambake::planner {
namespace {

// The optimum of a partition, by trying all.
std::int64_t BestPartition(const std::vector<std::int64_t>& minutes, std::vector<std::int64_t>& load,
                           std::size_t job) {
  if (job == minutes.size()) return *std::max_element(load.begin(), load.end());
  std::int64_t best = 1'000'000'000;
  for (std::size_t agent = 0; agent < load.size(); ++agent) {
    load[agent] += minutes[job];
    best = std::min(best, BestPartition(minutes, load, job + 1));
    load[agent] -= minutes[job];
    if (load[agent] == 0) break;  // empty agents are alike
  }
  return best;
}

TEST_CASE("Small partitions are solved and certified, and no bound claims too much") {
  SearchRng rng(4);
  for (int round = 0; round < 150; ++round) {
    const std::int32_t agents = 2 + rng.Below(3);
    std::vector<std::int64_t> minutes;
    for (std::int32_t job = 0; job < 4 + round % 6; ++job)
      minutes.push_back(1 + rng.Below(round % 2 == 0 ? 12 : 1000));
    std::vector<std::int64_t> load(static_cast<std::size_t>(agents));
    const std::int64_t best = BestPartition(minutes, load, 0);
    const PartitionPlan plan = SolvePartition(minutes, agents, LimitsFor(1));
    INFO("round " << round);
    CHECK(plan.makespan == best);
    CHECK(plan.bound.minutes == best);
    std::sort(minutes.rbegin(), minutes.rend());
    CHECK(PartitionBound(minutes, agents).minutes <= best);
    CHECK(FinishBy(minutes, agents, best, 100'000).answer == Answer::kYes);
    CHECK(FinishBy(minutes, agents, best - 1, 100'000).answer == Answer::kNo);
    CHECK_FALSE(RoundingRefutes(minutes, agents, best));
  }
}

TEST_CASE("Agents are filled to the brim where hardly a minute is to spare") {
  int found = 0;
  for (int run = 0; run < 20; ++run) {
    // Cut up agents' days of 10,000 minutes, and of a few a minute less.
    SearchRng rng(static_cast<std::uint64_t>(run));
    constexpr std::int32_t kAgents = 9;
    std::vector<std::int64_t> minutes;
    for (std::int32_t agent = 0; agent < kAgents; ++agent) {
      std::int64_t left = 10'000 - (agent < 6 ? 1 : 0);
      for (int piece = 0; piece < 3; ++piece) {
        minutes.push_back(2'300 + rng.Below(400));
        left -= minutes.back();
      }
      minutes.push_back(left);
    }
    std::sort(minutes.rbegin(), minutes.rend());
    const std::vector<std::int32_t> agent = FillToTheBrim(minutes, kAgents, 10'000, 40'000'000);
    CHECK(agent == FillToTheBrim(minutes, kAgents, 10'000, 40'000'000));
    CHECK(FillToTheBrim(minutes, kAgents, 9'999, 1'000'000).empty());
    if (agent.empty()) continue;
    ++found;
    std::vector<std::int64_t> load(kAgents, 0);
    for (std::size_t job = 0; job < minutes.size(); ++job)
      load.at(static_cast<std::size_t>(agent.at(job))) += minutes[job];
    CHECK(*std::max_element(load.begin(), load.end()) <= 10'000);
  }
  CHECK(found >= 10);
}

TEST_CASE("Exact search gives up at its limit instead of answering") {
  std::vector<std::int64_t> minutes;
  for (std::int64_t i = 0; i < 60; ++i) minutes.push_back(10'000 - i * i);
  CHECK(FinishBy(minutes, 7, 84'000, 10).answer == Answer::kUnknown);
}

// The minutes of the busiest agent.
template <typename AgentOfJob>
std::int64_t Busiest(const std::vector<std::int64_t>& minutes, const AgentOfJob& agent, std::int32_t agents) {
  REQUIRE(agent.size() == minutes.size());
  std::vector<std::int64_t> load(static_cast<std::size_t>(agents), 0);
  for (std::size_t job = 0; job < minutes.size(); ++job)
    load.at(static_cast<std::size_t>(*(agent.begin() + static_cast<std::ptrdiff_t>(job)))) += minutes[job];
  return *std::max_element(load.begin(), load.end());
}

std::vector<std::int64_t> RandomMinutes(SearchRng& rng, std::int32_t jobs, std::int32_t longest) {
  std::vector<std::int64_t> minutes;
  for (std::int32_t job = 0; job < jobs; ++job) minutes.push_back(1 + rng.Below(longest));
  std::sort(minutes.rbegin(), minutes.rend());
  return minutes;
}

TEST_CASE("What is not searched goes, longest first, to the least busy agent") {
  const std::vector<std::int64_t> minutes = {2, 3, 2, 3, 2};
  CHECK(SolvePartition(minutes, 2, {}).makespan == 7);
  CHECK(SolvePartition(minutes, 2, LimitsFor(1)).makespan == 6);
  const PartitionPlan nothing = SolvePartition({}, 2, LimitsFor(1));
  CHECK(nothing.agent.empty());
  CHECK(nothing.makespan == 0);
}

TEST_CASE("However early the search for a partition ends, what it says is true") {
  SearchRng rng(8);
  int open = 0;
  int proven = 0;
  for (int round = 0; round < 400; ++round) {
    const std::int32_t agents = 2 + rng.Below(3);
    const std::vector<std::int64_t> minutes = RandomMinutes(rng, 6 + round % 4, round % 3 == 0 ? 8 : 900);
    std::vector<std::int64_t> load(static_cast<std::size_t>(agents));
    const std::int64_t best = BestPartition(minutes, load, 0);
    INFO("round " << round);
    const PartitionLimits limits = {.exchanges = rng.Below(60), .nodes = 1 << rng.Below(9)};
    const PartitionPlan plan = SolvePartition(minutes, agents, limits);
    CHECK(plan.makespan == Busiest(minutes, plan.agent, agents));
    CHECK(plan.makespan >= best);
    CHECK(plan.bound.minutes <= best);
    (plan.bound.minutes < plan.makespan ? open : proven) += 1;

    const std::int64_t deadline = best - 1 + rng.Below(2);
    const Completion completion =
        FinishBy(minutes, agents, deadline, 1 << rng.Below(9), static_cast<std::size_t>(1 + rng.Below(4)));
    if (completion.answer == Answer::kYes) CHECK(Busiest(minutes, completion.agent, agents) <= deadline);
    if (completion.answer == Answer::kNo) CHECK(deadline < best);
  }
  CHECK(open > 20);
  CHECK(proven > 200);
}

TEST_CASE("Where not all ways to fill an agent are tried, nothing is ruled out") {
  SearchRng rng(12);
  std::vector<int> answers(3);
  for (int round = 0; round < 200; ++round) {
    const std::vector<std::int64_t> minutes = RandomMinutes(rng, 9, 30);
    const std::int64_t deadline = PartitionBound(minutes, 3).minutes;
    const Answer whole = FinishBy(minutes, 3, deadline, 100'000).answer;
    const Answer part = FinishBy(minutes, 3, deadline, 100'000, 1).answer;
    CHECK((part == whole || part == Answer::kUnknown));
    ++answers[static_cast<std::size_t>(part)];
  }
  CHECK(answers[static_cast<std::size_t>(Answer::kYes)] > 0);
  CHECK(answers[static_cast<std::size_t>(Answer::kUnknown)] > 0);
}

TEST_CASE("An exact search that ends before it has found a way to fill one agent has ruled out nothing") {
  // Days of ten million minutes, each cut into ten: filled to the minute, there
  // is not one idle, and hardly any other set of jobs is a whole day.
  SearchRng rng(11);
  std::vector<std::int64_t> minutes;
  for (int agent = 0; agent < 5; ++agent) {
    std::int64_t left = 10'000'000;
    for (int piece = 0; piece < 9; ++piece) {
      minutes.push_back(900'000 + rng.Below(200'000));
      left -= minutes.back();
    }
    minutes.push_back(left);
  }
  std::sort(minutes.rbegin(), minutes.rend());
  CHECK(FinishBy(minutes, 5, 10'000'000, 10'000).answer == Answer::kUnknown);
  CHECK(SolvePartition(minutes, 5, {.exchanges = 1'000, .nodes = 20'000}).bound.minutes == 10'000'000);
}

TEST_CASE("Jobs are exchanged until the two agents' work is even") {
  std::vector<std::int64_t> minutes;
  for (std::int64_t job = 1; job <= 40; ++job) minutes.push_back(job);
  Exchange exchange(minutes, Column<std::int32_t>(minutes.size(), 0), 2);
  CHECK(exchange.makespan() == 820);
  exchange.Run(410, 1'000);
  CHECK(exchange.makespan() == 410);
  CHECK(Busiest(minutes, exchange.agent(), 2) == 410);
}

TEST_CASE("What an exchange has gained counts, though its steps are used up") {
  const std::vector<std::int64_t> minutes = {5, 5, 1};
  Exchange exchange(minutes, {0, 0, 1}, 2);
  exchange.Run(0, 1);
  CHECK(exchange.makespan() == 6);
  CHECK(Busiest(minutes, exchange.agent(), 2) == 6);
}

TEST_CASE("Of agents that are all busy none takes from the other") {
  const std::vector<std::int64_t> minutes = {6, 4, 6, 4, 1};
  Exchange exchange(minutes, {0, 0, 1, 1, 2}, 3);
  exchange.Run(7, 1'000);
  CHECK(exchange.makespan() == 8);
}

TEST_CASE("A deadline without a minute to spare is met by filling, and agents far from it keep their job") {
  // One agent's whole day, one job beside which nothing fits, and seven more
  // days cut up.
  int filled = 0;
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    SearchRng rng(seed);
    std::vector<std::int64_t> minutes = {10'000, 9'800};
    for (int agent = 0; agent < 7; ++agent) {
      std::int64_t left = 10'000;
      for (int piece = 0; piece < 3; ++piece) {
        minutes.push_back(2'300 + rng.Below(400));
        left -= minutes.back();
      }
      minutes.push_back(left);
    }
    const std::int64_t before = SolvePartition(minutes, 9, {}).makespan;
    const PartitionPlan plan = SolvePartition(minutes, 9, {.filling = 40'000'000});
    CHECK(plan.makespan == Busiest(minutes, plan.agent, 9));
    CHECK((plan.makespan == 10'000 || plan.makespan == before));
    CHECK(std::count(plan.agent.begin(), plan.agent.end(), plan.agent[1]) == 1);
    filled += plan.makespan == 10'000 ? 1 : 0;
  }
  CHECK(filled > 0);
}

TEST_CASE("Agents that are not needed are left idle, and what cannot be is not filled") {
  constexpr std::int64_t kSteps = 1'000'000;
  const std::vector<std::int64_t> whole = {10, 10};  // each job a day's work
  CHECK(Busiest(whole, FillToTheBrim(whole, 9, 10, kSteps), 9) == 10);
  CHECK(Busiest({10}, FillToTheBrim(std::vector<std::int64_t>{10}, 7, 10, kSteps), 7) == 10);
  const std::vector<std::int64_t> pairs = {7, 7, 7, 7, 7, 7, 7, 3, 3, 3, 3, 3, 3, 3};
  CHECK(Busiest(pairs, FillToTheBrim(pairs, 7, 10, kSteps), 7) == 10);
  CHECK(FillToTheBrim(std::vector<std::int64_t>(8, 6), 7, 10, kSteps).empty());
  CHECK(FillToTheBrim(std::vector<std::int64_t>(8, 10), 7, 10, kSteps).empty());
}

TEST_CASE("Days with one large and many small jobs are filled") {
  int found = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SearchRng rng(seed);
    std::vector<std::int64_t> minutes;
    for (int agent = 0; agent < 7; ++agent) {
      std::int64_t left = 100;
      for (std::int64_t piece = 55 + rng.Below(6); left > 0; piece = 1 + rng.Below(20)) {
        minutes.push_back(std::min(piece, left));
        left -= minutes.back();
      }
    }
    std::sort(minutes.rbegin(), minutes.rend());
    const std::vector<std::int32_t> agent = FillToTheBrim(minutes, 7, 100, 200'000);
    if (agent.empty()) continue;
    ++found;
    CHECK(Busiest(minutes, agent, 7) == 100);
  }
  CHECK(found > 0);
}

TEST_CASE("No deadline that can be met is refuted by rounding") {
  SearchRng rng(9);
  int refuted = 0;
  for (int round = 0; round < 2'000; ++round) {
    const std::int32_t agents = 2 + rng.Below(3);
    const std::vector<std::int64_t> minutes = RandomMinutes(rng, 4 + round % 6, 5 + rng.Below(60));
    std::vector<std::int64_t> load(static_cast<std::size_t>(agents));
    const std::int64_t best = BestPartition(minutes, load, 0);
    CHECK_FALSE(RoundingRefutes(minutes, agents, best));
    refuted += RoundingRefutes(minutes, agents, best - 1) ? 1 : 0;
  }
  CHECK(refuted > 1'000);
}

// As many jobs of 6 minutes as agents, and one job of 3 minutes more.
std::vector<std::int64_t> SixesAndThrees(std::size_t agents) {
  std::vector<std::int64_t> minutes(agents, 6);
  minutes.resize(2 * agents + 1, 3);
  return minutes;
}

TEST_CASE("Rounding sees that a third job does not fit, of up to 2,000 jobs") {
  CHECK(PartitionBound(SixesAndThrees(50), 50).minutes == 12);
  CHECK(PartitionBound(SixesAndThrees(1'000), 1'000).minutes == 10);  // all work shared evenly
}

}  // namespace
}  // namespace clambake::planner
