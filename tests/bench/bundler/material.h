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

// How a pull request that leaves the main line elsewhere comes to the base.
enum class Rebase {
  kWhole,
  kParts,  // each of its commits by itself, file by file, without what does not apply
};

// All pull request heads, or all their commits but merges, the nearest to the base first.
inline std::vector<Fork> Forks(const std::string& repository, GitRepo& repo, const std::string& base,
                               Rebase rebase) {
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
  std::set<std::string> taken;
  for (const std::string& id : std::set<std::string>(ids.begin(), ids.end())) {
    std::vector<std::string> way = {id};
    while (!place.contains(way.back()) && history.contains(way.back()) &&
           !history[way.back()].parents.empty()) {
      way.push_back(history[way.back()].parents.front());
    }
    const std::string from = way.back();
    way.pop_back();
    if (way.empty() || !place.contains(from)) continue;
    const std::size_t here = place[from];
    const std::size_t there = place[base];
    const std::size_t distance = here < there ? there - here : here - there;
    if (rebase == Rebase::kWhole) forks.push_back({distance, id, from, here < there});
    for (const std::string& commit : way) {
      const std::vector<std::string>& parents = history[commit].parents;
      if (rebase == Rebase::kWhole || parents.size() != 1 || !taken.insert(commit).second) continue;
      forks.push_back({distance, commit, parents.front(), here < there});
    }
  }
  std::sort(forks.begin(), forks.end(), [](const Fork& a, const Fork& b) {
    return std::tie(a.distance, a.head) < std::tie(b.distance, b.head);
  });
  return forks;
}

inline std::vector<std::string> Revs(const std::vector<Head>& heads) {
  std::vector<std::string> revs;
  for (const Head& head : heads) revs.push_back(head.rev);
  return revs;
}

// The merge base of each head with `base`: the one commit of the base's history
// that its own commits have for a parent. Git is asked where there are several.
inline std::vector<std::string> MergeBases(const std::string& repository, GitRepo& repo,
                                           const std::string& base, const std::vector<std::string>& heads) {
  std::map<std::string, GitCommit> own;
  for (GitCommit& commit : Must(repo.CommitsBeyond(base, heads))) own[commit.id] = commit;
  std::vector<std::string> merge_bases;
  for (const std::string& head : heads) {
    std::set<std::string> seen = {head};
    std::vector<std::string> open = {head};
    std::set<std::string> reached;
    while (!open.empty()) {
      const auto commit = own.find(open.back());
      if (commit == own.end()) reached.insert(open.back());
      open.pop_back();
      if (commit == own.end()) continue;
      for (const std::string& parent : commit->second.parents) {
        if (seen.insert(parent).second) open.push_back(parent);
      }
    }
    merge_bases.push_back(reached.size() == 1 ? *reached.begin()
                                              : Lines(Git(repository, {"merge-base", base, head})).front());
  }
  return merge_bases;
}

// The contents among the changes that the repository does not have.
inline std::set<std::string> Absent(const std::string& repository,
                                    const std::vector<std::vector<FileChange>>& changes) {
  constexpr std::uint32_t kSubmodule = 0160000;
  std::string input;
  for (const std::vector<FileChange>& one : changes) {
    for (const FileChange& change : one) {
      if (change.old_mode != 0 && change.old_mode != kSubmodule) input += change.old_id + "\n";
      if (change.new_mode != 0 && change.new_mode != kSubmodule) input += change.new_id + "\n";
    }
  }
  std::set<std::string> absent;
  for (const std::string& line : Lines(Git(repository, {"cat-file", "--batch-check"}, input))) {
    if (line.ends_with(" missing")) absent.insert(line.substr(0, line.find(' ')));
  }
  return absent;
}

// A bare repository that can be written to, and borrows the objects of another where there is one.
class Borrower {
 public:
  explicit Borrower(const std::string& from) {
    Git(path(), {"init", "-q", "--bare", "--template=", "."});
    if (from.empty()) return;
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
  std::vector<Head> heads;
  for (const std::string& id : ids) heads.push_back({id, 0});
  std::set<std::string> mergeable;
  for (const auto& candidate : Must(bundler::CandidateFinder(repo.get()).Find(base, heads)).all) {
    mergeable.insert(candidate.id);
  }
  return mergeable;
}

// The file-wise rebase: what each commit makes of the base's files, one
// by one and not renamed, but for those of its changes that do not apply.
class PartialRebase {
 public:
  PartialRebase(const Borrower& borrower, std::string base) : borrower_(borrower), base_(std::move(base)) {
    const std::string listing = Git(borrower_.path(), {"ls-tree", "-r", "-z", "--full-tree", base_});
    for (absl::string_view entry : absl::StrSplit(listing, '\0', absl::SkipEmpty())) {
      // "100644 blob <id>\t<path>"
      const std::pair<std::string, std::string> parts = absl::StrSplit(entry, absl::MaxSplits('\t', 1));
      files_[parts.second] = parts.first.substr(parts.first.rfind(' ') + 1);
    }
  }

  // A commit on the base for each; "" where nothing is left.
  std::vector<std::string> Run(const std::vector<Fork>& forks) {
    std::vector<std::string> lines(forks.size());
    std::vector<std::size_t> merging;
    std::string input;
    const std::vector<std::vector<FileChange>> changes = ChangesOf(forks);
    for (std::size_t i = 0; i < forks.size(); ++i) {
      std::string before;
      std::string ours;
      std::string theirs;
      for (const FileChange& change : changes[i]) {
        const auto file = files_.find(change.path);
        const bool in_base = file != files_.end();
        if (change.kind == 'A' ? !in_base && !BelowFile(change.path)
                               : in_base && file->second == change.old_id) {
          lines[i] += LineOf(change);
        } else if (change.kind == 'M' && in_base) {
          const auto line = [&](const std::string& id) {
            return fmt::format("M {:o} {} {}\n", change.new_mode, id, change.path);
          };
          before += line(change.old_id);
          ours += line(file->second);
          theirs += line(change.new_id);
        }
      }
      if (before.empty()) continue;
      const std::size_t mark = 3 * merging.size() + 1;
      input += CommitText(mark, "", before) + CommitText(mark + 1, fmt::format(":{}", mark), ours) +
               CommitText(mark + 2, fmt::format(":{}", mark), theirs);
      merging.push_back(i);
    }
    const std::vector<std::string> sides = Import(input);
    std::vector<MergePair> merges;
    for (std::size_t k = 0; k < merging.size(); ++k) merges.push_back({sides[3 * k + 1], sides[3 * k + 2]});
    AddMerged(merging, merges, lines);
    return Commit(lines);
  }

 private:
  std::vector<std::vector<FileChange>> ChangesOf(const std::vector<Fork>& forks) const {
    const std::unique_ptr<GitRepo> repo = Must(OpenGitRepo(borrower_.path()));
    std::vector<std::string> commits;
    for (const Fork& fork : forks) commits.insert(commits.end(), {fork.from, fork.head});
    const std::vector<std::string> trees = Must(repo->Trees(commits));
    std::vector<TreePair> pairs;
    for (std::size_t i = 0; i < forks.size(); ++i) pairs.push_back({trees[2 * i], trees[2 * i + 1]});
    std::vector<std::vector<FileChange>> changes = Must(repo->Changes(pairs));
    const std::set<std::string> absent = Absent(borrower_.path(), changes);
    for (std::vector<FileChange>& one : changes) {
      // A path of odd letters would have to be quoted.
      std::erase_if(one, [&](const FileChange& change) {
        return absent.contains(change.old_id) || absent.contains(change.new_id) ||
               change.path.find_first_of("\"\n") != std::string::npos;
      });
    }
    return changes;
  }

  [[nodiscard]] bool BelowFile(const std::string& path) const {
    for (std::size_t slash = path.rfind('/'); slash != std::string::npos && slash > 0;
         slash = path.rfind('/', slash - 1)) {
      if (files_.contains(path.substr(0, slash))) return true;
    }
    const auto next = files_.lower_bound(path + "/");
    return next != files_.end() && next->first.starts_with(path + "/");
  }

  static std::string LineOf(const FileChange& change) {
    return change.kind == 'D' ? fmt::format("D {}\n", change.path)
                              : fmt::format("M {:o} {} {}\n", change.new_mode, change.new_id, change.path);
  }

  static std::string CommitText(std::size_t mark, const std::string& from, const std::string& lines) {
    return fmt::format("{}commit refs/parts\nmark :{}\ncommitter b <b@b> 4000000000 +0000\ndata 1\nx\n{}{}\n",
                       from.empty() ? "reset refs/parts\n" : "", mark,
                       from.empty() ? "" : fmt::format("from {}\n", from), lines);
  }

  // The ids of marks 1, 2, 3 …
  [[nodiscard]] std::vector<std::string> Import(const std::string& input) const {
    const TemporaryFolder marks;
    const std::string file = marks.path() + "/marks";
    Git(borrower_.path(), {"fast-import", "--quiet", "--force", "--export-marks=" + file}, input);
    std::map<std::size_t, std::string> by_mark;
    std::ifstream lines(file);
    std::size_t mark = 0;
    char colon = 0;
    for (std::string id; lines >> colon >> mark >> id;) by_mark[mark] = id;
    std::vector<std::string> ids;
    for (auto& [at, id] : by_mark) ids.push_back(std::move(id));
    return ids;
  }

  void AddMerged(const std::vector<std::size_t>& merging, const std::vector<MergePair>& merges,
                 std::vector<std::string>& lines) const {
    const std::vector<MergeResult> merged = MergeByGit(borrower_.path(), merges);
    const std::unique_ptr<GitRepo> repo = Must(OpenGitRepo(borrower_.path()));
    std::vector<std::string> ours;
    for (const MergePair& merge : merges) ours.push_back(merge.ours);
    const std::vector<std::string> trees = Must(repo->Trees(ours));
    std::vector<TreePair> pairs;
    for (std::size_t k = 0; k < merges.size(); ++k) pairs.push_back({trees[k], merged[k].tree});
    const std::vector<std::vector<FileChange>> changes = Must(repo->Changes(pairs));
    for (std::size_t k = 0; k < merges.size(); ++k) {
      for (const FileChange& change : changes[k]) {
        if (!std::binary_search(merged[k].paths.begin(), merged[k].paths.end(), change.path))
          lines[merging[k]] += LineOf(change);
      }
    }
  }

  [[nodiscard]] std::vector<std::string> Commit(const std::vector<std::string>& lines) const {
    std::string input;
    std::size_t count = 0;
    for (const std::string& one : lines) {
      if (!one.empty()) input += CommitText(++count, base_, one);
    }
    const std::vector<std::string> commits = Import(input);
    std::vector<std::string> ids;
    std::size_t next = 0;
    for (const std::string& one : lines) ids.push_back(one.empty() ? "" : commits[next++]);
    return ids;
  }

  const Borrower& borrower_;
  std::string base_;
  std::map<std::string, std::string> files_;  // of the base: id by path
};

// The pull requests as they are or rebased, by head, and which of them are as they are.
struct Material {
  std::map<std::string, std::string> heads;
  std::set<std::string> as_they_are;
};

inline Material Prepare(const Borrower& borrower, const std::string& base, const std::vector<Fork>& forks,
                        Rebase rebase) {
  Material material;
  if (rebase == Rebase::kParts) {
    const std::vector<std::string> ids = PartialRebase(borrower, base).Run(forks);
    for (std::size_t i = 0; i < forks.size(); ++i) {
      if (!ids[i].empty()) material.heads[forks[i].head] = ids[i];
    }
    return material;
  }
  material.heads = Transplant(borrower, base, forks);
  material.as_they_are = Mergeable(borrower, base, forks);
  for (const std::string& head : material.as_they_are) material.heads[head] = head;
  return material;
}

// The `wanted` heads nearest to the base, each named by a ref of the borrower.
inline std::vector<Head> ChooseHeads(const Borrower& borrower, const std::string& base,
                                     std::vector<Fork> forks, std::size_t wanted, Rebase rebase) {
  constexpr std::size_t kAttempts = 6;  // for each head that is wanted
  forks.resize(std::min(forks.size(), kAttempts * wanted));
  const Material material = Prepare(borrower, base, forks, rebase);
  std::set<std::string> taken;
  std::vector<std::string> ids;
  std::size_t as_they_are = 0;
  std::size_t farthest = 0;
  for (const Fork& fork : forks) {
    if (ids.size() == wanted) break;
    const auto head = material.heads.find(fork.head);
    if (head == material.heads.end() || !taken.insert(head->second).second) continue;
    ids.push_back(head->second);
    as_they_are += material.as_they_are.contains(fork.head) ? 1U : 0U;
    farthest = fork.distance;
  }
  borrower.WriteRefs("heads", ids);
  borrower.Pack();
  std::vector<Head> heads;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    heads.push_back({fmt::format("refs/heads/{}", i), static_cast<IssueNumber>(i + 1)});
  }
  fmt::print(
      "{} {} that leave the main line at most {} commits from {}: {} as they are, the others "
      "rebased onto it{}\n",
      heads.size(), rebase == Rebase::kParts ? "commits of pull requests" : "pull requests", farthest, base,
      as_they_are, rebase == Rebase::kParts ? ", file by file" : "");
  return heads;
}

}  // namespace clambake::bench

#endif  // CLAMBAKE_TESTS_BENCH_BUNDLER_MATERIAL_H_
