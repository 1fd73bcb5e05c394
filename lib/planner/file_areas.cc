#include "planner/file_areas.h"

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/hash/hash.h"
#include "absl/types/span.h"
#include "planner/path_table.h"
#include "planner/problem.h"

namespace clambake::planner {
namespace {

// What the planned and running issues touch, in the order of the backlog.
struct Touched {
  std::vector<std::int32_t> positions;
  std::vector<std::string_view> paths;
};

Touched ListTouches(const Backlog& backlog, const Intake& intake) {
  constexpr std::size_t kAhead = 16;
  Touched touched;
  touched.positions.reserve(backlog.touches.size() * 2);
  touched.paths.reserve(backlog.touches.size() * 2);
  for (std::size_t i = 0; i < backlog.touches.size(); ++i) {
    if (i + kAhead < backlog.touches.size()) __builtin_prefetch(backlog.touches[i + kAhead].paths.data());
    const std::int32_t position = intake.table.Find(backlog.touches[i].issue);
    if (position < 0 || intake.fate[position] == Fate::kOut) continue;
    for (const std::string& path : backlog.touches[i].paths) {
      touched.positions.push_back(position);
      touched.paths.emplace_back(path);
    }
  }
  return touched;
}

// Position and path of everything that is touched, by position and then by
// path, each once.
std::vector<Pair> SortedTouches(const std::vector<std::int32_t>& positions, const PathTable& table) {
  std::vector<Pair> touches;
  touches.reserve(positions.size());
  for (std::size_t i = 0; i < positions.size(); ++i)
    touches.emplace_back(positions[i], table.numbers()[static_cast<std::int32_t>(i)]);
  // Most backlogs list issues in order: then only the few paths of each are to be sorted.
  const auto by_position = [](const Pair& a, const Pair& b) { return a.first < b.first; };
  const auto by_path = [&](const Pair& a, const Pair& b) { return table[a.second] < table[b.second]; };
  if (!std::is_sorted(touches.begin(), touches.end(), by_position))
    std::stable_sort(touches.begin(), touches.end(), by_position);
  constexpr std::ptrdiff_t kAhead = 16;
  for (auto first = touches.begin(); first != touches.end();) {
    auto last = first;
    for (; last != touches.end() && last->first == first->first; ++last) {
      if (touches.end() - last > kAhead) __builtin_prefetch(table[last[kAhead].second].data());
    }
    if (last - first > 1) std::sort(first, last, by_path);
    first = last;
  }
  touches.erase(std::unique(touches.begin(), touches.end()), touches.end());
  return touches;
}

// Numbers paths in the order of `touches`, whatever the backlog's order was.
Column<std::int32_t> Renumber(const std::vector<Pair>& touches, std::int32_t count) {
  Column<std::int32_t> renumbered(static_cast<std::size_t>(count), kNone);
  std::int32_t next = 0;
  for (const auto& [position, path] : touches) {
    if (renumbered[path] == kNone) renumbered[path] = next++;
  }
  return renumbered;
}

using Uses = std::vector<std::int32_t>;

// The uses of work on `paths`: what lies below another of them is covered.
void FindUses(std::span<const std::int32_t> paths, const Rows& above, const Column<std::int32_t>& renumbered,
              Uses& uses) {
  uses.clear();
  for (const std::int32_t path : paths) {
    const auto row = above[path];
    const bool covered = paths.size() > 1 && std::any_of(row.begin(), row.end(), [&](std::int32_t directory) {
                           return std::find(paths.begin(), paths.end(), directory) != paths.end();
                         });
    if (covered) continue;
    uses.push_back(2 * renumbered[path]);
    for (const std::int32_t directory : row) uses.push_back(2 * renumbered[directory] + 1);
  }
  std::sort(uses.begin(), uses.end());
  uses.erase(std::unique(uses.begin(), uses.end()), uses.end());
}

// Equal sets get the same row. Most sets are a single path.
class SetNumbers {
 public:
  SetNumbers(std::int32_t areas, Rows& rows)
      : rows_(rows),
        single_(static_cast<std::size_t>(areas), kNone),
        several_(0, Hash{&rows}, Equal{&rows}) {}

  std::int32_t Of(const Uses& uses) {
    if (uses.size() == 1) {
      std::int32_t& number = single_[AreaOf(uses.front())];
      if (number == kNone) number = Add(uses);
      return number;
    }
    const std::int32_t number = Add(uses);
    const auto [found, added] = several_.insert(number);
    if (!added) rows_.RemoveLastRow();
    return *found;
  }

 private:
  struct Hash {
    const Rows* rows;
    std::size_t operator()(std::int32_t number) const {
      const auto row = (*rows)[number];
      return absl::HashOf(absl::Span<const std::int32_t>(row.data(), row.size()));
    }
  };
  struct Equal {
    const Rows* rows;
    bool operator()(std::int32_t a, std::int32_t b) const {
      return std::ranges::equal((*rows)[a], (*rows)[b]);
    }
  };

  std::int32_t Add(const Uses& uses) {
    rows_.AddRow(uses);
    return rows_.size() - 1;
  }

  Rows& rows_;
  Column<std::int32_t> single_;                             // by area
  absl::flat_hash_set<std::int32_t, Hash, Equal> several_;  // rows
};

}  // namespace

FileAreas FindAreas(const Backlog& backlog, const Intake& intake) {
  Touched touched = ListTouches(backlog, intake);
  const PathTable table(std::move(touched.paths));
  const std::vector<Pair> touches = SortedTouches(touched.positions, table);
  FileAreas areas;
  areas.area_set.assign(static_cast<std::size_t>(intake.table.size()), 0);
  areas.area_count = table.count();
  areas.area_sets.AddRow({});
  const Rows above = table.Above();
  const Rows paths = RowsOf(touches, intake.table.size());
  const Column<std::int32_t> renumbered = Renumber(touches, table.count());
  SetNumbers sets(table.count(), areas.area_sets);
  Uses uses;
  for (std::int32_t position = 0; position < paths.size(); ++position) {
    if (paths[position].empty()) continue;
    FindUses(paths[position], above, renumbered, uses);
    areas.area_set[position] = sets.Of(uses);
  }
  return areas;
}

}  // namespace clambake::planner
