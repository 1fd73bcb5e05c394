// Backlogs of any size for the planner benchmark: blockers, skills, file
// areas, priorities and estimates in proportions like those of real ones.
#ifndef CLAMBAKE_TESTS_BENCH_PLANNER_GENERATE_H_
#define CLAMBAKE_TESTS_BENCH_PLANNER_GENERATE_H_

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "clambake/model.h"

namespace clambake::bench {

inline const std::vector<std::string>& SkillNames() {
  static const std::vector<std::string> names = {"bug", "docs", "feature", "infra", "frontend", "backend"};
  return names;
}

// Issues come in projects of 50. Every third issue waits for one to three
// earlier ones of its project, every third requires a skill, every third
// touches one or two of n/5 files.
inline Backlog GenerateBacklog(std::int64_t size, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  const auto below = [&](std::int64_t limit) {
    return static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(limit));
  };
  static const std::vector<std::string> priorities = {"route:unblocker",
                                                      "route:priority-very-high",
                                                      "route:priority-high",
                                                      "route:priority-high",
                                                      "route:priority-medium",
                                                      "route:priority-medium",
                                                      "",
                                                      "route:priority-low"};
  Backlog backlog;
  backlog.repository = "example/generated";
  for (std::int64_t number = 1; number <= size; ++number) {
    Issue issue;
    issue.number = number;
    issue.title = "issue " + std::to_string(number);
    issue.labels.emplace_back("route:ready");
    const std::string& priority = priorities[static_cast<std::size_t>(below(8))];
    if (!priority.empty()) issue.labels.push_back(priority);
    if (below(3) == 0) issue.labels.push_back(SkillNames()[static_cast<std::size_t>(below(6))]);
    backlog.issues.push_back(std::move(issue));
    backlog.estimates.push_back({number, 5 + below(236)});
    const std::int64_t earlier = (number - 1) % 50;
    if (earlier > 0 && below(3) == 0) {
      Blockers blockers{number, {}, {}};
      for (std::int64_t i = 1 + below(3); i > 0; --i) {
        blockers.blocked_by.push_back(number - 1 - below(earlier));
      }
      backlog.blocked_by.push_back(std::move(blockers));
    }
    if (below(3) == 0) {
      Touches touches{number, {}};
      for (std::int64_t i = 1 + below(2); i > 0; --i) {
        const std::int64_t file = below(size / 5 + 1);
        touches.paths.push_back("src/room" + std::to_string(file % 97) + "/file" + std::to_string(file) +
                                ".cc");
      }
      backlog.touches.push_back(std::move(touches));
    }
  }
  return backlog;
}

// Every fifth agent takes anything, the others have two skills.
inline std::vector<Agent> GenerateAgents(int count) {
  std::vector<Agent> agents = *MakeAgents(count);
  for (std::size_t i = 0; i < agents.size(); ++i) {
    if (i % 5 == 0) continue;
    agents[i].skills = {SkillNames()[i % 6], SkillNames()[(i + 1 + i / 6 % 3) % 6]};
  }
  return agents;
}

}  // namespace clambake::bench

#endif  // CLAMBAKE_TESTS_BENCH_PLANNER_GENERATE_H_
