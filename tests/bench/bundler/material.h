// Real heads for the benchmark: pull requests of a snapshot, near one commit.
#ifndef CLAMBAKE_TESTS_BENCH_BUNDLER_MATERIAL_H_
#define CLAMBAKE_TESTS_BENCH_BUNDLER_MATERIAL_H_

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_split.h"
#include "bundler/candidates.h"
#include "bundler/memory.h"
#include "clambake/git_repo.h"
#include "fmt/format.h"
#include "git/answers.h"
#include "git/process.h"

namespace clambake::bench {

template <typename T>
T Must(absl::StatusOr<T> value) {
  if (value.ok()) return *std::move(value);
  fmt::print(stderr, "bundler_bench: {}\n", value.status().ToString());
  std::exit(2);
}

// A folder that goes away again.
class TemporaryFolder {
 public:
  TemporaryFolder() : path_((std::filesystem::temp_directory_path() / "bundler-bench-XXXXXX").string()) {
    if (mkdtemp(path_.data()) == nullptr) std::exit(2);
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// Git itself, in `repository`; what it writes goes to `objects` if that is given.
inline absl::StatusOr<std::string> TryGit(const std::string& repository,
                                          const std::vector<std::string>& words, std::string_view input = {},
                                          const std::string& objects = "") {
  git::Command command{{"git", "-c", "safe.directory=*", "-C", repository},
                       {"PATH=/usr/local/bin:/usr/bin:/bin", "HOME=/nonexistent", "GIT_CONFIG_NOSYSTEM=1",
                        "GIT_CONFIG_GLOBAL=/dev/null", "GIT_AUTHOR_NAME=b", "GIT_AUTHOR_EMAIL=b@b",
                        "GIT_COMMITTER_NAME=b", "GIT_COMMITTER_EMAIL=b@b",
                        "GIT_AUTHOR_DATE=@4000000000 +0000", "GIT_COMMITTER_DATE=@4000000000 +0000"},
                       (std::filesystem::temp_directory_path() / "bundler_bench.stderr").string(),
                       absl::Hours(1)};
  if (!objects.empty()) {
    command.environment.push_back("GIT_OBJECT_DIRECTORY=" + objects);
    command.environment.push_back("GIT_ALTERNATE_OBJECT_DIRECTORIES=" + repository + "/objects");
  }
  command.argv.insert(command.argv.end(), words.begin(), words.end());
  return git::Run(command, input);
}

inline std::string Git(const std::string& repository, const std::vector<std::string>& words,
                       std::string_view input = {}, const std::string& objects = "") {
  return Must(TryGit(repository, words, input, objects));
}

inline std::vector<std::string> Lines(const std::string& text) {
  return absl::StrSplit(text, '\n', absl::SkipEmpty());
}

// Pairs of commits, all of which git can merge, through one `merge-tree --stdin` from start to end.
inline std::vector<MergeResult> MergeByGit(const std::string& repository, const std::vector<MergePair>& pairs,
                                           const std::string& objects = "") {
  std::string input;
  for (const MergePair& pair : pairs) input += fmt::format("{} {}\n", pair.ours, pair.theirs);
  const std::string answers = Git(repository, {"merge-tree", "--write-tree", "--stdin"}, input, objects);
  std::vector<MergeResult> results;
  for (std::size_t at = 0; at < answers.size();) {
    std::size_t used = 0;
    auto result = Must(git::ReadMergeAnswer(std::string_view(answers).substr(at), used));
    if (!result) break;
    results.push_back(*std::move(result));
    at += used;
  }
  if (results.size() != pairs.size()) {
    fmt::print(stderr, "bundler_bench: git answered {} of {} merges\n", results.size(), pairs.size());
    std::exit(2);
  }
  return results;
}

// A pull request and where it leaves the main line.
struct Fork {
  std::size_t distance = 0;  // from the base, in commits of the main line
  std::string head;
  std::string from;
  bool later = false;  // forks after the base
};

// All pull request heads, the nearest to the base first.
inline std::vector<Fork> Forks(const std::string& repository, GitRepo& repo, const std::string& base) {
  std::map<std::string, std::size_t> place;
  for (const std::string& id : Lines(Git(repository, {"rev-list", "--first-parent", "HEAD"}))) {
    place.emplace(id, place.size());
  }
  if (!place.contains(base)) return {};
  std::vector<std::string> ids =
      Lines(Git(repository, {"for-each-ref", "--format=%(objectname)", "refs/pull/*/head"}));
  std::map<std::string, GitCommit> history;
  const std::string root = Lines(Git(repository, {"rev-list", "--max-parents=0", "HEAD"})).back();
  for (GitCommit& commit : Must(repo.CommitsBeyond(root, ids))) history[commit.id] = commit;
  std::vector<Fork> forks;
  for (const std::string& id : std::set<std::string>(ids.begin(), ids.end())) {
    std::string at = id;
    while (!place.contains(at) && history.contains(at) && !history[at].parents.empty())
      at = history[at].parents.front();
    if (at == id || !place.contains(at)) continue;
    const std::size_t here = place[at];
    const std::size_t there = place[base];
    forks.push_back({here < there ? there - here : here - there, id, at, here < there});
  }
  std::sort(forks.begin(), forks.end(), [](const Fork& a, const Fork& b) {
    return std::tie(a.distance, a.head) < std::tie(b.distance, b.head);
  });
  return forks;
}

// A bare repository that borrows the objects of another and can be written to.
class Borrower {
 public:
  explicit Borrower(const std::string& from) {
    Git(path(), {"init", "-q", "--bare", "--template=", "."});
    std::filesystem::create_directories(path() + "/objects/info");
    std::ofstream(path() + "/objects/info/alternates")
        << Git(from, {"rev-parse", "--path-format=absolute", "--git-path", "objects"});
  }
  [[nodiscard]] const std::string& path() const { return folder_.path(); }

  // One ref for each id: "refs/<kind>/0" …
  void WriteRefs(std::string_view kind, const std::vector<std::string>& ids) const {
    std::string input;
    for (std::size_t i = 0; i < ids.size(); ++i) {
      input += fmt::format("create refs/{}/{} {}\n", kind, i, ids[i]);
    }
    Git(path(), {"update-ref", "--stdin"}, input);
    Git(path(), {"pack-refs", "--all"});
  }

  // Objects as a clone has them, not each in a file of its own.
  void Pack() const {
    constexpr std::size_t kFolderDigits = 2;
    std::string ids;
    for (const auto& file : std::filesystem::recursive_directory_iterator(path() + "/objects")) {
      const std::string folder = file.path().parent_path().filename();
      if (file.is_regular_file() && folder.size() == kFolderDigits)
        ids += folder + file.path().filename().string() + "\n";
    }
    if (!ids.empty()) Git(path(), {"pack-objects", "-q", "objects/pack/pack"}, ids);
    Git(path(), {"prune-packed", "-q"});
  }

  std::vector<std::string> WriteCommits(const std::vector<NewCommit>& commits) const {
    constexpr std::string_view kWho = "b <b@b> 4000000000 +0000";
    const TemporaryFolder texts;
    std::string input;
    for (std::size_t i = 0; i < commits.size(); ++i) {
      const std::string file = fmt::format("{}/{}", texts.path(), i);
      std::ofstream text(file, std::ios::binary);
      text << "tree " << commits[i].tree << "\n";
      for (const std::string& parent : commits[i].parents) text << "parent " << parent << "\n";
      text << "author " << kWho << "\ncommitter " << kWho << "\n\nx\n";
      input += file + "\n";
    }
    return Lines(Git(path(), {"hash-object", "-t", "commit", "-w", "--stdin-paths"}, input));
  }

 private:
  TemporaryFolder folder_;
};

// The pull requests that fork after the base, put on top of it: a rebase. By
// head; those that do not apply, or come to nothing, are left out.
inline std::map<std::string, std::string> Transplant(const Borrower& borrower, const std::string& base,
                                                     const std::vector<Fork>& forks) {
  const std::string tree = Lines(Git(borrower.path(), {"rev-parse", base + "^{tree}"})).front();
  std::vector<const Fork*> later;
  std::vector<NewCommit> bases;
  for (const Fork& fork : forks) {
    if (!fork.later) continue;
    later.push_back(&fork);
    bases.push_back({tree, {fork.from}});
  }
  const std::vector<std::string> ours = borrower.WriteCommits(bases);
  std::vector<MergePair> merges;
  for (std::size_t i = 0; i < later.size(); ++i) merges.push_back({ours[i], later[i]->head});
  const std::vector<MergeResult> merged = Must(Must(OpenGitRepo(borrower.path()))->Merge(merges));
  std::vector<const Fork*> fit;
  std::vector<MergePair> lasting;
  for (std::size_t i = 0; i < later.size(); ++i) {
    if (merged[i].verdict != MergeResult::Verdict::kClean || merged[i].tree == tree) continue;
    fit.push_back(later[i]);
    lasting.push_back(merges[i]);
  }
  // Once more where the objects stay.
  std::vector<NewCommit> commits;
  for (const MergeResult& result : MergeByGit(borrower.path(), lasting))
    commits.push_back({result.tree, {base}});
  const std::vector<std::string> ids = borrower.WriteCommits(commits);
  std::map<std::string, std::string> transplanted;
  for (std::size_t i = 0; i < fit.size(); ++i) transplanted[fit[i]->head] = ids[i];
  return transplanted;
}

// The pull requests that fork before the base and merge onto it as they are.
inline std::set<std::string> Mergeable(const Borrower& borrower, const std::string& base,
                                       const std::vector<Fork>& forks) {
  std::vector<std::string> ids;
  for (const Fork& fork : forks) {
    if (!fork.later) ids.push_back(fork.head);
  }
  borrower.WriteRefs("before", ids);
  const std::unique_ptr<GitRepo> repo = Must(OpenGitRepo(borrower.path()));
  bundler::Memory memory(repo.get());
  std::vector<Head> heads;
  for (const std::string& id : ids) heads.push_back({id, 0});
  std::set<std::string> mergeable;
  for (const auto& candidate : Must(bundler::FindCandidates(memory, base, heads)).all) {
    mergeable.insert(candidate.id);
  }
  return mergeable;
}

// The `wanted` heads nearest to the base, each named by a ref of the borrower.
inline std::vector<Head> ChooseHeads(const Borrower& borrower, const std::string& base,
                                     std::vector<Fork> forks, std::size_t wanted) {
  constexpr std::size_t kAttempts = 6;  // for each head that is wanted
  forks.resize(std::min(forks.size(), kAttempts * wanted));
  const std::map<std::string, std::string> transplanted = Transplant(borrower, base, forks);
  const std::set<std::string> mergeable = Mergeable(borrower, base, forks);
  std::vector<std::string> ids;
  std::size_t as_they_are = 0;
  std::size_t farthest = 0;
  for (const Fork& fork : forks) {
    if (ids.size() == wanted) break;
    const auto moved = transplanted.find(fork.head);
    if (moved == transplanted.end() && !mergeable.contains(fork.head)) continue;
    ids.push_back(moved == transplanted.end() ? fork.head : moved->second);
    as_they_are += moved == transplanted.end() ? 1U : 0U;
    farthest = fork.distance;
  }
  borrower.WriteRefs("heads", ids);
  borrower.Pack();
  std::vector<Head> heads;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    heads.push_back({fmt::format("refs/heads/{}", i), static_cast<IssueNumber>(i + 1)});
  }
  fmt::print(
      "{} pull requests that leave the main line at most {} commits from {}: {} as they are, the others "
      "rebased onto it\n",
      heads.size(), farthest, base, as_they_are);
  return heads;
}

}  // namespace clambake::bench

#endif  // CLAMBAKE_TESTS_BENCH_BUNDLER_MATERIAL_H_
