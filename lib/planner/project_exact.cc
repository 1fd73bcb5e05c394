#include "planner/project_exact.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"

namespace clambake::planner {
namespace {

constexpr std::int32_t kMaxJobs = 128;
constexpr std::int32_t kMaxAgents = 16;

bool Suits(const Project& project) {
  return project.resources == 1 && project.jobs() <= kMaxJobs && project.capacity[0] <= kMaxAgents &&
         std::all_of(project.demand.begin(), project.demand.end(), [](std::int32_t d) { return d == 1; });
}

Project Mirror(Project project) {
  std::swap(project.before, project.after);
  return project;
}

class ExactSearch {
 public:
  ExactSearch(const Project& project, std::int32_t deadline, std::int64_t nodes)
      : project_(project),
        deadline_(deadline),
        nodes_(nodes),
        start_(project.duration.size(), -1),
        ready_(project.duration.size(), 0),
        waits_(project.duration.size(), 0),
        free_(static_cast<std::size_t>(project.capacity[0]), 0) {
    for (std::int32_t job = 0; job < project.jobs(); ++job)
      waits_[job] = static_cast<std::int32_t>(project.before[job].size());
    FindLatest();
  }

  ProjectAnswer Run() {
    ProjectAnswer result;
    result.answer = Descend(0);
    if (result.answer != Answer::kYes) return result;
    result.schedule.start = start_;
    for (std::int32_t job = 0; job < project_.jobs(); ++job)
      result.schedule.makespan = std::max(result.schedule.makespan, End(job));
    return result;
  }

 private:
  using Key = std::array<std::uint64_t, 2>;  // jobs that have started
  struct Failed {
    std::vector<std::int32_t> free;                              // by agent, ascending
    std::vector<std::pair<std::int32_t, std::int32_t>> running;  // jobs, and their ends
  };

  [[nodiscard]] std::int32_t End(std::int32_t job) const { return start_[job] + project_.duration[job]; }

  // The latest starts, from the last jobs backwards, and jobs by latest end.
  void FindLatest() {
    latest_.assign(project_.duration.size(), 0);
    Column<std::int32_t> open(project_.duration.size());
    std::vector<std::int32_t> order;
    for (std::int32_t job = 0; job < project_.jobs(); ++job) {
      open[job] = static_cast<std::int32_t>(project_.after[job].size());
      if (open[job] == 0) order.push_back(job);
    }
    for (std::size_t i = 0; i < order.size(); ++i) {
      std::int32_t end = deadline_;
      for (const std::int32_t next : project_.after[order[i]]) end = std::min(end, latest_[next]);
      latest_[order[i]] = end - project_.duration[order[i]];
      for (const std::int32_t blocker : project_.before[order[i]]) {
        if (--open[blocker] == 0) order.push_back(blocker);
      }
    }
    for (std::int32_t job = 0; job < project_.jobs(); ++job) by_end_.push_back(job);
    std::stable_sort(by_end_.begin(), by_end_.end(), [&](std::int32_t a, std::int32_t b) {
      return latest_[a] + project_.duration[a] < latest_[b] + project_.duration[b];
    });
  }

  Answer Descend(std::int32_t now) {
    if (started_ == project_.jobs()) return Answer::kYes;
    if (--nodes_ < 0) return Answer::kUnknown;
    now = std::max(now, free_.front());
    std::vector<std::pair<std::int32_t, std::int32_t>> choices;  // latest start, job
    std::int32_t first = deadline_;
    std::int32_t end = deadline_;
    for (std::int32_t job = 0; job < project_.jobs(); ++job) {
      if (start_[job] >= 0 || waits_[job] > 0) continue;
      const std::int32_t start = std::max(now, ready_[job]);
      if (start > latest_[job]) return Answer::kNo;
      first = std::min(first, start);
      end = std::min(end, start + project_.duration[job]);
      choices.emplace_back(latest_[job], job);
    }
    if (Overloaded(first) || HasFailed(first)) return Answer::kNo;
    std::sort(choices.begin(), choices.end());
    for (const auto& [latest, job] : choices) {
      const std::int32_t start = std::max(now, ready_[job]);
      if (start >= end) continue;
      const Answer answer = Try(job, start);
      if (answer != Answer::kNo) return answer;
    }
    Remember(first);
    return Answer::kNo;
  }

  Answer Try(std::int32_t job, std::int32_t start) {
    const std::vector<std::int32_t> free = free_;
    std::vector<std::int32_t> ready;
    Mark(job, start);
    for (const std::int32_t next : project_.after[job]) {
      ready.push_back(ready_[next]);
      ready_[next] = std::max(ready_[next], End(job));
      --waits_[next];
    }
    free_.front() = End(job);
    std::sort(free_.begin(), free_.end());
    const Answer answer = Descend(start);
    if (answer == Answer::kYes) return answer;
    std::size_t i = 0;
    for (const std::int32_t next : project_.after[job]) {
      ready_[next] = ready[i++];
      ++waits_[next];
    }
    free_ = free;
    Mark(job, -1);
    return answer;
  }

  void Mark(std::int32_t job, std::int32_t start) {
    start_[job] = start;
    started_ += start < 0 ? -1 : 1;
    key_[static_cast<std::size_t>(job) / 64] ^= std::uint64_t{1} << (static_cast<unsigned>(job) % 64);
  }

  // Whether what must end by some time is more than the agents can do from
  // `now` until then.
  [[nodiscard]] bool Overloaded(std::int32_t now) const {
    std::int64_t work = 0;
    for (const std::int32_t job : by_end_) {
      if (start_[job] >= 0) continue;
      work += project_.duration[job];
      const std::int32_t end = latest_[job] + project_.duration[job];
      std::int64_t room = 0;
      for (const std::int32_t free : free_) room += std::max(end - std::max(free, now), 0);
      if (work > room) return true;
    }
    return false;
  }

  // Another state with the same jobs started has failed, although its agents
  // were free and its jobs done no later than here.
  [[nodiscard]] bool HasFailed(std::int32_t now) const {
    const auto found = failed_.find(key_);
    if (found == failed_.end()) return false;
    return std::any_of(found->second.begin(), found->second.end(), [&](const Failed& failed) {
      for (std::size_t i = 0; i < free_.size(); ++i) {
        if (failed.free[i] > std::max(free_[i], now)) return false;
      }
      return std::all_of(failed.running.begin(), failed.running.end(),
                         [&](const auto& it) { return it.second <= std::max(End(it.first), now); });
    });
  }

  void Remember(std::int32_t now) {
    Failed failed;
    for (const std::int32_t free : free_) failed.free.push_back(std::max(free, now));
    for (std::int32_t job = 0; job < project_.jobs(); ++job) {
      if (start_[job] >= 0 && End(job) > now) failed.running.emplace_back(job, End(job));
    }
    failed_[key_].push_back(std::move(failed));
  }

  const Project& project_;
  std::int32_t deadline_;
  std::int64_t nodes_;
  Column<std::int32_t> start_;   // by job; −1: not yet
  Column<std::int32_t> ready_;   // by job: the end of those before it that have started
  Column<std::int32_t> waits_;   // by job: those before it that have not
  Column<std::int32_t> latest_;  // by job: start
  std::vector<std::int32_t> by_end_;
  std::vector<std::int32_t> free_;  // agents, ascending
  std::int32_t started_ = 0;
  Key key_ = {};
  absl::flat_hash_map<Key, std::vector<Failed>> failed_;
};

}  // namespace

ProjectAnswer FinishProjectBy(const Project& project, std::int32_t deadline, std::int64_t nodes) {
  if (!Suits(project)) return {};
  ProjectAnswer answer = ExactSearch(project, deadline, nodes / 2).Run();
  if (answer.answer != Answer::kUnknown) return answer;
  const Project mirrored = Mirror(project);
  answer = ExactSearch(mirrored, deadline, nodes / 2).Run();
  for (std::int32_t job = 0; job < answer.schedule.start.count(); ++job)
    answer.schedule.start[job] =
        answer.schedule.makespan - answer.schedule.start[job] - project.duration[job];
  return answer;
}

void CloseExactly(const Project& project, std::int64_t nodes, ProjectSchedule& schedule, Bound& bound) {
  while (schedule.makespan > bound.minutes) {
    ProjectAnswer shorter = FinishProjectBy(project, schedule.makespan - 1, nodes);
    if (shorter.answer == Answer::kNo)
      bound.Raise(schedule.makespan, "exhaustion: no schedule finishes a minute earlier");
    if (shorter.answer != Answer::kYes) return;
    schedule = std::move(shorter.schedule);
  }
}

}  // namespace clambake::planner
