#include "report/table.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/str_split.h"
#include "base/safe_text.h"
#include "fmt/format.h"

namespace clambake {
namespace {

constexpr std::string_view kIndent = "  ";

bool RightAligned(std::string_view head) { return head.starts_with('>'); }
std::string_view Title(std::string_view head) { return RightAligned(head) ? head.substr(1) : head; }

// Below a row, broken between words at the terminal's edge.
std::string Detail(const std::string& detail, const TextStyle& style) {
  constexpr std::string_view kDetailIndent = "      ";
  constexpr std::size_t kLeastRoom = 20;
  const bool breaks = style.width >= kDetailIndent.size() + kLeastRoom;
  std::vector<std::string> lines;
  for (const std::string& word : std::vector<std::string>(absl::StrSplit(detail, ' '))) {
    const bool fits = !lines.empty() && (!breaks || kDetailIndent.size() + DisplayWidth(lines.back()) + 1 +
                                                            DisplayWidth(word) <=
                                                        style.width);
    if (fits) {
      lines.back() += ' ' + word;
    } else {
      lines.push_back(word);
    }
  }
  std::string text;
  for (const std::string& line : lines) {
    text += Colored(std::string(kDetailIndent) + line, Ink::kDim, style) + "\n";
  }
  return text;
}

}  // namespace

std::string Colored(std::string_view text, Ink ink, const TextStyle& style) {
  constexpr std::array<std::string_view, 7> kCodes = {"", "1", "2", "31", "32", "33", "36"};
  if (style.color == TextStyle::Color::kNever || ink == Ink::kPlain) return std::string(text);
  return fmt::format("\x1b[{}m{}\x1b[0m", kCodes[static_cast<std::size_t>(ink)], text);
}

std::size_t DisplayWidth(std::string_view text) {
  // fmt pads by display width: what it adds to reach n columns tells the width.
  return 2 * text.size() - fmt::formatted_size("{:<{}}", text, text.size());
}

Table::Table(std::vector<std::string_view> heads, const TextStyle& style)
    : heads_(std::move(heads)), style_(style) {}

void Table::AddRow(std::vector<Cell> cells, std::vector<std::string> details) {
  rows_.push_back({std::move(cells), std::move(details)});
}

std::vector<std::size_t> Table::Widths(std::size_t shown) const {
  std::vector<std::size_t> widths;
  for (std::size_t column = 0; column < heads_.size(); ++column) {
    std::size_t width = DisplayWidth(Title(heads_[column]));
    for (std::size_t row = 0; row < shown; ++row)
      width = std::max(width, DisplayWidth(rows_[row].cells[column].text));
    widths.push_back(width);
  }
  return widths;
}

std::string Table::RenderRow(const Row& row, const std::vector<std::size_t>& widths) const {
  std::string line(kIndent);
  std::size_t used = kIndent.size();
  for (std::size_t column = 0; column < row.cells.size(); ++column) {
    const Cell& cell = row.cells[column];
    const bool last = column + 1 == row.cells.size();
    if (last) {
      const std::size_t room = style_.width > used + 10 ? style_.width - used : 10;
      const std::string text = style_.width == 0 ? cell.text : SafeText(cell.text, room);
      return line + Colored(text, cell.ink, style_) + "\n";
    }
    const std::string pad(widths[column] - DisplayWidth(cell.text), ' ');
    const std::string text = Colored(cell.text, cell.ink, style_);
    line += (RightAligned(heads_[column]) ? pad + text : text + pad) + std::string(kIndent);
    used += widths[column] + kIndent.size();
  }
  return line + "\n";
}

std::string Table::Render(std::string_view what) const {
  const std::size_t shown = style_.max_rows == 0 ? rows_.size() : std::min(rows_.size(), style_.max_rows);
  const std::vector<std::size_t> widths = Widths(shown);
  Row head;
  for (std::string_view title : heads_) head.cells.push_back({std::string(Title(title)), Ink::kDim});
  std::string text = RenderRow(head, widths);
  for (std::size_t i = 0; i < shown; ++i) {
    text += RenderRow(rows_[i], widths);
    for (const std::string& detail : rows_[i].details) text += Detail(detail, style_);
  }
  if (shown < rows_.size()) {
    text +=
        Colored(fmt::format("{}… and {} more {}", kIndent, rows_.size() - shown, what), Ink::kDim, style_) +
        "\n";
  }
  return text;
}

}  // namespace clambake
