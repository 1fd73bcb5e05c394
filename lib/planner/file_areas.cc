#include "planner/file_areas.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "planner/problem.h"

namespace clambake::planner {
namespace {

// Paths by number; the directories that are named themselves are known too.
class PathTable {
 public:
  std::int32_t Number(std::string_view path) {
    const auto [found, added] =
        numbers_.try_emplace(NormalPath(path), static_cast<std::int32_t>(numbers_.size()));
    return found->second;
  }

  [[nodiscard]] std::int32_t size() const { return static_cast<std::int32_t>(numbers_.size()); }

  // By number: the named directories above, the nearest last.
  [[nodiscard]] Rows Above() const {
    std::vector<Pair> pairs;
    std::string above;
    const bool root_named = numbers_.contains("");
    for (const auto& [path, number] : numbers_) {
      if (root_named && !path.empty()) pairs.emplace_back(number, numbers_.find("")->second);
      for (std::size_t slash = path.find('/'); slash != std::string::npos;
           slash = path.find('/', slash + 1)) {
        above.assign(path, 0, slash);
        const auto found = numbers_.find(above);
        if (found != numbers_.end()) pairs.emplace_back(number, found->second);
      }
    }
    return RowsOf(pairs, size());
  }

 private:
  absl::flat_hash_map<std::string, std::int32_t> numbers_;
};

using Uses = std::vector<std::int32_t>;

// The uses of work on `paths` (ascending): what lies below another of them is covered.
Uses UsesOf(std::span<const std::int32_t> paths, const Rows& above) {
  Uses uses;
  for (const std::int32_t path : paths) {
    const auto row = above[path];
    const bool covered = std::any_of(row.begin(), row.end(), [&](std::int32_t directory) {
      return std::binary_search(paths.begin(), paths.end(), directory);
    });
    if (covered) continue;
    uses.push_back(2 * path);
    for (const std::int32_t directory : row) uses.push_back(2 * directory + 1);
  }
  std::sort(uses.begin(), uses.end());
  uses.erase(std::unique(uses.begin(), uses.end()), uses.end());
  return uses;
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
  std::vector<Pair> touches;  // position, path
  for (const Touches& touched : backlog.touches) {
    const std::int32_t position = intake.table.Find(touched.issue);
    if (position < 0 || intake.fate[position] == Fate::kOut) continue;
    for (const std::string& path : touched.paths) touches.emplace_back(position, table.Number(path));
  }
  std::sort(touches.begin(), touches.end());
  touches.erase(std::unique(touches.begin(), touches.end()), touches.end());

  FileAreas areas;
  areas.area_set.assign(static_cast<std::size_t>(intake.table.size()), 0);
  areas.area_count = table.size();
  areas.area_sets.AddRow({});
  const Rows above = table.Above();
  const Rows paths = RowsOf(touches, intake.table.size());
  absl::flat_hash_map<Uses, std::int32_t> numbers;
  for (std::int32_t position = 0; position < paths.size(); ++position) {
    if (paths[position].empty()) continue;
    const Uses uses = UsesOf(paths[position], above);
    const auto [found, added] = numbers.try_emplace(uses, areas.area_sets.size());
    if (added) areas.area_sets.AddRow(uses);
    areas.area_set[position] = found->second;
  }
  return areas;
}

}  // namespace clambake::planner
