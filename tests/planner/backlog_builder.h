// Builds small backlogs for planner tests, a line for each fact.
#ifndef CLAMBAKE_TESTS_PLANNER_BACKLOG_BUILDER_H_
#define CLAMBAKE_TESTS_PLANNER_BACKLOG_BUILDER_H_

#include <string>
#include <utility>
#include <vector>

#include "clambake/work_planner.h"

namespace clambake {

class BacklogBuilder {
 public:
  // An open issue with route:ready and the further labels.
  BacklogBuilder& Ready(IssueNumber number, std::vector<std::string> labels = {}) {
    labels.insert(labels.begin(), "route:ready");
    return Labelled(number, std::move(labels));
  }
  BacklogBuilder& Labelled(IssueNumber number, std::vector<std::string> labels) {
    Issue issue;
    issue.number = number;
    issue.title = "issue " + std::to_string(number);
    issue.labels = std::move(labels);
    backlog_.issues.push_back(std::move(issue));
    return *this;
  }
  BacklogBuilder& Closed(IssueNumber number) {
    Labelled(number, {"route:ready"});
    backlog_.issues.back().state = State::kClosed;
    return *this;
  }
  BacklogBuilder& Blocked(IssueNumber number, std::vector<IssueNumber> by) {
    backlog_.blocked_by.push_back({number, std::move(by), {}});
    return *this;
  }
  BacklogBuilder& Unreadable(IssueNumber number) {
    backlog_.blocked_by.push_back({number, {}, {"other/repository#1"}});
    return *this;
  }
  BacklogBuilder& Child(IssueNumber parent, IssueNumber child) {
    backlog_.sub_issues.push_back({parent, child});
    return *this;
  }
  BacklogBuilder& Minutes(IssueNumber number, std::int64_t minutes) {
    backlog_.estimates.push_back({number, minutes});
    return *this;
  }
  BacklogBuilder& Touches(IssueNumber number, std::vector<std::string> paths) {
    backlog_.touches.push_back({number, std::move(paths)});
    return *this;
  }
  BacklogBuilder& PullFor(std::int64_t number, std::string body, std::string head = "topic") {
    Pull pull;
    pull.number = number;
    pull.body = std::move(body);
    pull.head_ref = std::move(head);
    backlog_.pulls.push_back(std::move(pull));
    return *this;
  }
  BacklogBuilder& BranchAt(std::string name, std::string sha) {
    backlog_.branches.push_back({std::move(name), std::move(sha), std::nullopt});
    return *this;
  }

  Backlog& get() { return backlog_; }

 private:
  Backlog backlog_;
};

inline PlanRequest RequestFor(const Backlog& backlog, std::vector<Agent> agents) {
  PlanRequest request;
  request.backlog = &backlog;
  request.agents = std::move(agents);
  return request;
}

inline PlanRequest RequestFor(const Backlog& backlog, int agents) {
  return RequestFor(backlog, *MakeAgents(agents));
}

inline const Assignment* FindAssignment(const Plan& plan, IssueNumber issue) {
  for (const Assignment& assignment : plan.assignments) {
    if (assignment.issue == issue) return &assignment;
  }
  return nullptr;
}

inline const Unassigned* FindUnassigned(const Plan& plan, IssueNumber issue) {
  for (const Unassigned& unassigned : plan.unassigned) {
    if (unassigned.issue == issue) return &unassigned;
  }
  return nullptr;
}

}  // namespace clambake

#endif  // CLAMBAKE_TESTS_PLANNER_BACKLOG_BUILDER_H_
