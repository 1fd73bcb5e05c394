#include "bundler/partition.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <random>
#include <set>

#include "tests/support/catch.h"

namespace clambake::bundler {
namespace {

using Names = std::set<int>;

// Heads that come and go, and which of them are in conflict. Names ascend with age.
class World {
 public:
  World(std::uint64_t seed, double conflicts_each, std::size_t max_size)
      : random_(seed), conflicts_each_(conflicts_each), max_size_(max_size) {}

  void Arrive() {
    const int name = next_++;
    for (int other : heads_) {
      const double chance = conflicts_each_ / static_cast<double>(heads_.size());
      if (std::uniform_real_distribution<>(0, 1)(random_) > chance) continue;
      conflicts_[name].insert(other);
      conflicts_[other].insert(name);
    }
    heads_.insert(name);
  }

  int Depart() {
    const int name = *std::next(heads_.begin(), static_cast<std::ptrdiff_t>(random_() % heads_.size()));
    Remove(name);
    return name;
  }

  void Remove(int name) { heads_.erase(name); }

  std::vector<Names> Divide(const std::vector<Names>& previous = {}) {
    const std::vector<int> names(heads_.begin(), heads_.end());
    std::map<int, std::size_t> index;
    for (int name : names) index.emplace(name, index.size());
    std::vector<std::vector<std::size_t>> neighbours(names.size());
    for (std::size_t i = 0; i < names.size(); ++i) {
      for (int other : conflicts_[names[i]]) {
        if (index.contains(other)) neighbours[i].push_back(index[other]);
      }
    }
    PartitionRequest request{&neighbours, max_size_, {}};
    for (const Names& group : previous) {
      request.previous.emplace_back();
      for (int name : group) {
        if (index.contains(name)) request.previous.back().members.push_back(index[name]);
        if (!index.contains(name)) ++request.previous.back().departed;
      }
    }
    const Partition partition = MakePartition(request);
    bound_ = partition.lower_bound;
    std::vector<Names> groups;
    for (const auto& group : partition.groups) {
      groups.emplace_back();
      for (std::size_t member : group) groups.back().insert(names[member]);
    }
    return groups;
  }

  // Everybody is in one group, none too large or with two in conflict.
  [[nodiscard]] bool Holds(const std::vector<Names>& groups) const {
    Names all;
    for (const Names& group : groups) {
      if (group.empty() || (max_size_ > 0 && group.size() > max_size_)) return false;
      for (int name : group) {
        if (!all.insert(name).second) return false;
        const auto enemies = conflicts_.find(name);
        if (enemies == conflicts_.end()) continue;
        for (int enemy : enemies->second) {
          if (group.contains(enemy)) return false;
        }
      }
    }
    return all == heads_;
  }

  [[nodiscard]] std::size_t bound() const { return bound_; }
  [[nodiscard]] std::size_t size() const { return heads_.size(); }
  [[nodiscard]] int newest() const { return next_ - 1; }
  [[nodiscard]] bool Toss() { return random_() % 2 == 0; }

 private:
  std::mt19937_64 random_;
  double conflicts_each_;
  std::size_t max_size_;
  int next_ = 0;
  Names heads_;
  std::map<int, Names> conflicts_;
  std::size_t bound_ = 0;
};

// Groups that are not as they were, but for the one that a head joined or left.
std::size_t OthersChanged(const std::vector<Names>& before, const std::vector<Names>& after, int head) {
  const std::set<Names> known(before.begin(), before.end());
  const auto has_head = [&](const Names& group) { return group.contains(head); };
  auto own = std::find_if(after.begin(), after.end(), has_head);
  if (own == after.end()) {
    const Names left = *std::find_if(before.begin(), before.end(), has_head);
    const auto shared = [&](const Names& group) {
      return std::count_if(group.begin(), group.end(), [&](int name) { return left.contains(name); });
    };
    own = std::max_element(after.begin(), after.end(),
                           [&](const Names& a, const Names& b) { return shared(a) < shared(b); });
  }
  std::size_t changed = 0;
  for (auto group = after.begin(); group != after.end(); ++group) {
    changed += group != own && !known.contains(*group) ? 1U : 0U;
  }
  return changed;
}

// So many of a hundred counts are at most this.
std::size_t OfAHundred(std::size_t some, std::vector<std::size_t> counts) {
  std::sort(counts.begin(), counts.end());
  return counts[(counts.size() - 1) * some / 100];
}

}  // namespace

TEST_CASE("heads that come and go change at most two bundles but their own, mostly none") {
  std::vector<std::size_t> changed;
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    World world(seed, static_cast<double>(seed % 4), seed % 3 == 0 ? 5 : 8);
    for (int i = 0; i < 99; ++i) world.Arrive();
    std::vector<Names> groups = world.Divide();
    for (int step = 0; step < 150; ++step) {
      int head = 0;
      if (world.size() < 60 || (world.size() < 130 && world.Toss())) {
        world.Arrive();
        head = world.newest();
      } else {
        head = world.Depart();
      }
      std::vector<Names> next = world.Divide(groups);
      INFO("seed " << seed << " step " << step);
      REQUIRE(world.Holds(next));
      CHECK(next.size() == world.bound());
      changed.push_back(OthersChanged(groups, next, head));
      groups = std::move(next);
    }
  }
  CHECK(OfAHundred(50, changed) == 0);
  CHECK(OfAHundred(95, changed) <= 1);
  CHECK(OfAHundred(100, changed) <= 2);
}

TEST_CASE("a head that comes last changes hardly another bundle though the previous are unknown") {
  std::vector<std::size_t> changed;
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    World world(seed, static_cast<double>(seed % 4), seed % 3 == 0 ? 0 : 8);
    std::vector<Names> groups;
    for (int i = 0; i < 120; ++i) {
      world.Arrive();
      std::vector<Names> next = world.Divide();
      INFO("seed " << seed << " step " << i);
      REQUIRE(world.Holds(next));
      changed.push_back(OthersChanged(groups, next, world.newest()));
      groups = std::move(next);
    }
  }
  CHECK(OfAHundred(50, changed) == 0);
  CHECK(OfAHundred(95, changed) <= 1);
  CHECK(OfAHundred(99, changed) <= 2);
}

TEST_CASE("members go oldest first, and a whole group that goes leaves the others as they were") {
  World world(1, 0, 8);
  for (int i = 0; i < 27; ++i) world.Arrive();
  const std::vector<Names> groups = world.Divide();
  REQUIRE(groups.size() == 4);
  CHECK(groups[0] == Names{0, 1, 2, 3, 4, 5, 6, 7});
  CHECK(groups[3] == Names{24, 25, 26});
  for (int name : groups[1]) world.Remove(name);
  CHECK(world.Divide() == std::vector<Names>{groups[0], groups[2], groups[3]});
}

}  // namespace clambake::bundler
