#include "planner/file_areas.h"

#include <algorithm>
#include <deque>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/hash/hash.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "planner/problem.h"

namespace clambake::planner {
namespace {

using View = absl::string_view;  // absl's containers look these up in either form

bool IsNormal(std::string_view path) {
  if (path.empty() || path.front() == '/' || path.front() == '.' || path.back() == '/') return path.empty();
  for (std::size_t i = 1; i < path.size(); ++i) {
    if (path[i - 1] == '/' && (path[i] == '/' || path[i] == '.')) return false;
  }
  return true;
}

// Paths by number. Keeps views of those that are in normal form already.
class PathTable {
 public:
  explicit PathTable(std::size_t expected) { numbers_.reserve(expected); }

  std::int32_t Number(std::string_view path) {
    if (!IsNormal(path)) path = rewritten_.emplace_back(NormalPath(path));
    const auto [found, added] = numbers_.try_emplace(View(path.data(), path.size()), count());
    if (added) paths_.push_back(path);
    return found->second;
  }

  // Texts and the table's rows lie all over the memory: what is needed soon is
  // asked for.
  void FetchAhead(const std::vector<Touches>& touches, std::size_t at) const {
    constexpr std::size_t kFar = 24;
    constexpr std::size_t kNear = 12;
    constexpr std::size_t kNext = 6;
    if (at + kFar < touches.size()) __builtin_prefetch(touches[at + kFar].paths.data());
    if (at + kNear >= touches.size()) return;
    for (const std::string& path : touches[at + kNear].paths) __builtin_prefetch(path.data());
    for (const std::string& path : touches[at + kNext].paths)
      numbers_.prefetch(View(path.data(), path.size()));
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
  touches.reserve(backlog.touches.size() * 2);
  const auto before = [&](const Pair& a, const Pair& b) {
    return a.first != b.first ? a.first < b.first : table[a.second] < table[b.second];
  };
  bool sorted = true;
  for (std::size_t i = 0; i < backlog.touches.size(); ++i) {
    table.FetchAhead(backlog.touches, i);
    const std::int32_t position = intake.table.Find(backlog.touches[i].issue);
    if (position < 0 || intake.fate[position] == Fate::kOut) continue;
    sorted = sorted && (touches.empty() || touches.back().first < position);
    const auto first = static_cast<std::ptrdiff_t>(touches.size());
    for (const std::string& path : backlog.touches[i].paths)
      touches.emplace_back(position, table.Number(path));
    std::sort(touches.begin() + first, touches.end(), before);
  }
  if (!sorted) std::sort(touches.begin(), touches.end(), before);
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
    const auto found = several_.find(std::span<const std::int32_t>(uses));
    return found != several_.end() ? *found : *several_.insert(Add(uses)).first;
  }

 private:
  using Row = std::span<const std::int32_t>;
  struct Hash {
    using is_transparent = void;
    const Rows* rows;
    std::size_t operator()(Row row) const {
      return absl::HashOf(absl::Span<const std::int32_t>(row.data(), row.size()));
    }
    std::size_t operator()(std::int32_t number) const { return (*this)((*rows)[number]); }
  };
  struct Equal {
    using is_transparent = void;
    const Rows* rows;
    bool operator()(std::int32_t number, Row row) const { return std::ranges::equal((*rows)[number], row); }
    bool operator()(std::int32_t a, std::int32_t b) const { return a == b; }
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
  PathTable table(backlog.touches.size());
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
