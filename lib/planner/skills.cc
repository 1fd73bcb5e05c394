#include "planner/skills.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "planner/problem.h"

namespace clambake::planner {
namespace {

using SkillSet = std::vector<std::int32_t>;  // ascending, each once
class SkillIds {
 public:
  explicit SkillIds(const std::vector<Agent>& agents) {
    for (const Agent& agent : agents) {
      for (const std::string& skill : agent.skills) {
        ids_.try_emplace(skill, static_cast<std::int32_t>(ids_.size()));
        lengths_ |= LengthBit(skill);
      }
    }
  }

  [[nodiscard]] bool empty() const { return ids_.empty(); }

  void Find(const std::vector<std::string>& labels, SkillSet& set) const {
    set.clear();
    for (const std::string& label : labels) {
      if ((lengths_ & LengthBit(label)) == 0) continue;
      const auto found = ids_.find(label);
      if (found != ids_.end()) set.push_back(found->second);
    }
    std::sort(set.begin(), set.end());
    set.erase(std::unique(set.begin(), set.end()), set.end());
  }

 private:
  static std::uint64_t LengthBit(const std::string& text) {
    return std::uint64_t{1} << std::min<std::size_t>(text.size(), 63);
  }

  absl::flat_hash_map<std::string, std::int32_t> ids_;
  std::uint64_t lengths_ = 0;  // most labels are no skill, and are told by their length already
};

// Sets that are equal get the same number, in the order of first use.
class SetNumbers {
 public:
  std::int32_t Of(const SkillSet& set) {
    if (set.size() != 1) return Lookup(set);
    const auto skill = static_cast<std::size_t>(set.front());
    if (skill >= single_.size()) single_.resize(skill + 1, kNone);
    if (single_[skill] == kNone) single_[skill] = Lookup(set);
    return single_[skill];
  }
  [[nodiscard]] const std::vector<SkillSet>& sets() const { return sets_; }

 private:
  std::int32_t Lookup(const SkillSet& set) {
    const auto [found, added] = numbers_.try_emplace(set, static_cast<std::int32_t>(sets_.size()));
    if (added) sets_.push_back(set);
    return found->second;
  }

  std::vector<std::int32_t> single_;  // by skill: most sets are a single one
  absl::flat_hash_map<SkillSet, std::int32_t> numbers_;
  std::vector<SkillSet> sets_;
};

bool CanTake(const SkillSet& agent, const SkillSet& required) {
  return agent.empty() || std::includes(agent.begin(), agent.end(), required.begin(), required.end());
}

// By old number: the new one, so that groups with few skills come first.
Column<std::int32_t> ByFlexibility(const std::vector<SkillSet>& groups,
                                   const std::vector<SkillSet>& classes) {
  std::vector<std::pair<std::int64_t, std::int32_t>> keys;
  for (const SkillSet& group : groups) {
    const auto can =
        std::count_if(classes.begin(), classes.end(), [&](const SkillSet& c) { return CanTake(group, c); });
    keys.emplace_back(can, static_cast<std::int32_t>(keys.size()));
  }
  std::sort(keys.begin(), keys.end());
  Column<std::int32_t> renumbered(keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) renumbered[keys[i].second] = static_cast<std::int32_t>(i);
  return renumbered;
}

void RejectUnskilled(Intake& intake, const Skills& skills) {
  for (std::int32_t position = 0; position < intake.table.size(); ++position) {
    if (intake.fate[position] != Fate::kPlanned) continue;
    if (skills.skill_groups[skills.skill[position]].empty()) {
      intake.Reject(position, UnassignedReason::kNoSkilledAgent);
    }
  }
}

void MatchGroups(const std::vector<SkillSet>& groups, const std::vector<SkillSet>& classes, Skills& skills) {
  const Column<std::int32_t> renumbered = ByFlexibility(groups, classes);
  for (std::int32_t& group : skills.group) group = renumbered[group];
  std::vector<std::int32_t> eligible;
  for (const SkillSet& required : classes) {
    eligible.clear();
    for (std::size_t group = 0; group < groups.size(); ++group) {
      if (CanTake(groups[group], required)) eligible.push_back(renumbered[static_cast<std::int32_t>(group)]);
    }
    std::sort(eligible.begin(), eligible.end());
    skills.skill_groups.AddRow(eligible);
  }
  skills.group_skills = Transpose(skills.skill_groups, static_cast<std::int32_t>(groups.size()));
}

}  // namespace

Skills MatchSkills(Intake& intake) {
  constexpr std::int32_t kAhead = 16;
  Skills skills;
  const SkillIds ids(intake.agents);
  SkillSet set;
  SetNumbers groups;
  for (const Agent& agent : intake.agents) {
    ids.Find(agent.skills, set);
    skills.group.push_back(groups.Of(set));
  }
  SetNumbers classes;
  classes.Of({});  // class 0 requires nothing
  skills.skill.assign(static_cast<std::size_t>(intake.table.size()), 0);
  if (!ids.empty()) {
    for (std::int32_t position = 0; position < intake.table.size(); ++position) {
      intake.table.FetchLabels(position + kAhead);
      if (intake.fate[position] != Fate::kPlanned) continue;
      ids.Find(intake.table[position].labels, set);
      if (!set.empty()) skills.skill[position] = classes.Of(set);
    }
  }
  MatchGroups(groups.sets(), classes.sets(), skills);
  RejectUnskilled(intake, skills);
  return skills;
}

}  // namespace clambake::planner
