// Git that fails at some of its calls.
#ifndef CLAMBAKE_TESTS_BUNDLER_FAILING_GIT_H_
#define CLAMBAKE_TESTS_BUNDLER_FAILING_GIT_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "clambake/git_repo.h"

namespace clambake {

class FailingGit : public GitRepo {
 public:
  static constexpr int kForGood = 1'000'000;

  explicit FailingGit(GitRepo& git) : git_(git) {}  // not owned

  // So many calls fail from the `at`-th on, where the next one is 1.
  void Arm(int at, int times = 1) {
    calls_ = 0;
    at_ = at;
    times_ = times;
  }
  [[nodiscard]] bool has_failed() const { return times_ > 0 && calls_ >= at_; }
  [[nodiscard]] int calls() const { return calls_; }  // since it was armed
  static absl::Status Silence() { return absl::UnavailableError("git went silent"); }

  absl::StatusOr<std::vector<std::optional<std::string>>> Resolve(
      const std::vector<std::string>& revs) override {
    return Call([&] { return git_.Resolve(revs); });
  }
  absl::StatusOr<std::vector<std::string>> Unreachable(const std::vector<std::string>& commits) override {
    return Call([&] { return git_.Unreachable(commits); });
  }
  absl::StatusOr<std::vector<GitCommit>> CommitsBeyond(std::string_view base,
                                                       const std::vector<std::string>& heads) override {
    return Call([&] { return git_.CommitsBeyond(base, heads); });
  }
  absl::StatusOr<std::vector<std::vector<FileChange>>> Changes(const std::vector<TreePair>& trees) override {
    return Call([&] { return git_.Changes(trees); });
  }
  absl::StatusOr<std::vector<ContentChange>> ContentChanges(const std::vector<BlobPair>& blobs) override {
    return Call([&] { return git_.ContentChanges(blobs); });
  }
  absl::StatusOr<std::vector<bool>> Resemble(const std::vector<std::string>& contents,
                                             const std::vector<std::string>& others) override {
    return Call([&] { return git_.Resemble(contents, others); });
  }
  absl::StatusOr<std::vector<bool>> AreFolders(const std::vector<std::string>& objects) override {
    return Call([&] { return git_.AreFolders(objects); });
  }
  absl::StatusOr<std::vector<MergeResult>> Merge(const std::vector<MergePair>& pairs) override {
    return Call([&] { return git_.Merge(pairs); });
  }
  absl::StatusOr<std::vector<std::string>> WriteCommits(const std::vector<NewCommit>& commits) override {
    return Call([&] { return git_.WriteCommits(commits); });
  }
  absl::StatusOr<std::vector<std::string>> Trees(const std::vector<std::string>& commits) override {
    return Call([&] { return git_.Trees(commits); });
  }

 private:
  template <typename Ask>
  auto Call(Ask ask) -> decltype(ask()) {
    ++calls_;
    if (calls_ >= at_ && calls_ < at_ + times_) return Silence();
    return ask();
  }

  GitRepo& git_;
  int calls_ = 0;
  int at_ = 0;
  int times_ = 0;
};

}  // namespace clambake

#endif  // CLAMBAKE_TESTS_BUNDLER_FAILING_GIT_H_
