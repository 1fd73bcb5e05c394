#include <algorithm>

#include "absl/strings/numbers.h"
#include "git/answers.h"

namespace clambake::git {
namespace {

absl::Status Strange() { return absl::UnavailableError("git merge-tree answers in an unknown form"); }

// Takes what stands before the next NUL; nullopt if that has not arrived yet.
class Fields {
 public:
  explicit Fields(std::string_view text) : text_(text) {}
  std::optional<std::string_view> Next() {
    const std::size_t end = text_.find('\0', used_);
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view field = text_.substr(used_, end - used_);
    used_ = end + 1;
    return field;
  }
  [[nodiscard]] std::size_t used() const { return used_; }

 private:
  std::string_view text_;
  std::size_t used_ = 0;
};

enum class Progress { kDone, kIncomplete, kStrange };

// "mode id stage\tpath", up to an empty field.
Progress ReadConflictedFiles(Fields& fields, std::vector<std::string>& paths) {
  while (true) {
    const std::optional<std::string_view> field = fields.Next();
    if (!field) return Progress::kIncomplete;
    if (field->empty()) break;
    const std::size_t tab = field->find('\t');
    if (tab == std::string_view::npos) return Progress::kStrange;
    paths.emplace_back(field->substr(tab + 1));
  }
  std::sort(paths.begin(), paths.end());
  paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
  return Progress::kDone;
}

// A count, as many paths, a type and a text, over and over, up to an empty
// field. The paths of conflicts without a conflicted file are only here.
Progress SkipMessages(Fields& fields) {
  while (true) {
    const std::optional<std::string_view> count = fields.Next();
    if (!count) return Progress::kIncomplete;
    if (count->empty()) return Progress::kDone;
    constexpr int kMostPaths = 1'000'000;
    int paths = 0;
    if (!absl::SimpleAtoi(absl::string_view(count->data(), count->size()), &paths) || paths < 0 ||
        paths > kMostPaths) {
      return Progress::kStrange;
    }
    for (int i = 0; i < paths + 2; ++i) {
      if (!fields.Next()) return Progress::kIncomplete;
    }
  }
}

}  // namespace

bool IsObjectId(std::string_view text) {
  constexpr std::size_t kSha1Digits = 40;
  constexpr std::size_t kSha256Digits = 64;
  return (text.size() == kSha1Digits || text.size() == kSha256Digits) &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

absl::StatusOr<std::optional<MergeResult>> ReadMergeAnswer(std::string_view text, std::size_t& used) {
  used = 0;
  Fields fields(text);
  const std::optional<std::string_view> status = fields.Next();
  const std::optional<std::string_view> tree = status ? fields.Next() : std::nullopt;
  if (!tree) return std::optional<MergeResult>();
  if ((*status != "0" && *status != "1") || !IsObjectId(*tree)) return Strange();
  MergeResult result;
  result.verdict = *status == "1" ? MergeResult::Verdict::kClean : MergeResult::Verdict::kConflict;
  result.tree = *tree;
  // A clean merge has no files, and no messages either.
  Progress progress = ReadConflictedFiles(fields, result.paths);
  if (progress == Progress::kDone && *status == "0") progress = SkipMessages(fields);
  if (progress == Progress::kStrange) return Strange();
  if (progress == Progress::kIncomplete) return std::optional<MergeResult>();
  used = fields.used();
  return std::optional<MergeResult>(std::move(result));
}

}  // namespace clambake::git
