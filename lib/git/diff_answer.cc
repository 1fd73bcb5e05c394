#include <charconv>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "git/answers.h"

namespace clambake::git {
namespace {

absl::Status Strange() { return absl::UnavailableError("git diff-tree answers in an unknown form"); }

// Takes `text` apart; once something is missing it stays incomplete.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text) {}
  [[nodiscard]] bool At(char c) const { return !text_.empty() && text_.front() == c; }
  [[nodiscard]] bool AtEnd() const { return text_.empty(); }
  [[nodiscard]] std::string_view Rest() const { return text_; }

  std::optional<std::string_view> Until(char end) {
    const std::size_t at = text_.find(end);
    if (at == std::string_view::npos) return std::nullopt;
    const std::string_view piece = text_.substr(0, at);
    text_.remove_prefix(at + 1);
    return piece;
  }

 private:
  std::string_view text_;
};

bool IsPairHeader(std::string_view line) {
  const std::size_t blank = line.find(' ');
  return blank != std::string_view::npos && IsObjectId(line.substr(0, blank)) &&
         IsObjectId(line.substr(blank + 1));
}

bool ParseMode(std::string_view text, std::uint32_t& mode) {
  constexpr int kOctal = 8;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), mode, kOctal);
  return error == std::errc() && end == text.data() + text.size();
}

// "100644 100644 id id M"
bool ParseRecord(std::string_view record, FileChange& change) {
  constexpr std::size_t kFields = 5;
  std::vector<absl::string_view> fields =
      absl::StrSplit(absl::string_view(record.data(), record.size()), ' ');
  if (fields.size() != kFields || fields[4].size() != 1) return false;
  change.kind = fields[4][0];
  change.old_id = std::string(fields[2]);
  change.new_id = std::string(fields[3]);
  return ParseMode({fields[0].data(), fields[0].size()}, change.old_mode) &&
         ParseMode({fields[1].data(), fields[1].size()}, change.new_mode) && IsObjectId(change.old_id) &&
         IsObjectId(change.new_id) && absl::StrContains("ADMT", fields[4]);
}

// "@@ -12,3 +12,4 @@ …": where the old lines begin, and how many lines follow.
struct HunkHeader {
  std::int64_t old_first = 0;
  std::int64_t old_count = 1;
  std::int64_t new_count = 1;
};

// A line or a number of lines.
bool ParseLine(std::string_view text, std::int64_t& line) {
  constexpr std::int64_t kMost = std::int64_t{1} << 40U;
  return absl::SimpleAtoi(absl::string_view(text.data(), text.size()), &line) && line >= 0 && line <= kMost;
}

// "12,3", or "12" for one line. Only where there are no lines may the first be 0.
bool ParseRange(std::string_view range, std::int64_t& first, std::int64_t& count) {
  const std::size_t comma = range.find(',');
  if (!ParseLine(range.substr(0, comma), first)) return false;
  if (comma != std::string_view::npos && !ParseLine(range.substr(comma + 1), count)) return false;
  return first > 0 || count == 0;
}

bool ParseHunkHeader(std::string_view line, HunkHeader& header) {
  constexpr std::size_t kMinFields = 4;
  std::vector<absl::string_view> fields = absl::StrSplit(absl::string_view(line.data(), line.size()), ' ');
  if (fields.size() < kMinFields || fields[0] != "@@" || fields[1].empty() || fields[2].empty()) return false;
  std::int64_t new_first = 0;
  return ParseRange({fields[1].data() + 1, fields[1].size() - 1}, header.old_first, header.old_count) &&
         ParseRange({fields[2].data() + 1, fields[2].size() - 1}, new_first, header.new_count);
}

// Collects the runs of changed lines out of the lines of a hunk.
class Runs {
 public:
  Runs(const HunkHeader& header, LineNumbers& lines, std::vector<LineSpan>& spans)
      : lines_(lines), spans_(spans) {
    // With no old lines, git names the line before.
    next_old_ = header.old_count == 0 ? header.old_first + 1 : header.old_first;
  }
  void Context() {
    Flush();
    ++next_old_;
  }
  // `text` is without the mark, with its line end if it has one.
  void Removed(std::string_view text) {
    Begin();
    span_.removed.push_back(lines_.Of(text));
    ++next_old_;
  }
  void Added(std::string_view text) {
    Begin();
    span_.added.push_back(lines_.Of(text));
  }
  void Flush() {
    if (span_.first == 0) return;
    span_.count = static_cast<std::int64_t>(span_.removed.size());
    if (span_.count == 0) --span_.first;
    spans_.push_back(std::exchange(span_, {}));
  }

 private:
  void Begin() {
    if (span_.first == 0) span_.first = next_old_;
  }
  LineNumbers& lines_;
  std::vector<LineSpan>& spans_;
  std::int64_t next_old_ = 0;
  LineSpan span_;  // first 0: not in a run
};

enum class Progress { kDone, kIncomplete, kStrange };

// "\ No newline at end of file"
constexpr std::string_view kNoLineEnd = "\n\\";

Progress ReadHunk(Cursor& cursor, HunkHeader header, Runs& runs) {
  while (header.old_count > 0 || header.new_count > 0 || cursor.At('\\')) {
    const std::string_view rest = cursor.Rest();
    const std::optional<std::string_view> line = cursor.Until('\n');
    if (!line) return Progress::kIncomplete;
    const char kind = line->empty() ? ' ' : line->front();
    if (kind == '\\') continue;
    header.old_count -= kind == '+' ? 0 : 1;
    header.new_count -= kind == '-' ? 0 : 1;
    if (header.old_count < 0 || header.new_count < 0) return Progress::kStrange;
    const bool has_end = !rest.substr(line->size()).starts_with(kNoLineEnd);
    const std::string_view text = line->empty() ? "" : rest.substr(1, line->size() - (has_end ? 0 : 1));
    if (kind == ' ') {
      runs.Context();
    } else if (kind == '-') {
      runs.Removed(text);
    } else if (kind == '+') {
      runs.Added(text);
    } else {
      return Progress::kStrange;
    }
  }
  runs.Flush();
  return Progress::kDone;
}

// "index <id>..<id> 100644"
bool ParseIndexLine(std::string_view line, ContentChange& change) {
  line.remove_prefix(std::string_view("index ").size());
  line = line.substr(0, line.find(' '));
  const std::size_t dots = line.find("..");
  if (dots == std::string_view::npos) return false;
  change.old_id = line.substr(0, dots);
  change.new_id = line.substr(dots + 2);
  return IsObjectId(change.old_id) && IsObjectId(change.new_id);
}

}  // namespace

absl::StatusOr<std::optional<std::vector<std::vector<FileChange>>>> ReadRawDiff(std::string_view text,
                                                                                std::size_t pairs,
                                                                                std::string_view end) {
  const std::optional<std::vector<std::vector<FileChange>>> incomplete;
  std::vector<std::vector<FileChange>> all;
  Cursor cursor(text);
  while (cursor.Rest() != end) {
    if (!cursor.At(':')) {
      const std::optional<std::string_view> header = cursor.Until('\n');
      if (!header) return incomplete;
      if (!IsPairHeader(*header)) return Strange();
      all.emplace_back();
      continue;
    }
    const std::optional<std::string_view> record = cursor.Until('\0');
    const std::optional<std::string_view> path = record ? cursor.Until('\0') : std::nullopt;
    if (!path) return incomplete;
    FileChange change;
    if (all.empty() || !ParseRecord(record->substr(1), change)) return Strange();
    change.path = *path;
    all.back().push_back(std::move(change));
  }
  if (all.size() != pairs) return Strange();
  return std::optional(std::move(all));
}

absl::StatusOr<std::optional<std::vector<std::size_t>>> ReadNumberedFiles(std::string_view text,
                                                                          std::size_t files,
                                                                          std::string_view end) {
  constexpr std::size_t kDigits = 16;
  constexpr int kHexadecimal = 16;
  const std::optional<std::vector<std::size_t>> incomplete;
  std::vector<std::size_t> numbers;
  Cursor cursor(text);
  const std::optional<std::string_view> header = cursor.Until('\n');
  if (!header) return incomplete;
  if (!IsPairHeader(*header)) return Strange();
  while (cursor.Rest() != end) {
    const std::optional<std::string_view> name = cursor.Until('\0');
    if (!name) return incomplete;
    std::size_t number = 0;
    const auto [last, error] =
        std::from_chars(name->data(), name->data() + name->size(), number, kHexadecimal);
    const bool whole = error == std::errc() && last == name->data() + name->size();
    if (!whole || name->size() != kDigits || number >= files) return Strange();
    numbers.push_back(number);
  }
  return std::optional(std::move(numbers));
}

absl::StatusOr<std::optional<std::vector<ContentChange>>> ReadPatch(std::string_view text, std::size_t pairs,
                                                                    std::string_view end,
                                                                    LineNumbers& lines) {
  const std::optional<std::vector<ContentChange>> incomplete;
  std::vector<ContentChange> changes;
  std::size_t headers = 0;
  Cursor cursor(text);
  while (cursor.Rest() != end) {
    const std::optional<std::string_view> line = cursor.Until('\n');
    if (!line) return incomplete;
    if (line->starts_with("index ")) {
      ContentChange change;
      if (!ParseIndexLine(*line, change)) return Strange();
      changes.push_back(std::move(change));
    } else if (line->starts_with("@@ ")) {
      HunkHeader header;
      if (changes.empty() || !ParseHunkHeader(*line, header)) return Strange();
      std::optional<std::vector<LineSpan>>& spans = changes.back().spans;
      if (!spans) spans.emplace();
      Runs runs(header, lines, *spans);
      const Progress progress = ReadHunk(cursor, header, runs);
      if (progress == Progress::kIncomplete) return incomplete;
      if (progress == Progress::kStrange) return Strange();
    } else if (IsPairHeader(*line)) {
      ++headers;
    }
  }
  if (headers != pairs) return Strange();
  return std::optional(std::move(changes));
}

}  // namespace clambake::git
