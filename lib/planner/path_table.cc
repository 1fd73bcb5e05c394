#include "planner/path_table.h"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

#include "absl/hash/hash.h"
#include "absl/strings/string_view.h"
#include "planner/problem.h"

namespace clambake::planner {
namespace {

bool IsNormal(std::string_view path) {
  if (path.empty() || path.front() == '/' || path.front() == '.' || path.back() == '/') return path.empty();
  for (std::size_t i = 1; i < path.size(); ++i) {
    if (path[i - 1] == '/' && (path[i] == '/' || path[i] == '.')) return false;
  }
  return true;
}

std::uint64_t HashOf(std::string_view path) {
  return absl::HashOf(absl::string_view(path.data(), path.size()));
}

std::uint32_t TagOf(std::uint64_t hash) { return static_cast<std::uint32_t>(hash >> 32); }

std::uint64_t LengthBit(std::string_view path) {
  return std::uint64_t{1} << std::min<std::size_t>(path.size(), 63);
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

PathTable::PathTable(std::vector<std::string_view> paths)
    : numbers_(paths.size()), slots_(std::bit_ceil(2 * paths.size() + 1)) {
  NumberAll(std::move(paths));
}

// Each path goes through four steps, far enough apart for what each asks for to
// have come: its text, its row, the text that was found there, the comparison.
void PathTable::NumberAll(std::vector<std::string_view> paths) {
  constexpr std::size_t kText = 36;
  constexpr std::size_t kRow = 24;
  constexpr std::size_t kFound = 12;
  std::array<std::uint64_t, 32> hashes{};  // of those between, around the ring
  for (std::size_t i = 0; i < paths.size() + kText; ++i) {
    if (i < paths.size()) __builtin_prefetch(paths[i].data());
    if (const std::size_t row = i - (kText - kRow); row < paths.size()) {
      std::string_view& path = paths[row];
      if (!IsNormal(path)) path = rewritten_.emplace_back(NormalPath(path));
      const std::uint64_t hash = hashes[row % hashes.size()] = HashOf(path);
      __builtin_prefetch(&slots_[Home(hash)]);
    }
    if (const std::size_t found = i - (kText - kFound); found < paths.size()) {
      const std::uint64_t hash = hashes[found % hashes.size()];
      const Slot& slot = slots_[Home(hash)];
      if (slot.number != kNone && slot.tag == TagOf(hash)) __builtin_prefetch(paths_[slot.number].data());
    }
    if (const std::size_t at = i - kText; at < paths.size()) {
      const std::uint64_t hash = hashes[at % hashes.size()];
      Slot& slot = slots_[Probe(paths[at], hash)];
      if (slot.number == kNone) {
        slot = {.tag = TagOf(hash), .number = count()};
        paths_.push_back(paths[at]);
        lengths_ |= LengthBit(paths[at]);
      }
      numbers_[static_cast<std::int32_t>(at)] = slot.number;
    }
  }
}

std::size_t PathTable::Probe(std::string_view path, std::uint64_t hash) const {
  std::size_t row = Home(hash);
  while (slots_[row].number != kNone &&
         (slots_[row].tag != TagOf(hash) || paths_[slots_[row].number] != path)) {
    row = Home(row + 1);
  }
  return row;
}

std::int32_t PathTable::Find(std::string_view path) const {
  if ((lengths_ & LengthBit(path)) == 0) return kNone;  // as for most directories
  return slots_[Probe(path, HashOf(path))].number;
}

Rows PathTable::Above() const {
  constexpr std::int32_t kAhead = 16;
  std::vector<Pair> pairs;
  const std::int32_t root = Find("");
  for (std::int32_t number = 0; number < count(); ++number) {
    if (number + kAhead < count()) __builtin_prefetch(paths_[number + kAhead].data());
    const std::string_view path = paths_[number];
    if (root != kNone && !path.empty()) pairs.emplace_back(number, root);
    for (std::size_t slash = path.find('/'); slash != std::string_view::npos;
         slash = path.find('/', slash + 1)) {
      const std::int32_t directory = Find(path.substr(0, slash));
      if (directory != kNone) pairs.emplace_back(number, directory);
    }
  }
  return RowsOf(pairs, count());
}

}  // namespace clambake::planner
