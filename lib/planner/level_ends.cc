#include "planner/level_ends.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace clambake::planner {
namespace {

struct AreaUse {
  std::int32_t area = 0;
  std::int64_t end = 0;
  std::int64_t start = 0;
  auto operator<=>(const AreaUse&) const = default;
};

class LastMinutes {
 public:
  LastMinutes(const Problem& problem, const Schedule& schedule)
      : problem_(problem),
        schedule_(schedule),
        lowest_(*std::max_element(problem.tier.begin(), problem.tier.end())) {
    constexpr std::int64_t kSpan = 4;  // longest issues
    const std::int64_t longest = *std::max_element(problem_.minutes.begin(), problem_.minutes.end());
    begin_ = std::max<std::int64_t>(schedule_.makespan - kSpan * longest, 1);
    for (std::int32_t job = 0; job < problem_.jobs(); ++job) {
      if (schedule_.start[job] + problem_.minutes[job] >= begin_) jobs_.push_back(job);
    }
  }

  [[nodiscard]] std::uint8_t lowest() const { return lowest_; }

  // Those that have not ended by then, ascending.
  [[nodiscard]] const std::vector<std::int32_t>& jobs() const { return jobs_; }

  // From here on nothing of a higher tier waits while it could start: it all
  // starts the minute that its last blocker or a file area lets it. No earlier
  // than is of use.
  std::int64_t Cut() {
    std::int64_t cut = begin_;
    ListAreaUses();
    for (const std::int32_t job : jobs_) {
      if (schedule_.start[job] > cut && problem_.tier[job] != lowest_)
        cut = std::max(cut, CouldStartUntil(job));
    }
    return cut;
  }

  // True if nobody else works on its file areas after the cut.
  [[nodiscard]] bool HasAreasAlone(std::int32_t job, std::int64_t cut) const {
    const auto uses = problem_.area_sets[problem_.area_set[job]];
    return std::all_of(uses.begin(), uses.end(), [&](std::int32_t use) {
      const auto first =
          std::lower_bound(area_uses_.begin(), area_uses_.end(), AreaUse{AreaOf(use), cut + 1, 0});
      return first + 1 == area_uses_.end() || (first + 1)->area != AreaOf(use);
    });
  }

 private:
  void ListAreaUses() {
    for (const std::int32_t job : jobs_) {
      const std::int64_t end = schedule_.start[job] + problem_.minutes[job];
      for (const std::int32_t use : problem_.area_sets[problem_.area_set[job]])
        area_uses_.push_back({AreaOf(use), end, schedule_.start[job]});
    }
    std::sort(area_uses_.begin(), area_uses_.end());
  }

  // After this and before its start, blockers or work on its areas kept the
  // job from starting without a break.
  [[nodiscard]] std::int64_t CouldStartUntil(std::int32_t job) const {
    const std::int64_t start = schedule_.start[job];
    std::int64_t until = start;
    for (const std::int32_t blocker : problem_.before[job]) {
      if (schedule_.start[blocker] + problem_.minutes[blocker] == start) return 0;
    }
    for (const std::int32_t use : problem_.area_sets[problem_.area_set[job]]) {
      const AreaUse before = {.area = AreaOf(use), .end = start};
      // There is one: its own use, if no other ends as late as its start.
      const auto found = std::lower_bound(area_uses_.begin(), area_uses_.end(), before);
      if (found->end == start) until = std::min(until, found->start + 1);
    }
    return until;
  }

  const Problem& problem_;
  const Schedule& schedule_;
  std::uint8_t lowest_;     // tier
  std::int64_t begin_ = 0;  // of the last minutes
  std::vector<std::int32_t> jobs_;
  std::vector<AreaUse> area_uses_;
};

class Leveller {
 public:
  Leveller(const Problem& problem, Schedule& schedule)
      : problem_(problem),
        schedule_(schedule),
        last_(problem, schedule),
        cut_(last_.Cut()),
        base_(problem.capacity.size(), cut_),
        end_(problem.capacity.size(), 0),
        movable_(problem.capacity.size()) {
    FindMovable();
  }

  void Run() {
    std::vector<std::pair<std::int64_t, std::int32_t>> agents;  // end, agent
    std::int64_t sum = 0;
    for (std::int32_t agent = 0; agent < problem_.agents(); ++agent) {
      if (movable_[agent].empty()) continue;
      agents.emplace_back(end_[agent], agent);
      sum += end_[agent];
    }
    if (agents.size() < 2) return;
    std::sort(agents.begin(), agents.end());
    const auto count = static_cast<std::int64_t>(agents.size());
    target_ = (sum + count - 1) / count;
    std::size_t early = 0;
    for (std::size_t late = agents.size() - 1; late > early; --late) {
      const std::int32_t agent = agents[late].second;
      while (early < late && end_[agents[early].second] >= target_) ++early;
      for (std::size_t i = early; i < std::min(early + kMaxPartners, late) && end_[agent] > target_; ++i) {
        SwapBest(agent, agents[i].second);
      }
    }
    WriteStarts();
  }

 private:
  static constexpr std::size_t kMaxPartners = 64;

  // Of one that starts after the cut, so none that runs already.
  [[nodiscard]] bool Free(std::int32_t job) const {
    if (problem_.tier[job] != last_.lowest() || !problem_.after[job].empty() ||
        !last_.HasAreasAlone(job, cut_))
      return false;
    const auto before = problem_.before[job];
    return std::all_of(before.begin(), before.end(), [&](std::int32_t blocker) {
      return schedule_.start[blocker] + problem_.minutes[blocker] <= cut_;
    });
  }

  // By agent with capacity 1: what it does after the cut, and after the last
  // thing that is not free.
  void FindMovable() {
    for (const std::int32_t job : last_.jobs()) {
      const std::int32_t agent = schedule_.agent[job];
      const std::int64_t end = schedule_.start[job] + problem_.minutes[job];
      end_[agent] = std::max(end_[agent], end);
      if (schedule_.start[job] < cut_ || !Free(job)) base_[agent] = std::max(base_[agent], end);
    }
    for (const std::int32_t job : last_.jobs()) {
      const std::int32_t agent = schedule_.agent[job];
      if (problem_.capacity[agent] == 1 && schedule_.start[job] >= base_[agent])
        movable_[agent].push_back(job);
    }
  }

  [[nodiscard]] bool MayTake(std::int32_t agent, std::int32_t job) const {
    const auto groups = problem_.skill_groups[problem_.skill[job]];
    return std::binary_search(groups.begin(), groups.end(), problem_.group[agent]);
  }

  // The swap that takes the most from what the later of the two ends beyond
  // the target, if any takes something.
  void SwapBest(std::int32_t late, std::int32_t early) {
    std::int64_t best = end_[late];
    std::int32_t* give = nullptr;
    std::int32_t* take = nullptr;
    for (std::int32_t& mine : movable_[late]) {
      if (!MayTake(early, mine)) continue;
      for (std::int32_t& theirs : movable_[early]) {
        const std::int64_t moved = problem_.minutes[mine] - problem_.minutes[theirs];
        const std::int64_t worse = std::max({end_[late] - moved, end_[early] + moved, target_});
        if (worse >= best || !MayTake(late, theirs)) continue;
        best = worse;
        give = &mine;
        take = &theirs;
      }
    }
    if (give == nullptr) return;
    const std::int64_t moved = problem_.minutes[*give] - problem_.minutes[*take];
    end_[late] -= moved;
    end_[early] += moved;
    std::swap(*give, *take);
  }

  void WriteStarts() {
    for (std::int32_t agent = 0; agent < problem_.agents(); ++agent) {
      std::int64_t time = base_[agent];
      for (const std::int32_t job : movable_[agent]) {
        schedule_.agent[job] = agent;
        schedule_.start[job] = time;
        time += problem_.minutes[job];
      }
    }
    schedule_.makespan = *std::max_element(end_.begin(), end_.end());
  }

  const Problem& problem_;
  Schedule& schedule_;
  LastMinutes last_;
  std::int64_t cut_;
  std::int64_t target_ = 0;
  Column<std::int64_t> base_, end_;            // by agent
  Column<std::vector<std::int32_t>> movable_;  // by agent
};

}  // namespace

void LevelEnds(const Problem& problem, Schedule& schedule) {
  if (problem.jobs() > 0) Leveller(problem, schedule).Run();
}

}  // namespace clambake::planner
