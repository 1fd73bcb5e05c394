#include "bundler/partition.h"

#include <algorithm>
#include <utility>

#include "bundler/clique.h"
#include "bundler/placement.h"

namespace clambake::bundler {
namespace {

// Members in conflict, component by component, the one with the oldest first.
std::vector<Members> Components(const std::vector<Members>& neighbours) {
  std::vector<Members> components;
  std::vector<bool> seen(neighbours.size());
  for (std::size_t start = 0; start < neighbours.size(); ++start) {
    if (seen[start] || neighbours[start].empty()) continue;
    Members component = {start};
    seen[start] = true;
    for (std::size_t i = 0; i < component.size(); ++i) {
      for (std::size_t next : neighbours[component[i]]) {
        if (!seen[next]) component.push_back(next);
        seen[next] = true;
      }
    }
    std::sort(component.begin(), component.end());
    components.push_back(std::move(component));
  }
  return components;
}

// One attempt at so many groups.
class Attempt {
 public:
  Attempt(const PartitionRequest& request, std::size_t groups)
      : request_(request),
        neighbours_(*request.neighbours),
        home_(neighbours_.size(), kNone),
        placement_(neighbours_, groups, request.max_size) {}

  // As if heads had come one after another, oldest first: a group is opened
  // when no move makes room in those that are. One head more at the end
  // therefore changes nothing that was before.
  bool OneByOne() { return InsertAll(); }

  // The previous groups as they are, the largest if there are too many; the
  // others come to them.
  bool KeepPrevious() {
    FindHomes();
    for (std::size_t member = 0; member < home_.size(); ++member) {
      if (home_[member] != kNone && placement_.Takes(home_[member], member))
        placement_.Put(member, home_[member]);
    }
    if (!InsertAll()) return false;
    for (std::size_t group = 0; group < departed_.size(); ++group) {
      for (std::size_t moves = 0; moves < departed_[group] && FillGap(group); ++moves) {
      }
    }
    return true;
  }

  // DSATUR: next comes whoever has the fewest groups left, then the one with
  // most conflicts, then the oldest.
  bool HardestFirst(const std::vector<Members>& components) {
    FindHomes();
    for (const Members& component : components) {
      for (std::size_t next = Hardest(component); next != kNone; next = Hardest(component)) {
        const std::size_t home = home_[next];
        if (home != kNone && placement_.Takes(home, next)) {
          placement_.Put(next, home);
        } else if (!placement_.Insert(next)) {
          return false;
        }
      }
    }
    return InsertAll();
  }

  // Depth first over all members in conflict, within a budget.
  bool Search(const std::vector<Members>& components) {
    constexpr std::size_t kMaxSteps = 50'000;
    std::size_t budget = kMaxSteps;
    if (!SearchOn(components, budget)) return false;
    return InsertAll();
  }

  [[nodiscard]] std::vector<Members> Groups() const {
    std::vector<Members> groups = placement_.groups();
    std::erase_if(groups, [](const Members& group) { return group.empty(); });
    for (Members& group : groups) std::sort(group.begin(), group.end());
    std::sort(groups.begin(), groups.end());
    return groups;
  }

 private:
  [[nodiscard]] bool Before(std::size_t a, std::size_t b) const {
    if (placement_.OpenGroups(a) != placement_.OpenGroups(b))
      return placement_.OpenGroups(a) < placement_.OpenGroups(b);
    return neighbours_[a].size() > neighbours_[b].size();
  }

  // Who is in no group yet; kNone: all are.
  [[nodiscard]] std::size_t Hardest(const Members& some) const {
    std::size_t hardest = kNone;
    for (std::size_t member : some) {
      if (placement_.GroupOf(member) != kNone) continue;
      if (hardest == kNone || Before(member, hardest)) hardest = member;
    }
    return hardest;
  }

  // Where members were before, if that is one of our groups.
  void FindHomes() {
    std::vector<const PreviousGroup*> kept;
    for (const PreviousGroup& group : request_.previous) {
      if (!group.members.empty()) kept.push_back(&group);
    }
    std::stable_sort(kept.begin(), kept.end(), [](const PreviousGroup* a, const PreviousGroup* b) {
      return a->members.size() > b->members.size();
    });
    kept.resize(std::min(kept.size(), placement_.groups().size()));
    for (std::size_t group = 0; group < kept.size(); ++group) {
      for (std::size_t member : kept[group]->members) home_[member] = group;
      departed_.push_back(kept[group]->departed);
    }
  }

  bool InsertAll() {
    for (std::size_t member = 0; member < neighbours_.size(); ++member) {
      if (placement_.GroupOf(member) != kNone || placement_.Insert(member)) continue;
      if (!placement_.InsertByEviction(member)) return false;
    }
    return true;
  }

  // A group that lost a member gets one of another that has gaps, the smallest
  // if it can, where groups are just enough for all and more than two have gaps:
  // else one would some day be too many, and be spread over all those at once.
  bool FillGap(std::size_t group) {
    const std::vector<Members>& groups = placement_.groups();
    if (groups.size() * request_.max_size >= neighbours_.size() + request_.max_size) return false;
    Members donors;
    for (std::size_t other = 0; other < groups.size(); ++other) {
      if (other != group && !placement_.Full(other)) donors.push_back(other);
    }
    if (donors.size() < 2) return false;
    std::stable_sort(donors.begin(), donors.end(),
                     [&](std::size_t a, std::size_t b) { return groups[a].size() < groups[b].size(); });
    for (std::size_t donor : donors) {
      if (groups[donor].size() <= groups[group].size() && MoveOne(donor, group)) return true;
    }
    return false;
  }

  bool MoveOne(std::size_t from, std::size_t to) {
    const Members& members = placement_.groups()[from];
    const auto fits = std::find_if(members.begin(), members.end(),
                                   [&](std::size_t member) { return placement_.Takes(to, member); });
    if (fits == members.end()) return false;
    const std::size_t member = *fits;
    placement_.Take(member);
    placement_.Put(member, to);
    return true;
  }

  bool SearchOn(const std::vector<Members>& components, std::size_t& budget) {
    std::size_t next = kNone;
    for (const Members& component : components) {
      const std::size_t hardest = Hardest(component);
      if (hardest != kNone && (next == kNone || Before(hardest, next))) next = hardest;
    }
    if (next == kNone) return true;
    bool tried_empty = false;
    for (std::size_t group = 0; group < placement_.groups().size(); ++group) {
      if (!placement_.Takes(group, next)) continue;
      if (placement_.groups()[group].empty() && std::exchange(tried_empty, true)) continue;
      if (budget == 0) return false;
      --budget;
      placement_.Put(next, group);
      if (SearchOn(components, budget)) return true;
      placement_.Take(next);
    }
    return false;
  }

  const PartitionRequest& request_;
  const std::vector<Members>& neighbours_;
  Members home_;      // group by member
  Members departed_;  // how many members each group has lost
  Placement placement_;
};

std::vector<Members> Place(const PartitionRequest& request, std::size_t lower_bound) {
  const std::vector<Members> components = Components(*request.neighbours);
  for (std::size_t groups = lower_bound;; ++groups) {
    Attempt gentle(request, groups);
    if (request.previous.empty() ? gentle.OneByOne() : gentle.KeepPrevious()) return gentle.Groups();
    Attempt anew(request, groups);
    if (anew.HardestFirst(components)) return anew.Groups();
    Attempt thorough(request, groups);
    if (thorough.Search(components)) return thorough.Groups();
  }
}

}  // namespace

Partition MakePartition(const PartitionRequest& request) {
  Partition partition;
  const std::size_t count = request.neighbours->size();
  if (count == 0) return partition;
  const std::size_t size = request.max_size == 0 ? count : request.max_size;
  const std::size_t by_count = (count + size - 1) / size;
  const std::size_t by_clique = CliqueSize(*request.neighbours);
  partition.by_clique = by_clique > by_count;
  partition.lower_bound = std::max(by_count, by_clique);
  partition.groups = Place(request, partition.lower_bound);
  return partition;
}

}  // namespace clambake::bundler
