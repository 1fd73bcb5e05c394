// ValidatePlan: skills and capacity.
#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "fmt/format.h"
#include "planner/plan_check.h"

namespace clambake::planner {
namespace {

absl::Status CheckAgentList(const PlanCheck& check) {
  std::vector<Agent> expected = check.request->agents;
  std::sort(expected.begin(), expected.end(), [](const Agent& a, const Agent& b) { return a.id < b.id; });
  const bool same =
      std::equal(expected.begin(), expected.end(), check.plan->agents.begin(), check.plan->agents.end(),
                 [](const Agent& a, const Agent& b) { return a.id == b.id && a.capacity == b.capacity; });
  return same ? absl::OkStatus() : Breach("the agents are not those of the request, by id");
}

// Starts and ends of one agent's assignments: at most `capacity` at a time,
// unless those that run already are more.
absl::Status CheckCapacity(const PlanCheck& check, std::size_t agent, const std::vector<std::size_t>& jobs) {
  std::vector<std::pair<std::int64_t, int>> changes;  // an end sorts before a start at the same time
  int running = 0;
  for (const std::size_t job : jobs) {
    const Assignment& it = *check.jobs[job].assignment;
    if (it.running) {
      ++running;
      changes.emplace_back(it.finish_minutes, -1);
    } else {
      changes.emplace_back(it.start_minutes, 1);
      changes.emplace_back(it.finish_minutes, -1);
    }
  }
  std::sort(changes.begin(), changes.end());
  int busy = running;
  for (const auto& [time, change] : changes) {
    busy += change;
    if (change > 0 && busy > check.plan->agents[agent].capacity) {
      return Breach(
          fmt::format("{} works on {} issues at minute {}", check.plan->agents[agent].id, busy, time));
    }
  }
  return absl::OkStatus();
}

}  // namespace

bool MayTake(const Plan& plan, const Agent& agent, const Issue& issue) {
  if (agent.skills.empty()) return true;
  return std::all_of(issue.labels.begin(), issue.labels.end(), [&](const std::string& label) {
    const bool is_skill = std::any_of(plan.agents.begin(), plan.agents.end(),
                                      [&](const Agent& other) { return HasLabel(other.skills, label); });
    return !is_skill || HasLabel(agent.skills, label);
  });
}

absl::Status CheckAgents(const PlanCheck& check) {
  if (auto status = CheckAgentList(check); !status.ok()) return status;
  absl::flat_hash_set<std::string> skills;
  for (const Agent& agent : check.plan->agents) skills.insert(agent.skills.begin(), agent.skills.end());
  std::vector<std::vector<std::size_t>> jobs(check.plan->agents.size());
  for (std::size_t job = 0; job < check.jobs.size(); ++job) {
    const Assignment& it = *check.jobs[job].assignment;
    jobs[static_cast<std::size_t>(it.agent)].push_back(job);
    const Agent& agent = check.plan->agents[static_cast<std::size_t>(it.agent)];
    if (it.running || agent.skills.empty()) continue;
    for (const std::string& label : check.jobs[job].issue->labels) {
      if (!skills.contains(label) || HasLabel(agent.skills, label)) continue;
      return Breach(fmt::format("#{} needs '{}', which {} lacks", it.issue, label, agent.id));
    }
  }
  for (std::size_t agent = 0; agent < jobs.size(); ++agent) {
    if (auto status = CheckCapacity(check, agent, jobs[agent]); !status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace clambake::planner
