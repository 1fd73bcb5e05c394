// A repository in memory, deterministic: the same commits have the same shas.
// GitHub's side of it is GithubGit; NewMemoryRepo shows the same objects as the
// library's bundlers see them.
#ifndef CLAMBAKE_TESTS_FAKES_MEMORY_GIT_H_
#define CLAMBAKE_TESTS_FAKES_MEMORY_GIT_H_

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "clambake/git_repo.h"
#include "tests/fakes/github_git.h"

namespace clambake {

class MemoryGit : public GithubGit {
 public:
  using Files = std::map<std::string, std::string>;  // path to "mode sha"
  struct Merged {
    std::string tree;                // "": a conflict
    std::vector<std::string> paths;  // in conflict, ascending
  };

  [[nodiscard]] std::optional<std::string> FindRef(const std::string& name) const override;
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> ListRefs(
      std::string_view prefix) const override;
  void SetRef(const std::string& name, const std::string& sha) override { refs_[name] = sha; }
  void DeleteRef(const std::string& name) override { refs_.erase(name); }
  [[nodiscard]] std::optional<GitCommitData> FindCommit(const std::string& sha) const override;
  std::optional<std::string> WriteTree(const std::string& base,
                                       const std::vector<GitTreeChange>& changes) override;
  std::string WriteCommit(const GitCommitData& commit) override;
  [[nodiscard]] std::optional<GitComparison> Compare(const std::string& base,
                                                     const std::string& head) const override;
  std::optional<std::string> MergeTrees(const std::string& base, const std::string& head) override;

  Merged Merge(const std::string& ours, const std::string& theirs);
  [[nodiscard]] bool Has(const std::string& sha) const { return index_.contains(sha); }
  // Of a commit, or a tree.
  [[nodiscard]] const Files& FilesOf(const std::string& sha) const;
  [[nodiscard]] bool IsAncestor(const std::string& ancestor, const std::string& of) const;
  // By number of the commit; the commit itself included. "": none.
  [[nodiscard]] std::vector<bool> Ancestors(const std::string& sha) const;
  [[nodiscard]] const std::string& ShaOf(std::size_t number) const { return commits_[number].sha; }
  // Paths that differ, ascending.
  static std::vector<std::string> Changed(const Files& from, const Files& to);

 private:
  struct Commit {
    std::string sha;
    GitCommitData data;
    std::vector<std::size_t> parents;  // known ones
  };

  std::string Keep(Files files);
  [[nodiscard]] std::string MergeBase(const std::vector<bool>& of_base, const std::string& head) const;

  std::map<std::string, std::string> refs_;
  std::vector<Commit> commits_;  // parents before children
  std::unordered_map<std::string, std::size_t> index_;
  std::unordered_map<std::string, Files> trees_;
};

// `git` is not owned. What merges write stays in it, on no branch. Texts are
// not told apart by lines: two changes of one file conflict.
std::unique_ptr<GitRepo> NewMemoryRepo(MemoryGit& git);

}  // namespace clambake

#endif  // CLAMBAKE_TESTS_FAKES_MEMORY_GIT_H_
