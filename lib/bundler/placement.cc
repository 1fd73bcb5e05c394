#include "bundler/placement.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace clambake::bundler {
namespace {

// The groups that the chain up to `at` moves members out of.
Members GroupsOf(const std::vector<Placement::Seeker>& chain, std::size_t at, const Placement& placement) {
  Members groups;
  for (; at != kNone; at = chain[at].behind) groups.push_back(placement.GroupOf(chain[at].member));
  return groups;
}

bool Contains(const Members& some, std::size_t one) {
  return std::find(some.begin(), some.end(), one) != some.end();
}

}  // namespace

Placement::Placement(const std::vector<Members>& neighbours, std::size_t groups, std::size_t max_size)
    : neighbours_(&neighbours),
      max_size_(max_size),
      group_of_(neighbours.size(), kNone),
      groups_(groups),
      blocked_(neighbours.size() * groups),
      open_groups_(neighbours.size(), groups) {}

std::size_t Placement::BestGroup(std::size_t member, const Members& except) const {
  std::size_t best = kNone;
  for (std::size_t group = 0; group < groups_.size(); ++group) {
    if (groups_[group].empty() || !Takes(group, member) || Contains(except, group)) continue;
    if (best == kNone || groups_[group].size() > groups_[best].size()) best = group;
  }
  return best;
}

void Placement::Put(std::size_t member, std::size_t group) {
  group_of_[member] = group;
  groups_[group].push_back(member);
  for (std::size_t other : (*neighbours_)[member]) {
    if (blocked_[other * groups_.size() + group]++ == 0) --open_groups_[other];
  }
}

void Placement::Take(std::size_t member) {
  const std::size_t group = std::exchange(group_of_[member], kNone);
  std::erase(groups_[group], member);
  for (std::size_t other : (*neighbours_)[member]) {
    if (--blocked_[other * groups_.size() + group] == 0) ++open_groups_[other];
  }
}

Members Placement::WhoWouldHaveToLeave(std::size_t member, std::size_t group) const {
  const std::uint32_t enemies = blocked_[member * groups_.size() + group];
  if (enemies == 0) return groups_[group];
  if (enemies > 1) return {};
  const Members& all = (*neighbours_)[member];
  return {
      *std::find_if(all.begin(), all.end(), [&](std::size_t other) { return group_of_[other] == group; })};
}

void Placement::Shift(const std::vector<Seeker>& chain, std::size_t last, std::size_t group) {
  for (std::size_t i = last; i != kNone; i = chain[i].behind) {
    const std::size_t left = group_of_[chain[i].member];
    if (left != kNone) Take(chain[i].member);
    Put(chain[i].member, std::exchange(group, left));
  }
}

bool Placement::Insert(std::size_t member) {
  if (InsertByMoves(member)) return true;
  const auto empty = std::find_if(groups_.begin(), groups_.end(), [](const Members& g) { return g.empty(); });
  if (empty == groups_.end()) return false;
  Put(member, static_cast<std::size_t>(empty - groups_.begin()));
  return true;
}

bool Placement::InsertByMoves(std::size_t member) {
  if (std::all_of(groups_.begin(), groups_.end(), [&](const Members& group) {
        return group.empty() || (max_size_ > 0 && group.size() >= max_size_);
      })) {
    return false;
  }
  // Breadth first, hence the shortest chain; no group twice in one, so that what
  // was true of a group when it was looked at still is when the chain moves.
  std::vector<Seeker> chain = {{member, kNone}};
  std::vector<bool> seen(neighbours_->size());
  seen[member] = true;
  for (std::size_t at = 0; at < chain.size(); ++at) {
    const std::size_t seeker = chain[at].member;
    const Members touched = GroupsOf(chain, at, *this);
    if (const std::size_t group = BestGroup(seeker, touched); group != kNone) {
      Shift(chain, at, group);
      return true;
    }
    for (std::size_t group = 0; group < groups_.size(); ++group) {
      if (Contains(touched, group)) continue;
      for (std::size_t other : WhoWouldHaveToLeave(seeker, group)) {
        if (!seen[other]) chain.push_back({other, at});
        seen[other] = true;
      }
    }
  }
  return false;
}

bool Placement::InsertByEviction(std::size_t member) {
  constexpr std::size_t kMaxAttempts = 8;
  const auto enemies = [&](std::size_t group) { return blocked_[member * groups_.size() + group]; };
  Members order(groups_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return enemies(a) < enemies(b); });
  order.resize(std::min(order.size(), kMaxAttempts));
  for (std::size_t group : order) {
    if (enemies(group) == 0) continue;  // full: Insert has tried
    const Placement before = *this;
    Members evicted;
    for (std::size_t other : (*neighbours_)[member]) {
      if (group_of_[other] == group) evicted.push_back(other);
    }
    for (std::size_t other : evicted) Take(other);
    Put(member, group);
    if (std::all_of(evicted.begin(), evicted.end(), [&](std::size_t other) { return Insert(other); }))
      return true;
    *this = before;
  }
  return false;
}

}  // namespace clambake::bundler
