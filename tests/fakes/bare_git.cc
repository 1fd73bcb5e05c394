// The git side of the simulated GitHub on a real bare repository.
#include <stdexcept>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "fmt/format.h"
#include "git/process.h"
#include "tests/fakes/github_git.h"

namespace clambake {
namespace {

class BareGit : public GithubGit {
 public:
  explicit BareGit(std::string git_dir) : git_dir_(std::move(git_dir)) {}

  [[nodiscard]] std::optional<std::string> FindRef(const std::string& name) const override {
    return Try({"rev-parse", "--verify", "--quiet", name + "^{commit}"});
  }

  [[nodiscard]] std::vector<std::pair<std::string, std::string>> ListRefs(
      std::string_view prefix) const override {
    std::vector<std::pair<std::string, std::string>> refs;
    const std::string all = Git({"for-each-ref", "--format=%(refname) %(objectname)"});
    for (const absl::string_view line : absl::StrSplit(all, '\n', absl::SkipEmpty())) {
      const std::vector<std::string> words = absl::StrSplit(line, ' ');
      if (words.size() == 2 && words[0].starts_with(prefix)) refs.emplace_back(words[0], words[1]);
    }
    return refs;
  }

  void SetRef(const std::string& name, const std::string& sha) override { Git({"update-ref", name, sha}); }
  void DeleteRef(const std::string& name) override { Git({"update-ref", "-d", name}); }

  [[nodiscard]] std::optional<GitCommitData> FindCommit(const std::string& sha) const override {
    const auto found = Try({"show", "-s", "--format=%T%n%P%n%an%n%ae%n%aI%n%B", sha + "^{commit}"});
    if (!found) return std::nullopt;
    constexpr std::size_t kLines = 5;
    const std::vector<std::string> lines = absl::StrSplit(*found, absl::MaxSplits('\n', kLines));
    if (lines.size() <= kLines) return std::nullopt;
    GitCommitData commit;
    commit.tree = lines[0];
    commit.parents = absl::StrSplit(lines[1], ' ', absl::SkipEmpty());
    commit.author_name = lines[2];
    commit.author_email = lines[3];
    commit.date = lines[4];
    commit.message = lines[kLines];
    return commit;
  }

  std::optional<std::string> WriteTree(const std::string& base,
                                       const std::vector<GitTreeChange>& changes) override {
    // The whole tree, flat, changed as text, and made again through an index.
    std::map<std::string, std::string> entries;
    if (!base.empty()) {
      const auto listing = Try({"ls-tree", "-r", base});
      if (!listing) return std::nullopt;
      for (const absl::string_view line : absl::StrSplit(*listing, '\n', absl::SkipEmpty())) {
        const std::vector<std::string> halves = absl::StrSplit(line, absl::MaxSplits('\t', 1));
        const std::vector<std::string> words = absl::StrSplit(halves[0], ' ');
        entries[halves[1]] = fmt::format("{} {}", words[0], words[2]);
      }
    }
    for (const GitTreeChange& change : changes) {
      entries.erase(change.path);
      if (!change.sha.empty()) entries[change.path] = fmt::format("{} {}", change.mode, change.sha);
    }
    std::string input;
    for (const auto& [path, entry] : entries) input += fmt::format("{}\t{}\n", entry, path);
    Git({"read-tree", "--empty"});
    if (!Try({"update-index", "--add", "--index-info"}, input)) return std::nullopt;
    return Try({"write-tree"});
  }

  std::string WriteCommit(const GitCommitData& commit) override {
    std::vector<std::string> arguments = {"commit-tree", commit.tree};
    for (const std::string& parent : commit.parents) {
      arguments.emplace_back("-p");
      arguments.push_back(parent);
    }
    return Git(arguments, commit.message, commit);
  }

  [[nodiscard]] std::optional<GitComparison> Compare(const std::string& base,
                                                     const std::string& head) const override {
    const auto counts = Try({"rev-list", "--left-right", "--count", base + "..." + head});
    const auto merge_base = Try({"merge-base", base, head});
    if (!counts || !merge_base) return std::nullopt;
    GitComparison comparison;
    const std::vector<std::string> words = absl::StrSplit(*counts, absl::ByAnyChar("\t "));
    if (words.size() != 2 || !absl::SimpleAtoi(words[0], &comparison.behind_by) ||
        !absl::SimpleAtoi(words[1], &comparison.ahead_by)) {
      return std::nullopt;
    }
    comparison.merge_base = *merge_base;
    comparison.files =
        absl::StrSplit(Git({"diff-tree", "-r", "--name-only", *merge_base, head}), '\n', absl::SkipEmpty());
    return comparison;
  }

  std::optional<std::string> MergeTrees(const std::string& base, const std::string& head) override {
    return Try({"merge-tree", "--write-tree", "--no-messages", base, head});
  }

 private:
  [[nodiscard]] std::optional<std::string> Try(const std::vector<std::string>& arguments,
                                               std::string_view input = {},
                                               const GitCommitData& author = {}) const {
    git::Command command{{"git", "--git-dir", git_dir_},
                         {"PATH=/usr/local/bin:/usr/bin:/bin", "HOME=/nonexistent", "GIT_CONFIG_NOSYSTEM=1",
                          "GIT_CONFIG_GLOBAL=/dev/null", "GIT_AUTHOR_NAME=" + author.author_name,
                          "GIT_AUTHOR_EMAIL=" + author.author_email, "GIT_AUTHOR_DATE=" + author.date,
                          "GIT_COMMITTER_NAME=" + author.author_name,
                          "GIT_COMMITTER_EMAIL=" + author.author_email, "GIT_COMMITTER_DATE=" + author.date},
                         "",
                         absl::Minutes(1)};
    command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
    absl::StatusOr<std::string> output = git::Run(command, input);
    if (!output.ok()) return std::nullopt;
    while (output->ends_with('\n')) output->pop_back();
    return *std::move(output);
  }

  std::string Git(const std::vector<std::string>& arguments, std::string_view input = {},
                  const GitCommitData& author = {}) const {
    std::optional<std::string> output = Try(arguments, input, author);
    if (!output) throw std::runtime_error("git failed: " + arguments[0]);
    return *std::move(output);
  }

  std::string git_dir_;
};

}  // namespace

std::unique_ptr<GithubGit> NewBareGit(std::string git_dir) {
  return std::make_unique<BareGit>(std::move(git_dir));
}

}  // namespace clambake
