#include <algorithm>
#include <deque>
#include <set>

#include "clambake/model.h"
#include "fmt/format.h"
#include "fmt/ranges.h"
#include "tests/fakes/github_git.h"

namespace clambake {
namespace {

using Files = std::map<std::string, std::string>;  // path to "mode sha"

std::string Name(const std::string& content) {
  constexpr std::size_t kShaDigits = 40;
  return Digest(content).substr(sizeof("sha256:") - 1, kShaDigits);
}

class MemoryGit : public GithubGit {
 public:
  [[nodiscard]] std::optional<std::string> FindRef(const std::string& name) const override {
    const auto found = refs_.find(name);
    return found == refs_.end() ? std::nullopt : std::optional(found->second);
  }

  [[nodiscard]] std::vector<std::pair<std::string, std::string>> ListRefs(
      std::string_view prefix) const override {
    std::vector<std::pair<std::string, std::string>> refs;
    for (const auto& ref : refs_) {
      if (ref.first.starts_with(prefix)) refs.push_back(ref);
    }
    return refs;
  }

  void SetRef(const std::string& name, const std::string& sha) override { refs_[name] = sha; }
  void DeleteRef(const std::string& name) override { refs_.erase(name); }

  [[nodiscard]] std::optional<GitCommitData> FindCommit(const std::string& sha) const override {
    const auto found = commits_.find(sha);
    return found == commits_.end() ? std::nullopt : std::optional(found->second);
  }

  std::optional<std::string> WriteTree(const std::string& base,
                                       const std::vector<GitTreeChange>& changes) override {
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
    return Keep(files);
  }

  std::string WriteCommit(const GitCommitData& commit) override {
    const std::string sha =
        Name(fmt::format("commit {} {} {} {} {} {}", commit.tree, fmt::join(commit.parents, ","),
                         commit.author_name, commit.author_email, commit.date, commit.message));
    commits_[sha] = commit;
    return sha;
  }

  [[nodiscard]] std::optional<GitComparison> Compare(const std::string& base,
                                                     const std::string& head) const override {
    if (!commits_.contains(base) || !commits_.contains(head)) return std::nullopt;
    const std::set<std::string> of_base = Ancestors(base);
    const std::set<std::string> of_head = Ancestors(head);
    GitComparison comparison;
    comparison.merge_base = MergeBase(of_base, head);
    comparison.ahead_by = Missing(of_head, of_base);
    comparison.behind_by = Missing(of_base, of_head);
    comparison.files = Changed(FilesOf(comparison.merge_base), FilesOf(head));
    return comparison;
  }

  std::optional<std::string> MergeTrees(const std::string& base, const std::string& head) override {
    const Files old_files = FilesOf(MergeBase(Ancestors(base), head));
    Files files = FilesOf(base);
    const Files theirs = FilesOf(head);
    const std::vector<std::string> ours_changed = Changed(old_files, files);
    for (const std::string& path : Changed(old_files, theirs)) {
      const auto their = theirs.find(path);
      const auto our = files.find(path);
      const bool same =
          their == theirs.end() ? our == files.end() : our != files.end() && our->second == their->second;
      if (!same && std::binary_search(ours_changed.begin(), ours_changed.end(), path)) return std::nullopt;
      if (their == theirs.end()) {
        files.erase(path);
      } else {
        files[path] = their->second;
      }
    }
    return Keep(files);
  }

 private:
  std::string Keep(const Files& files) {
    std::string content = "tree";
    for (const auto& [path, entry] : files) content += fmt::format("\n{} {}", entry, path);
    std::string sha = Name(content);
    trees_[sha] = files;
    return sha;
  }

  [[nodiscard]] Files FilesOf(const std::string& commit) const {
    const auto found = commits_.find(commit);
    if (found == commits_.end()) return {};
    const auto tree = trees_.find(found->second.tree);
    return tree == trees_.end() ? Files{} : tree->second;
  }

  // The commit itself included.
  [[nodiscard]] std::set<std::string> Ancestors(const std::string& sha) const {
    std::set<std::string> seen;
    std::deque<std::string> queue = {sha};
    while (!queue.empty()) {
      const std::string next = queue.front();
      queue.pop_front();
      if (!commits_.contains(next) || !seen.insert(next).second) continue;
      for (const std::string& parent : commits_.at(next).parents) queue.push_back(parent);
    }
    return seen;
  }

  [[nodiscard]] std::string MergeBase(const std::set<std::string>& of_base, const std::string& head) const {
    std::set<std::string> seen;
    std::deque<std::string> queue = {head};
    while (!queue.empty()) {
      const std::string next = queue.front();
      queue.pop_front();
      if (of_base.contains(next)) return next;
      if (!commits_.contains(next) || !seen.insert(next).second) continue;
      for (const std::string& parent : commits_.at(next).parents) queue.push_back(parent);
    }
    return {};
  }

  static std::int64_t Missing(const std::set<std::string>& all, const std::set<std::string>& from) {
    return std::count_if(all.begin(), all.end(), [&](const std::string& sha) { return !from.contains(sha); });
  }

  static std::vector<std::string> Changed(const Files& from, const Files& to) {
    std::set<std::string> paths;
    for (const auto& [path, entry] : from) {
      const auto found = to.find(path);
      if (found == to.end() || found->second != entry) paths.insert(path);
    }
    for (const auto& [path, entry] : to) {
      if (!from.contains(path)) paths.insert(path);
    }
    return {paths.begin(), paths.end()};
  }

  std::map<std::string, std::string> refs_;
  std::map<std::string, GitCommitData> commits_;
  std::map<std::string, Files> trees_;
};

}  // namespace

std::unique_ptr<GithubGit> NewMemoryGit() { return std::make_unique<MemoryGit>(); }

}  // namespace clambake
