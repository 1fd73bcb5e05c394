#include "planner/partition.h"

#include <algorithm>
#include <functional>
#include <queue>
#include <utility>
#include <vector>

#include "planner/bin_completion.h"
#include "planner/exchange.h"
#include "planner/partition_bounds.h"
#include "planner/partition_fill.h"

namespace clambake::planner {
namespace {

using Minutes = std::vector<std::int64_t>;

// Jobs by length, longest first, then by number.
Column<std::int32_t> LongestFirst(std::span<const std::int64_t> minutes) {
  Column<std::int32_t> order(minutes.size());
  for (std::int32_t job = 0; job < order.count(); ++job) order[job] = job;
  std::stable_sort(order.begin(), order.end(), [&](std::int32_t a, std::int32_t b) {
    return minutes[static_cast<std::size_t>(a)] > minutes[static_cast<std::size_t>(b)];
  });
  return order;
}

// By place in `minutes`, which is descending.
Column<std::int32_t> ToLeastBusy(const Minutes& minutes, std::int32_t agents) {
  std::priority_queue<std::pair<std::int64_t, std::int32_t>,
                      std::vector<std::pair<std::int64_t, std::int32_t>>, std::greater<>>
      loads;
  for (std::int32_t agent = 0; agent < agents; ++agent) loads.emplace(0, agent);
  Column<std::int32_t> agent_of(minutes.size());
  for (std::int32_t job = 0; job < agent_of.count(); ++job) {
    const auto [load, agent] = loads.top();
    loads.pop();
    agent_of[job] = agent;
    loads.emplace(load + minutes[static_cast<std::size_t>(job)], agent);
  }
  return agent_of;
}

std::int64_t MakespanOf(const Minutes& minutes, const Column<std::int32_t>& agent_of, std::int32_t agents) {
  Column<std::int64_t> load(static_cast<std::size_t>(agents), 0);
  for (std::int32_t job = 0; job < agent_of.count(); ++job) {
    load[agent_of[job]] += minutes[static_cast<std::size_t>(job)];
  }
  return *std::max_element(load.begin(), load.end());
}

class Solver {
 public:
  Solver(Minutes minutes, std::int32_t agents, const PartitionLimits& limits)
      : minutes_(std::move(minutes)), agents_(agents), limits_(limits) {
    plan_.agent = ToLeastBusy(minutes_, agents_);
    plan_.makespan = MakespanOf(minutes_, plan_.agent, agents_);
    plan_.bound = PartitionBound(minutes_, agents_);
  }

  PartitionPlan Run() {
    Improve(limits_.exchanges / 20);
    Complete();
    Improve(limits_.exchanges);
    Fill();
    return std::move(plan_);
  }

 private:
  [[nodiscard]] std::int64_t Of(std::int32_t job) const { return minutes_[static_cast<std::size_t>(job)]; }
  [[nodiscard]] bool Proven() const { return plan_.makespan <= plan_.bound.minutes; }

  void Improve(std::int64_t steps) {
    if (Proven()) return;
    Exchange exchange(minutes_, plan_.agent, agents_);
    exchange.Run(plan_.bound.minutes, steps);
    if (exchange.makespan() >= plan_.makespan) return;
    plan_.agent = exchange.agent();
    plan_.makespan = exchange.makespan();
  }

  // The bound itself, by filling anew all agents but those that are far from it.
  void Fill() {
    if (Proven()) return;
    const std::int64_t deadline = plan_.bound.minutes;
    Column<std::int64_t> load(static_cast<std::size_t>(agents_), 0);
    for (std::int32_t job = 0; job < plan_.agent.count(); ++job) load[plan_.agent[job]] += Of(job);
    std::vector<std::int32_t> full;
    for (std::int32_t agent = 0; agent < agents_; ++agent) {
      if (load[agent] * 100 >= deadline * 99) full.push_back(agent);
    }
    std::vector<std::int32_t> jobs;
    Minutes minutes;
    for (std::int32_t job = 0; job < plan_.agent.count(); ++job) {
      if (!std::binary_search(full.begin(), full.end(), plan_.agent[job])) continue;
      jobs.push_back(job);
      minutes.push_back(Of(job));
    }
    const std::vector<std::int32_t> filled =
        FillToTheBrim(minutes, static_cast<std::int32_t>(full.size()), deadline, limits_.filling);
    if (filled.empty()) return;
    for (std::size_t i = 0; i < jobs.size(); ++i)
      plan_.agent[jobs[i]] = full[static_cast<std::size_t>(filled[i])];
    plan_.makespan = deadline;
  }

  // Exact search between bound and makespan: halving first, because a deadline
  // that cannot be met rules out all below; then the bound itself.
  void Complete() {
    std::int64_t nodes = limits_.nodes;
    std::int64_t top = plan_.makespan;  // deadlines from here on were not decided
    while (!Proven() && nodes > 0) {
      const std::int64_t deadline = plan_.bound.minutes + (top - 1 - plan_.bound.minutes) / 2;
      Completion completion = FinishBy(minutes_, agents_, deadline, nodes / 2);
      nodes -= completion.nodes + 1;
      if (completion.answer == Answer::kYes) {
        plan_.agent.assign(completion.agent.begin(), completion.agent.end());
        plan_.makespan = top = deadline;
      } else if (completion.answer == Answer::kNo) {
        plan_.bound.Raise(deadline + 1, "exhaustion: no distribution finishes a minute earlier");
      } else {
        top = deadline;
      }
      if (top <= plan_.bound.minutes) return;
    }
  }

  Minutes minutes_;
  std::int32_t agents_;
  PartitionLimits limits_;
  PartitionPlan plan_;
};

}  // namespace

PartitionPlan SolvePartition(std::span<const std::int64_t> minutes, std::int32_t agents,
                             const PartitionLimits& limits) {
  if (minutes.empty()) return {};
  const Column<std::int32_t> order = LongestFirst(minutes);
  Minutes sorted;
  for (const std::int32_t job : order) sorted.push_back(minutes[static_cast<std::size_t>(job)]);
  PartitionPlan plan = Solver(std::move(sorted), agents, limits).Run();
  Column<std::int32_t> agent_of(minutes.size());
  for (std::int32_t place = 0; place < order.count(); ++place) agent_of[order[place]] = plan.agent[place];
  plan.agent = std::move(agent_of);
  return plan;
}

}  // namespace clambake::planner
