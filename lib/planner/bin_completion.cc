#include "planner/bin_completion.h"

#include <algorithm>
#include <numeric>

namespace clambake::planner {
namespace {

using Set = std::vector<std::int32_t>;  // jobs, ascending, so longest first

// Depth first with explicit levels: one agent each. A level's choices are the
// sets that complete its longest job; each is listed once, fullest first.
class Search {
 public:
  Search(std::span<const std::int64_t> minutes, std::int32_t agents, std::int64_t deadline,
         std::int64_t max_nodes, std::size_t max_sets)
      : minutes_(minutes),
        deadline_(deadline),
        nodes_left_(max_nodes),
        max_sets_(max_sets),
        used_(minutes.size()),
        spare_(agents * deadline - std::accumulate(minutes.begin(), minutes.end(), std::int64_t{0})) {}

  Completion Run() {
    Completion completion;
    completion.answer = spare_ < 0 || minutes_.front() > deadline_ ? Answer::kNo : Descend();
    if (completion.answer != Answer::kYes) return completion;
    completion.agent.assign(minutes_.size(), 0);
    for (std::size_t level = 0; level < levels_.size(); ++level) {
      const Level& it = levels_[level];
      completion.agent[static_cast<std::size_t>(it.first)] = static_cast<std::int32_t>(level);
      for (const std::int32_t job : it.choices[it.next - 1]) {
        completion.agent[static_cast<std::size_t>(job)] = static_cast<std::int32_t>(level);
      }
    }
    return completion;
  }

  [[nodiscard]] std::int64_t nodes_left() const { return nodes_left_; }

 private:
  struct Level {
    std::int32_t first = 0;    // the longest job left
    std::vector<Set> choices;  // beside it
    std::vector<std::int64_t> waste;
    std::size_t next = 0;
  };

  Answer Descend() {
    Open();
    while (!levels_.empty() && nodes_left_ >= 0) {
      Level& level = levels_.back();
      if (level.next > 0) Undo(level);
      if (level.next == level.choices.size()) {
        used_[static_cast<std::size_t>(level.first)] = 0;
        levels_.pop_back();
        continue;
      }
      if (--nodes_left_ < 0) break;
      Do(level);
      if (!Open()) return Answer::kYes;
    }
    return levels_.empty() && complete_ ? Answer::kNo : Answer::kUnknown;
  }

  // Begins the next agent, for whom there is one: what the others leave idle is
  // spared. False if no job is left.
  bool Open() {
    const auto found = std::find(used_.begin(), used_.end(), 0);
    if (found == used_.end()) return false;
    Level level;
    level.first = static_cast<std::int32_t>(found - used_.begin());
    used_[static_cast<std::size_t>(level.first)] = 1;
    Enumerate(level);
    levels_.push_back(std::move(level));
    return true;
  }

  void Do(Level& level) {
    for (const std::int32_t job : level.choices[level.next]) used_[static_cast<std::size_t>(job)] = 1;
    spare_ -= level.waste[level.next];
    ++level.next;
  }

  void Undo(Level& level) {
    for (const std::int32_t job : level.choices[level.next - 1]) used_[static_cast<std::size_t>(job)] = 0;
    spare_ += level.waste[level.next - 1];
  }

  // All sets of unused jobs that fit beside the first and leave no more idle
  // than is spared. Of equal jobs the earlier ones are taken first.
  void Enumerate(Level& level) {
    left_.clear();
    for (std::size_t job = static_cast<std::size_t>(level.first) + 1; job < used_.size(); ++job) {
      if (used_[job] == 0) left_.push_back(static_cast<std::int32_t>(job));
    }
    suffix_.assign(left_.size() + 1, 0);
    for (std::size_t i = left_.size(); i > 0; --i) suffix_[i - 1] = suffix_[i] + Minutes(left_[i - 1]);
    found_.clear();
    Walk(deadline_ - minutes_[static_cast<std::size_t>(level.first)]);
    std::sort(found_.begin(), found_.end());
    for (auto& [waste, set] : found_) {
      if (Dominated(set, waste)) continue;
      level.waste.push_back(waste);
      level.choices.push_back(std::move(set));
    }
  }

  // Another set that puts one job where this leaves room enough for a longer
  // one is at least as good: only sets that no single exchange improves matter.
  [[nodiscard]] bool Dominated(const Set& set, std::int64_t waste) const {
    if (waste == 0) return false;
    for (const std::int32_t job : left_) {
      const std::int64_t minutes = Minutes(job);
      if (std::find(set.begin(), set.end(), job) != set.end()) continue;
      if (minutes <= waste) return true;
      for (const std::int32_t mine : set) {
        const std::int64_t gain = minutes - Minutes(mine);
        if (gain > 0 && gain <= waste) return true;
      }
    }
    return false;
  }

  // Depth-first over `left_` with its own stack of indices.
  void Walk(std::int64_t room) {
    Set set;
    std::vector<std::size_t> at;
    std::size_t i = 0;
    while (true) {
      if (room <= spare_) {
        if (found_.size() == max_sets_) {
          complete_ = false;
          return;
        }
        found_.emplace_back(room, set);
      }
      i = NextFitting(i, room);
      while (i == left_.size() && !at.empty()) {
        const std::size_t last = at.back();
        at.pop_back();
        set.pop_back();
        room += Minutes(left_[last]);
        i = NextFitting(AfterEqual(last), room);
      }
      if (i == left_.size() || --nodes_left_ < 0) return;
      at.push_back(i);
      set.push_back(left_[i]);
      room -= Minutes(left_[i]);
      ++i;
    }
  }

  // The next job that fits, if what follows can still fill the agent enough.
  [[nodiscard]] std::size_t NextFitting(std::size_t i, std::int64_t room) const {
    while (i < left_.size() && Minutes(left_[i]) > room) ++i;
    return i < left_.size() && room - suffix_[i] <= spare_ ? i : left_.size();
  }

  [[nodiscard]] std::size_t AfterEqual(std::size_t i) const {
    const std::int64_t minutes = Minutes(left_[i]);
    while (i < left_.size() && Minutes(left_[i]) == minutes) ++i;
    return i;
  }

  [[nodiscard]] std::int64_t Minutes(std::int32_t job) const {
    return minutes_[static_cast<std::size_t>(job)];
  }

  std::span<const std::int64_t> minutes_;
  std::int64_t deadline_;
  std::int64_t nodes_left_;
  std::size_t max_sets_;
  bool complete_ = true;  // no choice was left out
  std::vector<std::uint8_t> used_;
  std::int64_t spare_;  // idle minutes that the deadline still allows
  std::vector<Level> levels_;
  Set left_;
  std::vector<std::int64_t> suffix_;
  std::vector<std::pair<std::int64_t, Set>> found_;
};

}  // namespace

Completion FinishBy(std::span<const std::int64_t> minutes, std::int32_t agents, std::int64_t deadline,
                    std::int64_t max_nodes, std::size_t max_sets) {
  Search search(minutes, agents, deadline, max_nodes, max_sets);
  Completion completion = search.Run();
  completion.nodes = max_nodes - search.nodes_left();
  return completion;
}

}  // namespace clambake::planner
