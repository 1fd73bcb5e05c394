#include "bundler/conflict_graph.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "base/status_macros.h"
#include "bundler/changes.h"
#include "bundler/content_merge.h"

namespace clambake::bundler {
namespace {

using Pair = std::pair<std::size_t, std::size_t>;

// Where both change the lines of a file differently, as far as it is text in both.
void AddLines(const Memory& memory, const Candidate& a, const Candidate& b, Conflict& conflict) {
  for (const std::string& path : conflict.paths) {
    const FileChange* in_a = ChangeAt(*a.changes, path);
    const FileChange* in_b = ChangeAt(*b.changes, path);
    if (in_a == nullptr || in_b == nullptr) continue;
    const std::vector<LineSpan>* a_spans = memory.Content(in_a->old_id, in_a->new_id);
    const std::vector<LineSpan>* b_spans = memory.Content(in_b->old_id, in_b->new_id);
    if (a_spans == nullptr || b_spans == nullptr) continue;
    for (const ConflictSpan& span : MergeContent(*a_spans, *b_spans)) {
      conflict.lines.push_back({path, span.first, span.first + std::max<std::int64_t>(span.count, 1) - 1});
    }
  }
}

Conflict MakeConflict(const Memory& memory, const Candidate& a, const Candidate& b,
                      std::vector<std::string> paths) {
  const bool ordered = a.id < b.id;
  Conflict conflict{ordered ? a.id : b.id, ordered ? b.id : a.id, std::move(paths), {}};
  AddLines(memory, a, b, conflict);
  return conflict;
}

// Adds the pairs that only git can judge and that it cannot merge.
absl::Status AskGit(Memory& memory, const Candidates& candidates, const PairSet& uncertain,
                    std::map<Pair, std::vector<std::string>>& conflicts) {
  const std::vector<Candidate>& all = candidates.all;
  std::vector<Pair> asked;
  std::vector<MergePair> merges;
  for (std::size_t b = 0; b < all.size(); ++b) {
    for (std::size_t a = 0; a < b; ++a) {
      if (!uncertain.Contains(a, b)) continue;
      asked.emplace_back(a, b);
      const bool related =
          std::binary_search(candidates.related.begin(), candidates.related.end(), Pair(a, b));
      merges.push_back(related ? MergePair{all[a].test_merge, all[b].test_merge}
                               : MergePair{all[a].on_base, all[b].on_base});
    }
  }
  CLAMBAKE_ASSIGN_OR_RETURN(auto results, memory.Merge(merges));
  for (std::size_t i = 0; i < asked.size(); ++i) {
    if (results[i]->verdict != MergeResult::Verdict::kClean) conflicts[asked[i]] = results[i]->paths;
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ConflictGraph> FindConflicts(Memory& memory, PairFilter& filter,
                                            const Candidates& candidates) {
  CLAMBAKE_ASSIGN_OR_RETURN(const PairVerdicts verdicts, filter.Judge(candidates));
  std::map<Pair, std::vector<std::string>> conflicts;
  for (const auto& [pair, paths] : verdicts.conflicts) conflicts[pair].assign(paths.begin(), paths.end());
  CLAMBAKE_RETURN_IF_ERROR(AskGit(memory, candidates, verdicts.uncertain, conflicts));
  ConflictGraph graph;
  graph.neighbours.resize(candidates.all.size());
  for (auto& [pair, paths] : conflicts) {
    const auto [a, b] = pair;
    graph.neighbours[a].push_back(b);
    graph.neighbours[b].push_back(a);
    graph.conflicts.push_back(MakeConflict(memory, candidates.all[a], candidates.all[b], std::move(paths)));
  }
  for (std::vector<std::size_t>& list : graph.neighbours) std::sort(list.begin(), list.end());
  std::sort(graph.conflicts.begin(), graph.conflicts.end(),
            [](const Conflict& a, const Conflict& b) { return std::tie(a.a, a.b) < std::tie(b.a, b.b); });
  return graph;
}

}  // namespace clambake::bundler
