// Aligned tables for terminals: columns as wide as their widest cell, counted
// in terminal columns, the last one cut to fit.
#ifndef CLAMBAKE_REPORT_TABLE_H_
#define CLAMBAKE_REPORT_TABLE_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "clambake/report.h"

namespace clambake {

enum class Ink { kPlain, kBold, kDim, kRed, kGreen, kYellow, kCyan };

// `text` in the ink, if the style has colours.
std::string Colored(std::string_view text, Ink ink, const TextStyle& style);

// Columns that `text` takes on a terminal.
std::size_t DisplayWidth(std::string_view text);

struct Cell {
  std::string text;
  Ink ink = Ink::kPlain;
};

class Table {
 public:
  // `heads` name the columns; those that start with '>' are aligned to the right.
  Table(std::vector<std::string_view> heads, const TextStyle& style);

  // As many cells as columns. The details follow, a line each, indented, and
  // broken between words at the width.
  void AddRow(std::vector<Cell> cells, std::vector<std::string> details = {});

  [[nodiscard]] bool empty() const { return rows_.empty(); }

  // `what` names the rows in "… and 12 more <what>".
  [[nodiscard]] std::string Render(std::string_view what) const;

 private:
  struct Row {
    std::vector<Cell> cells;
    std::vector<std::string> details;
  };

  [[nodiscard]] std::vector<std::size_t> Widths(std::size_t shown) const;
  [[nodiscard]] std::string RenderRow(const Row& row, const std::vector<std::size_t>& widths) const;

  std::vector<std::string_view> heads_;
  TextStyle style_;
  std::vector<Row> rows_;
};

}  // namespace clambake

#endif  // CLAMBAKE_REPORT_TABLE_H_
