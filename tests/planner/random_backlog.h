// Random backlogs with everything that can be in one, sound or not.
#ifndef CLAMBAKE_TESTS_PLANNER_RANDOM_BACKLOG_H_
#define CLAMBAKE_TESTS_PLANNER_RANDOM_BACKLOG_H_

#include <random>
#include <string>
#include <vector>

#include "tests/planner/backlog_builder.h"

namespace clambake {

struct Shape {
  int issues = 8;
  int tiers = 5;      // 1: no priorities
  int blockers = 30;  // chances in a hundred, by issue
  int areas = 30;
  int skills = 30;
  int trouble = 0;  // cycles, unknown blockers, held, closed, human-only …
  int max_minutes = 12;
};

class RandomBacklog {
 public:
  explicit RandomBacklog(unsigned seed) : random_(seed) {}

  int Below(int limit) { return static_cast<int>(random_() % static_cast<unsigned>(limit)); }
  bool Chance(int percent) { return Below(100) < percent; }

  Backlog Make(const Shape& shape) {
    BacklogBuilder builder;
    for (int i = 0; i < shape.issues; ++i) AddIssue(shape, i + 1, builder);
    return std::move(builder.get());
  }

  std::vector<Agent> Agents(int count, int skilled_percent, int max_capacity) {
    std::vector<Agent> agents = *MakeAgents(count);
    for (Agent& agent : agents) {
      agent.capacity = 1 + Below(max_capacity);
      if (!Chance(skilled_percent)) continue;
      agent.skills.push_back(kSkills[static_cast<std::size_t>(Below(3))]);
      if (Chance(30)) agent.skills.push_back(kSkills[static_cast<std::size_t>(Below(3))]);
    }
    return agents;
  }

 private:
  inline static const std::vector<std::string> kSkills = {"bug", "docs", "web"};

  void AddIssue(const Shape& shape, IssueNumber number, BacklogBuilder& builder) {
    static const std::vector<std::string> kPriorities = {"route:priority-medium", "route:priority-low",
                                                         "route:priority-high", "route:unblocker",
                                                         "route:priority-very-high"};
    std::vector<std::string> labels = {kPriorities[static_cast<std::size_t>(Below(shape.tiers))]};
    if (Chance(shape.skills)) labels.push_back(kSkills[static_cast<std::size_t>(Below(3))]);
    AddTrouble(shape, labels);
    builder.Ready(number, labels).Minutes(number, 1 + Below(shape.max_minutes));
    if (Chance(shape.trouble / 3)) builder.get().issues.back().state = State::kClosed;
    if (Chance(shape.trouble / 4))
      builder.PullFor(1000 + number, "Fixes #" + std::to_string(1 + Below(shape.issues)));
    while (number > 1 && Chance(shape.blockers)) {
      const auto earlier = static_cast<IssueNumber>(1 + Below(static_cast<int>(number) - 1));
      if (Chance(70)) {
        builder.Blocked(number, {earlier});
      } else {
        builder.Child(number, earlier);
      }
    }
    if (Chance(shape.trouble / 3)) builder.Blocked(number, {1 + Below(shape.issues + 2)});
    if (Chance(shape.trouble / 8)) builder.Unreadable(number);
    AddAreas(shape, number, builder);
  }

  void AddTrouble(const Shape& shape, std::vector<std::string>& labels) {
    static const std::vector<std::string> kLabels = {
        "route:human-only", "route:review", "route:ready_to_merge", "agent001", "agent002",
        "agent001",         "agent999"};
    if (Chance(shape.trouble)) labels.push_back(kLabels[static_cast<std::size_t>(Below(7))]);
  }

  void AddAreas(const Shape& shape, IssueNumber number, BacklogBuilder& builder) {
    static const std::vector<std::string> kPaths = {"lib",      "lib/a", "lib/a/x.cc", "lib/b",
                                                    "./lib/a/", "docs",  "",           "x/y"};
    while (Chance(shape.areas)) {
      builder.Touches(
          number, {kPaths[static_cast<std::size_t>(Below(8))], kPaths[static_cast<std::size_t>(Below(8))]});
    }
  }

  std::mt19937 random_;
};

}  // namespace clambake

#endif  // CLAMBAKE_TESTS_PLANNER_RANDOM_BACKLOG_H_
