#include "bundler/conflict_graph.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "base/status_macros.h"
#include "bundler/pair_filter.h"

namespace clambake::bundler {
namespace {

using Pair = std::pair<std::size_t, std::size_t>;

const FileChange* ChangeOf(const Candidate& candidate, const std::string& path) {
  for (const FileChange& change : *candidate.changes) {
    if (change.path == path) return &change;
  }
  return nullptr;
}

LineRange Around(const std::string& path, const LineSpan& a, const LineSpan& b) {
  const auto last = [](const LineSpan& span) {
    return span.first + std::max<std::int64_t>(span.count, 1) - 1;
  };
  return {path, std::min(a.first, b.first), std::max(last(a), last(b))};
}

// Where both change the lines of a file, as far as the file is text in both.
void AddLines(const Memory& memory, const Candidate& a, const Candidate& b, Conflict& conflict) {
  for (const std::string& path : conflict.paths) {
    const FileChange* in_a = ChangeOf(a, path);
    const FileChange* in_b = ChangeOf(b, path);
    if (in_a == nullptr || in_b == nullptr) continue;
    const std::vector<LineSpan>* a_spans = memory.Content(in_a->old_id, in_a->new_id);
    const std::vector<LineSpan>* b_spans = memory.Content(in_b->old_id, in_b->new_id);
    if (a_spans == nullptr || b_spans == nullptr) continue;
    for (const LineSpan& of_a : *a_spans) {
      for (const LineSpan& of_b : *b_spans) {
        if (!Meet(of_a, of_b)) continue;
        const LineRange range = Around(path, of_a, of_b);
        const bool goes_on = !conflict.lines.empty() && conflict.lines.back().path == path &&
                             conflict.lines.back().last >= range.first;
        if (goes_on) conflict.lines.back().last = std::max(conflict.lines.back().last, range.last);
        if (!goes_on) conflict.lines.push_back(range);
      }
    }
  }
}

Conflict MakeConflict(const Memory& memory, const Candidate& a, const Candidate& b,
                      const MergeResult& result) {
  const bool ordered = a.id < b.id;
  Conflict conflict{ordered ? a.id : b.id, ordered ? b.id : a.id, result.paths, {}};
  AddLines(memory, a, b, conflict);
  return conflict;
}

}  // namespace

absl::StatusOr<ConflictGraph> FindConflicts(Memory& memory, const std::string& base,
                                            const Candidates& candidates) {
  CLAMBAKE_ASSIGN_OR_RETURN(const PairSet uncertain, FindUncertainPairs(memory, base, candidates));
  const std::vector<Candidate>& all = candidates.all;
  std::vector<Pair> asked;
  std::vector<MergePair> merges;
  for (std::size_t b = 0; b < all.size(); ++b) {
    for (std::size_t a = 0; a < b; ++a) {
      if (!uncertain.Contains(a, b)) continue;
      asked.emplace_back(a, b);
      merges.push_back({all[a].test_merge, all[b].test_merge});
    }
  }
  CLAMBAKE_ASSIGN_OR_RETURN(auto results, memory.Merge(merges));
  ConflictGraph graph;
  graph.neighbours.resize(all.size());
  for (std::size_t i = 0; i < asked.size(); ++i) {
    if (results[i]->verdict == MergeResult::Verdict::kClean) continue;
    const auto [a, b] = asked[i];
    graph.neighbours[a].push_back(b);
    graph.neighbours[b].push_back(a);
    graph.conflicts.push_back(MakeConflict(memory, all[a], all[b], *results[i]));
  }
  for (std::vector<std::size_t>& list : graph.neighbours) std::sort(list.begin(), list.end());
  std::sort(graph.conflicts.begin(), graph.conflicts.end(),
            [](const Conflict& a, const Conflict& b) { return std::tie(a.a, a.b) < std::tie(b.a, b.b); });
  return graph;
}

}  // namespace clambake::bundler
