// A repository that counts how long its answers take: git's part of the bundler's time.
#ifndef CLAMBAKE_TESTS_BENCH_BUNDLER_TIMED_REPO_H_
#define CLAMBAKE_TESTS_BENCH_BUNDLER_TIMED_REPO_H_

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "clambake/git_repo.h"

namespace clambake::bench {

inline double Seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// `repo` is not owned.
class TimedRepo : public GitRepo {
 public:
  // Seconds by the clock, by what git was asked for.
  using Parts = std::map<std::string_view, double>;

  explicit TimedRepo(GitRepo* repo) : repo_(repo) {}

  // Since the last call.
  Parts TakeParts() { return std::exchange(parts_, {}); }

  absl::StatusOr<std::vector<std::optional<std::string>>> Resolve(
      const std::vector<std::string>& revs) override {
    return Timed("names", [&] { return repo_->Resolve(revs); });
  }
  absl::StatusOr<std::vector<std::string>> Unreachable(const std::vector<std::string>& commits) override {
    return Timed("history", [&] { return repo_->Unreachable(commits); });
  }
  absl::StatusOr<std::vector<GitCommit>> CommitsBeyond(std::string_view base,
                                                       const std::vector<std::string>& heads) override {
    return Timed("history", [&] { return repo_->CommitsBeyond(base, heads); });
  }
  absl::StatusOr<std::vector<std::vector<FileChange>>> Changes(const std::vector<TreePair>& trees) override {
    return Timed("diffs", [&] { return repo_->Changes(trees); });
  }
  absl::StatusOr<std::vector<ContentChange>> ContentChanges(const std::vector<BlobPair>& blobs) override {
    return Timed("diffs", [&] { return repo_->ContentChanges(blobs); });
  }
  absl::StatusOr<std::vector<bool>> Resemble(const std::vector<std::string>& contents,
                                             const std::vector<std::string>& others) override {
    return Timed("renames", [&] { return repo_->Resemble(contents, others); });
  }
  absl::StatusOr<std::vector<bool>> AreFolders(const std::vector<std::string>& objects) override {
    return Timed("folders", [&] { return repo_->AreFolders(objects); });
  }
  absl::StatusOr<std::vector<MergeResult>> Merge(const std::vector<MergePair>& pairs) override {
    return Timed("merges", [&] { return repo_->Merge(pairs); });
  }
  absl::StatusOr<std::vector<std::string>> WriteCommits(const std::vector<NewCommit>& commits) override {
    return Timed("commits written", [&] { return repo_->WriteCommits(commits); });
  }
  absl::StatusOr<std::vector<std::string>> Trees(const std::vector<std::string>& commits) override {
    return Timed("trees", [&] { return repo_->Trees(commits); });
  }

 private:
  template <typename F>
  std::invoke_result_t<F> Timed(std::string_view what, F call) {
    const double start = Seconds();
    std::invoke_result_t<F> answer = call();
    parts_[what] += Seconds() - start;
    return answer;
  }

  GitRepo* repo_;
  Parts parts_;
};

}  // namespace clambake::bench

#endif  // CLAMBAKE_TESTS_BENCH_BUNDLER_TIMED_REPO_H_
