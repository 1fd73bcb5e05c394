#include "bundler/pair_filter.h"

#include <algorithm>
#include <limits>
#include <map>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "base/status_macros.h"
#include "bundler/changes.h"
#include "bundler/content_merge.h"

namespace clambake::bundler {
namespace {

// Calls `each` with the folders above `path`, the nearest first, not the root.
template <typename F>
void ForEachFolder(std::string_view path, F each) {
  for (std::size_t slash = path.rfind('/'); slash != std::string_view::npos && slash > 0;
       slash = path.rfind('/', slash - 1)) {
    each(path.substr(0, slash));
  }
}

bool SameOutcome(const FileChange& a, const FileChange& b) {
  return a.kind == b.kind && a.new_id == b.new_id && a.new_mode == b.new_mode;
}

// False if it is there already; heads come in order.
bool AddOnce(std::vector<std::size_t>& heads, std::size_t head) {
  if (!heads.empty() && heads.back() == head) return false;
  heads.push_back(head);
  return true;
}

constexpr std::size_t kAbsent = std::numeric_limits<std::size_t>::max();

}  // namespace

void PairFilter::Forget() {
  slots_.clear();
  heads_.clear();
  touches_.clear();
  owners_.clear();
  below_.clear();
  adding_.clear();
  deleting_.clear();
  uncertain_.clear();
  conflicts_.clear();
  renames_.Forget();
}

void PairFilter::Index(const Candidate& candidate, std::vector<MaybeEmptied>& emptied) {
  const std::size_t head = heads_.size();
  slots_[candidate.id] = head;
  Known& known = heads_.emplace_back(Known{candidate.changes, candidate.commits, candidate.tree});
  for (const FileChange& change : *candidate.changes) {
    if (change.kind == 'A') known.adds = true;
  }
  for (const FileChange& change : *candidate.changes) {
    touches_[change.path].push_back({head, &change});
    ForEachFolder(change.path, [&](std::string_view folder) {
      AddOnce(below_[folder], head);
      if (change.kind == 'A' && AddOnce(adding_[folder], head)) {
        for (std::size_t other : deleting_[folder]) emptied.push_back({folder, other, head});
      }
      // Without an addition nothing is renamed.
      if (change.kind == 'D' && known.adds && AddOnce(deleting_[folder], head)) {
        for (std::size_t other : adding_[folder]) emptied.push_back({folder, head, other});
      }
    });
  }
}

// What one head deletes matters where another edits it.
void PairFilter::FindRenames(std::size_t first_new) {
  std::map<std::size_t, std::vector<const FileChange*>> deletions;  // by head
  absl::flat_hash_set<std::string_view> seen;
  for (std::size_t head = first_new; head < heads_.size(); ++head) {
    for (const FileChange& changed : *heads_[head].changes) {
      const std::vector<Touch>& touches = touches_[changed.path];
      if (touches.size() < 2 || !seen.insert(changed.path).second) continue;
      const bool edited = std::any_of(touches.begin(), touches.end(),
                                      [](const Touch& touch) { return IsPlainEdit(*touch.change); });
      for (const auto& [other, change] : touches) {
        if (edited && change->kind == 'D' && heads_[other].adds) deletions[other].push_back(change);
      }
    }
  }
  for (auto& [head, some] : deletions) renames_.Find(*heads_[head].changes, std::move(some));
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
        if (const FileChange* const to = renames_.Of(*change).to; to != nullptr)
          contents.push_back({change->old_id, to->new_id});
      }
    }
  }
  // What could not be read is not certain: git will say what is wrong with it.
  memory_->LoadContent(contents).IgnoreError();
}

PairFilter::Verdict PairFilter::JudgeLines(const FileChange& a, const FileChange& b) const {
  const auto* const lines_a = memory_->Content(a.old_id, a.new_id);
  const auto* const lines_b = memory_->Content(b.old_id, b.new_id);
  if (lines_a == nullptr || lines_b == nullptr) return Verdict::kUncertain;
  return MergeContent(*lines_a, *lines_b).empty() ? Verdict::kClean : Verdict::kConflict;
}

// One deletes, or renames, what the other edits.
PairFilter::Judged PairFilter::JudgeDeletion(const Touch& deletion, const Touch& edit) const {
  const Rename rename =
      heads_[deletion.head].adds ? renames_.Of(*deletion.change) : Rename{Rename::Kind::kNone, nullptr};
  if (rename.kind == Rename::Kind::kNone) return {Verdict::kConflict, edit.change->path};
  if (rename.kind == Rename::Kind::kUnknown ||
      ChangeAt(*heads_[edit.head].changes, rename.to->path) != nullptr) {
    return {Verdict::kUncertain, {}};
  }
  // Only the one that renames can change the mode.
  FileChange renamed = *deletion.change;
  renamed.new_id = rename.to->new_id;
  const bool moved_only = renamed.new_id == renamed.old_id;
  return {moved_only ? Verdict::kClean : JudgeLines(renamed, *edit.change), rename.to->path};
}

PairFilter::Judged PairFilter::JudgeTouch(const Touch& a, const Touch& b) const {
  const std::string_view path = a.change->path;
  if (SameOutcome(*a.change, *b.change)) {
    const bool may_be_renamed = a.change->kind == 'D' && (heads_[a.head].adds || heads_[b.head].adds);
    return {may_be_renamed ? Verdict::kUncertain : Verdict::kClean, path};
  }
  if (IsPlainEdit(*a.change) && IsPlainEdit(*b.change)) return {JudgeLines(*a.change, *b.change), path};
  if (a.change->kind == 'A' && b.change->kind == 'A') {
    const bool comparable = IsFile(a.change->new_mode) && a.change->new_mode == b.change->new_mode &&
                            !IsEmptyBlob(a.change->new_id) && !IsEmptyBlob(b.change->new_id);
    // If it is a rename on one side, what came of the old path is the other
    // side's concern alone, and what is left is the same addition by both.
    return {comparable ? Verdict::kConflict : Verdict::kUncertain, path};
  }
  if (a.change->kind == 'D' && IsPlainEdit(*b.change)) return JudgeDeletion(a, b);
  if (b.change->kind == 'D' && IsPlainEdit(*a.change)) return JudgeDeletion(b, a);
  return {Verdict::kUncertain, path};
}

void PairFilter::MarkUncertain(std::size_t a, std::size_t b) {
  if (a != b) uncertain_.try_emplace(std::minmax(a, b));
}

// Heads that share commits merge from another base than the base.
void PairFilter::JudgeCommits(std::size_t head) {
  for (const std::string& commit : *heads_[head].commits) {
    std::vector<std::size_t>& owners = owners_[commit];
    for (std::size_t other : owners) uncertain_[{other, head}] = true;
    owners.push_back(head);
  }
}

// One changed path of a new head, beside all heads before it.
void PairFilter::JudgePath(std::size_t head, const FileChange& change) {
  // Heads come in order, and this one is among them.
  for (auto other = touches_[change.path].begin(); other->head < head; ++other) {
    const auto [verdict, path] = JudgeTouch(*other, {head, &change});
    if (verdict == Verdict::kUncertain) MarkUncertain(other->head, head);
    if (verdict == Verdict::kConflict) conflicts_[{other->head, head}].push_back(path);
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

// What is gone after the deleting head's test merge may count as renamed. That
// matters to whoever adds something below.
absl::Status PairFilter::JudgeEmptied(const std::vector<MaybeEmptied>& emptied) {
  std::vector<std::string> objects;
  for (const auto& [folder, deleting, adding] : emptied)
    objects.push_back(heads_[deleting].tree + ":" + std::string(folder));
  CLAMBAKE_ASSIGN_OR_RETURN(const std::vector<bool> still_there, memory_->AreFolders(objects));
  for (std::size_t i = 0; i < emptied.size(); ++i) {
    if (!still_there[i]) MarkUncertain(emptied[i].deleting, emptied[i].adding);
  }
  return absl::OkStatus();
}

absl::Status PairFilter::Learn(const Candidates& candidates) {
  if (candidates.base != base_) Forget();
  base_ = candidates.base;
  const std::size_t first_new = heads_.size();
  std::vector<MaybeEmptied> emptied;
  for (const Candidate& candidate : candidates.all) {
    if (!slots_.contains(candidate.id)) Index(candidate, emptied);
  }
  FindRenames(first_new);
  LoadSharedContent(first_new);
  for (std::size_t head = first_new; head < heads_.size(); ++head) {
    JudgeCommits(head);
    for (const FileChange& change : *heads_[head].changes) JudgePath(head, change);
  }
  return JudgeEmptied(emptied);
}

// kAbsent: not among these.
std::vector<std::size_t> PairFilter::IndexBySlot(const Candidates& candidates) const {
  std::vector<std::size_t> index(heads_.size(), kAbsent);
  for (std::size_t i = 0; i < candidates.all.size(); ++i) index[slots_.at(candidates.all[i].id)] = i;
  return index;
}

absl::StatusOr<PairVerdicts> PairFilter::Judge(const Candidates& candidates) {
  if (absl::Status learned = Learn(candidates); !learned.ok()) {
    Forget();
    return learned;
  }
  const std::vector<std::size_t> index = IndexBySlot(candidates);
  PairVerdicts verdicts;
  for (const auto& [pair, related] : uncertain_) {
    const auto [a, b] = std::minmax(index[pair.first], index[pair.second]);
    if (b != kAbsent) verdicts.uncertain.push_back({a, b, related});
  }
  for (const auto& [pair, paths] : conflicts_) {
    const auto [a, b] = std::minmax(index[pair.first], index[pair.second]);
    if (b == kAbsent || uncertain_.contains(pair)) continue;
    std::vector<std::string_view>& sorted = verdicts.conflicts.emplace_back(PairConflict{a, b, paths}).paths;
    std::sort(sorted.begin(), sorted.end());
  }
  const auto by_pair = [](const auto& x, const auto& y) { return std::tie(x.a, x.b) < std::tie(y.a, y.b); };
  std::sort(verdicts.uncertain.begin(), verdicts.uncertain.end(), by_pair);
  std::sort(verdicts.conflicts.begin(), verdicts.conflicts.end(), by_pair);
  return verdicts;
}

}  // namespace clambake::bundler
