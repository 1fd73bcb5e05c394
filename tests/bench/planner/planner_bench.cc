// Measures planner v2. Usage: planner_bench SUITE [DATA_FOLDER]
#include <cstdio>
#include <fstream>
#include <string>

#include "clambake/work_planner.h"
#include "fmt/format.h"
#include "planner/v2_planner.h"
#include "tests/bench/planner/core_suites.h"
#include "tests/bench/planner/generate.h"
#include "tests/bench/planner/replan.h"
#include "tests/bench/planner/replay.h"

namespace clambake::bench {
namespace {

// Peak resident memory in megabytes, as Linux tells it.
long PeakMegabytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::stol(line.substr(6)) / 1024;
  }
  return 0;
}

void RunSizes() {
  fmt::print("{:>9} {:>7} {:>10} {:>12} {:>10} {:>10} {:>9} {:>7}\n", "issues", "agents", "seconds",
             "ns/issue", "makespan", "bound", "gap %", "MB");
  const auto planner = NewV2Planner();
  for (const auto& [issues, agents] : std::vector<std::pair<int, int>>{
           {1000, 12}, {1000, 10}, {10'000, 100}, {100'000, 1000}, {1'000'000, 10'000}}) {
    const Backlog backlog = GenerateBacklog(issues, 1);
    PlanRequest request;
    request.backlog = &backlog;
    request.agents = GenerateAgents(agents);
    double best = 1e9;
    Plan plan;
    for (int run = 0; run < 5; ++run) {
      const double start = CpuSeconds();
      plan = *planner->MakePlan(request);
      best = std::min(best, CpuSeconds() - start);
    }
    fmt::print("{:>9} {:>7} {:>10.4f} {:>12.0f} {:>10} {:>10} {:>9.3f} {:>7}  {}\n", issues, agents, best,
               best * 1e9 / issues, plan.makespan_minutes, plan.lower_bound_minutes, Gap(plan) * 100,
               PeakMegabytes(), plan.lower_bound_proof);
  }
}

}  // namespace
}  // namespace clambake::bench

int main(int argc, char** argv) {
  const std::string suite = argc > 1 ? argv[1] : "";
  const std::string folder = argc > 2 ? argv[2] : "";
  const std::int64_t decodes = argc > 3 ? std::stoll(argv[3]) : clambake::bench::kDecodes;
  if (suite == "sizes") {
    clambake::bench::RunSizes();
  } else if (suite == "rcpsp") {
    clambake::bench::RunRcpsp(folder, decodes);
  } else if (suite == "stg") {
    clambake::bench::RunStg(folder, decodes);
  } else if (suite == "replay") {
    return clambake::bench::RunReplay(folder);
  } else if (suite == "replan") {
    clambake::bench::RunReplan();
  } else if (suite == "pcmax-one") {
    clambake::bench::RunPcmaxOne(folder);
  } else if (suite == "stg-one") {
    clambake::bench::RunStgOne(folder, argc > 3 ? std::stoi(argv[3]) : 2);
  } else if (suite == "pcmax") {
    clambake::bench::RunPcmax(folder, argc > 3 ? std::stoi(argv[3]) : 1);
  } else {
    fmt::print(
        stderr,
        "usage: planner_bench sizes | replan | rcpsp FOLDER | stg FOLDER | pcmax FOLDER | replay FOLDER\n");
    return 2;
  }
  return 0;
}
