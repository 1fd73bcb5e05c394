// The git side of the simulated GitHub: objects, refs, merges.
#ifndef CLAMBAKE_TESTS_FAKES_GITHUB_GIT_H_
#define CLAMBAKE_TESTS_FAKES_GITHUB_GIT_H_

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace clambake {

struct GitTreeChange {
  std::string path;
  std::string mode;
  std::string sha;  // empty: the path goes
};

struct GitCommitData {
  std::string message;
  std::string tree;
  std::vector<std::string> parents;
  std::string author_name = "octocat";
  std::string author_email = "octocat@example.com";
  std::string date = "2026-01-01T00:00:00Z";
};

struct GitComparison {
  std::string merge_base;
  std::int64_t ahead_by = 0;
  std::int64_t behind_by = 0;
  std::vector<std::string> files;  // changed from the merge base to head, ascending
};

// Shas are full and lower case; refs are full names.
class GithubGit {
 public:
  virtual ~GithubGit() = default;

  [[nodiscard]] virtual std::optional<std::string> FindRef(const std::string& name) const = 0;
  [[nodiscard]] virtual std::vector<std::pair<std::string, std::string>> ListRefs(
      std::string_view prefix) const = 0;
  virtual void SetRef(const std::string& name, const std::string& sha) = 0;
  virtual void DeleteRef(const std::string& name) = 0;

  [[nodiscard]] virtual std::optional<GitCommitData> FindCommit(const std::string& sha) const = 0;
  // nullopt: no such base tree.
  virtual std::optional<std::string> WriteTree(const std::string& base,
                                               const std::vector<GitTreeChange>& changes) = 0;
  virtual std::string WriteCommit(const GitCommitData& commit) = 0;
  [[nodiscard]] virtual std::optional<GitComparison> Compare(const std::string& base,
                                                             const std::string& head) const = 0;
  // The merged tree; nullopt on a conflict.
  virtual std::optional<std::string> MergeTrees(const std::string& base, const std::string& head) = 0;
};

// In memory, deterministic: the same commits have the same shas.
std::unique_ptr<GithubGit> NewMemoryGit();

// On a bare repository, by the git program itself.
std::unique_ptr<GithubGit> NewBareGit(std::string git_dir);

}  // namespace clambake

#endif  // CLAMBAKE_TESTS_FAKES_GITHUB_GIT_H_
