#include "tests/fakes/memory_git.h"

#include <algorithm>
#include <deque>

#include "clambake/model.h"
#include "fmt/format.h"
#include "fmt/ranges.h"

namespace clambake {
namespace {

std::string Name(const std::string& content) {
  constexpr std::size_t kShaDigits = 40;
  return Digest(content).substr(sizeof("sha256:") - 1, kShaDigits);
}

}  // namespace

std::optional<std::string> MemoryGit::FindRef(const std::string& name) const {
  const auto found = refs_.find(name);
  return found == refs_.end() ? std::nullopt : std::optional(found->second);
}

std::vector<std::pair<std::string, std::string>> MemoryGit::ListRefs(std::string_view prefix) const {
  std::vector<std::pair<std::string, std::string>> refs;
  for (auto ref = refs_.lower_bound(std::string(prefix)); ref != refs_.end(); ++ref) {
    if (!ref->first.starts_with(prefix)) break;
    refs.push_back(*ref);
  }
  return refs;
}

std::optional<GitCommitData> MemoryGit::FindCommit(const std::string& sha) const {
  const auto found = index_.find(sha);
  return found == index_.end() ? std::nullopt : std::optional(commits_[found->second].data);
}

std::optional<std::string> MemoryGit::WriteTree(const std::string& base,
                                                const std::vector<GitTreeChange>& changes) {
  Files files;
  if (!base.empty()) {
    const auto found = trees_.find(base);
    if (found == trees_.end()) return std::nullopt;
    files = found->second;
  }
  for (const GitTreeChange& change : changes) {
    if (change.sha.empty()) {
      files.erase(change.path);
    } else {
      files[change.path] = fmt::format("{} {}", change.mode, change.sha);
    }
  }
  return Keep(std::move(files));
}

std::string MemoryGit::WriteCommit(const GitCommitData& commit) {
  std::string sha = Name(fmt::format("commit {} {} {} {} {} {}", commit.tree, fmt::join(commit.parents, ","),
                                     commit.author_name, commit.author_email, commit.date, commit.message));
  if (!index_.emplace(sha, commits_.size()).second) return sha;
  Commit made{sha, commit, {}};
  for (const std::string& parent : commit.parents) {
    const auto known = index_.find(parent);
    if (known != index_.end()) made.parents.push_back(known->second);
  }
  commits_.push_back(std::move(made));
  return sha;
}

std::optional<GitComparison> MemoryGit::Compare(const std::string& base, const std::string& head) const {
  if (!Has(base) || !Has(head)) return std::nullopt;
  const std::vector<bool> of_base = Ancestors(base);
  const std::vector<bool> of_head = Ancestors(head);
  GitComparison comparison;
  for (std::size_t i = 0; i < of_base.size(); ++i) {
    if (of_head[i] && !of_base[i]) ++comparison.ahead_by;
    if (of_base[i] && !of_head[i]) ++comparison.behind_by;
  }
  comparison.merge_base = MergeBase(of_base, head);
  comparison.files = Changed(FilesOf(comparison.merge_base), FilesOf(head));
  return comparison;
}

std::optional<std::string> MemoryGit::MergeTrees(const std::string& base, const std::string& head) {
  Merged merged = Merge(base, head);
  return merged.tree.empty() ? std::nullopt : std::optional(std::move(merged.tree));
}

MemoryGit::Merged MemoryGit::Merge(const std::string& ours, const std::string& theirs) {
  const Files& old_files = FilesOf(MergeBase(Ancestors(ours), theirs));
  Files files = FilesOf(ours);
  const Files& their_files = FilesOf(theirs);
  const std::vector<std::string> ours_changed = Changed(old_files, files);
  Merged merged;
  for (const std::string& path : Changed(old_files, their_files)) {
    const auto their = their_files.find(path);
    const auto our = files.find(path);
    const bool same =
        their == their_files.end() ? our == files.end() : our != files.end() && our->second == their->second;
    if (!same && std::binary_search(ours_changed.begin(), ours_changed.end(), path)) {
      merged.paths.push_back(path);
    } else if (their == their_files.end()) {
      files.erase(path);
    } else {
      files[path] = their->second;
    }
  }
  if (merged.paths.empty()) merged.tree = Keep(std::move(files));
  return merged;
}

std::string MemoryGit::Keep(Files files) {
  std::string content = "tree";
  for (const auto& [path, entry] : files) content += fmt::format("\n{} {}", entry, path);
  std::string sha = Name(content);
  trees_.insert_or_assign(sha, std::move(files));
  return sha;
}

const MemoryGit::Files& MemoryGit::FilesOf(const std::string& sha) const {
  static const Files none;
  const auto commit = index_.find(sha);
  const auto tree = trees_.find(commit == index_.end() ? sha : commits_[commit->second].data.tree);
  return tree == trees_.end() ? none : tree->second;
}

std::vector<bool> MemoryGit::Ancestors(const std::string& sha) const {
  std::vector<bool> seen(commits_.size());
  const auto start = index_.find(sha);
  if (start == index_.end()) return seen;
  seen[start->second] = true;
  // Parents have lower numbers: one pass downwards meets each after its children.
  for (std::size_t i = start->second + 1; i-- > 0;) {
    if (!seen[i]) continue;
    for (const std::size_t parent : commits_[i].parents) seen[parent] = true;
  }
  return seen;
}

bool MemoryGit::IsAncestor(const std::string& ancestor, const std::string& of) const {
  const auto found = index_.find(ancestor);
  return found != index_.end() && Ancestors(of)[found->second];
}

std::string MemoryGit::MergeBase(const std::vector<bool>& of_base, const std::string& head) const {
  const auto start = index_.find(head);
  if (start == index_.end()) return {};
  std::vector<bool> seen(commits_.size());
  std::deque<std::size_t> queue = {start->second};
  while (!queue.empty()) {
    const std::size_t next = queue.front();
    queue.pop_front();
    if (of_base[next]) return commits_[next].sha;
    if (seen[next]) continue;
    seen[next] = true;
    queue.insert(queue.end(), commits_[next].parents.begin(), commits_[next].parents.end());
  }
  return {};
}

std::vector<std::string> MemoryGit::Changed(const Files& from, const Files& to) {
  std::vector<std::string> paths;
  auto old = from.begin();
  auto now = to.begin();
  while (old != from.end() || now != to.end()) {
    if (now == to.end() || (old != from.end() && old->first < now->first)) {
      paths.push_back((old++)->first);
    } else if (old == from.end() || now->first < old->first) {
      paths.push_back((now++)->first);
    } else {
      if (old->second != now->second) paths.push_back(old->first);
      ++old;
      ++now;
    }
  }
  return paths;
}

std::unique_ptr<GithubGit> NewMemoryGit() { return std::make_unique<MemoryGit>(); }

}  // namespace clambake
