#include "planner/area_queue.h"

#include <algorithm>
#include <utility>

namespace clambake::planner {

AreaQueues::AreaQueues(std::int32_t areas, std::int32_t units)
    : whole_(static_cast<std::size_t>(areas)),
      below_(static_cast<std::size_t>(areas)),
      first_queue_(static_cast<std::size_t>(areas), kNone),
      rank_(static_cast<std::size_t>(units)),
      child_(static_cast<std::size_t>(units), kNone),
      sibling_(static_cast<std::size_t>(units), kNone),
      previous_(static_cast<std::size_t>(units), kNone),
      waits_at_(static_cast<std::size_t>(units), kNone) {}

void AreaQueues::Clear() {
  std::fill(whole_.begin(), whole_.end(), 0);
  std::fill(below_.begin(), below_.end(), 0);
  for (Queue& queue : queues_) queue.root = kNone;
  for (auto* column : {&child_, &sibling_, &previous_, &waits_at_}) {
    std::fill(column->begin(), column->end(), kNone);
  }
}

std::int32_t AreaQueues::Obstacle(std::span<const std::int32_t> uses) const {
  for (const std::int32_t use : uses) {
    if (!Open(use)) return use;
  }
  return kNone;
}

void AreaQueues::Take(std::span<const std::int32_t> uses) {
  for (const std::int32_t use : uses) ++(IsBelow(use) ? below_ : whole_)[AreaOf(use)];
}

std::int32_t AreaQueues::QueueOf(std::int32_t use, std::int32_t skill) {
  std::int32_t& first = first_queue_[AreaOf(use)];
  for (std::int32_t queue = first; queue != kNone; queue = queues_[queue].next) {
    if (queues_[queue].use == use && queues_[queue].skill == skill) return queue;
  }
  queues_.push_back({.use = use, .skill = skill, .root = kNone, .next = first});
  first = queues_.count() - 1;
  return first;
}

void AreaQueues::Push(std::int32_t queue, std::int32_t unit, std::int32_t rank) {
  rank_[unit] = rank;
  child_[unit] = sibling_[unit] = previous_[unit] = kNone;
  waits_at_[unit] = queue;
  queues_[queue].root = Meld(queues_[queue].root, unit);
}

void AreaQueues::Improve(std::int32_t unit, std::int32_t rank) {
  rank_[unit] = rank;
  Queue& queue = queues_[waits_at_[unit]];
  if (queue.root == unit) return;
  Detach(unit);
  queue.root = Meld(queue.root, unit);
}

std::int32_t AreaQueues::Pop(std::int32_t queue) {
  const std::int32_t unit = queues_[queue].root;
  if (unit == kNone) return kNone;
  queues_[queue].root = MeldSiblings(child_[unit]);
  waits_at_[unit] = kNone;
  return unit;
}

std::int32_t AreaQueues::Meld(std::int32_t a, std::int32_t b) {
  if (a == kNone) return b;
  if (b == kNone) return a;
  if (rank_[b] < rank_[a]) std::swap(a, b);
  sibling_[b] = child_[a];
  if (child_[a] != kNone) previous_[child_[a]] = b;
  previous_[b] = a;
  child_[a] = b;
  return a;
}

std::int32_t AreaQueues::MeldSiblings(std::int32_t first) {
  std::int32_t pairs = kNone;  // melded two by two, linked backwards
  while (first != kNone) {
    const std::int32_t second = sibling_[first];
    const std::int32_t rest = second == kNone ? kNone : sibling_[second];
    sibling_[first] = previous_[first] = kNone;
    if (second != kNone) sibling_[second] = previous_[second] = kNone;
    const std::int32_t pair = Meld(first, second);
    sibling_[pair] = pairs;
    pairs = pair;
    first = rest;
  }
  std::int32_t root = kNone;
  while (pairs != kNone) {
    const std::int32_t rest = sibling_[pairs];
    sibling_[pairs] = kNone;
    root = Meld(root, pairs);
    pairs = rest;
  }
  if (root != kNone) previous_[root] = kNone;
  return root;
}

void AreaQueues::Detach(std::int32_t unit) {
  const std::int32_t previous = previous_[unit];
  if (child_[previous] == unit) {
    child_[previous] = sibling_[unit];
  } else {
    sibling_[previous] = sibling_[unit];
  }
  if (sibling_[unit] != kNone) previous_[sibling_[unit]] = previous;
  sibling_[unit] = previous_[unit] = kNone;
}

}  // namespace clambake::planner
