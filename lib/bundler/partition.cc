#include "bundler/partition.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>
#include <utility>

#include "bundler/clique.h"

namespace clambake::bundler {
namespace {

using Members = std::vector<std::size_t>;
constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();

std::uint64_t Mix(std::uint64_t a, std::uint64_t b) {
  std::uint64_t x = a ^ (b * 0x9E3779B97F4A7C15ULL + 0x7F4A7C15ULL);
  x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9ULL;
  x = (x ^ (x >> 27U)) * 0x94D049BB133111EBULL;
  return x ^ (x >> 31U);
}

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

// How a member chooses among the groups that would take it, and what is placed
// before anyone chooses.
enum class Preference { kOwnKey, kLowest };
enum class Start { kEmpty, kPrevious };

class Placement {
 public:
  Placement(const PartitionRequest& request, std::size_t groups)
      : request_(request),
        neighbours_(*request.neighbours),
        group_of_(neighbours_.size(), kNone),
        members_(groups),
        blocked_(neighbours_.size(), std::vector<std::uint32_t>(groups)),
        open_groups_(neighbours_.size(), groups) {}

  // Gives each previous group one of ours. What no longer fits is left over.
  void KeepPrevious() {
    std::size_t group = 0;
    for (const Members& together : request_.previous) {
      if (together.empty()) continue;
      if (group == members_.size()) return;
      for (std::size_t member : together) {
        if (group_of_[member] == kNone && Takes(group, member)) Put(member, group);
      }
      ++group;
    }
  }

  // DSATUR: next comes whoever has the fewest groups left, then the one with
  // most conflicts, then the oldest.
  bool PlaceComponent(const Members& component, Preference preference) {
    while (true) {
      std::size_t next = kNone;
      for (std::size_t member : component) {
        if (group_of_[member] != kNone) continue;
        if (next == kNone || Before(member, next)) next = member;
      }
      if (next == kNone) return true;
      const std::size_t group = Choose(next, preference);
      if (group == kNone) return false;
      Put(next, group);
    }
  }

  bool PlaceFree() {
    for (std::size_t member = 0; member < neighbours_.size(); ++member) {
      if (group_of_[member] != kNone || !neighbours_[member].empty()) continue;
      const std::size_t group = Choose(member, Preference::kOwnKey);
      if (group == kNone) return false;
      Put(member, group);
    }
    return true;
  }

  // Depth first over all members in conflict, within a budget.
  bool Search(const std::vector<Members>& components, std::size_t& budget) {
    std::size_t next = kNone;
    for (const Members& component : components) {
      for (std::size_t member : component) {
        if (group_of_[member] == kNone && (next == kNone || Before(member, next))) next = member;
      }
    }
    if (next == kNone) return true;
    bool tried_empty = false;
    for (std::size_t group = 0; group < members_.size(); ++group) {
      if (!Takes(group, next) || (members_[group] == 0 && std::exchange(tried_empty, true))) continue;
      if (budget == 0) return false;
      --budget;
      Put(next, group);
      if (Search(components, budget)) return true;
      Take(next);
    }
    return false;
  }

  [[nodiscard]] std::vector<Members> Groups() const {
    std::vector<Members> groups(members_.size());
    for (std::size_t member = 0; member < group_of_.size(); ++member)
      groups[group_of_[member]].push_back(member);
    std::erase_if(groups, [](const Members& group) { return group.empty(); });
    std::sort(groups.begin(), groups.end());
    return groups;
  }

 private:
  [[nodiscard]] bool Full(std::size_t group) const {
    return request_.max_size > 0 && members_[group] >= request_.max_size;
  }
  [[nodiscard]] bool Takes(std::size_t group, std::size_t member) const {
    return !Full(group) && blocked_[member][group] == 0;
  }
  [[nodiscard]] bool Before(std::size_t a, std::size_t b) const {
    if (open_groups_[a] != open_groups_[b]) return open_groups_[a] < open_groups_[b];
    return neighbours_[a].size() > neighbours_[b].size();
  }

  [[nodiscard]] std::size_t Choose(std::size_t member, Preference preference) const {
    std::size_t best = kNone;
    std::uint64_t best_rank = 0;
    for (std::size_t group = 0; group < members_.size(); ++group) {
      if (!Takes(group, member)) continue;
      const std::uint64_t rank =
          preference == Preference::kOwnKey ? Mix(request_.keys[member], group) : group;
      if (best != kNone && rank >= best_rank) continue;
      best = group;
      best_rank = rank;
    }
    return best;
  }

  void Put(std::size_t member, std::size_t group) {
    group_of_[member] = group;
    ++members_[group];
    for (std::size_t other : neighbours_[member]) {
      if (blocked_[other][group]++ == 0) --open_groups_[other];
    }
  }

  void Take(std::size_t member) {
    const std::size_t group = std::exchange(group_of_[member], kNone);
    --members_[group];
    for (std::size_t other : neighbours_[member]) {
      if (--blocked_[other][group] == 0) ++open_groups_[other];
    }
  }

  const PartitionRequest& request_;
  const std::vector<Members>& neighbours_;
  Members group_of_;
  Members members_;                                  // how many, by group
  std::vector<std::vector<std::uint32_t>> blocked_;  // conflicts, by member and group
  Members open_groups_;                              // groups without a conflict, by member
};

std::optional<std::vector<Members>> TryGreedy(const PartitionRequest& request,
                                              const std::vector<Members>& components, std::size_t groups,
                                              Preference preference, Start start) {
  Placement placement(request, groups);
  if (start == Start::kPrevious) placement.KeepPrevious();
  for (const Members& component : components) {
    if (!placement.PlaceComponent(component, preference)) return std::nullopt;
  }
  if (!placement.PlaceFree()) return std::nullopt;
  return placement.Groups();
}

std::optional<std::vector<Members>> TryExact(const PartitionRequest& request,
                                             const std::vector<Members>& components, std::size_t groups) {
  std::size_t budget = 50'000;
  Placement placement(request, groups);
  if (!placement.Search(components, budget) || !placement.PlaceFree()) return std::nullopt;
  return placement.Groups();
}

std::vector<Members> Place(const PartitionRequest& request, const std::vector<Members>& components,
                           std::size_t groups) {
  for (;; ++groups) {
    if (!request.previous.empty()) {
      if (auto kept = TryGreedy(request, components, groups, Preference::kOwnKey, Start::kPrevious))
        return *kept;
    }
    for (Preference preference : {Preference::kOwnKey, Preference::kLowest}) {
      if (auto placed = TryGreedy(request, components, groups, preference, Start::kEmpty)) return *placed;
    }
    if (auto placed = TryExact(request, components, groups)) return *placed;
  }
}

}  // namespace

std::uint64_t StableKey(std::string_view id) {
  constexpr std::size_t kDigits = 16;
  std::uint64_t key = 0;
  std::from_chars(id.data(), id.data() + std::min(id.size(), kDigits), key, kDigits);
  return key;
}

Partition MakePartition(const PartitionRequest& request) {
  Partition partition;
  const std::size_t count = request.neighbours->size();
  if (count == 0) return partition;
  const std::size_t size = request.max_size == 0 ? count : request.max_size;
  const std::size_t by_count = (count + size - 1) / size;
  const std::size_t by_clique = CliqueSize(*request.neighbours);
  partition.by_clique = by_clique > by_count;
  partition.lower_bound = std::max(by_count, by_clique);
  partition.groups = Place(request, Components(*request.neighbours), partition.lower_bound);
  return partition;
}

}  // namespace clambake::bundler
