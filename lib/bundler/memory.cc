#include "bundler/memory.h"

#include <memory>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_join.h"
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

absl::StatusOr<std::vector<bool>> Memory::AreFolders(const std::vector<std::string>& objects) {
  std::vector<std::string> asked;
  absl::flat_hash_set<std::string_view> seen;
  for (const std::string& object : objects) {
    if (!folders_.contains(object) && seen.insert(object).second) asked.push_back(object);
  }
  CLAMBAKE_ASSIGN_OR_RETURN(const std::vector<bool> answers, repo_->AreFolders(asked));
  for (std::size_t i = 0; i < asked.size(); ++i) folders_[asked[i]] = answers[i];
  std::vector<bool> results;
  results.reserve(objects.size());
  for (const std::string& object : objects) results.push_back(folders_[object]);
  return results;
}

absl::StatusOr<std::vector<std::string>> Memory::WriteCommits(const std::vector<NewCommit>& commits) {
  std::vector<std::string> ids;
  ids.reserve(commits.size());
  for (const NewCommit& commit : commits) {
    std::string& id = commits_[commit.tree + " " + absl::StrJoin(commit.parents, " ")];
    if (id.empty()) {
      CLAMBAKE_ASSIGN_OR_RETURN(std::vector<std::string> written, repo_->WriteCommits({commit}));
      id = std::move(written.front());
    }
    ids.push_back(id);
  }
  return ids;
}

absl::Status Memory::LoadContent(const std::vector<BlobPair>& blobs) {
  std::vector<BlobPair> asked;
  for (const BlobPair& pair : blobs) {
    // Not text, until git has said otherwise.
    if (content_.try_emplace(ContentKey{pair.old_id, pair.new_id}).second) asked.push_back(pair);
  }
  return AskContent(asked);
}

absl::Status Memory::AskContent(const std::vector<BlobPair>& blobs) {
  absl::StatusOr<std::vector<ContentChange>> changes = repo_->ContentChanges(blobs);
  if (!changes.ok() && blobs.size() > 1) {
    // One that cannot be read must not take the others with it.
    const auto half = blobs.begin() + static_cast<std::ptrdiff_t>(blobs.size() / 2);
    absl::Status status = AskContent({blobs.begin(), half});
    status.Update(AskContent({half, blobs.end()}));
    return status;
  }
  if (!changes.ok()) return changes.status();
  for (ContentChange& change : *changes) {
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
