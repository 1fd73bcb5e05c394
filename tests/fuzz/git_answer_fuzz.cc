// What git's plumbing prints. The first byte says which answer it is, the
// second how many pairs or files were asked for; 'h' makes hunks out of the
// rest and prints them as git would.
#include "fmt/format.h"
#include "git/answers.h"
#include "tests/fuzz/fuzz.h"

namespace clambake {
namespace {

using absl::StatusCode;

constexpr std::string_view kEnd = "end\n";
constexpr std::string_view kId = "0123456789012345678901234567890123456789";
constexpr std::string_view kOther = "abcdefabcdefabcdefabcdefabcdefabcdefabcd";

void CheckMerge(std::string_view text) {
  std::size_t used = 0;
  const auto answer = git::ReadMergeAnswer(text, used);
  fuzz::CheckCode(answer.status(), {StatusCode::kUnavailable});
  if (!answer.ok() || !*answer) return FUZZ_CHECK(used == 0);
  const MergeResult& merge = **answer;
  FUZZ_CHECK(used > 0 && used <= text.size());
  FUZZ_CHECK(git::IsObjectId(merge.tree));
  FUZZ_CHECK(std::is_sorted(merge.paths.begin(), merge.paths.end()));
  FUZZ_CHECK(std::adjacent_find(merge.paths.begin(), merge.paths.end()) == merge.paths.end());
  // The same answer, cut anywhere, is not whole yet; what follows is not ours.
  std::size_t again = 0;
  const auto shorter = git::ReadMergeAnswer(text.substr(0, used - 1), again);
  FUZZ_CHECK(shorter.ok() && !*shorter && again == 0);
  const auto longer = git::ReadMergeAnswer(std::string(text.substr(0, used)) + "x", again);
  FUZZ_CHECK(longer.ok() && *longer && again == used && (*longer)->paths == merge.paths);
}

void CheckRawDiff(std::string_view text, std::size_t pairs) {
  const auto answer = git::ReadRawDiff(text, pairs, kEnd);
  fuzz::CheckCode(answer.status(), {StatusCode::kUnavailable});
  if (!answer.ok() || !*answer) return;
  FUZZ_CHECK((*answer)->size() == pairs);
  for (const std::vector<FileChange>& changes : **answer) {
    for (const FileChange& change : changes) {
      FUZZ_CHECK(git::IsObjectId(change.old_id) && git::IsObjectId(change.new_id));
      FUZZ_CHECK(std::string_view("ADMT").find(change.kind) != std::string_view::npos);
    }
  }
}

void CheckNumbers(std::string_view text, std::size_t files) {
  const auto answer = git::ReadNumberedFiles(text, files, kEnd);
  fuzz::CheckCode(answer.status(), {StatusCode::kUnavailable});
  if (!answer.ok() || !*answer) return;
  for (const std::size_t number : **answer) FUZZ_CHECK(number < files);
}

void CheckPatch(std::string_view text, std::size_t pairs) {
  git::LineNumbers lines;
  const auto answer = git::ReadPatch(text, pairs, kEnd, lines);
  fuzz::CheckCode(answer.status(), {StatusCode::kUnavailable});
  if (!answer.ok() || !*answer) return;
  for (const ContentChange& change : **answer) {
    for (const LineSpan& span : change.spans.value_or(std::vector<LineSpan>())) {
      FUZZ_CHECK(span.first >= 0 && span.count >= 0);
      FUZZ_CHECK(span.first >= 1 || span.count == 0);
    }
  }
}

// A file's lines, edited: ' ' keeps one, '-' removes one, '+' adds one.
struct Edits {
  std::vector<LineSpan> spans;  // in lines of the old file
  std::string hunks;
};

// Writes what `diff -U1` prints for the edits, and notes what they are.
Edits Print(std::string_view edits) {
  Edits result;
  std::int64_t old_line = 1, new_line = 1;  // of the next one
  for (std::size_t i = 0; i < edits.size();) {
    if (edits[i] == ' ') {
      ++old_line, ++new_line, ++i;
      continue;
    }
    // A hunk begins: one line of context, then runs that are less than three lines apart.
    const bool context = i > 0;
    std::string body = context ? " \n" : "";
    const std::int64_t old_first = old_line - (context ? 1 : 0);
    const std::int64_t new_first = new_line - (context ? 1 : 0);
    while (i < edits.size()) {
      const std::int64_t start = old_line;
      const std::size_t begin = i;
      for (; i < edits.size() && edits[i] != ' '; ++i) (edits[i] == '-' ? old_line : new_line) += 1;
      for (const char kind : {'-', '+'}) {
        for (std::size_t j = begin; j < i; ++j) body += edits[j] == kind ? fmt::format("{}x\n", kind) : "";
      }
      const std::int64_t count = old_line - start;
      result.spans.push_back({count == 0 ? start - 1 : start, count, {}, {}});
      const std::size_t next = std::min(edits.find_first_not_of(' ', i), edits.size());
      const std::size_t kept =
          next == edits.size() || next - i > 2 ? std::min<std::size_t>(1, next - i) : next - i;
      for (std::size_t j = 0; j < kept; ++j) body += " \n";
      old_line += static_cast<std::int64_t>(kept), new_line += static_cast<std::int64_t>(kept), i += kept;
      if (i != next || next == edits.size()) break;
    }
    const std::int64_t old_count = old_line - old_first, new_count = new_line - new_first;
    // With no lines, git names the line before.
    result.hunks += fmt::format("@@ -{},{} +{},{} @@ f()\n{}", old_count == 0 ? old_first - 1 : old_first,
                                old_count, new_count == 0 ? new_first - 1 : new_first, new_count, body);
  }
  return result;
}

// What git prints for edits is read as these edits.
void CheckHunks(std::string_view bytes) {
  std::string edits;
  for (const char c : bytes.substr(0, 500)) edits += " -+ "[static_cast<unsigned char>(c) % 4];
  const Edits printed = Print(edits);
  const std::string text =
      fmt::format("{0} {1}\ndiff --git a/f b/f\nindex {0}..{1} 100644\n--- a/f\n+++ b/f\n{2}{3}", kId, kOther,
                  printed.hunks, kEnd);
  git::LineNumbers lines;
  const auto answer = git::ReadPatch(text, 1, kEnd, lines);
  FUZZ_CHECK(answer.ok() && *answer && (*answer)->size() == 1);
  const std::vector<LineSpan> spans = (**answer)[0].spans.value_or(std::vector<LineSpan>());
  FUZZ_CHECK(spans.size() == printed.spans.size());
  for (std::size_t i = 0; i < spans.size(); ++i) {
    FUZZ_CHECK(spans[i].first == printed.spans[i].first && spans[i].count == printed.spans[i].count);
    FUZZ_CHECK(static_cast<std::int64_t>(spans[i].removed.size()) == spans[i].count);
  }
}

FUZZ_TARGET(input) {
  fuzz::Input rest(input);
  const char kind = static_cast<char>(rest.Byte());
  if (kind == 'h') return CheckHunks(rest.Rest());
  if (kind == 'm') return CheckMerge(rest.Rest());
  const auto pairs = static_cast<std::size_t>(rest.Byte() % 4);
  if (kind == 'r') return CheckRawDiff(rest.Rest(), pairs);
  if (kind == 'n') return CheckNumbers(rest.Rest(), pairs);
  CheckPatch(rest.Rest(), pairs);
}

}  // namespace
}  // namespace clambake
