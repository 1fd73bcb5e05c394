#include "planner/file_areas.h"

#include <algorithm>
#include <deque>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "planner/problem.h"

namespace clambake::planner {
namespace {

using View = absl::string_view;  // absl's containers look these up in either form

bool IsNormal(std::string_view path) {
  if (path.empty() || path.front() == '/' || path.front() == '.' || path.back() == '/') return path.empty();
  return path.find("//") == std::string_view::npos && path.find("/.") == std::string_view::npos;
}

// Paths by number. Keeps views of those that are in normal form already.
class PathTable {
 public:
  std::int32_t Number(std::string_view path) {
    if (!IsNormal(path)) path = rewritten_.emplace_back(NormalPath(path));
    const auto [found, added] = numbers_.try_emplace(View(path.data(), path.size()), count());
    if (added) paths_.push_back(path);
    return found->second;
  }

  [[nodiscard]] std::int32_t count() const { return paths_.count(); }
  [[nodiscard]] std::string_view operator[](std::int32_t number) const { return paths_[number]; }

  // By number: the directories above that are named themselves.
  [[nodiscard]] Rows Above() const {
    std::vector<Pair> pairs;
    // Few directories hold many paths, so that this small table answers most.
    absl::flat_hash_map<View, std::int32_t> directories;
    const auto number_of = [&](View directory) {
      const auto [known, added] = directories.try_emplace(directory, kNone);
      if (!added) return known->second;
      const auto found = numbers_.find(directory);
      if (found != numbers_.end()) known->second = found->second;
      return known->second;
    };
    const std::int32_t root = number_of(View());
    for (std::int32_t number = 0; number < count(); ++number) {
      const std::string_view path = paths_[number];
      if (root != kNone && !path.empty()) pairs.emplace_back(number, root);
      for (std::size_t slash = path.find('/'); slash != std::string_view::npos;
           slash = path.find('/', slash + 1)) {
        const std::int32_t directory = number_of(View(path.data(), slash));
        if (directory != kNone) pairs.emplace_back(number, directory);
      }
    }
    return RowsOf(pairs, count());
  }

 private:
  absl::flat_hash_map<View, std::int32_t> numbers_;
  Column<std::string_view> paths_;
  std::deque<std::string> rewritten_;
};

// Position and path of everything that is touched, by position and then by
// path, each once.
std::vector<Pair> SortedTouches(const Backlog& backlog, const Intake& intake, PathTable& table) {
  std::vector<Pair> touches;
  for (const Touches& touched : backlog.touches) {
    const std::int32_t position = intake.table.Find(touched.issue);
    if (position < 0 || intake.fate[position] == Fate::kOut) continue;
    for (const std::string& path : touched.paths) touches.emplace_back(position, table.Number(path));
  }
  const auto before = [&](const Pair& a, const Pair& b) {
    return a.first != b.first ? a.first < b.first : table[a.second] < table[b.second];
  };
  const auto by_position = [](const Pair& a, const Pair& b) { return a.first < b.first; };
  if (!std::is_sorted(touches.begin(), touches.end(), by_position)) {
    std::stable_sort(touches.begin(), touches.end(), by_position);
  }
  for (auto first = touches.begin(); first != touches.end();) {
    const auto last =
        std::find_if(first, touches.end(), [&](const Pair& it) { return it.first != first->first; });
    if (last - first > 1) std::sort(first, last, before);
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
  SetNumbers(std::int32_t areas, Rows& rows) : rows_(rows), single_(static_cast<std::size_t>(areas), kNone) {}

  std::int32_t Of(const Uses& uses) {
    std::int32_t& number =
        uses.size() == 1 ? single_[AreaOf(uses.front())] : several_.try_emplace(uses, kNone).first->second;
    if (number == kNone) {
      number = rows_.size();
      rows_.AddRow(uses);
    }
    return number;
  }

 private:
  Rows& rows_;
  Column<std::int32_t> single_;
  absl::flat_hash_map<Uses, std::int32_t> several_;
};

}  // namespace

std::string NormalPath(std::string_view path) {
  std::string normal;
  while (!path.empty()) {
    const std::size_t end = std::min(path.find('/'), path.size());
    const std::string_view part = path.substr(0, end);
    path.remove_prefix(std::min(end + 1, path.size()));
    if (part.empty() || part == ".") continue;
    if (!normal.empty()) normal += '/';
    normal += part;
  }
  return normal;
}

FileAreas FindAreas(const Backlog& backlog, const Intake& intake) {
  PathTable table;
  const std::vector<Pair> touches = SortedTouches(backlog, intake, table);
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
