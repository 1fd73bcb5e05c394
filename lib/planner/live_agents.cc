#include "planner/live_agents.h"

#include <algorithm>
#include <utility>

#include "fmt/format.h"
#include "planner/agents.h"

namespace clambake::planner {
namespace {

std::vector<std::string> Sorted(std::vector<std::string> skills) {
  std::sort(skills.begin(), skills.end());
  skills.erase(std::unique(skills.begin(), skills.end()), skills.end());
  return skills;
}

}  // namespace

LiveAgents::LiveAgents(std::vector<Agent> agents) : agents_(std::move(agents)) {
  std::sort(agents_.begin(), agents_.end(), [](const Agent& a, const Agent& b) { return a.id < b.id; });
}

void LiveAgents::Adopt(const Problem& problem) {
  groups_.assign(static_cast<std::size_t>(problem.group_count), {});
  id_of_.clear();
  for (std::int32_t agent = 0; agent < problem.agents(); ++agent) {
    const Agent& here = agents_[static_cast<std::size_t>(agent)];
    Group& group = groups_[static_cast<std::size_t>(problem.group[agent])];
    if (group.agents++ == 0) group.skills = Sorted(here.skills);
    id_of_.push_back(here.id);
  }
}

std::int32_t LiveAgents::GroupOf(const Agent& agent) const {
  const std::vector<std::string> skills = Sorted(agent.skills);
  const auto found = std::find_if(groups_.begin(), groups_.end(),
                                  [&](const Group& group) { return group.skills == skills; });
  return found == groups_.end() ? kNone : static_cast<std::int32_t>(found - groups_.begin());
}

std::int32_t LiveAgents::Add(const Agent& agent) {
  const std::int32_t group = GroupOf(agent);
  agents_.insert(agents_.begin() + PlaceOfAgent(agents_, agent.id), agent);
  if (group == kNone) return kNone;
  ++groups_[static_cast<std::size_t>(group)].agents;
  id_of_.push_back(agent.id);
  return group;
}

std::int32_t LiveAgents::Remove(std::string_view id) {
  const std::int32_t place = FindAgent(agents_, id);
  const std::int32_t group = GroupOf(agents_[static_cast<std::size_t>(place)]);
  id_of_[static_cast<std::size_t>(NumberOf(id))].clear();
  --groups_[static_cast<std::size_t>(group)].agents;
  agents_.erase(agents_.begin() + place);  // last: `id` may be its own
  return group;
}

std::int32_t LiveAgents::NumberOf(std::string_view id) const {
  return static_cast<std::int32_t>(std::find(id_of_.begin(), id_of_.end(), id) - id_of_.begin());
}

std::int32_t LiveAgents::PlaceOf(std::int32_t number) const { return FindAgent(agents_, IdOf(number)); }

bool LiveAgents::SkillsNameRoutes() const {
  return std::any_of(groups_.begin(), groups_.end(), [](const Group& group) {
    return std::any_of(group.skills.begin(), group.skills.end(),
                       [](const std::string& skill) { return skill.starts_with("route:"); });
  });
}

std::vector<Agent> LiveAgents::OneOfEachGroup() const {
  std::vector<Agent> agents;
  // Padded, so that the order of ids is that of groups.
  for (const Group& group : groups_)
    agents.push_back({fmt::format("agent{:07}", agents.size()), 1, group.skills});
  return agents;
}

std::int32_t LiveAgents::ClassOf(const Problem& alone, const Rows& classes) const {
  const auto row = alone.skill_groups[alone.skill[0]];
  std::vector<std::int32_t> can;
  for (std::int32_t agent = 0; agent < alone.agents(); ++agent) {
    if (std::binary_search(row.begin(), row.end(), alone.group[agent])) can.push_back(agent);
  }
  for (std::int32_t skill = 0; skill < classes.size(); ++skill) {
    if (std::equal(classes[skill].begin(), classes[skill].end(), can.begin(), can.end())) return skill;
  }
  return kNone;
}

}  // namespace clambake::planner
