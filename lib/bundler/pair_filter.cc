#include "bundler/pair_filter.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/status_macros.h"
#include "bundler/content_merge.h"

namespace clambake::bundler {
namespace {

constexpr std::uint32_t kTypeMask = 0170000;
constexpr std::uint32_t kRegular = 0100000;

// Calls `each` with the folders above `path`, the nearest first, not the root.
template <typename F>
void ForEachFolder(std::string_view path, F each) {
  for (std::size_t slash = path.rfind('/'); slash != std::string_view::npos && slash > 0;
       slash = path.rfind('/', slash - 1)) {
    each(path.substr(0, slash));
  }
}

bool IsPlainEdit(const FileChange& change) {
  return change.kind == 'M' && change.old_mode == change.new_mode &&
         (change.old_mode & kTypeMask) == kRegular;
}

bool SameOutcome(const FileChange& a, const FileChange& b) {
  return a.kind == b.kind && a.new_id == b.new_id && a.new_mode == b.new_mode;
}

// A file that one has and the other has not says nothing if it is empty.
bool IsEmptyBlob(const std::string& id) {
  return id == "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391" ||
         id == "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813";
}

bool IsFile(std::uint32_t mode) { return (mode & kTypeMask) == kRegular; }

void AddOnce(std::vector<std::size_t>& heads, std::size_t head) {
  if (heads.empty() || heads.back() != head) heads.push_back(head);
}

}  // namespace

void PairFilter::Forget() {
  slots_.clear();
  heads_.clear();
  touches_.clear();
  below_.clear();
  adding_.clear();
  deleting_.clear();
  uncertain_.clear();
  conflicts_.clear();
}

void PairFilter::Index(const Candidate& candidate) {
  const std::size_t head = heads_.size();
  slots_[candidate.id] = head;
  Known& known = heads_.emplace_back(Known{candidate.changes, candidate.tree});
  for (const FileChange& change : *candidate.changes) {
    if (change.kind == 'A') known.adds = true;
  }
  for (const FileChange& change : *candidate.changes) {
    touches_[change.path].push_back({head, &change});
    ForEachFolder(change.path, [&](std::string_view folder) {
      AddOnce(below_[folder], head);
      if (change.kind == 'A') AddOnce(adding_[folder], head);
      // Without an addition nothing is renamed.
      if (change.kind == 'D' && known.adds) AddOnce(deleting_[folder], head);
    });
  }
}

// Lines matter only for files that two heads edit differently.
void PairFilter::LoadSharedContent(std::size_t first_new) {
  std::vector<BlobPair> contents;
  absl::flat_hash_set<std::string_view> seen;
  for (std::size_t head = first_new; head < heads_.size(); ++head) {
    for (const FileChange& changed : *heads_[head].changes) {
      const std::vector<Touch>& touches = touches_[changed.path];
      if (touches.size() < 2 || !seen.insert(changed.path).second) continue;
      const bool differ = std::any_of(touches.begin(), touches.end(), [&](const Touch& touch) {
        return touch.change->new_id != touches.front().change->new_id;
      });
      for (const auto& [other, change] : touches) {
        if (differ && IsPlainEdit(*change)) contents.push_back({change->old_id, change->new_id});
      }
    }
  }
  // What could not be read is not certain: git will say what is wrong with it.
  memory_->LoadContent(contents).IgnoreError();
}

PairFilter::Verdict PairFilter::JudgeTouch(const Touch& a, const Touch& b) const {
  const Known& head_a = heads_[a.head];
  const Known& head_b = heads_[b.head];
  if (SameOutcome(*a.change, *b.change)) {
    const bool may_be_renamed = a.change->kind == 'D' && (head_a.adds || head_b.adds);
    return may_be_renamed ? Verdict::kUncertain : Verdict::kClean;
  }
  if (IsPlainEdit(*a.change) && IsPlainEdit(*b.change)) {
    const auto* const lines_a = memory_->Content(a.change->old_id, a.change->new_id);
    const auto* const lines_b = memory_->Content(b.change->old_id, b.change->new_id);
    if (lines_a == nullptr || lines_b == nullptr) return Verdict::kUncertain;
    return MergeContent(*lines_a, *lines_b).empty() ? Verdict::kClean : Verdict::kConflict;
  }
  if (a.change->kind == 'A' && b.change->kind == 'A') {
    const bool comparable = IsFile(a.change->new_mode) && a.change->new_mode == b.change->new_mode &&
                            !IsEmptyBlob(a.change->new_id) && !IsEmptyBlob(b.change->new_id);
    // If it is a rename on one side, what came of the old path is the other
    // side's concern alone, and what is left is the same addition by both.
    return comparable ? Verdict::kConflict : Verdict::kUncertain;
  }
  const bool certain = (a.change->kind == 'D' && !head_a.adds && IsPlainEdit(*b.change)) ||
                       (b.change->kind == 'D' && !head_b.adds && IsPlainEdit(*a.change));
  return certain ? Verdict::kConflict : Verdict::kUncertain;
}

void PairFilter::MarkUncertain(std::size_t a, std::size_t b) {
  if (a != b) uncertain_.insert(std::minmax(a, b));
}

// One changed path of a new head, beside all heads before it.
void PairFilter::JudgePath(std::size_t head, const FileChange& change) {
  for (const Touch& other : touches_[change.path]) {
    if (other.head >= head) break;
    const Verdict verdict = JudgeTouch(other, {head, &change});
    if (verdict == Verdict::kUncertain) MarkUncertain(other.head, head);
    if (verdict == Verdict::kConflict) conflicts_[{other.head, head}].push_back(change.path);
  }
  // A file of one where the other has a folder.
  ForEachFolder(change.path, [&](std::string_view folder) {
    const auto above = touches_.find(folder);
    if (above == touches_.end()) return;
    for (const Touch& other : above->second) MarkUncertain(other.head, head);
  });
  const auto below = below_.find(change.path);
  if (below == below_.end()) return;
  for (std::size_t other : below->second) MarkUncertain(other, head);
}

// Folders that one head deletes from, where it adds something as well: what is
// gone after its test merge may count as renamed. That matters to whoever adds
// something below.
absl::Status PairFilter::JudgeEmptiedFolders(std::size_t first_new) {
  struct Question {
    std::size_t deleting;
    std::size_t adding;
  };
  std::vector<Question> questions;
  std::vector<std::string> objects;
  for (const auto& [folder, deleting] : deleting_) {
    const auto adding = adding_.find(folder);
    if (adding == adding_.end()) continue;
    for (std::size_t a : deleting) {
      for (std::size_t b : adding->second) {
        if (a == b || std::max(a, b) < first_new) continue;
        questions.push_back({a, b});
        objects.push_back(heads_[a].tree + ":" + std::string(folder));
      }
    }
  }
  CLAMBAKE_ASSIGN_OR_RETURN(const std::vector<bool> still_there, memory_->AreFolders(objects));
  for (std::size_t i = 0; i < questions.size(); ++i) {
    if (!still_there[i]) MarkUncertain(questions[i].deleting, questions[i].adding);
  }
  return absl::OkStatus();
}

absl::Status PairFilter::Learn(const Candidates& candidates) {
  if (candidates.base_tree != base_tree_) Forget();
  base_tree_ = candidates.base_tree;
  const std::size_t first_new = heads_.size();
  for (const Candidate& candidate : candidates.all) {
    if (!slots_.contains(candidate.id)) Index(candidate);
  }
  LoadSharedContent(first_new);
  for (std::size_t head = first_new; head < heads_.size(); ++head) {
    for (const FileChange& change : *heads_[head].changes) JudgePath(head, change);
  }
  return JudgeEmptiedFolders(first_new);
}

absl::StatusOr<PairVerdicts> PairFilter::Judge(const Candidates& candidates) {
  if (absl::Status learned = Learn(candidates); !learned.ok()) {
    Forget();
    return learned;
  }
  constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();
  std::vector<std::size_t> index(heads_.size(), kNone);
  for (std::size_t i = 0; i < candidates.all.size(); ++i) index[slots_[candidates.all[i].id]] = i;
  PairVerdicts verdicts(candidates.all.size());
  for (const auto& [a, b] : candidates.related) verdicts.uncertain.Insert(a, b);
  for (const auto& [a, b] : uncertain_) {
    if (index[a] != kNone && index[b] != kNone) verdicts.uncertain.Insert(index[a], index[b]);
  }
  for (const auto& [pair, paths] : conflicts_) {
    const auto [a, b] = std::minmax(index[pair.first], index[pair.second]);
    if (b == kNone || verdicts.uncertain.Contains(a, b)) continue;
    std::vector<std::string_view>& sorted = verdicts.conflicts[{a, b}];
    sorted = paths;
    std::sort(sorted.begin(), sorted.end());
  }
  return verdicts;
}

}  // namespace clambake::bundler
