#include "bundler/memory.h"

#include <memory>

#include "base/status_macros.h"

namespace clambake::bundler {

absl::StatusOr<std::vector<const MergeResult*>> Memory::Merge(const std::vector<MergePair>& pairs) {
  std::vector<MergePair> asked;
  for (const MergePair& pair : pairs) {
    // A null holds the place, so that a pair is asked for once.
    if (merges_.try_emplace(Key{pair.ours, pair.theirs}).second) asked.push_back(pair);
  }
  absl::StatusOr<std::vector<MergeResult>> merged = repo_->Merge(asked);
  for (std::size_t i = 0; i < asked.size(); ++i) {
    Key key{asked[i].ours, asked[i].theirs};
    if (merged.ok()) merges_[key] = std::make_unique<MergeResult>(std::move((*merged)[i]));
    // What failed may work the next time.
    if (!merged.ok()) merges_.erase(key);
  }
  if (!merged.ok()) return merged.status();
  std::vector<const MergeResult*> results;
  results.reserve(pairs.size());
  for (const MergePair& pair : pairs) results.push_back(merges_[Key{pair.ours, pair.theirs}].get());
  return results;
}

absl::StatusOr<std::vector<const std::vector<FileChange>*>> Memory::Changes(
    const std::string& before, const std::vector<std::string>& afters) {
  std::vector<TreePair> asked;
  for (const std::string& after : afters) {
    if (!changes_.contains(Key{before, after})) asked.push_back({before, after});
  }
  CLAMBAKE_ASSIGN_OR_RETURN(std::vector<std::vector<FileChange>> changes, repo_->Changes(asked));
  for (std::size_t i = 0; i < asked.size(); ++i) {
    changes_[Key{before, asked[i].after}] = std::make_unique<std::vector<FileChange>>(std::move(changes[i]));
  }
  std::vector<const std::vector<FileChange>*> results;
  results.reserve(afters.size());
  for (const std::string& after : afters) results.push_back(changes_[Key{before, after}].get());
  return results;
}

absl::Status Memory::LoadContent(const std::string& before, const std::vector<std::string>& afters) {
  std::vector<TreePair> asked;
  for (const std::string& after : afters) {
    if (!content_loaded_.contains(Key{before, after})) asked.push_back({before, after});
  }
  CLAMBAKE_ASSIGN_OR_RETURN(std::vector<ContentChange> changes, repo_->ContentChanges(asked));
  for (const TreePair& pair : asked) content_loaded_[Key{pair.before, pair.after}] = true;
  for (ContentChange& change : changes) {
    content_[{std::move(change.old_id), std::move(change.new_id)}] = std::move(change.spans);
  }
  return absl::OkStatus();
}

const std::vector<LineSpan>* Memory::Content(const std::string& old_id, const std::string& new_id) const {
  const auto found = content_.find(ContentKey{old_id, new_id});
  if (found == content_.end() || !found->second) return nullptr;
  return &*found->second;
}

}  // namespace clambake::bundler
