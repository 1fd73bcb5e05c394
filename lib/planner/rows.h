// Rows of integers in two flat arrays: row i is items[begin[i] .. begin[i+1]).
// The form in which precedence, areas and eligibility are kept, because a
// million small vectors would cost more than the planning itself.
#ifndef CLAMBAKE_PLANNER_ROWS_H_
#define CLAMBAKE_PLANNER_ROWS_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace clambake::planner {

// A vector that is indexed by the 32-bit numbers of jobs, agents and areas.
template <typename T>
class Column : public std::vector<T> {
 public:
  using std::vector<T>::vector;
  T& operator[](std::int32_t i) { return std::vector<T>::operator[](static_cast<std::size_t>(i)); }
  const T& operator[](std::int32_t i) const {
    return std::vector<T>::operator[](static_cast<std::size_t>(i));
  }
  [[nodiscard]] std::int32_t count() const { return static_cast<std::int32_t>(this->size()); }
};

struct Rows {
  Column<std::int32_t> begin = {0};
  Column<std::int32_t> items;

  [[nodiscard]] std::int32_t size() const { return begin.count() - 1; }

  [[nodiscard]] std::span<const std::int32_t> operator[](std::int32_t row) const {
    return {items.data() + begin[row], items.data() + begin[row + 1]};
  }

  void AddRow(std::span<const std::int32_t> row) {
    items.insert(items.end(), row.begin(), row.end());
    begin.push_back(items.count());
  }

  void RemoveLastRow() {
    begin.pop_back();
    items.resize(static_cast<std::size_t>(begin.back()));
  }
};

using Pair = std::pair<std::int32_t, std::int32_t>;

// Row `first` holds every `second`, in the order of the pairs. Linear.
inline Rows RowsOf(std::span<const Pair> pairs, std::int32_t row_count) {
  Rows rows;
  rows.begin.assign(static_cast<std::size_t>(row_count) + 1, 0);
  for (const Pair& pair : pairs) ++rows.begin[pair.first + 1];
  for (std::int32_t i = 0; i < row_count; ++i) rows.begin[i + 1] += rows.begin[i];
  Column<std::int32_t> next(rows.begin.begin(), rows.begin.end() - 1);
  rows.items.resize(pairs.size());
  for (const Pair& pair : pairs) rows.items[next[pair.first]++] = pair.second;
  return rows;
}

// Each row ascending, each item once. Linear where rows are short.
inline void SortRows(Rows& rows) {
  std::int32_t kept = 0;
  std::int32_t begin = 0;
  for (std::int32_t row = 0; row < rows.size(); ++row) {
    const std::int32_t end = rows.begin[row + 1];
    const auto first = rows.items.begin() + begin;
    if (end - begin > 1) std::sort(first, rows.items.begin() + end);
    const auto last = std::unique(first, rows.items.begin() + end);
    const auto moved = std::move(first, last, rows.items.begin() + kept);
    kept = static_cast<std::int32_t>(moved - rows.items.begin());
    begin = end;
    rows.begin[row + 1] = kept;
  }
  rows.items.resize(static_cast<std::size_t>(kept));
}

// Row b holds every a whose row holds b, ascending. Linear.
inline Rows Transpose(const Rows& rows, std::int32_t row_count) {
  Rows transposed;
  transposed.begin.assign(static_cast<std::size_t>(row_count) + 1, 0);
  for (const std::int32_t b : rows.items) ++transposed.begin[b + 1];
  for (std::int32_t b = 0; b < row_count; ++b) transposed.begin[b + 1] += transposed.begin[b];
  Column<std::int32_t> next(transposed.begin.begin(), transposed.begin.end() - 1);
  transposed.items.resize(rows.items.size());
  for (std::int32_t a = 0; a < rows.size(); ++a) {
    for (const std::int32_t b : rows[a]) transposed.items[next[b]++] = a;
  }
  return transposed;
}

}  // namespace clambake::planner

#endif  // CLAMBAKE_PLANNER_ROWS_H_
