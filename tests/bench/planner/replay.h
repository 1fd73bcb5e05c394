// Replays a real backlog: issues arrive when they did, agents work through
// them as a planner hands them out, in cycles of ten minutes of an eight-hour
// day. What an issue takes is what it took, between 15 minutes and a day. An
// agent that is given a blocked issue gives up after 20 minutes, and a person
// sets the issue aside for a day.
#ifndef CLAMBAKE_TESTS_BENCH_PLANNER_REPLAY_H_
#define CLAMBAKE_TESTS_BENCH_PLANNER_REPLAY_H_

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "clambake/factory.h"
#include "fmt/format.h"

namespace clambake::bench {

class Replay {
 public:
  Replay(const Backlog& backlog, int agents, const WorkPlanner& planner)
      : planner_(planner), backlog_(backlog) {
    agents_ = *MakeAgents(agents);
    busy_until_.resize(agents_.size(), 0);
    holds_.resize(agents_.size(), 0);
    absl::Time first = absl::InfiniteFuture();
    for (const Issue& issue : backlog.issues) first = std::min(first, std::max(issue.created_at, Epoch()));
    for (std::size_t i = 0; i < backlog.issues.size(); ++i) {
      const Issue& issue = backlog.issues[i];
      index_[issue.number] = i;
      arrives_.push_back(WorkingMinutes(std::max(issue.created_at, Epoch()) - first));
      const bool closed = issue.closed_at != absl::InfiniteFuture();
      const std::int64_t took = closed ? absl::ToInt64Minutes(issue.closed_at - issue.created_at) : kDay;
      minutes_.push_back(std::clamp<std::int64_t>(took, 15, kDay));
    }
    done_.assign(arrives_.size(), 0);
    aside_until_.assign(arrives_.size(), 0);
    started_.assign(arrives_.size(), -1);
    for (const Blockers& it : backlog.blocked_by) {
      for (const IssueNumber by : it.blocked_by) AddWait(it.issue, by);
    }
    for (const SubIssue& it : backlog.sub_issues) AddWait(it.parent, it.child);
    for (const Touches& it : backlog.touches) paths_[it.issue] = it.paths;
  }

  void Run() {
    constexpr std::int64_t kLongest = 400 * kDay;
    for (now_ = 0; left_ > 0 && now_ < kLongest; now_ += kCycle) {
      Land();
      HandOut();
      for (std::size_t agent = 0; agent < agents_.size(); ++agent) {
        if (busy_until_[agent] <= now_) idle_ += kCycle;
      }
    }
  }

  void Print() const {
    fmt::print(
        "{:>7} {:>2} agents: finished day {:>6.1f}, idle {:>7} agent-hours, blocked hand-outs {:>4}, clashes "
        "on files {:>4}, left {:>3}; hours waited:",
        planner_.name(), agents_.size(), static_cast<double>(finished_) / kDay, idle_ / 60, blocked_,
        clashes_, left_);
    for (const auto& [priority, waits] : waits_) {
      std::int64_t sum = 0;
      for (const std::int64_t wait : waits) sum += wait;
      fmt::print(" {} {:.1f}", PriorityName(priority),
                 static_cast<double>(sum) / 60 / static_cast<double>(waits.size()));
    }
    fmt::print("\n");
    std::fflush(stdout);
  }

 private:
  static constexpr std::int64_t kDay = 480;
  static constexpr std::int64_t kCycle = 10;
  static constexpr std::int64_t kLostToBlocked = 20;  // minutes until an agent gives up

  // The sample's oldest issue has a made-up date long before all others.
  static absl::Time Epoch() { return absl::FromUnixSeconds(1'760'000'000); }

  // A third of each day is worked.
  static std::int64_t WorkingMinutes(absl::Duration duration) { return absl::ToInt64Minutes(duration) / 3; }

  void AddWait(IssueNumber issue, IssueNumber by) {
    if (index_.contains(issue) && index_.contains(by)) waits_for_[issue].push_back(by);
  }

  bool Blocked(IssueNumber issue) const {
    const auto found = waits_for_.find(issue);
    return found != waits_for_.end() &&
           std::any_of(found->second.begin(), found->second.end(), [&](IssueNumber by) {
             return done_[index_.at(by)] == 0 && arrives_[index_.at(by)] <= now_;
           });
  }

  bool Clashes(IssueNumber issue) const {
    const auto mine = paths_.find(issue);
    if (mine == paths_.end()) return false;
    return std::any_of(holds_.begin(), holds_.end(), [&](IssueNumber other) {
      const auto theirs = paths_.find(other);
      return other != 0 && other != issue && theirs != paths_.end() &&
             std::find_first_of(mine->second.begin(), mine->second.end(), theirs->second.begin(),
                                theirs->second.end()) != mine->second.end();
    });
  }

  void Land() {
    for (std::size_t agent = 0; agent < agents_.size(); ++agent) {
      if (holds_[agent] == 0 || busy_until_[agent] > now_) continue;
      const std::size_t i = index_.at(holds_[agent]);
      if (started_[i] >= 0) {
        done_[i] = 1;
        --left_;
        finished_ = std::max(finished_, busy_until_[agent]);
      }
      holds_[agent] = 0;
    }
  }

  bool Open(IssueNumber issue) const {
    const std::size_t i = index_.at(issue);
    return arrives_[i] <= now_ && done_[i] == 0;
  }

  // What is open now, and what it waits for.
  Backlog Snapshot() const {
    Backlog now;
    now.repository = backlog_.repository;
    for (std::size_t i = 0; i < backlog_.issues.size(); ++i) {
      const Issue& issue = backlog_.issues[i];
      if (!Open(issue.number)) continue;
      const bool aside =
          aside_until_[i] > now_ && std::find(holds_.begin(), holds_.end(), issue.number) == holds_.end();
      if (aside) continue;
      now.issues.push_back(issue);
      now.issues.back().state = State::kOpen;
      now.estimates.push_back({issue.number, minutes_[i]});
      const auto holder = std::find(holds_.begin(), holds_.end(), issue.number);
      if (holder != holds_.end()) {
        now.issues.back().labels.push_back(agents_[static_cast<std::size_t>(holder - holds_.begin())].id);
      }
      const auto waits = waits_for_.find(issue.number);
      if (waits != waits_for_.end()) {
        Blockers blockers{issue.number, {}, {}};
        for (const IssueNumber by : waits->second) {
          if (Open(by)) blockers.blocked_by.push_back(by);
        }
        now.blocked_by.push_back(std::move(blockers));
      }
      const auto paths = paths_.find(issue.number);
      if (paths != paths_.end()) now.touches.push_back({issue.number, paths->second});
    }
    return now;
  }

  void HandOut() {
    if (std::find(holds_.begin(), holds_.end(), 0) == holds_.end()) return;
    const Backlog snapshot = Snapshot();
    if (snapshot.issues.empty()) return;
    PlanRequest request;
    request.backlog = &snapshot;
    request.agents = agents_;
    request.options.effort = 0;
    const Plan plan = *planner_.MakePlan(request);
    for (const Assignment& it : plan.assignments) {
      const auto agent = static_cast<std::size_t>(it.agent);
      if (!it.now || it.running || holds_[agent] != 0) continue;
      holds_[agent] = it.issue;
      const std::size_t i = index_.at(it.issue);
      if (Blocked(it.issue)) {
        ++blocked_;
        busy_until_[agent] = now_ + kLostToBlocked;
        aside_until_[i] = now_ + kDay;
        continue;
      }
      clashes_ += Clashes(it.issue) ? 1 : 0;
      started_[i] = now_;
      waits_[it.priority].push_back(now_ - arrives_[i]);
      busy_until_[agent] = now_ + minutes_[i];
    }
  }

  const WorkPlanner& planner_;
  const Backlog& backlog_;
  std::vector<Agent> agents_;
  absl::flat_hash_map<IssueNumber, std::size_t> index_;
  std::vector<std::int64_t> arrives_, minutes_, started_, aside_until_;
  std::vector<int> done_;
  std::map<IssueNumber, std::vector<IssueNumber>> waits_for_;
  absl::flat_hash_map<IssueNumber, std::vector<std::string>> paths_;
  std::vector<std::int64_t> busy_until_;
  std::vector<IssueNumber> holds_;
  std::int64_t now_ = 0;
  std::int64_t left_ = static_cast<std::int64_t>(backlog_.issues.size());
  std::int64_t finished_ = 0;
  std::int64_t idle_ = 0;
  std::int64_t blocked_ = 0;
  std::int64_t clashes_ = 0;
  std::map<Priority, std::vector<std::int64_t>> waits_;
};

inline int RunReplay(const std::string& folder) {
  const absl::StatusOr<Backlog> backlog = ReadBacklogFile(folder + "/backlog-beads.json");
  if (!backlog.ok()) {
    fmt::print(stderr, "{}\n", std::string(backlog.status().message()));
    return 2;
  }
  for (const int agents : {8, 12}) {
    for (const Generation generation : {Generation::kLegacy, Generation::kV2}) {
      const auto planner = NewWorkPlanner(generation);
      if (!planner.ok()) continue;
      Replay replay(*backlog, agents, **planner);
      replay.Run();
      replay.Print();
    }
  }
  return 0;
}

}  // namespace clambake::bench

#endif  // CLAMBAKE_TESTS_BENCH_PLANNER_REPLAY_H_
