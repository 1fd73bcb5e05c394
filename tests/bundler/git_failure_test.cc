// Git that fails at any of its calls, and works again afterwards.
#include "bundler/v2_bundler.h"
#include "tests/support/catch.h"
#include "tests/support/random_repo.h"

namespace clambake {
namespace {

class FailingGit : public GitRepo {
 public:
  FailingGit(GitRepo& git, int at) : git_(git), left_(at) {}

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

  [[nodiscard]] bool has_failed() const { return left_ <= 0; }

 private:
  template <typename Ask>
  auto Call(Ask ask) -> decltype(ask()) {
    if (--left_ == 0) return absl::UnavailableError("git went silent");
    return ask();
  }

  GitRepo& git_;
  int left_;
};

BundleRequest RequestFor(const tests::RandomRepo& random) {
  BundleRequest request;
  request.base = "main";
  for (const std::string& name : random.heads()) request.heads.push_back({name, 0});
  return request;
}

}  // namespace

TEST_CASE(
    "git that fails at its k-th call, for every k, is reported or does no harm, and the next call bundles as "
    "ever") {
  for (const std::uint64_t seed : {1U, 2U, 7U}) {
    const tests::RandomRepo random(seed);
    const BundleRequest request = RequestFor(random);
    auto git = OpenGitRepo(random.repo().path());
    REQUIRE(git.ok());
    const auto undisturbed = NewV2Bundler(git->get())->MakeBundles(request);
    REQUIRE(undisturbed.ok());
    const std::string expected = BundlesToJson(*undisturbed);
    bool failed = true;
    int reported = 0;
    for (int k = 1; failed; ++k) {
      INFO("seed " << seed << ", call " << k);
      FailingGit failing(**git, k);
      const auto bundler = NewV2Bundler(&failing);
      const auto set = bundler->MakeBundles(request);
      failed = failing.has_failed();
      if (set.ok()) CHECK(BundlesToJson(*set) == expected);  // it could be asked in another way
      if (!set.ok()) CHECK(set.status() == absl::UnavailableError("git went silent"));
      if (!set.ok()) ++reported;
      if (!failed) continue;
      const auto again = bundler->MakeBundles(request);
      REQUIRE(again.ok());
      CHECK(BundlesToJson(*again) == expected);
    }
    CHECK(reported > 8);
  }
}

TEST_CASE("a bundle of less than no heads is the caller's error") {
  const tests::RandomRepo random(1);
  auto git = OpenGitRepo(random.repo().path());
  REQUIRE(git.ok());
  BundleRequest request = RequestFor(random);
  request.options.max_size = -1;
  CHECK(absl::IsInvalidArgument(NewV2Bundler(git->get())->MakeBundles(request).status()));
}

}  // namespace clambake
