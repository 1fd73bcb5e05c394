// The library's seam for git, over the repository in memory.
#include <algorithm>
#include <charconv>

#include "clambake/git_repo.h"
#include "tests/fakes/memory_git.h"

namespace clambake {
namespace {

// "100644 sha" of an entry.
std::uint32_t ModeOf(const std::string& entry) {
  std::uint32_t mode = 0;
  std::from_chars(entry.data(), entry.data() + entry.find(' '), mode, 8);
  return mode;
}
std::string IdOf(const std::string& entry) { return entry.substr(entry.find(' ') + 1); }

FileChange ChangeOf(const std::string& path, const MemoryGit::Files& before, const MemoryGit::Files& after) {
  FileChange change{.kind = 'M', .path = path};
  const std::string zeros(40, '0');
  const auto old = before.find(path);
  const auto now = after.find(path);
  if (old == before.end()) change.kind = 'A';
  if (now == after.end()) change.kind = 'D';
  change.old_id = old == before.end() ? zeros : IdOf(old->second);
  change.new_id = now == after.end() ? zeros : IdOf(now->second);
  if (old != before.end()) change.old_mode = ModeOf(old->second);
  if (now != after.end()) change.new_mode = ModeOf(now->second);
  return change;
}

class MemoryRepo : public GitRepo {
 public:
  explicit MemoryRepo(MemoryGit& git) : git_(git) {}

  absl::StatusOr<std::vector<std::optional<std::string>>> Resolve(
      const std::vector<std::string>& revs) override {
    std::vector<std::optional<std::string>> ids;
    for (const std::string& rev : revs) {
      ids.push_back(git_.Has(rev) ? std::optional(rev) : git_.FindRef("refs/heads/" + rev));
    }
    return ids;
  }

  absl::StatusOr<std::vector<std::string>> Unreachable(const std::vector<std::string>& commits) override {
    std::vector<std::string> gone = commits;
    for (const auto& [name, sha] : git_.ListRefs("refs/")) {
      if (gone.empty()) break;
      const std::string& tip = sha;
      std::erase_if(gone, [&](const std::string& commit) { return git_.IsAncestor(commit, tip); });
    }
    return gone;
  }

  absl::StatusOr<std::vector<GitCommit>> CommitsBeyond(std::string_view base,
                                                       const std::vector<std::string>& heads) override {
    const std::vector<bool> of_base = git_.Ancestors(std::string(base));
    std::vector<bool> of_heads(of_base.size());
    for (const std::string& head : heads) {
      const std::vector<bool> more = git_.Ancestors(head);
      std::transform(more.begin(), more.end(), of_heads.begin(), of_heads.begin(), std::logical_or<>());
    }
    std::vector<GitCommit> commits;
    for (std::size_t i = of_base.size(); i-- > 0;) {
      if (!of_heads[i] || of_base[i]) continue;
      const std::string& sha = git_.ShaOf(i);
      commits.push_back({sha, git_.FindCommit(sha)->parents, static_cast<std::int64_t>(i)});
    }
    return commits;
  }

  absl::StatusOr<std::vector<std::vector<FileChange>>> Changes(const std::vector<TreePair>& pairs) override {
    std::vector<std::vector<FileChange>> all;
    for (const TreePair& pair : pairs) {
      const MemoryGit::Files& before = git_.FilesOf(pair.before);
      const MemoryGit::Files& after = git_.FilesOf(pair.after);
      std::vector<FileChange>& changes = all.emplace_back();
      for (const std::string& path : MemoryGit::Changed(before, after)) {
        changes.push_back(ChangeOf(path, before, after));
      }
    }
    return all;
  }

  absl::StatusOr<std::vector<ContentChange>> ContentChanges(const std::vector<BlobPair>& blobs) override {
    std::vector<ContentChange> contents;
    for (const BlobPair& blob : blobs) {
      if (blob.old_id != blob.new_id) contents.push_back({blob.old_id, blob.new_id, std::nullopt});
    }
    return contents;
  }

  // Its merges follow no renames.
  absl::StatusOr<std::vector<bool>> Resemble(const std::vector<std::string>& contents,
                                             const std::vector<std::string>& /*others*/) override {
    return std::vector<bool>(contents.size());
  }

  absl::StatusOr<std::vector<bool>> AreFolders(const std::vector<std::string>& objects) override {
    std::vector<bool> folders;
    for (const std::string& object : objects) {
      const std::size_t colon = object.find(':');
      const MemoryGit::Files& files = git_.FilesOf(object.substr(0, colon));
      const std::string prefix = object.substr(colon + 1) + "/";
      const auto first = files.lower_bound(prefix);
      folders.push_back(first != files.end() && first->first.starts_with(prefix));
    }
    return folders;
  }

  absl::StatusOr<std::vector<MergeResult>> Merge(const std::vector<MergePair>& pairs) override {
    std::vector<MergeResult> results;
    for (const MergePair& pair : pairs) {
      MemoryGit::Merged merged = git_.Merge(pair.ours, pair.theirs);
      const auto verdict =
          merged.tree.empty() ? MergeResult::Verdict::kConflict : MergeResult::Verdict::kClean;
      results.push_back({verdict, std::move(merged.tree), std::move(merged.paths), ""});
    }
    return results;
  }

  absl::StatusOr<std::vector<std::string>> WriteCommits(const std::vector<NewCommit>& commits) override {
    std::vector<std::string> ids;
    for (const NewCommit& commit : commits) {
      ids.push_back(git_.WriteCommit({.message = "", .tree = commit.tree, .parents = commit.parents}));
    }
    return ids;
  }

  absl::StatusOr<std::vector<std::string>> Trees(const std::vector<std::string>& commits) override {
    std::vector<std::string> trees;
    for (const std::string& commit : commits) trees.push_back(git_.FindCommit(commit)->tree);
    return trees;
  }

 private:
  MemoryGit& git_;
};

}  // namespace

std::unique_ptr<GitRepo> NewMemoryRepo(MemoryGit& git) { return std::make_unique<MemoryRepo>(git); }

}  // namespace clambake
