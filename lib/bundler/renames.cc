#include "bundler/renames.h"

#include <string>
#include <string_view>

#include "bundler/changes.h"

namespace clambake::bundler {
namespace {

// Merges give up looking for renames at 7,000 of each; no more than this is compared.
constexpr std::size_t kMaxComparisons = 1'000'000;

// The regular files that a head deletes and adds.
struct Files {
  std::vector<const FileChange*> deleted;
  std::vector<const FileChange*> added;
  // By content; null: several have it.
  absl::flat_hash_map<std::string_view, const FileChange*> deleted_with;
  absl::flat_hash_map<std::string_view, const FileChange*> added_with;
};

Files FilesOf(const std::vector<FileChange>& changes) {
  Files files;
  const auto take = [](const FileChange& change, const std::string& content, auto& list, auto& with) {
    list.push_back(&change);
    const auto [at, is_new] = with.try_emplace(content, &change);
    if (!is_new) at->second = nullptr;
  };
  for (const FileChange& change : changes) {
    if (change.kind == 'D' && IsFile(change.old_mode))
      take(change, change.old_id, files.deleted, files.deleted_with);
    if (change.kind == 'A' && IsFile(change.new_mode))
      take(change, change.new_id, files.added, files.added_with);
  }
  return files;
}

// The only addition of the very content that only this deletion takes away.
const FileChange* SameContent(const Files& files, const FileChange& deletion) {
  const auto added = files.added_with.find(deletion.old_id);
  const bool alone = files.deleted_with.at(deletion.old_id) != nullptr;
  return alone && added != files.added_with.end() && !IsEmptyBlob(deletion.old_id) ? added->second : nullptr;
}

}  // namespace

void Renames::Find(const std::vector<FileChange>& changes, std::vector<const FileChange*> deletions) {
  std::erase_if(deletions, [&](const FileChange* deletion) { return renames_.contains(deletion); });
  if (deletions.empty()) return;
  const Files files = FilesOf(changes);
  std::vector<const FileChange*> open;
  std::vector<std::string> contents;
  for (const FileChange* deletion : deletions) {
    Rename& rename = renames_[deletion];
    if (const FileChange* const to = SameContent(files, *deletion); to != nullptr) {
      rename = {Rename::Kind::kRenamed, to};
    } else {
      open.push_back(deletion);
      contents.push_back(deletion->old_id);
    }
  }
  if (open.empty() || open.size() * files.added.size() > kMaxComparisons) return;
  std::vector<std::string> others;
  for (const FileChange* added : files.added) others.push_back(added->new_id);
  const absl::StatusOr<std::vector<bool>> resemble = memory_->repo().Resemble(contents, others);
  if (!resemble.ok()) return;
  const bool only =
      files.deleted.size() == 1 && files.added.size() == 1 && !IsEmptyBlob(files.deleted.front()->old_id);
  for (std::size_t i = 0; i < open.size(); ++i) {
    if (!(*resemble)[i]) renames_[open[i]] = {Rename::Kind::kNone, nullptr};
    if ((*resemble)[i] && only) renames_[open[i]] = {Rename::Kind::kRenamed, files.added.front()};
  }
}

Rename Renames::Of(const FileChange& deletion) const {
  const auto found = renames_.find(&deletion);
  return found == renames_.end() ? Rename{} : found->second;
}

}  // namespace clambake::bundler
