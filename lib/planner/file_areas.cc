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
    const auto root = numbers_.find(View());
    for (std::int32_t number = 0; number < count(); ++number) {
      const std::string_view path = paths_[number];
      if (root != numbers_.end() && !path.empty()) pairs.emplace_back(number, root->second);
      for (std::size_t slash = path.find('/'); slash != std::string_view::npos;
           slash = path.find('/', slash + 1)) {
        const auto found = numbers_.find(View(path.data(), slash));
        if (found != numbers_.end()) pairs.emplace_back(number, found->second);
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
  std::sort(touches.begin(), touches.end(), [&](const Pair& a, const Pair& b) {
    return a.first != b.first ? a.first < b.first : table[a.second] < table[b.second];
  });
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
  absl::flat_hash_map<Uses, std::int32_t> numbers;
  Uses uses;
  for (std::int32_t position = 0; position < paths.size(); ++position) {
    if (paths[position].empty()) continue;
    FindUses(paths[position], above, renumbered, uses);
    const auto [found, added] = numbers.try_emplace(uses, areas.area_sets.size());
    if (added) areas.area_sets.AddRow(uses);
    areas.area_set[position] = found->second;
  }
  return areas;
}

}  // namespace clambake::planner
