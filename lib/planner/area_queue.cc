#include "planner/area_queue.h"

#include <algorithm>
#include <utility>

namespace clambake::planner {

void AreaQueues::Clear(std::int32_t units) {
  std::fill(areas_.begin(), areas_.end(), Area{});
  queues_.clear();
  waiting_.assign(static_cast<std::size_t>(units), Waiting{});
}

std::int32_t AreaQueues::Obstacle(std::span<const std::int32_t> uses) const {
  for (const std::int32_t use : uses) {
    if (!Open(use)) return use;
  }
  return kNone;
}

void AreaQueues::Take(std::span<const std::int32_t> uses) {
  for (const std::int32_t use : uses) ++Users(use);
}

std::int32_t AreaQueues::QueueOf(std::int32_t use, std::int32_t skill) {
  std::int32_t& first = areas_[AreaOf(use)].first_queue;
  for (std::int32_t queue = first; queue != kNone; queue = queues_[queue].next) {
    if (queues_[queue].use == use && queues_[queue].skill == skill) return queue;
  }
  queues_.push_back({.use = use, .skill = skill, .root = kNone, .next = first});
  first = queues_.count() - 1;
  return first;
}

void AreaQueues::Push(std::int32_t queue, std::int32_t unit, std::int32_t rank) {
  waiting_[unit] = {.at = queue, .rank = rank};
  queues_[queue].root = Meld(queues_[queue].root, unit);
}

void AreaQueues::Improve(std::int32_t unit, std::int32_t rank) {
  waiting_[unit].rank = rank;
  Queue& queue = queues_[waiting_[unit].at];
  if (queue.root == unit) return;
  Detach(unit);
  queue.root = Meld(queue.root, unit);
}

std::int32_t AreaQueues::Pop(std::int32_t queue) {
  const std::int32_t unit = queues_[queue].root;
  if (unit == kNone) return kNone;
  queues_[queue].root = MeldSiblings(waiting_[unit].child);
  waiting_[unit].at = kNone;
  return unit;
}

std::int32_t AreaQueues::Meld(std::int32_t a, std::int32_t b) {
  if (a == kNone) return b;
  if (b == kNone) return a;
  if (waiting_[b].rank < waiting_[a].rank) std::swap(a, b);
  waiting_[b].sibling = waiting_[a].child;
  if (waiting_[a].child != kNone) waiting_[waiting_[a].child].previous = b;
  waiting_[b].previous = a;
  waiting_[a].child = b;
  return a;
}

std::int32_t AreaQueues::MeldSiblings(std::int32_t first) {
  std::int32_t pairs = kNone;  // melded two by two, linked backwards
  while (first != kNone) {
    const std::int32_t second = waiting_[first].sibling;
    const std::int32_t rest = second == kNone ? kNone : waiting_[second].sibling;
    waiting_[first].sibling = waiting_[first].previous = kNone;
    if (second != kNone) waiting_[second].sibling = waiting_[second].previous = kNone;
    const std::int32_t pair = Meld(first, second);
    waiting_[pair].sibling = pairs;
    pairs = pair;
    first = rest;
  }
  std::int32_t root = kNone;
  while (pairs != kNone) {
    const std::int32_t rest = waiting_[pairs].sibling;
    waiting_[pairs].sibling = kNone;
    root = Meld(root, pairs);
    pairs = rest;
  }
  if (root != kNone) waiting_[root].previous = kNone;
  return root;
}

void AreaQueues::Detach(std::int32_t unit) {
  const std::int32_t previous = waiting_[unit].previous;
  if (waiting_[previous].child == unit) {
    waiting_[previous].child = waiting_[unit].sibling;
  } else {
    waiting_[previous].sibling = waiting_[unit].sibling;
  }
  if (waiting_[unit].sibling != kNone) waiting_[waiting_[unit].sibling].previous = previous;
  waiting_[unit].sibling = waiting_[unit].previous = kNone;
}

}  // namespace clambake::planner
