#include "executor/schedule.h"

#include <algorithm>

namespace clambake::executor {

Schedule::Schedule(std::vector<Item> items, const std::set<std::string>& manual) {
  std::stable_sort(items.begin(), items.end(),
                   [](const Item& a, const Item& b) { return a.entry.position < b.entry.position; });
  std::map<std::string, std::size_t, std::less<>> index;
  for (Item& item : items) {
    const auto [lane, is_new] = index.emplace(item.entry.lane, lanes_.size());
    if (is_new) lanes_.push_back({.items = {}, .next = 0, .after = item.entry.after});
    lanes_[lane->second].items.push_back(std::move(item));
  }
  for (const auto& [name, lane] : index) {
    if (manual.contains(name)) continue;
    const std::string& after = lanes_[lane].after;
    if (index.contains(after) || manual.contains(after)) {
      waiting_[after].push_back(lane);
    } else {
      ready_.emplace(absl::InfinitePast(), lane);
    }
  }
}

Lane& Schedule::Take() {
  const std::size_t lane = ready_.begin()->second;
  ready_.erase(ready_.begin());
  return lanes_[lane];
}

void Schedule::Again(Lane& lane, absl::Time at) { ready_.emplace(at, IndexOf(lane)); }

void Schedule::Advance(Lane& lane) {
  const std::string name = lane.Current().entry.lane;
  if (++lane.next < lane.items.size()) {
    ready_.emplace(absl::InfinitePast(), IndexOf(lane));
    return;
  }
  const auto waiting = waiting_.find(name);
  if (waiting == waiting_.end()) return;
  for (const std::size_t index : waiting->second) ready_.emplace(absl::InfinitePast(), index);
  waiting_.erase(waiting);
}

}  // namespace clambake::executor
