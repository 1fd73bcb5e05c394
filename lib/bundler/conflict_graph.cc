#include "bundler/conflict_graph.h"

#include <algorithm>
#include <memory>
#include <tuple>
#include <utility>

#include "base/status_macros.h"
#include "bundler/changes.h"
#include "bundler/content_merge.h"

namespace clambake::bundler {
namespace {

// What is modified keeps its type.
bool StaysFile(const FileChange* change) {
  return change != nullptr && change->kind == 'M' && IsFile(change->old_mode);
}

// Where both change the lines of a file differently, as far as it is text in both.
void AddLines(Memory& memory, const Candidate& a, const Candidate& b, Conflict& conflict) {
  for (const std::string& path : conflict.paths) {
    const FileChange* in_a = ChangeAt(*a.changes, path);
    const FileChange* in_b = ChangeAt(*b.changes, path);
    if (!StaysFile(in_a) || !StaysFile(in_b)) continue;
    // The filter has not asked where the mode changes as well. What cannot be read has no lines.
    memory.LoadContent({{in_a->old_id, in_a->new_id}, {in_b->old_id, in_b->new_id}}).IgnoreError();
    const std::vector<LineSpan>* a_spans = memory.Content(in_a->old_id, in_a->new_id);
    const std::vector<LineSpan>* b_spans = memory.Content(in_b->old_id, in_b->new_id);
    if (a_spans == nullptr || b_spans == nullptr) continue;
    for (const ConflictSpan& span : MergeContent(*a_spans, *b_spans)) {
      conflict.lines.push_back({path, span.first, span.first + std::max<std::int64_t>(span.count, 1) - 1});
    }
  }
}

Conflict MakeConflict(Memory& memory, const Candidate& a, const Candidate& b,
                      std::vector<std::string> paths) {
  const bool ordered = a.id < b.id;
  Conflict conflict{ordered ? a.id : b.id, ordered ? b.id : a.id, std::move(paths), {}};
  AddLines(memory, a, b, conflict);
  return conflict;
}

// Adds the pairs that only git can judge and that it cannot merge.
absl::Status AskGit(Memory& memory, const std::vector<Candidate>& all,
                    const std::vector<UncertainPair>& uncertain, std::vector<PairConflict>& conflicts) {
  std::vector<MergePair> merges;
  for (const auto& [a, b, related] : uncertain) {
    merges.push_back(related ? MergePair{all[a].test_merge, all[b].test_merge}
                             : MergePair{all[a].on_base, all[b].on_base});
  }
  CLAMBAKE_ASSIGN_OR_RETURN(auto results, memory.Merge(merges));
  for (std::size_t i = 0; i < uncertain.size(); ++i) {
    if (results[i]->verdict == MergeResult::Verdict::kClean) continue;
    const std::vector<std::string>& paths = results[i]->paths;
    conflicts.push_back({uncertain[i].a, uncertain[i].b, {paths.begin(), paths.end()}});
  }
  return absl::OkStatus();
}

}  // namespace

const Conflict& ConflictFinder::Remember(const Candidate& a, const Candidate& b,
                                         const std::vector<std::string_view>& paths) {
  std::unique_ptr<const Conflict>& known = known_[Key{a.test_merge, b.test_merge}];
  if (known == nullptr)
    known = std::make_unique<const Conflict>(MakeConflict(*memory_, a, b, {paths.begin(), paths.end()}));
  return *known;
}

absl::StatusOr<ConflictGraph> ConflictFinder::Find(const Candidates& candidates) {
  const std::vector<Candidate>& all = candidates.all;
  CLAMBAKE_ASSIGN_OR_RETURN(PairVerdicts verdicts, filter_.Judge(candidates));
  CLAMBAKE_RETURN_IF_ERROR(AskGit(*memory_, all, verdicts.uncertain, verdicts.conflicts));
  ConflictGraph graph;
  graph.neighbours.resize(all.size());
  std::vector<const Conflict*> conflicts;
  conflicts.reserve(verdicts.conflicts.size());
  for (const auto& [a, b, paths] : verdicts.conflicts) {
    graph.neighbours[a].push_back(b);
    graph.neighbours[b].push_back(a);
    conflicts.push_back(&Remember(all[a], all[b], paths));
  }
  for (std::vector<std::size_t>& list : graph.neighbours) std::sort(list.begin(), list.end());
  std::sort(conflicts.begin(), conflicts.end(),
            [](const Conflict* a, const Conflict* b) { return std::tie(a->a, a->b) < std::tie(b->a, b->b); });
  graph.conflicts.reserve(conflicts.size());
  for (const Conflict* conflict : conflicts) graph.conflicts.push_back(*conflict);
  return graph;
}

}  // namespace clambake::bundler
