// The paths that issues name, by number. Hundreds of thousands of texts lie all
// over the memory, so that looking one up is nothing but waiting for it: all
// are numbered in one go, and what a path will need is asked for while others
// have their turn.
#ifndef CLAMBAKE_PLANNER_PATH_TABLE_H_
#define CLAMBAKE_PLANNER_PATH_TABLE_H_

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "planner/rows.h"

namespace clambake::planner {

// "./a//b/" is "a/b"; "", "." and "/" are the whole repository, "".
std::string NormalPath(std::string_view path);

class PathTable {
 public:
  // Keeps views of the texts that are in normal form already. Paths are
  // numbered by first use.
  explicit PathTable(std::vector<std::string_view> paths);

  // By index in `paths`: its number.
  [[nodiscard]] const Column<std::int32_t>& numbers() const { return numbers_; }

  [[nodiscard]] std::int32_t count() const { return paths_.count(); }
  [[nodiscard]] std::string_view operator[](std::int32_t number) const { return paths_[number]; }

  // By number: the directories above that are named themselves.
  [[nodiscard]] Rows Above() const;

 private:
  // A row of an open hash table, with enough of the hash to tell most others.
  struct Slot {
    std::uint32_t tag = 0;
    std::int32_t number = -1;  // kNone
  };

  void NumberAll(std::vector<std::string_view> paths);
  [[nodiscard]] std::size_t Home(std::uint64_t hash) const { return hash & (slots_.size() - 1); }
  // The row of `path`, or the free one where it belongs.
  [[nodiscard]] std::size_t Probe(std::string_view path, std::uint64_t hash) const;
  [[nodiscard]] std::int32_t Find(std::string_view path) const;

  Column<std::int32_t> numbers_;
  Column<std::string_view> paths_;
  std::vector<Slot> slots_;  // a power of two, at most half of them taken
  std::deque<std::string> rewritten_;
  std::uint64_t lengths_ = 0;  // of paths_, a bit each
};

}  // namespace clambake::planner

#endif  // CLAMBAKE_PLANNER_PATH_TABLE_H_
