// A service that links the library: reads a backlog and prints who starts what now.
#include <cstdio>
#include <string>

#include "clambake/factory.h"

int main(int argc, char* argv[]) {
  if (argc != 2) return std::fprintf(stderr, "usage: embed BACKLOG.json\n"), 2;
  const auto fail = [](const absl::Status& status) {
    return std::fprintf(stderr, "%s\n", std::string(status.message()).c_str()), 2;
  };

  // A service that must come up although its flags are wrong falls back to the safe ones.
  auto flags = clambake::FeatureFlags::FromEnvironment();
  const auto planner = clambake::NewWorkPlanner(flags.ok() ? *flags : clambake::FeatureFlags::FailSafe());
  if (!planner.ok()) return fail(planner.status());
  const auto backlog = clambake::ReadBacklogFile(argv[1]);
  if (!backlog.ok()) return fail(backlog.status());
  auto agents = clambake::MakeAgents(8);
  if (!agents.ok()) return fail(agents.status());

  const auto plan = planner->planner->MakePlan({.backlog = &*backlog, .agents = *std::move(agents)});
  if (!plan.ok()) return fail(plan.status());
  for (const clambake::Assignment& assignment : plan->assignments) {
    if (!assignment.now || assignment.running) continue;
    const clambake::Agent& agent = plan->agents[static_cast<std::size_t>(assignment.agent)];
    std::printf("#%lld → %s\n", static_cast<long long>(assignment.issue), agent.id.c_str());
  }
  return 0;
}
