// Suites that drive the scheduling core directly, on public test sets.
#ifndef CLAMBAKE_TESTS_BENCH_PLANNER_CORE_SUITES_H_
#define CLAMBAKE_TESTS_BENCH_PLANNER_CORE_SUITES_H_

#include <algorithm>
#include <ctime>
#include <string>

#include "fmt/format.h"
#include "planner/energy.h"
#include "planner/partition.h"
#include "planner/project_exact.h"
#include "planner/project_search.h"
#include "tests/bench/planner/instances.h"

namespace clambake::bench {

// Seconds that this thread has computed: other programs on the machine do not
// count, and everything measured here runs in one thread.
inline double CpuSeconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

// Breaches of precedence and capacity in a schedule of the core.
inline int Violations(const planner::Project& project, const planner::ProjectSchedule& schedule) {
  int violations = 0;
  std::vector<std::vector<std::int32_t>> used(
      static_cast<std::size_t>(schedule.makespan),
      std::vector<std::int32_t>(static_cast<std::size_t>(project.resources)));
  for (std::int32_t job = 0; job < project.jobs(); ++job) {
    const std::int32_t end = schedule.start[job] + project.duration[job];
    if (schedule.start[job] < 0 || end > schedule.makespan) ++violations;
    for (const std::int32_t blocker : project.before[job]) {
      if (schedule.start[blocker] + project.duration[blocker] > schedule.start[job]) ++violations;
    }
    for (std::int32_t t = std::max(schedule.start[job], 0); t < std::min(end, schedule.makespan); ++t) {
      for (std::int32_t r = 0; r < project.resources; ++r) {
        used[static_cast<std::size_t>(t)][static_cast<std::size_t>(r)] += project.Demand(job, r);
      }
    }
  }
  for (const auto& at : used) {
    for (std::int32_t r = 0; r < project.resources; ++r) {
      if (at[static_cast<std::size_t>(r)] > project.capacity[r]) ++violations;
    }
  }
  return violations;
}

constexpr std::int64_t kDecodes = 20'000;
constexpr std::int64_t kExactStates = 50'000;

// Search, bound, and search again, then exactly, where the bound has not been reached.
inline planner::ProjectSchedule SolveProject(const planner::Project& project, std::int64_t decodes,
                                             planner::Bound& bound) {
  planner::ProjectSchedule schedule = planner::SearchProject(project, {.decodes = 3, .target = 0});
  bound = planner::ProjectBound(project, schedule.makespan, 0);
  if (schedule.makespan == bound.minutes) return schedule;
  bound = planner::ProjectBound(project, schedule.makespan, 10'000'000);
  schedule = planner::SearchProject(project,
                                    {.decodes = decodes, .target = static_cast<std::int32_t>(bound.minutes)});
  planner::CloseExactly(project, kExactStates, schedule, bound);
  return schedule;
}

inline void RunRcpsp(const std::string& folder, std::int64_t decodes) {
  const Table table = ReadTable(folder + "/rcpsp/optima.csv");
  double gap = 0;
  double slowest = 0;
  double total = 0;
  int optimal = 0;
  int violations = 0;
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    const planner::Project project = ReadRcp(folder + "/rcpsp/" + table.At(row, "file"));
    const int optimum = std::stoi(table.At(row, "optimum"));
    const double start = CpuSeconds();
    const planner::ProjectSchedule schedule =
        planner::SearchProject(project, {.decodes = decodes, .target = 0});
    const double seconds = CpuSeconds() - start;
    slowest = std::max(slowest, seconds);
    total += seconds;
    violations += Violations(project, schedule);
    optimal += schedule.makespan == optimum ? 1 : 0;
    gap += static_cast<double>(schedule.makespan - optimum) / optimum;
  }
  const auto count = static_cast<double>(table.rows.size());
  fmt::print(
      "rcpsp: {} instances, {} optimal, mean gap {:.3f} %, violations {}, mean {:.1f} ms, slowest {:.1f} "
      "ms\n",
      table.rows.size(), optimal, gap / count * 100, violations, total / count * 1e3, slowest * 1e3);
}

// `decodes` of 100 jobs each, and more of fewer: as many jobs placed, as planner v2 counts.
inline void RunStg(const std::string& folder, std::int64_t decodes) {
  const Table table = ReadTable(folder + "/stg/optima.csv");
  double slowest = 0;
  double total = 0;
  int proven = 0;
  int reached = 0;
  int violations = 0;
  int below = 0;
  int certified = 0;
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    const planner::Project project =
        ReadStg(folder + "/stg/" + table.At(row, "file"), std::stoi(table.At(row, "m")));
    const int lower = std::stoi(table.At(row, "lower_bound"));
    planner::Bound bound;
    const double start = CpuSeconds();
    const planner::ProjectSchedule schedule = SolveProject(project, decodes * 100 / project.jobs(), bound);
    const double seconds = CpuSeconds() - start;
    certified += schedule.makespan == bound.minutes ? 1 : 0;
    below += bound.minutes > std::stoi(table.At(row, "best_makespan")) ? 1 : 0;
    if (schedule.makespan != bound.minutes)
      fmt::print("  open: {} m={} {} bound {} table {} {:.1f} ms\n", table.At(row, "file"),
                 table.At(row, "m"), schedule.makespan, bound.minutes, lower, seconds * 1e3);
    slowest = std::max(slowest, seconds);
    total += seconds;
    violations += Violations(project, schedule);
    below += schedule.makespan < lower ? 1 : 0;
    const int best = std::stoi(table.At(row, "best_makespan"));
    if (schedule.makespan != best) {
      fmt::print("  {} m={} {} {} best {}\n", table.At(row, "file"), table.At(row, "m"), schedule.makespan,
                 table.At(row, "status"), best);
    }
    if (table.At(row, "status") != "OPTIMAL") continue;
    ++proven;
    reached += schedule.makespan == best ? 1 : 0;
  }
  fmt::print(
      "stg: {} rows, {} of {} proven optima reached, {} certified, {} contradict the table, violations {}, "
      "mean {:.2f} ms, slowest {:.1f} ms\n",
      table.rows.size(), reached, proven, certified, below, violations,
      total / static_cast<double>(table.rows.size()) * 1e3, slowest * 1e3);
}

// One instance, for the comparison with other engines.
inline void RunStgOne(const std::string& path, int agents) {
  const planner::Project project = ReadStg(path, agents);
  planner::Bound bound;
  const double start = CpuSeconds();
  const planner::ProjectSchedule schedule = SolveProject(project, kDecodes * 100 / project.jobs(), bound);
  fmt::print("clambake {:>10} {:>8.4f} s, bound {} ({})\n", schedule.makespan, CpuSeconds() - start,
             bound.minutes, bound.proof);
}

inline void RunPcmax(const std::string& folder, int effort) {
  const Table table = ReadTable(folder + "/pcmax/optima.csv");
  double slowest = 0;
  double total = 0;
  double worst_gap = 0;
  int certified = 0;
  int wrong = 0;
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    const Partition partition = ReadPartition(folder + "/pcmax/" + table.At(row, "file"));
    const double start = CpuSeconds();
    const planner::PartitionPlan plan =
        planner::SolvePartition(partition.minutes, partition.agents, planner::LimitsFor(effort));
    const double seconds = CpuSeconds() - start;
    slowest = std::max(slowest, seconds);
    total += seconds;
    std::vector<std::int64_t> load(static_cast<std::size_t>(partition.agents));
    for (std::size_t job = 0; job < partition.minutes.size(); ++job) {
      load.at(static_cast<std::size_t>(plan.agent[static_cast<std::int32_t>(job)])) += partition.minutes[job];
    }
    const std::int64_t best = std::stoll(table.At(row, "best_makespan"));
    wrong += *std::max_element(load.begin(), load.end()) != plan.makespan || plan.bound.minutes > best ||
                     plan.makespan < std::stoll(table.At(row, "lower_bound"))
                 ? 1
                 : 0;
    certified += plan.makespan == plan.bound.minutes ? 1 : 0;
    const double gap =
        static_cast<double>(plan.makespan - plan.bound.minutes) / static_cast<double>(plan.bound.minutes);
    worst_gap = std::max(worst_gap, gap);
    if (gap > 0) {
      fmt::print("  {} {} bound {} best {} {} {:.1f} ms\n", table.At(row, "file"), plan.makespan,
                 plan.bound.minutes, best, table.At(row, "status"), seconds * 1e3);
    }
  }
  fmt::print(
      "pcmax: {} instances, {} certified, {} contradict the table, worst gap {:.3f} %, mean {:.2f} ms, "
      "slowest {:.1f} ms\n",
      table.rows.size(), certified, wrong, worst_gap * 100,
      total / static_cast<double>(table.rows.size()) * 1e3, slowest * 1e3);
}

// One instance, for the comparison with other engines.
inline void RunPcmaxOne(const std::string& path) {
  const Partition partition = ReadPartition(path);
  const double start = CpuSeconds();
  const planner::PartitionPlan plan =
      planner::SolvePartition(partition.minutes, partition.agents, planner::LimitsFor(1));
  fmt::print("clambake {:>10} {:>8.4f} s, bound {} ({})\n", plan.makespan, CpuSeconds() - start,
             plan.bound.minutes, plan.bound.proof);
}

}  // namespace clambake::bench

#endif  // CLAMBAKE_TESTS_BENCH_PLANNER_CORE_SUITES_H_
