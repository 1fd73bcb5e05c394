#include "planner/project_search.h"

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "planner/project_decoder.h"
#include "planner/rng.h"

namespace clambake::planner {
namespace {

using List = Column<std::int32_t>;

struct Member {
  List list;
  std::int32_t makespan = 0;
};

// Longest chain from each job's start to the end (`rows` = after, topological).
Column<std::int64_t> ChainLengths(const Project& project, const Rows& before, const Rows& after) {
  Column<std::int64_t> length(project.duration.begin(), project.duration.end());
  Column<std::int32_t> waits(project.duration.size());
  std::vector<std::int32_t> queue;
  for (std::int32_t job = 0; job < project.jobs(); ++job) {
    waits[job] = static_cast<std::int32_t>(after[job].size());
    if (waits[job] == 0) queue.push_back(job);
  }
  for (std::size_t i = 0; i < queue.size(); ++i) {
    const std::int32_t job = queue[i];
    for (const std::int32_t earlier : before[job]) {
      length[earlier] = std::max(length[earlier], length[job] + project.duration[earlier]);
      if (--waits[earlier] == 0) queue.push_back(earlier);
    }
  }
  return length;
}

class Search {
 public:
  Search(const Project& project, const SearchLimits& limits)
      : project_(project),
        limits_(limits),
        decoder_(project),
        tails_(ChainLengths(project, project.before, project.after)),
        used_(project.duration.size()) {}

  ProjectSchedule Run() {
    if (project_.jobs() == 0) return best_;
    MakeFirst();
    while (!Done()) {
      MakePopulation();
      Evolve();
    }
    return best_;
  }

 private:
  static constexpr std::size_t kPopulation = 40;
  static constexpr int kStaleRounds = 30;  // generations without news before a fresh population

  [[nodiscard]] bool Done() const {
    return best_.makespan <= limits_.target || decoder_.decodes() >= limits_.decodes;
  }

  // A list by sampling: among the jobs that may come next, each is taken with
  // a chance that grows with `urgency`; at `sharpness` 0 the highest is taken.
  List Sample(const Column<std::int64_t>& urgency, std::int32_t choices) {
    List list;
    list.reserve(project_.duration.size());
    Column<std::int32_t> waits(project_.duration.size());
    std::vector<std::int32_t> ready;
    for (std::int32_t job = 0; job < project_.jobs(); ++job) {
      waits[job] = static_cast<std::int32_t>(project_.before[job].size());
      if (waits[job] == 0) ready.push_back(job);
    }
    while (!ready.empty()) {
      std::size_t pick = Tournament(ready, urgency, choices);
      const std::int32_t job = ready[pick];
      ready[pick] = ready.back();
      ready.pop_back();
      list.push_back(job);
      for (const std::int32_t next : project_.after[job]) {
        if (--waits[next] == 0) ready.push_back(next);
      }
    }
    return list;
  }

  // The best of `choices` drawn ones; of all if that is 0.
  std::size_t Tournament(const std::vector<std::int32_t>& ready, const Column<std::int64_t>& urgency,
                         std::int32_t choices) {
    const auto better = [&](std::size_t a, std::size_t b) {
      return std::pair(-urgency[ready[a]], ready[a]) < std::pair(-urgency[ready[b]], ready[b]);
    };
    const std::size_t looks = choices == 0 ? ready.size() : static_cast<std::size_t>(choices);
    std::size_t best = choices == 0 ? 0 : Draw(ready.size());
    for (std::size_t i = 1; i < looks; ++i) {
      const std::size_t other = choices == 0 ? i : Draw(ready.size());
      if (better(other, best)) best = other;
    }
    return best;
  }

  std::size_t Draw(std::size_t size) {
    return static_cast<std::size_t>(rng_.Below(static_cast<std::int32_t>(size)));
  }

  // Decodes and justifies, and keeps the list that describes the result.
  Member Grow(const List& list) {
    Member member;
    decoder_.Decode(list, schedule_);
    decoder_.Justify(schedule_);
    member.makespan = schedule_.makespan;
    decoder_.ListOf(schedule_, member.list);
    if (best_.start.empty() || schedule_.makespan < best_.makespan) best_ = schedule_;
    return member;
  }

  void MakeFirst() { Grow(Sample(tails_, 0)); }

  void MakePopulation() {
    population_.clear();
    while (population_.size() < kPopulation && !Done()) {
      population_.push_back(Grow(Sample(tails_, 2 + rng_.Below(4))));
    }
    SortPopulation();
  }

  void SortPopulation() {
    std::stable_sort(population_.begin(), population_.end(),
                     [](const Member& a, const Member& b) { return a.makespan < b.makespan; });
  }

  void Evolve() {
    std::int32_t best = population_.front().makespan;
    for (int stale = 0; stale < kStaleRounds && !Done(); ++stale) {
      for (std::size_t child = 0; child < kPopulation && !Done(); ++child) {
        const List list = Cross(Parent(), Parent());
        Adopt(Grow(list));
      }
      if (population_.front().makespan < best) {
        best = population_.front().makespan;
        stale = -1;
      }
    }
  }

  const List& Parent() {
    const std::size_t a = Draw(population_.size());
    const std::size_t b = Draw(population_.size());
    return population_[std::min(a, b)].list;
  }

  // In place of the worst, unless it is worse itself or has a twin.
  void Adopt(Member child) {
    if (child.makespan > population_.back().makespan) return;
    for (const Member& member : population_) {
      if (member.makespan == child.makespan && member.list == child.list) return;
    }
    population_.pop_back();
    const auto place =
        std::lower_bound(population_.begin(), population_.end(), child,
                         [](const Member& a, const Member& b) { return a.makespan < b.makespan; });
    population_.insert(place, std::move(child));
  }

  // The part between two points in the order of `b`, the rest in the order of `a`.
  List Cross(const List& a, const List& b) {
    const std::int32_t jobs = project_.jobs();
    std::int32_t from = rng_.Below(jobs + 1);
    std::int32_t to = rng_.Below(jobs + 1);
    if (from > to) std::swap(from, to);
    List child;
    child.reserve(a.size());
    std::fill(used_.begin(), used_.end(), 0);
    const auto append = [&](const List& list, std::int32_t until) {
      for (std::int32_t i = 0; child.count() < until; ++i) {
        if (used_[list[i]] != 0) continue;
        used_[list[i]] = 1;
        child.push_back(list[i]);
      }
    };
    append(a, from);
    append(b, to);
    append(a, jobs);
    Mutate(child);
    return child;
  }

  // Moves a few jobs earlier, as far as precedence lets them.
  void Mutate(List& list) {
    const std::int32_t jobs = project_.jobs();
    for (std::int32_t moves = jobs / 30 + 1; moves > 0; --moves) {
      std::int32_t at = rng_.Below(jobs);
      const std::int32_t job = list[at];
      const auto blockers = project_.before[job];
      for (std::int32_t steps = 1 + rng_.Below(8); steps > 0 && at > 0; --steps, --at) {
        if (std::find(blockers.begin(), blockers.end(), list[at - 1]) != blockers.end()) break;
        list[at] = list[at - 1];
      }
      list[at] = job;
    }
  }

  const Project& project_;
  SearchLimits limits_;
  ProjectDecoder decoder_;
  SearchRng rng_;
  Column<std::int64_t> tails_;
  ProjectSchedule schedule_, best_;
  std::vector<Member> population_;
  Column<std::uint8_t> used_;
};

}  // namespace

ProjectSchedule SearchProject(const Project& project, const SearchLimits& limits) {
  return Search(project, limits).Run();
}

}  // namespace clambake::planner
