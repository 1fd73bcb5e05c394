// Which operation is next: lanes side by side, each in its own order.
#ifndef CLAMBAKE_EXECUTOR_SCHEDULE_H_
#define CLAMBAKE_EXECUTOR_SCHEDULE_H_

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "clambake/executor.h"

namespace clambake::executor {

struct Item {
  JournalEntry entry;
  Operation operation;
  int failures = 0;  // in this run, without effect
};

struct Lane {
  std::vector<Item> items;
  std::size_t next = 0;
  std::string after;

  Item& Current() { return items[next]; }
};

// Lanes that wait for a person, and those that wait for such a lane, do not
// take part: their operations stay unfinished.
class Schedule {
 public:
  // `items` in any order; `manual` are the lanes that wait for a person.
  Schedule(std::vector<Item> items, const std::set<std::string>& manual);

  [[nodiscard]] bool Empty() const { return ready_.empty(); }
  // When the first lane may go on.
  [[nodiscard]] absl::Time NextTime() const { return ready_.begin()->first; }
  // Takes that lane out. It comes back by one of the three below.
  Lane& Take();

  void Again(Lane& lane, absl::Time at);  // the same operation, not before `at`
  void Advance(Lane& lane);               // its operation is done
                                          // Not returned: the lane's rest stays as it is.

 private:
  [[nodiscard]] std::size_t IndexOf(const Lane& lane) const {
    return static_cast<std::size_t>(&lane - lanes_.data());
  }

  std::vector<Lane> lanes_;
  std::map<std::string, std::vector<std::size_t>, std::less<>> waiting_;  // by the lane waited for
  std::set<std::pair<absl::Time, std::size_t>> ready_;
};

}  // namespace clambake::executor

#endif  // CLAMBAKE_EXECUTOR_SCHEDULE_H_
