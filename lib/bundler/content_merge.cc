#include "bundler/content_merge.h"

#include <algorithm>
#include <cstddef>

namespace clambake::bundler {
namespace {

// Between lines, counted from 0: a change that only adds begins after `first`.
std::int64_t Begin(const LineSpan& span) { return span.count > 0 ? span.first - 1 : span.first; }
std::int64_t End(const LineSpan& span) { return Begin(span) + span.count; }

// True if the changes overlap or touch: no kept line is between them.
bool Meet(const LineSpan& a, const LineSpan& b) { return End(a) >= Begin(b) && End(b) >= Begin(a); }

// Some neighbouring changes of one side: [first, end) of its list.
struct Run {
  const std::vector<LineSpan>* spans;
  std::size_t first;
  std::size_t end;
};

// The lines of the old content that some side removes, from `begin` on.
std::vector<std::uint32_t> OldLines(std::int64_t begin, std::int64_t end, const Run& a, const Run& b) {
  std::vector<std::uint32_t> lines(static_cast<std::size_t>(end - begin));
  for (const Run& run : {a, b}) {
    for (std::size_t i = run.first; i < run.end; ++i) {
      const LineSpan& span = (*run.spans)[i];
      std::copy(span.removed.begin(), span.removed.end(), lines.begin() + (Begin(span) - begin));
    }
  }
  return lines;
}

// What one side has in place of the old lines.
std::vector<std::uint32_t> NewLines(std::int64_t begin, const std::vector<std::uint32_t>& old,
                                    const Run& run) {
  std::vector<std::uint32_t> lines;
  auto kept = old.begin();
  for (std::size_t i = run.first; i < run.end; ++i) {
    const LineSpan& span = (*run.spans)[i];
    const auto at = old.begin() + (Begin(span) - begin);
    lines.insert(lines.end(), kept, at);
    lines.insert(lines.end(), span.added.begin(), span.added.end());
    kept = at + span.count;
  }
  lines.insert(lines.end(), kept, old.end());
  return lines;
}

// Adds the region of two runs that touch, unless both sides made the same of it.
void JudgeRegion(const Run& a, const Run& b, std::vector<ConflictSpan>& conflicts) {
  const std::int64_t begin = std::min(Begin((*a.spans)[a.first]), Begin((*b.spans)[b.first]));
  const std::int64_t end = std::max(End((*a.spans)[a.end - 1]), End((*b.spans)[b.end - 1]));
  const std::vector<std::uint32_t> old = OldLines(begin, end, a, b);
  if (NewLines(begin, old, a) == NewLines(begin, old, b)) return;
  conflicts.push_back({end > begin ? begin + 1 : begin, end - begin});
}

}  // namespace

std::vector<ConflictSpan> MergeContent(const std::vector<LineSpan>& a, const std::vector<LineSpan>& b) {
  std::vector<ConflictSpan> conflicts;
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < a.size() && j < b.size()) {
    if (!Meet(a[i], b[j])) {
      // Both lists ascend: what ends first meets nothing later.
      ++(End(a[i]) < Begin(b[j]) ? i : j);
      continue;
    }
    Run in_a{&a, i, i + 1};
    Run in_b{&b, j, j + 1};
    while (true) {
      if (in_a.end < a.size() && Meet(a[in_a.end], b[in_b.end - 1])) {
        ++in_a.end;
      } else if (in_b.end < b.size() && Meet(b[in_b.end], a[in_a.end - 1])) {
        ++in_b.end;
      } else {
        break;
      }
    }
    JudgeRegion(in_a, in_b, conflicts);
    i = in_a.end;
    j = in_b.end;
  }
  return conflicts;
}

}  // namespace clambake::bundler
